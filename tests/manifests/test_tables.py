"""A table is read as spreadsheets write it, and every row knows its line."""

import csv
import io
import unicodedata
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wagroups.domain.problem import Problem
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.csv_table import MAX_FAULTS, CsvTable, read_table

TEXT = "alias,name\nanna,Zoë\n"
ROWS = [["anna", "Zoë"]]


def read(data: bytes | str) -> tuple[CsvTable | None, tuple[Problem, ...]]:
    findings = Findings()
    table = read_table(data if isinstance(data, bytes) else data.encode(), "people.csv", findings)
    return table, findings.in_order()


def rows(data: bytes | str) -> list[list[str]]:
    table, problems = read(data)
    assert table is not None
    assert problems == ()
    return table.rows


def places(problems: Iterable[Problem]) -> list[str]:
    return [f"{problem.rule} {problem.place}" for problem in problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_commas_semicolons_and_tabs_part_cells(delimiter: str, end: str) -> None:
    assert rows(TEXT.replace(",", delimiter).replace("\n", end)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_marked_utf_16_are_read(encoding: str) -> None:
    assert rows(TEXT.encode(encoding)) == ROWS
    assert rows(b"\xfe\xff" + TEXT.encode("utf-16-be")) == ROWS


def test_another_encoding_is_refused_at_the_byte_and_told_how_to_save() -> None:
    table, [problem] = read(TEXT.encode("cp1252"))
    assert table is None
    assert (problem.rule, problem.place) == ("not-utf8", "people.csv:2:8")
    assert "CSV UTF-8" in problem.help


def test_utf_16_without_its_mark_and_other_files_are_no_tables() -> None:
    for data in (TEXT.encode("utf-16-le"), b"a,\x00\x00", b"\xff\xfea"):
        table, [problem] = read(data)
        assert table is None
        assert problem.rule == "not-utf8"


def test_quotes_hold_delimiters_quotes_and_line_breaks() -> None:
    table, problems = read('alias,name\nanna,"Lee, ""Mo""\nthe second"\n\nben,B\n')
    assert table is not None
    assert problems == ()
    assert table.rows == [["anna", 'Lee, "Mo"\nthe second'], ["ben", "B"]]
    assert [str(table.origin(number)) for number in (0, 1)] == ["people.csv:2", "people.csv:5"]


def test_a_delimiter_in_a_quoted_heading_does_not_decide() -> None:
    assert rows('alias;"name, in full, as written"\nanna;Zoë\n') == ROWS


def test_excels_line_about_the_delimiter_is_no_heading() -> None:
    table, problems = read("sep=;\r\nalias;name\r\nanna;Zoë\r\n")
    assert table is not None
    assert (table.rows, str(table.origin(0)), problems) == (ROWS, "people.csv:3", ())


def test_cells_are_trimmed_and_texts_that_stand_as_formulas_unwrapped() -> None:
    assert rows('alias,name\n anna , ="Zoë" \nben,"=""Bo"""\n') == [["anna", "Zoë"], ["ben", "Bo"]]


def test_letters_made_of_two_characters_are_one() -> None:
    assert rows("alias,name\nanna,Zoe\u0308\n") == ROWS


def test_blank_lines_and_missing_cells_at_the_end_of_a_line_are_no_mistakes() -> None:
    assert rows("alias,name,\n\nanna\n,,\nben,B,\n") == [["anna", "", ""], ["ben", "B", ""]]


def test_columns_are_found_whatever_their_capitals() -> None:
    table, _ = read("Alias,Phone\nanna,1\n")
    assert table is not None
    assert (table.column("alias"), table.column("PHONE"), table.column("name")) == (0, 1, None)


def test_a_quote_that_stays_open_is_told_at_the_line_it_opens_in() -> None:
    table, problems = read('alias,name\nanna,A\nben,"B\ncarla,C\n')
    assert table is not None
    assert places(problems) == ["table-syntax people.csv:3:1"]


def test_a_wrong_heading_is_not_told_for_every_line() -> None:
    _, problems = read("alias,name\n" + "a,b,c\n" * 1000)
    assert places(problems) == [f"table-syntax people.csv:{line}:1" for line in range(2, 2 + MAX_FAULTS)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2), max_size=6))
def test_what_a_spreadsheet_writes_is_read_back(cells: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["alias", "name"], *cells])
    table, problems = read(written.getvalue())
    assert table is not None
    assert problems == ()
    expected = [[unicodedata.normalize("NFC", cell).strip() for cell in row] for row in cells]
    formulas = [[c[2:-1] if len(c) > 2 and c.startswith('="') and c.endswith('"') else c for c in r] for r in expected]
    assert table.rows == [row for row in formulas if any(row)]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(alphabet='a,;"\t\n\r=\0é', max_size=60).map(str.encode)))
def test_any_bytes_are_a_table_or_are_explained(data: bytes) -> None:
    table, problems = read(data)
    assert table is not None or problems
    assert all(problem.message and problem.help for problem in problems)
    assert table is None or all(len(row) == len(table.heading) for row in table.rows)
