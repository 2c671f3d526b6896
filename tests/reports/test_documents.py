"""The JSON documents: they read back equal, fit their schemas, and agree with the text and the exit code."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.reports import samples
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.exit import Exit
from wagroups.domain.plans.outcome import Run
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.redactor import Redaction
from wagroups.reports.documents.build import plan_document, report_document
from wagroups.reports.documents.models import PlanDocument, ReportDocument, document_json
from wagroups.reports.documents.schemas import Json, plan_schema, report_schema, round_schema
from wagroups.reports.render.markdown import BUDGET_CHARS, plan_markdown
from wagroups.reports.render.text import plan_text, run_text

SCHEMAS = Path(__file__).parents[2] / "schemas"
PLANS = [samples.term_plan(), samples.refused_plan(), samples.plan()]
RUNS = [samples.finished_run(), samples.troubled_run()]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("mode", Redaction)
def test_a_saved_plan_reads_back_equal(plan: Plan, mode: Redaction) -> None:
    document = plan_document(plan, samples.redactor(mode), Exit.CHANGES, "0.0.0")
    assert PlanDocument.model_validate_json(document_json(document)) == document


@pytest.mark.parametrize("run", RUNS)
def test_a_report_reads_back_equal(run: Run) -> None:
    document = report_document(run, samples.redactor(), exit_of_run(run), "0.0.0")
    assert ReportDocument.model_validate_json(document_json(document)) == document


def test_a_saved_plan_approves_its_actions_for_what_was_declared() -> None:
    plan = samples.term_plan()
    document = plan_document(plan, samples.redactor(), Exit.CHANGES, "0.0.0")
    assert document.approved() == {action.id for _, action in plan.actions()}
    assert document.fingerprints()["staff"] == "d-staff"


def test_a_reader_ignores_keys_of_a_later_minor_version() -> None:
    document = plan_document(samples.term_plan(), samples.redactor(), Exit.OK, "0.0.0")
    later = json.loads(document_json(document))
    later["new"] = later["summary"]["new"] = later["groups"][0]["new"] = 1
    assert PlanDocument.model_validate_json(json.dumps(later)) == document


@pytest.mark.parametrize(("name", "make"), [("plan", plan_schema), ("report", report_schema), ("round", round_schema)])
def test_the_schema_in_the_repository_is_current(name: str, make: object) -> None:
    assert callable(make)
    written = (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == json.dumps(make(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("schema", [plan_schema(), report_schema(), round_schema()])
def test_a_schema_is_a_draft_7_schema(schema: Json) -> None:
    jsonschema.Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("mode", Redaction)
def test_plans_fit_their_schema(plan: Plan, mode: Redaction) -> None:
    document = plan_document(plan, samples.redactor(mode), Exit.OK, "0.0.0")
    jsonschema.validate(json.loads(document_json(document)), plan_schema(), jsonschema.Draft7Validator)


@pytest.mark.parametrize("run", RUNS)
def test_reports_fit_their_schema(run: Run) -> None:
    document = report_document(run, samples.redactor(), exit_of_run(run), "0.0.0")
    jsonschema.validate(json.loads(document_json(document)), report_schema(), jsonschema.Draft7Validator)


def test_a_schema_rejects_a_document_with_an_unknown_kind() -> None:
    document = json.loads(document_json(plan_document(samples.term_plan(), samples.redactor(), Exit.OK, "0")))
    document["groups"][1]["actions"][0]["kind"] = "group.explode"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, plan_schema(), jsonschema.Draft7Validator)


@pytest.mark.parametrize("plan", PLANS)
def test_text_and_document_count_alike(plan: Plan) -> None:
    document = plan_document(plan, samples.redactor(), exit_of_plan(plan, detailed=True), "0")
    text = plan_text(plan, samples.redactor())
    for name in ("add", "remove", "promote", "demote", "change", "create"):
        said = re.search(rf"(\d+) to {name}", text)
        assert int(said[1] if said else 0) == getattr(document.summary, name)
    listed = [action for group in document.groups for action in group.actions]
    assert len(listed) == document.summary.actions + document.summary.watched
    assert (document.exit.code == 2) == (bool(listed) and not document.refused and document.live.complete)


@pytest.mark.parametrize("run", RUNS)
def test_text_and_report_agree_on_the_end(run: Run) -> None:
    document = report_document(run, samples.redactor(), exit_of_run(run), "0")
    text = run_text(run, samples.redactor())
    assert document.converged == ("Converged:" in text)
    assert sum(document.outcomes.values()) == sum(len(group.actions) for group in document.groups)
    assert (document.exit.code == 0) == document.converged


def test_watched_differences_are_not_counted_as_work() -> None:
    document = plan_document(samples.refused_plan(), samples.redactor(), Exit.OK, "0")
    assert (document.summary.change, document.summary.watched) == (0, 1)


def test_drift_in_a_plan_is_what_git_did_not_do_and_all_of_it_on_request() -> None:
    plan, redactor = samples.term_plan(), samples.redactor()
    assert {part.group for part in plan_document(plan, redactor, Exit.OK, "0").drift} == {"staff"}
    assert len(plan_document(plan, redactor, Exit.OK, "0", attributed=True).drift) == 12


def big_plan(groups: int, people: int) -> Plan:
    from wagroups.domain.plans.change import MemberAddition, MemberRemoval

    def many(number: int) -> Plan:
        return samples.plan(
            *(
                samples.group(
                    f"group-{index:04}",
                    "S" * 60,
                    samples.action(index * 1000, MemberRemoval(person=samples.STRANGER)),
                    *(
                        samples.action(index * 1000 + at + 1, MemberAddition(person=samples.person(f"p-{at:04}")))
                        for at in range(people)
                    ),
                )
                for index in range(number)
            )
        )

    return many(groups)


@pytest.mark.parametrize(("groups", "people"), [(40, 30), (200, 20), (3000, 2)])
def test_a_comment_fits_its_budget_and_keeps_totals_and_losses(groups: int, people: int) -> None:
    comment = plan_markdown(big_plan(groups, people), samples.redactor())
    assert len(comment) <= BUDGET_CHARS
    assert f"{groups * people} to add, {groups} to remove" in comment
    assert f"People who lose membership or admin rights: {groups}" in comment
    assert "Digest: wg1-" in comment


def test_a_folded_group_keeps_who_leaves() -> None:
    comment = plan_markdown(big_plan(40, 60), samples.redactor())
    assert "more\n```" in comment
    assert comment.count("- remove") == 40
