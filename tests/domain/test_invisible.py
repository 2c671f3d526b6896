"""Texts that look alike and are not are told apart by code points and places."""

import pytest

from wagroups.domain.invisible import spelt_out


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Ops 2026", "Ops  2026", "U+0020 after “Ops”"),
        ("Ops 2026", "Ops\N{NO-BREAK SPACE}2026", "U+00A0 instead of U+0020 after “Ops”"),
        ("Ops\N{NO-BREAK SPACE}2026", "Ops 2026", "U+0020 instead of U+00A0 after “Ops”"),
        ("Ops", "\N{RIGHT-TO-LEFT MARK}Ops", "U+200F at the beginning"),
        ("Ops\N{ZERO WIDTH SPACE}", "Ops", "no U+200B after “Ops”"),
        (
            "Choir \N{HEAVY BLACK HEART}",
            "Choir \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}",
            "U+FE0F after “Choir ❤”",
        ),
        ("one\N{LINE SEPARATOR}two", "one two", "U+0020 instead of U+2028 after “one”"),
    ],
)
def test_a_difference_that_nobody_sees_is_spelt_out(before: str, after: str, said: str) -> None:
    assert spelt_out(before, after) == said


@pytest.mark.parametrize(("before", "after"), [("Ops", "Ops"), ("Ops", "Opt"), ("", "Ops"), ("Cafe", "Café")])
def test_a_difference_that_everybody_sees_is_not(before: str, after: str) -> None:
    assert spelt_out(before, after) == ""


def test_many_differences_are_counted() -> None:
    assert spelt_out("a b c d e f", "a  b  c  d  e  f").endswith(", and 2 more")
