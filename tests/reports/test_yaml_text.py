"""Whatever a text is, its YAML reads back as the same text and is one value."""

import yaml
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.text import literal
from wagroups.reports.yaml_text import block, scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NASTY = st.text(st.sampled_from("ab- :#'\"|>%@`{}[],&*!?\\\n\t\r\x00\x85\u2028\u202e\ufeff–é😀"), max_size=12)


def read_back(lines: str) -> object:
    return yaml.load(lines, yaml.BaseLoader)


@given(TEXTS | NASTY, st.booleans())
def test_a_scalar_reads_back_as_the_same_text(text: str, unicode: bool) -> None:
    written = scalar(text, unicode=unicode)
    assert read_back(f"before: x\nkey: {written}   # remark\nafter: y\n") == {
        "before": "x",
        "key": literal(text),
        "after": "y",
    }
    assert read_back(f"keys: [{written}, {written}]") == {"keys": [literal(text), literal(text)]}


@given(TEXTS | NASTY)
def test_a_scalar_is_one_printable_line(text: str) -> None:
    assert scalar(text).isprintable()
    assert scalar(text, unicode=False).isascii()


@given(st.lists(TEXTS | NASTY, min_size=2, max_size=4).map("\n".join))
def test_a_block_reads_back_as_the_same_text_where_there_is_one(text: str) -> None:
    lines = block(text)
    if lines is not None:
        body = "\n".join(f"  {line}".rstrip() for line in lines)
        assert read_back(f"key: |-\n{body}\nafter: y\n") == {"key": literal(text), "after": "y"}


def test_plain_words_need_no_quotes() -> None:
    assert [scalar(text) for text in ("Parents 5B 2026/27", "Rowing Club – News", "no", "0815")] == [
        "Parents 5B 2026/27",
        "Rowing Club – News",
        "no",
        "0815",
    ]
