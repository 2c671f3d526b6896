"""Read a CSV file as spreadsheets write it: a heading, and rows that know their line.

Commas, semicolons and tabs part cells; the text is UTF-8 with or without a mark, or UTF-16 with one (Excel's “Unicode
text”).  Other encodings are refused, because their bytes do not say which of them it is: a guess would spoil names.
"""

import codecs
import csv
import io
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from wagroups.domain.origin import Origin, unpacked
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.invisible import BY_HAND, INVISIBLE, seen, visible
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.recognition import not_utf8, stand_in, unfinished_merge, wide_or_binary

DELIMITERS: Final = ",;\t"
"""Spreadsheets write a semicolon where the comma is the decimal sign."""

MAX_FAULTS: Final = 10
"""Lines of one file that are reported for their number of cells.  Chosen: with a wrong heading all of them differ."""

ENCODINGS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAVE: Final = "In Excel, save it as “CSV UTF-8”; in LibreOffice, choose the character set Unicode (UTF-8)."
HINT: Final = re.compile(r"sep=(.)[ ]*(?:\r\n|\r|\n)", re.IGNORECASE)
"""Excel's own first line, which names the delimiter and is no heading."""
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_FORMULA: Final = re.compile(r'="(.*)"')
"""A formula that stands for a text: how exports keep Excel from making numbers of phone numbers."""


class CsvTable:
    """The rows of one file below their heading, each as wide as it."""

    def __init__(self, file: str, heading: Sequence[str], findings: Findings, *, hidden: bool = False) -> None:
        """`hidden` says that there are characters in the file that nobody sees."""
        self.file = file
        self._findings, self._hidden = findings, hidden
        self.heading = tuple(heading)
        self.rows: list[list[str]] = []
        self.broken = False
        """Whether the text breaks off somewhere: lines below it are missing."""
        self.marks = array("Q")
        """The place of each row, packed."""
        self._numbers = {name.casefold(): number for number, name in enumerate(heading) if name}
        self._indexes: dict[tuple[int, ...], dict[tuple[str, ...], list[int]]] = {}

    def add(self, cells: list[str], line: int) -> None:
        """Append a row that begins at `line`, counted from 1."""
        self.rows.append(cells)
        self.marks.append(Origin(self.file, line).mark)

    def column(self, name: str) -> int | None:
        """The number of a column, whatever its capitals."""
        return self._numbers.get(visible(name).casefold())

    def cell(self, row: int, column: int) -> str:
        """A cell as a number, a name or a word; a text for people is in `rows`."""
        cell = self.rows[row][column]
        return seen(cell, self.origin(row), self._findings, BY_HAND).strip() if self._hidden else cell

    def origin(self, row: int) -> Origin:
        """The place of a row."""
        return unpacked(self.file, self.marks[row])

    def having(self, columns: tuple[int, ...], values: tuple[str, ...]) -> Sequence[int]:
        """The rows whose cells in `columns` hold `values`, capitals aside."""
        index = self._indexes.get(columns)
        if index is None:
            index = self._indexes[columns] = {}
            for number in range(len(self.rows)):
                key = tuple(self.cell(number, column).casefold() for column in columns)
                index.setdefault(key, []).append(number)
        return index.get(tuple(value.casefold() for value in values), ())


def read_table(data: bytes, file: str, findings: Findings) -> CsvTable | None:
    """The table in a file; `None` after a finding that leaves nothing to go on with."""
    if stand_in(data, "the table", Origin(file, 1), findings) or unfinished_merge(data, file, findings):
        return None
    text = _decoded(data, file, findings)
    if text is None:
        return None
    hint = HINT.match(text)
    body = text[hint.end() :] if hint else text
    skipped = 1 if hint else 0
    records = _records(body, hint[1] if hint else delimiter_of(body), skipped, file, findings)
    names, line = next(records, ([], 1))
    if names is None:
        return None
    if not names:
        findings.add(
            Rule.TABLE, Origin(file, 1), "The table is empty.", "Its first line names the columns, such as alias,phone."
        )
        return None
    hidden = not text.isascii() and INVISIBLE.search(text) is not None
    return _table(file, (names, line), records, findings, hidden=hidden)


def _table(
    file: str,
    heading: tuple[list[str], int],
    records: Iterator[tuple[list[str] | None, int]],
    findings: Findings,
    *,
    hidden: bool,
) -> CsvTable | None:
    columns, line = heading
    names = [seen(name, Origin(file, line), findings, BY_HAND).strip() for name in columns]
    folded = [name.casefold() for name in names if name]
    twice = next((name for name in names if name and folded.count(name.casefold()) > 1), None)
    if twice is not None:
        findings.add(
            Rule.TABLE,
            Origin(file, line),
            f"Two columns are called {shown(twice, 'the same')}.",
            "Give one of them another name.",
        )
        return None
    table, width, faults = CsvTable(file, names, findings, hidden=hidden), len(names), 0
    for cells, at in records:
        if cells is None:
            table.broken = True
            break
        if len(cells) > width and any(cells[width:]):
            faults += 1
            if faults <= MAX_FAULTS:
                findings.add(
                    Rule.TABLE,
                    Origin(file, at),
                    f"This line has {len(cells)} cells, but the heading has {width}.",
                    "Put a cell that contains a comma, a semicolon or a tab in quotation marks.",
                )
        table.add(cells if len(cells) == width else (cells + [""] * width)[:width], at)
    return table


def _decoded(data: bytes, file: str, findings: Findings) -> str | None:
    encoding = next((name for mark, name in ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        not_utf8(data, error, Origin(file, line, column), _SAVE, findings)
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        findings.add(Rule.NOT_UTF8, Origin(file, line), f"This file is not UTF-8{wide_or_binary(data)}.", _SAVE)
        return None
    return unicodedata.normalize("NFC", text)


def delimiter_of(text: str) -> str:
    """The delimiter of the heading: the one that stands in it most often."""
    first = _IN_QUOTES.sub("", text.lstrip().split("\n", 1)[0])
    return max(DELIMITERS, key=first.count)


def _records(
    text: str, delimiter: str, skipped: int, file: str, findings: Findings
) -> Iterator[tuple[list[str] | None, int]]:
    """Every record that holds anything, trimmed, with the line it begins at; `None` where the text breaks off."""
    cells_of = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    known: dict[str, str] = {}
    formulas = '="' in text or '=""' in text
    line = 0
    while True:
        try:
            record = next(cells_of, None)
        except csv.Error:
            findings.add(
                Rule.TABLE,
                Origin(file, line + 1 + skipped),
                "The quotation marks in this line do not match, or one of its cells is too long.",
                "Quotation marks surround a whole cell; write a quotation mark inside it twice.",
            )
            yield None, line + 1 + skipped
            return
        if record is None:
            return
        # Cells repeat (class names, yes and no), and each text is kept once.
        cells = [known.setdefault(cell, cell) for cell in map(str.strip, record)]
        if any(cells):
            yield [_plain(cell) for cell in cells] if formulas else cells, line + 1 + skipped
        line = cells_of.line_num


def _plain(cell: str) -> str:
    formula = _FORMULA.fullmatch(cell)
    return formula[1] if formula else cell
