"""The list of names for numbers, as spreadsheets save it."""

import pytest

from tests import builders as b
from wagroups.domain.errors import ProjectError
from wagroups.manifests.edit.aliases import AliasEntry, read_aliases


def rules(text: str | bytes, region: str | None = None) -> list[tuple[str, int]]:
    with pytest.raises(ProjectError) as raised:
        read_aliases(text if isinstance(text, bytes) else text.encode(), "names.csv", region)
    assert all(problem.file == "names.csv" for problem in raised.value.problems)
    assert "900" not in "".join(problem.message + problem.help for problem in raised.value.problems)
    return [(problem.rule, problem.line) for problem in raised.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "+44 7700 900001,anna,Anna W\n+447700900002,ben\n",
        "phone,alias,name\n+44 7700 900001,anna,Anna W\n+447700900002,ben,\n",
        "\ufeffAlias;Name;Phone;Shoe size\r\nanna;Anna W;+44 7700 900001;40\r\nben;;+447700900002;41\r\n",
        "name\tphone\talias\nAnna W\t'+44 7700 900001\tanna\n\n\t+447700900002\tben\n",
        '"+44 7700 900001","anna","Anna W"\n"+447700900002","ben",""\n',
    ],
)
def test_the_usual_forms_are_read_alike(text: str) -> None:
    assert read_aliases(text.encode(), "names.csv", None) == (
        AliasEntry(b.phone(1), "anna", "Anna W"),  # type: ignore[arg-type]
        AliasEntry(b.phone(2), "ben", None),  # type: ignore[arg-type]
    )


def test_national_numbers_belong_to_the_projects_region() -> None:
    (anna,) = read_aliases(b"07700 900001,anna\n", "names.csv", "GB")
    assert anna.phone == b.phone(1)
    assert rules("07700 900001,anna\n") == [("phone-region", 1)]


def test_all_mistakes_come_at_once_with_their_lines() -> None:
    text = (
        "phone,alias\n+44 7700 900001,Anna\n4.47E+11,ben\n+44 7700 900003,carla\n"
        "+44 7700 900003,dora\n+44 7700 900004,carla\n+44 7700 900005,x-ray\n+44 7700 900006,\n"
    )
    assert rules(text) == [
        ("slug", 2),
        ("decimal-cell", 3),
        ("same-phone", 5),
        ("duplicate-key", 6),
        ("slug", 7),
        ("slug", 8),
    ]


def test_the_same_line_twice_is_no_mistake() -> None:
    assert len(read_aliases(b"+44 7700 900001,anna\n+44 7700 900001,anna\n", "names.csv", None)) == 1


def test_a_name_is_one_line_of_bounded_length() -> None:
    assert rules(f"+44 7700 900001,anna,{'x' * 201}\n") == [("text-too-long", 1)]
    assert rules('+44 7700 900001,anna,"a\nb"\n') == [("text-too-long", 2)]


def test_another_encoding_is_named() -> None:
    assert rules("+44 7700 900001,anna,Zoë".encode("latin-1")) == [("not-utf8", 0)]


@pytest.mark.parametrize("text", ["", "\n\n", "phone,alias\n"])
def test_an_empty_list_names_nobody(text: str) -> None:
    assert read_aliases(text.encode(), "names.csv", None) == ()


@pytest.mark.parametrize("name", ["x" * 200_000, '"left open'])
def test_what_is_no_table_is_told_at_its_line(name: str) -> None:
    text = f"phone,alias,name\n+44 7700 900001,anna,\n+44 7700 900002,ben,{name}\n+44 7700 900003,cleo,\n"
    assert rules(text) == [("table-syntax", 3)]


def test_a_mistake_has_a_column_that_formats_of_problems_take() -> None:
    with pytest.raises(ProjectError) as raised:
        read_aliases(b"+44 7700 900001,Bob Smith\n", "names.csv", None)
    assert raised.value.problems[0].place == "names.csv:1:1"
