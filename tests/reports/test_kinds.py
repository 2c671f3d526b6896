"""One mistake that is made in every line is told three times and counted, and the last line counts by kind."""

import json
import re

import pytest

from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.manifests.language.rules import Rule
from wagroups.reports.documents.validate import problems_document, problems_markdown
from wagroups.reports.render.github import problems_annotations
from wagroups.reports.render.sarif import problems_sarif
from wagroups.reports.render.text import problems_text
from wagroups.reports.view.problem_kinds import CALLED, called, summary


def empty(count: int, file: str = "rosters/parents.csv", first: int = 2) -> list[Problem]:
    return [
        Problem(rule="empty-value", file=file, line=line, column=1, message="The alias is empty.", help="Fill it.")
        for line in range(first, first + count)
    ]


CAUSE = Problem(rule="unknown-column", file="groups.yaml", line=9, column=3, message="There is no column “x”.")
WARNING = Problem(rule="phone-invalid", severity="warning", file="people.yaml", line=2, message="No range.")


def test_three_of_a_kind_are_told_and_the_others_counted_with_their_lines() -> None:
    text = problems_text([CAUSE, *empty(361)])
    assert text.count("The alias is empty.") == 3
    assert "    … and 358 more of this kind, lines 5–362 (-v shows all)\n" in text
    assert text.endswith("\n2 problems: 1 unknown column, 361 empty values.\n")


def test_five_of_a_kind_are_told_one_by_one() -> None:
    text = problems_text(empty(5))
    assert text.count("The alias is empty.") == 5
    assert text.endswith("\n5 problems: 5 empty values.\n")


def test_kinds_are_told_apart_by_rule_file_and_words() -> None:
    other = [p.model_copy(update={"message": "The name is empty."}) for p in empty(4)]
    text = problems_text([*empty(4), *other, *empty(4, "b.csv")])
    assert "more of this kind" not in text


def test_what_is_quoted_and_numbers_make_no_other_kind() -> None:
    names = [p.model_copy(update={"message": f"Nobody has the alias “p-{p.line}”."}) for p in empty(9)]
    assert "… and 6 more of this kind, lines 5–10" in problems_text(names)


def test_everything_is_told_to_whoever_asks_for_it() -> None:
    assert problems_text(empty(361), whole=True).count("The alias is empty.") == 361


def test_documents_hold_everything_and_say_what_texts_fold() -> None:
    document = problems_document(empty(8), Exit.INVALID)
    assert [problem.folded for problem in document.problems] == [False] * 3 + [True] * 5
    results = json.loads(problems_sarif(empty(8), {}, "1"))["runs"][0]["results"]
    assert [result.get("properties") for result in results] == [None] * 3 + [{"folded": True}] * 5


def test_a_comment_folds_too() -> None:
    text = problems_markdown([CAUSE, *empty(361)])
    assert text.startswith("### wagroups: 2 problems: 1 unknown column, 361 empty values\n")
    assert "and 358 more of this kind, lines 5–362" in text


def test_a_pull_request_is_annotated_nine_times_and_told_how_many_more_there_are() -> None:
    kinds = [p.model_copy(update={"rule": f"unknown-{p.line}"}) for p in empty(12)]
    lines = problems_annotations([WARNING, CAUSE, *empty(361), *kinds]).splitlines()
    assert len(lines) == 10
    assert "no column" in lines[0]
    assert "and 366 more: " in lines[9]
    assert lines[9].startswith("::error")
    assert len(problems_annotations(empty(3)).splitlines()) == 3


def test_warnings_are_counted_apart() -> None:
    assert summary([CAUSE, WARNING]) == "1 problem: 1 unknown column.  1 warning: 1 phone number that is not in use."
    assert summary([WARNING]) == "1 warning: 1 phone number that is not in use."
    assert summary([]) == "No problems."


_DERIVED = re.compile(
    r"unknown-[a-z]+|[a-z]+-(cell|number|character|blank|word|key|column|turn|gap|rota|shape|cycle)|placeholder"
)
"""Ids that are what their problems are called."""


@pytest.mark.parametrize("rule", [rule.id for rule in Rule])
def test_every_kind_has_a_name(rule: str) -> None:
    assert rule in CALLED or _DERIVED.fullmatch(rule), f"reports.kinds.CALLED has no word for {rule}"
    assert called(rule, 1) != called(rule, 2) or rule == "no-project"
