"""Single lines of a CSV file: the other lines keep their bytes."""

import pytest

from wagroups.manifests.edit.csv_edit import TableText

PLAIN = "alias,phone,class\nanna,+44 7700 900101,5a\n\nben,'+44 7700 900102,5b\ncarla,+44 7700 900103,5a\n"


def line_of(table: TableText, alias: str) -> int:
    return next(record.line for record in table.records() if record.cells["alias"] == alias)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_line_goes_and_the_others_stay(encoding: str, end: str, delimiter: str) -> None:
    text = PLAIN.replace(",", delimiter).replace("\n", end)
    table = TableText(text.encode(encoding))
    record = next(record for record in table.records() if record.cells["alias"] == "ben")
    gone = f"ben{delimiter}'+44 7700 900102{delimiter}5b{end}"
    assert table.without(record) == text.replace(gone, "").encode(encoding)


def test_lines_are_counted_as_an_editor_does() -> None:
    table = TableText(b'sep=;\nalias;note\nanna;"two\nlines"\n\nben;x\n')
    assert [record.line for record in table.records()] == [3, 6]
    anna = next(table.records())
    assert table.without(anna) == b"sep=;\nalias;note\n\nben;x\n"


def test_a_cell_changes_alone() -> None:
    table = TableText(PLAIN.encode())
    record = next(table.records())
    assert table.with_cell(record, "Class", "5b").decode() == PLAIN.replace("900101,5a", "900101,5b")


def test_a_cell_whose_text_stands_twice_in_its_line_changes_alone_too() -> None:
    table = TableText(b'alias,a,b\nanna,x,"x, y"\nben,1,2\n')
    record = next(table.records())
    assert table.with_cell(record, "a", "z") == b'alias,a,b\nanna,z,"x, y"\nben,1,2\n'
