"""Subjects are written by strangers: none of them changes the structure of an output."""

import csv
import json
import re
import xml.etree.ElementTree as xml
from html.parser import HTMLParser
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from tests.reports import samples
from wagroups.domain.declared.picture import Likeness, Picture
from wagroups.domain.exit import Exit
from wagroups.domain.plans.change import DescriptionChange, MemberAddition, PictureChange, SubjectChange
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.domain.plans.plan import Notice, Plan
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, for_html, for_markdown, for_terminal
from wagroups.reports.documents.build import plan_document
from wagroups.reports.documents.models import document_json
from wagroups.reports.render.csv import plan_csv
from wagroups.reports.render.github import plan_annotations, problems_annotations
from wagroups.reports.render.html import plan_html, run_html
from wagroups.reports.render.junit import plan_junit, problems_junit
from wagroups.reports.render.markdown import plan_markdown, run_markdown
from wagroups.reports.render.sarif import problems_sarif
from wagroups.reports.render.text import plan_text, problems_text, run_text

NASTY = [
    "a|b|c",
    "<script>alert(1)</script>",
    "</details></summary>",
    "line\nbreak\r\nand more",
    "::error file=a::b",
    "\n::error::x",
    "##[warning]x",
    "\x1b[31mred\x1b[0m",
    "\x9b31m",
    "\u202egnp.exe",
    "\u2066isolate\u2069",
    "=HYPERLINK(1)",
    "+cmd",
    "@everyone @org/team",
    "`code` ```fence``` ````",
    "~~~",
    "[link](https://evil.example)",
    "![image](https://evil.example/x.png)",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "$x$ *bold* _it_",
    "fixes #12",
    "<!-- comment",
    "{person} {people} {0}",
    "%s %d",
    "e" + "\u0301" * 40,
    "\u2028\u2029\u0085",
    "\ue000\U000e0041",
    "",
    " ",
]
LIKENESS = Likeness(digest="0" * 64, shape="0" * 16, colour="0" * 6)
FAMILY = "👨‍👩‍👧 ❤️"

hostile = st.one_of(
    st.sampled_from(NASTY),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=120),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map(" ".join),
)


def plan_about(text: str) -> Plan:
    return samples.plan(
        samples.group(
            "club",
            text,
            samples.action(1, SubjectChange(before=text, after=text)),
            samples.action(2, DescriptionChange(before=text, after=text)),
            samples.action(4, PictureChange(before=None, after=Picture(path=text, likeness=LIKENESS))),
            samples.action(3, MemberAddition(person=samples.person("anna"))),
            notices=(Notice(code="note", text=f"seen: {text}"),),
        )
    )


def run_about(text: str) -> Run:
    made = plan_about(text)
    failure = Failure(code="refused", message=text)
    return Run(
        plan=made,
        results=tuple(ActionResult(id=a.id, verdict=Verdict.FAILED, error=failure) for _, a in made.actions()),
        remaining=made,
        session_lost=text,
        ended_at=samples.NOW,
    )


def shape(text: str) -> list[str]:
    """Where lines start: what a runner, a forge or a reader takes structure from."""
    return [re.sub(r"[^#|`<>~*+\-!:=]", "", line[:3]) for line in text.split("\n")]


TAME_PLAN, TAME_RUN = plan_about("tame"), run_about("tame")
REDACTOR = samples.redactor()


@given(hostile)
def test_text_keeps_its_lines(text: str) -> None:
    assert shape(plan_text(plan_about(text), REDACTOR)) == shape(plan_text(TAME_PLAN, REDACTOR))
    assert len(run_text(run_about(text), REDACTOR).split("\n")) == len(run_text(TAME_RUN, REDACTOR).split("\n"))


@given(hostile)
def test_text_holds_no_controls_and_no_runner_commands(text: str) -> None:
    for written in (plan_text(plan_about(text), REDACTOR), run_text(run_about(text), REDACTOR)):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", written)
        assert "##[" not in written
        assert not re.search(r"^\s*::", written, re.MULTILINE)


@given(hostile)
def test_markdown_keeps_its_lines(text: str) -> None:
    assert shape(plan_markdown(plan_about(text), REDACTOR)) == shape(plan_markdown(TAME_PLAN, REDACTOR))
    assert len(run_markdown(run_about(text), REDACTOR).split("\n")) == len(run_markdown(TAME_RUN, REDACTOR).split("\n"))


def outside_fences(text: str) -> str:
    """Markdown without its fenced blocks; fails when a fence is not closed by its equal."""
    kept, fence = [], ""
    for line in text.split("\n"):
        mark = re.match(r"`{3,}", line)
        if not fence and mark:
            fence = mark.group()
        elif fence and line == fence:
            fence = ""
        elif not fence:
            kept.append(line)
    assert not fence
    return "\n".join(kept)


@given(hostile)
def test_markdown_holds_only_our_own_markup(text: str) -> None:
    for written, tame in (
        (plan_markdown(plan_about(text), REDACTOR), plan_markdown(TAME_PLAN, REDACTOR)),
        (run_markdown(run_about(text), REDACTOR), run_markdown(TAME_RUN, REDACTOR)),
    ):
        outside, expected = outside_fences(written), outside_fences(tame)
        tags = re.compile(r"</?[a-zA-Z!][^\n]*?>")
        assert tags.findall(outside) == tags.findall(expected)
        assert not re.search(r"[@#](?=\w)", outside)


@given(hostile)
def test_every_sign_of_markdown_is_escaped(text: str) -> None:
    escaped = re.sub(r"\\.", "e", for_markdown(clean(text)))
    assert not re.search(r"[\\`*_\[\]|~$<]", escaped)
    assert not re.match(r"\s*([#+\-=>]|\d+[.)])", escaped)


@given(hostile)
def test_json_stays_one_document_that_reads_back(text: str) -> None:
    document = plan_document(plan_about(text), samples.redactor(), Exit.OK, "0")
    assert json.loads(document_json(document))["groups"][0]["key"] == "club"


@given(hostile)
def test_problems_never_begin_a_line_with_a_command(text: str) -> None:
    written = problems_text([Problem(rule="x", file=f"::{text}", line=3, column=1, message=text, help=text)])
    assert not re.search(r"^\s*::", written, re.MULTILINE)


def problem_about(text: str) -> list[Problem]:
    return [Problem(rule="x", file=f"{text}.yaml", line=3, column=1, message=text, help=text, suggestion=text)]


class Skeleton(HTMLParser):
    """The tags and attributes of a page, in their order, without any text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, object]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append((tag, "end"))


@given(hostile)
def test_a_page_holds_only_our_own_tags(text: str) -> None:
    assert Skeleton(plan_html(plan_about(text), REDACTOR)).found == Skeleton(plan_html(TAME_PLAN, REDACTOR)).found
    assert Skeleton(run_html(run_about(text), REDACTOR)).found == Skeleton(run_html(TAME_RUN, REDACTOR)).found


@given(hostile)
def test_a_spreadsheet_finds_its_rows_and_no_formula(text: str) -> None:
    rows = list(csv.reader(plan_csv(plan_about(text), REDACTOR).splitlines()))
    assert [len(row) for row in rows] == [7] * 6
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@given(hostile)
def test_an_annotation_is_one_command_a_line(text: str) -> None:
    for written, tame in (
        (problems_annotations(problem_about(text)), problems_annotations(problem_about("tame"))),
        (plan_annotations(plan_about(text), REDACTOR), plan_annotations(TAME_PLAN, REDACTOR)),
    ):
        commands = [re.match(r"::(error|warning|notice) [^:]*::", line) for line in written.splitlines()]
        assert all(commands)
        assert len(commands) == len(tame.splitlines())


@given(hostile)
def test_a_junit_report_keeps_its_cases(text: str) -> None:
    for written, tame in (
        (problems_junit(problem_about(text)), problems_junit(problem_about("tame"))),
        (plan_junit(plan_about(text), REDACTOR), plan_junit(TAME_PLAN, REDACTOR)),
    ):
        assert [element.tag for element in xml.fromstring(written).iter()] == [
            element.tag for element in xml.fromstring(tame).iter()
        ]


@given(hostile)
def test_sarif_names_a_file_by_a_valid_reference(text: str) -> None:
    [result] = json.loads(problems_sarif(problem_about(text), {}, "0"))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
    assert unquote(uri) == f"{text}.yaml"


def test_emoji_survive_cleaning() -> None:
    assert clean(FAMILY) == FAMILY


def test_a_long_text_is_cut_and_says_so() -> None:
    assert clean("x" * 300) == "x" * 99 + "…"


@given(hostile)
def test_escapers_change_nothing_in_plain_words(text: str) -> None:
    words = "Parents 5B 2026/27"
    assert for_terminal(words) == for_html(words) == for_markdown(words) == words
    assert "<" not in for_html(clean(text))
