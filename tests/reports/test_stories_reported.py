"""The planner's own stories in every format: what it says fits, and shows nobody's number."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests import builders
from tests.planning.test_stories import CASES, plan_of
from wagroups.cli.exits import exit_of_plan
from wagroups.domain.plan import Plan
from wagroups.reports.compose import plan_document
from wagroups.reports.document import PlanDocument, document_json
from wagroups.reports.markdown import plan_markdown
from wagroups.reports.redaction import Redaction, Redactor
from wagroups.reports.schemas import plan_schema
from wagroups.reports.text import drift_text, plan_text

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


def test_strict_tells_a_story_without_names_or_subjects(plan: Plan) -> None:
    redactor = Redactor(Redaction.STRICT, builders.KEY)
    document = plan_document(plan, redactor, exit_of_plan(plan, detailed=True), "0.0.0")
    written = plan_text(plan, redactor) + plan_markdown(plan, redactor) + document_json(document)
    assert [name for name in builders.NAMES if f" {name}" in written or f'"{name}' in written] == []
    assert [group.subject for group in plan.groups if f"“{group.subject}”" in written] == []
