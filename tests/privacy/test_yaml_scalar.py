"""Whatever a text is, its YAML reads back as the same text, in the language and in any other reader of YAML."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from wagroups.domain.text import literal
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.yaml_loader import load
from wagroups.privacy.escape import for_terminal
from wagroups.privacy.yaml_scalar import block_lines, scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NASTY = st.text(st.sampled_from("ab- :#'\"|>%@`{}[],&*!?\\\n\t\r\x00\x85\u2028\u202e\ufeff–é😀"), max_size=12)
NUMERIC = st.text(st.sampled_from("0123456789_.-+eExob:T Z"), min_size=1, max_size=12)
WORDS = st.sampled_from(["no", "Yes", "ON", "off", "null", "Null", "true", "FALSE", "y", "n", "~", "=", "<<", ".nan"])
ANY = TEXTS | NASTY | NUMERIC | WORDS


@given(ANY, st.booleans())
@example("no", True)
@example("0x1F", True)
@example("2026-11-30", True)
@example("1_000", True)
@example("1.5e3", True)
def test_a_scalar_reads_back_as_the_same_text(text: str, unicode: bool) -> None:
    written = scalar(text, unicode=unicode)
    lines = f"before: x\n{written}: 1\nkey: {written}   # remark\nafter: z\n"
    expected = {"before": "x", literal(text): 1, "key": literal(text), "after": "z"}
    if text not in ("before", "key", "after"):
        assert yaml.safe_load(lines) == expected
    assert yaml.safe_load(f"keys: [{written}, {{person: anna, reason: {written}}}]") == {
        "keys": [literal(text), {"person": "anna", "reason": literal(text)}]
    }


@given(st.text(st.sampled_from("#[a \n"), max_size=12))
def test_a_terminal_changes_no_value(text: str) -> None:
    assert for_terminal(scalar(text)) == scalar(text)
    lines = block_lines(text) or []
    assert [for_terminal(line) for line in lines] == list(lines)


@given(ANY)
def test_a_scalar_is_one_printable_line(text: str) -> None:
    assert scalar(text).replace("\u200d", "").replace("\u200c", "").isprintable()
    assert scalar(text, unicode=False).isascii()


@given(st.lists(TEXTS | NASTY, min_size=2, max_size=4).map("\n".join))
@example("a\n\n\nb")
@example("a\n  deep\n# no remark")
@example("a \n \nb")
@example("\na\nb")
@example("a\nb\n")
@example("👩‍👩‍👧 x\ny")
def test_a_block_reads_back_as_the_same_text_where_there_is_one(text: str) -> None:
    lines = block_lines(text)
    if lines is not None:
        body = "\n".join(f"  {line}".rstrip() for line in lines)
        assert yaml.safe_load(f"key: |-\n{body}\nafter: z\n") == {"key": literal(text), "after": "z"}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # What needs no quotes has none.
        ("Parents 5B 2026/27", "Parents 5B 2026/27"),
        ("Rowing Club – News", "Rowing Club – News"),
        ("Übung & Co. (Mo.)", "Übung & Co. (Mo.)"),
        ("5b", "5b"),
        ("2nd team", "2nd team"),
        ("nobody", "nobody"),
        ("Anna's group", "Anna's group"),
        # Words and digits that other readers give another type.
        ("no", '"no"'),
        ("Off", '"Off"'),
        ("NULL", '"NULL"'),
        ("y", '"y"'),
        ("~", '"~"'),
        ("0815", '"0815"'),
        ("1e3", '"1e3"'),
        ("0x1F", '"0x1F"'),
        ("12:30", '"12:30"'),
        ("2026-11-30", '"2026-11-30"'),
        ("+44", '"+44"'),
        # Structure, in a line or inside brackets.
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("- a", '"- a"'),
        ("", '""'),
        ("holiday, back in May", '"holiday, back in May"'),
        ("[a]", '"[a]"'),
        # What does not print, and what begins a placeholder.
        ("a\tb", '"a\\tb"'),
        ("\u202eabc", '"\\u202eabc"'),
        ("G ${class}", '"G $${class}"'),
        ("👩‍👧", '"👩‍👧"'),
        ("##[group]x", '"##\\x5bgroup]x"'),
    ],
)
def test_a_text_is_quoted_where_some_reader_would_take_it_for_something_else(text: str, written: str) -> None:
    assert scalar(text) == written
    findings = Findings()
    tree = load(f"key: {written}\n".encode(), "groups.yaml", findings)
    assert tree == {"key": literal(text)}
    assert not findings.failed
