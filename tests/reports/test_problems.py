"""Problems as a comment: complete, escaped, and never longer than a comment may be."""

from wagroups.domain.exit import Exit
from wagroups.domain.problem import Problem
from wagroups.reports.documents.validate import problems_document, problems_markdown
from wagroups.reports.render.markdown import BUDGET_CHARS


def a_problem(number: int = 1, **fields: str) -> Problem:
    known = {"rule": "unknown-key", "file": "groups.yaml", "message": "“memebrs” is not a key.", **fields}
    return Problem.model_validate({**known, "line": number, "column": 5})


def test_a_comment_counts_and_groups_by_file() -> None:
    text = problems_markdown([a_problem(), a_problem(2), a_problem(file="people.yaml", severity="warning")])
    assert text.splitlines()[0] == "### wagroups: 2 problems: 2 unknown keys.  1 warning: 1 unknown key"
    assert text.count("**groups.yaml**") == 1
    assert text.index("**groups.yaml**") < text.index("**people.yaml**")


def test_without_an_error_the_confirmation_is_said() -> None:
    assert problems_markdown([], "3 groups: valid.") == "### wagroups: valid\n\n3 groups: valid.\n"
    assert "3 groups" not in problems_markdown([a_problem()], "3 groups: valid.")


def test_a_long_list_is_cut_and_says_so() -> None:
    text = problems_markdown([a_problem(number, file=f"{number}.yaml") for number in range(1, 5000)])
    assert len(text) <= BUDGET_CHARS + 100
    assert text.endswith("… and more, in the job's log.\n")


def test_no_text_becomes_markup_and_no_number_is_shown() -> None:
    hostile = a_problem(
        message="<img src=x> @team | `x` +44 7700 900123\n# heading", file="a|b`.yaml", help="call 07700 900123"
    )
    text = problems_markdown([hostile])
    assert "<img" not in text
    assert "@team" not in text
    assert not any(line.startswith("# ") for line in text.splitlines())
    assert "900123" not in text + problems_document([hostile], Exit.INVALID).model_dump_json()
