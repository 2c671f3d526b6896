"""The planner's own stories in every format: what it says fits, and shows nobody's number."""

import html
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests import builders
from tests.planning.test_stories import CASES, plan_of
from wagroups.cli.ui.exits import exit_of_plan
from wagroups.domain.plans.outcome import Run
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.redactor import Redaction, Redactor
from wagroups.reports.documents.build import plan_document
from wagroups.reports.documents.models import PlanDocument, document_json
from wagroups.reports.documents.schemas import plan_schema
from wagroups.reports.documents.watch import drift_words, run_words
from wagroups.reports.render.csv import plan_csv
from wagroups.reports.render.github import plan_annotations
from wagroups.reports.render.html import plan_html, run_html
from wagroups.reports.render.junit import plan_junit
from wagroups.reports.render.markdown import plan_markdown, run_markdown
from wagroups.reports.render.text import drift_text, plan_text, run_text
from wagroups.reports.view.points import next_of
from wagroups.reports.view.tally import summarise

SCHEMA = jsonschema.Draft7Validator(plan_schema())


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def plan(request: pytest.FixtureRequest) -> Plan:
    path: Path = request.param
    return plan_of(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("mode", [Redaction.LAST4, Redaction.ALIAS, Redaction.STRICT])
def test_a_story_is_told_in_every_format_without_a_number(plan: Plan, mode: Redaction) -> None:
    redactor = Redactor(mode, builders.KEY)
    document = plan_document(plan, redactor, exit_of_plan(plan, detailed=True), "0.0.0")
    SCHEMA.validate(json.loads(document_json(document)))
    assert PlanDocument.model_validate_json(document_json(document)) == document
    written = "".join(
        (plan_text(plan, redactor), drift_text(plan, redactor), plan_markdown(plan, redactor), document_json(document))
    )
    assert "7700900" not in written
    assert "7700 900" not in written
    assert "{person}" not in written
    assert "{people}" not in written


FINE = re.compile(
    r"nothing to do|\bnone\b|as the files say|[Cc]onverged|(is|are) as declared|[Nn]o changes|No difference"
)
"""What a reader takes for “all is well”."""


def sentences(written: str) -> list[str]:
    return [sentence for line in written.splitlines() for sentence in re.split(r"[.;] |::", line)]


def in_every_format(plan: Plan, redactor: Redactor) -> dict[str, str]:
    """Every text that a plan, a drift, a round of a watch, or a run that found nothing to do comes to."""
    run = Run(plan=plan, results=(), remaining=plan, ended_at=builders.NOW)
    ending = exit_of_plan(plan, detailed=True)
    return {
        "plan": plan_text(plan, redactor),
        "plan -v": plan_text(plan, redactor, whole=True),
        "drift": drift_text(plan, redactor),
        "markdown": plan_markdown(plan, redactor),
        "html": plan_html(plan, redactor),
        "drift html": plan_html(plan, redactor, attributed=True),
        "csv": plan_csv(plan, redactor),
        "junit": plan_junit(plan, redactor),
        "drift junit": plan_junit(plan, redactor, attributed=True),
        "github": plan_annotations(plan, redactor),
        "json": document_json(plan_document(plan, redactor, ending, "0.0.0")),
        "watch": drift_words(plan, redactor),
        "run": run_text(run, redactor),
        "run markdown": run_markdown(run, redactor),
        "run html": run_html(run, redactor),
        "watch --apply": run_words(run, redactor),
    }


def test_nothing_is_called_fine_beside_an_open_point_without_naming_it(plan: Plan) -> None:
    """In a JSON document `converged: false` and `"none"` of a value are no sentences, and the totals say `open`."""
    if not plan.open:
        return
    for name, written in in_every_format(plan, Redactor(Redaction.ALIAS, builders.KEY)).items():
        fine = [
            said
            for said in sentences(written)
            if FINE.search(said)
            and not re.search(
                r"not as declared|open "
                r"points",
                said,
            )
        ]
        # A picture that is declared as `none` is a value, and so is the policy of a page.
        fine = [
            said
            for said in fine
            if not re.search(r"picture|default-src|max-width|Not converged|\"after\"|no answer", said)
        ]
        assert fine == [], name
        assert "not as declared" in written or '"open": ' in written or name in ("csv", "junit", "drift junit"), name


def test_nothing_is_called_fine_beside_a_group_that_could_not_be_judged_or_is_refused(plan: Plan) -> None:
    held = any(group.hold for group in plan.groups)
    if plan.open or not (held or plan.guards):
        return
    for name, written in in_every_format(plan, Redactor(Redaction.ALIAS, builders.KEY)).items():
        said = [sentence for sentence in sentences(written) if re.search(r"nothing to do|[Dd]rift: none", sentence)]
        limited = [sentence for sentence in said if re.search(r"could be judged|[Rr]efused", sentence)]
        assert said == limited, name
    judged = {group.key for group in plan.groups if group.hold is None} - {guard.group for guard in plan.guards}
    assert summarise(plan).groups_in_sync <= len(judged)


def test_every_open_point_is_in_every_format_with_what_to_do_next(plan: Plan) -> None:
    assert [point.code for point in plan.open if point.next is None] == []
    for name, written in in_every_format(plan, Redactor(Redaction.ALIAS, builders.KEY)).items():
        plain = html.unescape(written).replace("\\", "").replace('""', '"')
        for point in plan.open if not name.startswith("watch") else ():
            todo = next_of(point, Redactor(Redaction.ALIAS, builders.KEY))
            assert todo is not None
            assert todo in plain, (name, point.code)
            assert "PERSON" not in todo
            assert "GROUP" not in todo


def test_strict_tells_a_story_without_names_or_subjects(plan: Plan) -> None:
    redactor = Redactor(Redaction.STRICT, builders.KEY)
    document = plan_document(plan, redactor, exit_of_plan(plan, detailed=True), "0.0.0")
    written = plan_text(plan, redactor) + plan_markdown(plan, redactor) + document_json(document)
    assert [name for name in builders.NAMES if f" {name}" in written or f'"{name}' in written] == []
    assert [group.subject for group in plan.groups if f"“{group.subject}”" in written] == []
