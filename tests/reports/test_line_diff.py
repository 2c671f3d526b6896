"""Long texts: what differs is shown, wherever in them it stands."""

import pytest

from tests.reports import samples
from wagroups.domain.plans.change import DescriptionChange
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.redactor import Redaction
from wagroups.reports.render.csv import plan_csv
from wagroups.reports.render.html import plan_html
from wagroups.reports.render.markdown import plan_markdown
from wagroups.reports.render.text import plan_text
from wagroups.reports.view.line_diff import COLUMNS, MOST, line_diff

ALIAS = samples.redactor()
LONG = "We row on Tuesdays and Thursdays at six in the evening, whatever the weather. " * 4
BEFORE, AFTER = f"{LONG}The gate is open from half past five.", f"{LONG}The gate is open from five."


def plan(before: str | None, after: str) -> Plan:
    change = DescriptionChange(before=before, after=after)
    return samples.plan(samples.group("rowers", "Rowers", samples.action(1, change)))


@pytest.mark.parametrize("rendered", [plan_text, plan_markdown, plan_html], ids=["text", "markdown", "html"])
def test_a_change_at_the_end_of_a_long_text_is_seen(rendered: object) -> None:
    said = rendered(plan(BEFORE, AFTER), ALIAS)  # type: ignore[operator]
    assert "half past five" in said
    assert "open from five." in said
    assert said.count("We row on Tuesdays") <= 2, "what is alike is not repeated"


def test_one_line_says_where_two_long_texts_differ_in_a_spreadsheet_too() -> None:
    said = plan_csv(plan(BEFORE, AFTER), ALIAS)
    assert "half past" in said
    assert "from five." in said


def test_a_short_text_is_one_line_and_no_more() -> None:
    assert line_diff("Room 12", "Room 13", ALIAS, short=40) == ()
    assert "“Room 12” → “Room 13”" in plan_text(plan("Room 12", "Room 13"), ALIAS)


def test_lines_are_compared_and_broken_at_words() -> None:
    lines = line_diff("one\ntwo\nthree\nfour", "one\ntwo\n3\nfour", ALIAS, short=40)
    assert lines == ("  …", "  two", "- three", "+ 3", "  four")
    assert all(len(line) <= COLUMNS + 2 for line in line_diff(None, LONG, ALIAS, short=40))


def test_very_long_differences_are_folded_and_counted() -> None:
    lines = line_diff("\n".join(map(str, range(60))), "\n".join(map(str, range(60, 120))), ALIAS, short=40)
    assert len(lines) == MOST
    assert lines[-1] == f"  … and {120 - MOST + 1} more lines; -o json has the whole text"
    page = plan_html(plan("\n".join(map(str, range(60))), "gone"), ALIAS)
    assert "<details><summary>the whole text" in page
    assert "<details open><summary>the whole text" in plan_html(plan(BEFORE, AFTER), ALIAS)


def test_numbers_and_markup_in_texts_stay_what_they_are() -> None:
    hostile = f"{LONG}\n::error::call +44 7700 900123\n```\n<script>alert(1)</script>\n\x1b[31mred"
    for said in (plan_text(plan(None, hostile), ALIAS), plan_markdown(plan(None, hostile), ALIAS)):
        assert "900123" not in said
        assert not [line for line in said.splitlines() if line.startswith(("::", "\x1b"))]
        assert "\x1b" not in said
    page = plan_html(plan(None, hostile), ALIAS)
    assert "<script>" not in page
    assert "900123" not in page
    strict = samples.redactor(Redaction.STRICT)
    assert "Tuesdays" not in plan_text(plan(BEFORE, AFTER), strict) + plan_markdown(plan(BEFORE, AFTER), strict)
