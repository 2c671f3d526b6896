"""An answer such as `1 3 5-9`."""

import click
import pytest

from wagroups.cli.ui.import_choice import as_people_sort, chosen


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("all", (1, 2, 3, 4)),
        ("ALL", (1, 2, 3, 4)),
        ("none", ()),
        ("2", (2,)),
        ("3 1", (1, 3)),
        ("1, 3-4", (1, 3, 4)),
        ("2-3 3", (2, 3)),
    ],
)
def test_words_numbers_and_spans_are_understood(answer: str, numbers: tuple[int, ...]) -> None:
    assert chosen(answer, 4) == numbers


@pytest.mark.parametrize("answer", ["5", "0", "0-2", "3-9", "3-1", "all 2", "two", "1-", "-1", "1-2-3", "²"])
def test_anything_else_is_explained(answer: str) -> None:
    with pytest.raises(click.UsageError, match="4"):
        chosen(answer, 4)


def test_groups_stand_in_the_order_in_which_people_look_for_them() -> None:
    subjects = ["Choir 10", "choir 2", "Choir", "5B parents", "12A parents", "Chess"]
    assert sorted(subjects, key=as_people_sort) == [
        "5B parents",
        "12A parents",
        "Chess",
        "Choir",
        "choir 2",
        "Choir 10",
    ]
