"""On a narrow terminal a line breaks between words and hangs below its beginning; elsewhere it stays whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.reports.view.line_wrap import folded

ACTION = "    + add      anna (+44 … 0001)           joins as an admin      groups/chess.wagroups.yaml:12:9"
LONG = "    - remove   unknown-6ce407de (+44 … 0150)    ! not in git; joined since the last read  groups/chess.yaml:12"


def test_columns_move_together_before_anything_is_folded() -> None:
    lines = folded(ACTION, 88).split("\n")
    assert lines == ["    + add      anna (+44 … 0001)      joins as an admin  groups/chess.wagroups.yaml:12:9"]
    assert len(lines[0]) == 88


def test_the_column_that_does_not_fit_hangs_whole_below_the_action() -> None:
    assert folded(f"{LONG}\nPlan: 1 to remove.\n", 84).split("\n") == [
        "    - remove   unknown-6ce407de (+44 … 0150)",
        "        ! not in git; joined since the last read  groups/chess.yaml:12",
        "Plan: 1 to remove.",
        "",
    ]


def test_a_sentence_breaks_between_words() -> None:
    assert folded("  Held: chess: " + "word " * 12 + "end", 50).split("\n") == [
        "  Held: chess: word word word word word word word",
        "      word word word word word end",
    ]


@pytest.mark.parametrize("width", [None, 120, 3])
def test_a_line_that_fits_or_goes_to_no_terminal_stays_as_it_is(width: int | None) -> None:
    assert folded(ACTION, width) == ACTION


def test_colours_take_no_columns() -> None:
    line = f"\x1b[32m{'a ' * 20}\x1b[0m{'b ' * 19}b"
    assert folded(line, 80) == line


def test_wide_signs_take_two_columns() -> None:
    assert folded("あああああああああああ ああああああああああ", 41).count("\n") == 1


@given(st.lists(st.text("ab…", min_size=1, max_size=60), min_size=1), st.integers(40, 100))
def test_no_word_is_lost_and_only_single_words_are_too_long(words: list[str], width: int) -> None:
    lines = folded("  " + "  ".join(words), width).split("\n")
    assert [word for line in lines for word in line.split()] == words
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)
