"""Change single lines of a CSV file: every other line keeps its bytes, its quotes and its line's end."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from wagroups.manifests.language.invisible import visible
from wagroups.manifests.load.csv_table import HINT, delimiter_of

_WIDE: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))


class CsvRecord(NamedTuple):
    """One line below the heading; a cell may hold line breaks, so it can be several lines of text."""

    line: int
    """The first, counted from 1."""
    cells: Mapping[str, str]
    """By column, in lower case."""
    text: str
    """As it is written, with its line's end."""


class TableText:
    """The text of one CSV file that the loader has accepted."""

    def __init__(self, data: bytes) -> None:
        self._mark, self._encoding = next(
            ((mark, encoding) for mark, encoding in _WIDE if data.startswith(mark)), (b"", "utf-8")
        )
        text = data.removeprefix(self._mark).decode(self._encoding)
        hint = HINT.match(text)
        self._lines = list(io.StringIO(text, newline=""))
        self._skipped = 1 if hint else 0
        self.delimiter = hint[1] if hint else delimiter_of(text)

    def records(self) -> Iterator[CsvRecord]:
        """Every record that holds anything, without the heading."""
        reader = csv.reader(iter(self._lines[self._skipped :]), delimiter=self.delimiter)
        heading: list[str] | None = None
        done = 0
        for cells in reader:
            start, done = done + self._skipped, reader.line_num
            cells = [visible(cell).strip() for cell in cells]
            if not any(cells):
                continue
            if heading is None:
                heading = [name.casefold() for name in cells]
                continue
            text = "".join(self._lines[start : done + self._skipped])
            yield CsvRecord(start + 1, dict(zip(heading, cells, strict=False)), text)

    def without(self, gone: CsvRecord) -> bytes:
        """The file without a record."""
        return self._with(gone, "")

    def with_cell(self, record: CsvRecord, column: str, value: str) -> bytes:
        """The file with another value in a cell."""
        before = record.cells[column.casefold()]
        if before and record.text.count(before) == 1:
            return self._with(record, record.text.replace(before, value))
        changed = {**record.cells, column.casefold(): value}
        body = record.text.rstrip("\r\n")
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="").writerow(changed.values())
        return self._with(record, out.getvalue() + record.text[len(body) :])

    def _with(self, record: CsvRecord, text: str) -> bytes:
        first = record.line - 1
        count = len(list(io.StringIO(record.text, newline="")))
        lines = [*self._lines[:first], text, *self._lines[first + count :]]
        return self._mark + "".join(lines).encode(self._encoding)
