"""Whole outputs, compared with files that a person has read.

After a change that is meant: `WAGROUPS_WRITE_GOLDEN=1 pytest tests/reports/test_golden.py`, then read the difference.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reports import samples
from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.privacy.redactor import Redaction
from wagroups.reports.documents.build import plan_document, problems_document, report_document
from wagroups.reports.documents.models import document_json
from wagroups.reports.render.csv import plan_csv
from wagroups.reports.render.github import plan_annotations, problems_annotations
from wagroups.reports.render.html import plan_html, run_html
from wagroups.reports.render.junit import plan_junit, problems_junit
from wagroups.reports.render.markdown import plan_markdown, run_markdown
from wagroups.reports.render.sarif import problems_sarif
from wagroups.reports.render.text import drift_text, plan_text, problems_text, run_text
from wagroups.reports.view.style import TextRole

GOLDEN = Path(__file__).parent / "golden"

ALIAS = samples.redactor()
STRICT = samples.redactor(Redaction.STRICT)
PROBLEMS = (
    Problem(
        rule="unknown-key",
        file="groups/classes.yaml",
        line=12,
        column=5,
        message="memebrs is not a key of a group",
        help="Remove it, or correct its spelling.",
        suggestion="members",
    ),
    Problem(rule="not-valid", severity="warning", file="people.yaml", message="this number may not exist"),
)


def tagged(role: TextRole, text: str) -> str:
    return f"<{role}>{text}</{role}>"


OUTPUTS: dict[str, Callable[[], str]] = {
    "plan.txt": lambda: plan_text(samples.term_plan(), ALIAS),
    "plan.last4.txt": lambda: plan_text(samples.term_plan(), samples.redactor(Redaction.LAST4)),
    "plan.strict.txt": lambda: plan_text(samples.term_plan(), STRICT),
    "plan.styled.txt": lambda: plan_text(samples.refused_plan(), ALIAS, style=tagged),
    "plan.refused.ascii.txt": lambda: plan_text(samples.refused_plan(), ALIAS, unicode=False),
    "plan.nothing.txt": lambda: plan_text(samples.plan(samples.group("calm", "Calm")), ALIAS),
    "plan.berlin.txt": lambda: plan_text(samples.term_plan(), ALIAS, timezone="Europe/Berlin"),
    "plan.md": lambda: plan_markdown(samples.term_plan(), ALIAS),
    "plan.refused.md": lambda: plan_markdown(samples.refused_plan(), ALIAS),
    "plan.strict.md": lambda: plan_markdown(samples.term_plan(), STRICT),
    "plan.json": lambda: document_json(plan_document(samples.term_plan(), ALIAS, Exit.CHANGES, "0.0.0")),
    "drift.txt": lambda: drift_text(samples.term_plan(), ALIAS),
    "run.finished.txt": lambda: run_text(samples.finished_run(), ALIAS),
    "run.troubled.txt": lambda: run_text(samples.troubled_run(), ALIAS),
    "run.finished.md": lambda: run_markdown(samples.finished_run(), ALIAS),
    "run.troubled.md": lambda: run_markdown(samples.troubled_run(), ALIAS),
    "run.json": lambda: document_json(report_document(samples.troubled_run(), ALIAS, Exit.PARTIAL, "0.0.0")),
    "plan.open.txt": lambda: plan_text(samples.open_plan(), ALIAS),
    "plan.open.whole.txt": lambda: plan_text(samples.open_plan(), ALIAS, whole=True),
    "plan.open.strict.txt": lambda: plan_text(samples.open_plan(), STRICT),
    "plan.open.md": lambda: plan_markdown(samples.open_plan(), ALIAS),
    "plan.open.html": lambda: plan_html(samples.open_plan(), ALIAS),
    "plan.open.csv": lambda: plan_csv(samples.open_plan(), ALIAS),
    "plan.open.json": lambda: document_json(plan_document(samples.open_plan(), ALIAS, Exit.OPEN, "0.0.0")),
    "plan.open.github.txt": lambda: plan_annotations(samples.open_plan(), ALIAS),
    "drift.open.txt": lambda: drift_text(samples.open_plan(), ALIAS),
    "drift.open.junit.xml": lambda: plan_junit(samples.open_plan(), ALIAS, attributed=True),
    "run.open.txt": lambda: run_text(samples.open_run(), ALIAS),
    "run.open.md": lambda: run_markdown(samples.open_run(), ALIAS),
    "problems.txt": lambda: problems_text(PROBLEMS),
    "problems.json": lambda: document_json(problems_document(PROBLEMS, Exit.INVALID)),
    "plan.html": lambda: plan_html(samples.term_plan(), ALIAS),
    "plan.refused.html": lambda: plan_html(samples.refused_plan(), ALIAS),
    "run.troubled.html": lambda: run_html(samples.troubled_run(), ALIAS),
    "plan.csv": lambda: plan_csv(samples.term_plan(), ALIAS),
    "plan.github.txt": lambda: plan_annotations(samples.refused_plan(), ALIAS),
    "drift.junit.xml": lambda: plan_junit(samples.term_plan(), ALIAS, attributed=True),
    "problems.github.txt": lambda: problems_annotations(PROBLEMS),
    "problems.junit.xml": lambda: problems_junit(PROBLEMS),
    "problems.sarif": lambda: problems_sarif(PROBLEMS, {"unknown-key": "Typos are never ignored."}, "0.0.0"),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_as_it_was_read_and_approved(name: str) -> None:
    made = OUTPUTS[name]()
    if os.environ.get("WAGROUPS_WRITE_GOLDEN"):
        (GOLDEN / name).write_bytes(made.encode())
    assert made == (GOLDEN / name).read_bytes().decode()


def test_every_golden_file_is_compared() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(OUTPUTS)
