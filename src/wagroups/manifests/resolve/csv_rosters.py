"""Tables that manifests name, and the lines of them that are meant.

Each file is read once, however many groups name it, and its lines are found by an index: forty classes that ask one
list of parents for their own do not read it forty times.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Origin
from wagroups.manifests.language.diagnostics import UNSHOWN, Findings, shown
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.csv_table import CsvTable, read_table
from wagroups.manifests.load.files import TABLE, read_named
from wagroups.manifests.load.validation import Choice, Flat, Reader, Written

_MOST_WORDS: Final = 6
"""A column with more words than these is none that lines are chosen by, and its cells are not repeated.  Chosen."""


class Rows(NamedTuple):
    """Some lines of a table."""

    table: CsvTable
    numbers: Sequence[int]
    where: Sequence[Choice] = ()
    """What the lines were chosen by."""

    def why_none(self) -> str:
        """Why no line was chosen, as the end of a sentence: “no line of rosters/board.csv has the role “board””."""
        file = self.table.file
        if not self.table.rows:
            return f"{file} has no line below its heading"
        for column, words in self.where:
            number = self.table.column(column.text)
            assert number is not None  # lines were chosen by it
            cells = Counter(self.table.cell(row, number) for row in range(len(self.table.rows)))
            accepted = {word.text.casefold() for word in words}
            if not any(cell.casefold() in accepted for cell in cells):
                wanted = " or ".join(shown(word.text) for word in words)
                return f"no line of {file} has the {_named(column.text)} {wanted}{_there_are(cells)}"
        columns = " and ".join(_named(column.text) for column, _ in self.where)
        return f"no line of {file} matches in all of {columns}"


def _named(column: str) -> str:
    """A column's name as a word of a sentence."""
    name = shown(column)
    return "word" if name == UNSHOWN else name.strip("“”")


def _there_are(cells: Counter[str]) -> str:
    """The words of a column that lines are chosen by, with how many lines have each."""
    words = [f"{shown(cell) if cell else 'nothing'} ({lines})" for cell, lines in cells.most_common()]
    if len(words) > _MOST_WORDS or len(cells) == cells.total() > 1 or any(UNSHOWN in word for word in words):
        return ""
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return f"; there {'is' if len(words) == 1 else 'are'} {listed}"


class Tables:
    """The tables of one project."""

    def __init__(self, root: Path, reader: Reader) -> None:
        self._root = root
        self._reader = reader
        self._findings: Findings = reader.findings
        self._known: dict[str, CsvTable | None] = {}
        self.contents: dict[str, bytes] = {}
        """The bytes of every table that was read, by path."""

    def rows(self, flat: Flat, prefix: str, at: Origin) -> Rows | None:
        """The lines that `csv` and `where` name together; `None` after a finding.

        `prefix` is the record's place in `flat` (`roster.`), and `at` where the record is written.
        """
        written = flat.texts.get(f"{prefix}csv")
        if written is None:
            self._findings.add(Rule.MISSING, at, "No table is named.", "Write `csv: rosters/parents.csv`.")
            return None
        table = self._table(written)
        if table is None or table.broken:
            return None
        where = flat.maps.get(f"{prefix}where")
        if where is None:
            return Rows(table, range(len(table.rows)))
        choices = self._reader.columns(where)
        numbers = self._fitting(table, choices)
        return None if numbers is None or choices is None else Rows(table, numbers, choices)

    def column(self, table: CsvTable, written: Written) -> int | None:
        """The number of a column that is named somewhere; `None` after a finding there."""
        number = table.column(written.text)
        if number is None:
            self._findings.unknown_column(written.text, table.heading, written.origin)
        return number

    def _table(self, written: Written) -> CsvTable | None:
        name = unicodedata.normalize("NFC", PurePosixPath(written.text).as_posix())
        if name in self._known:
            table = self._known[name]
            if table is not None or name in self.contents:
                return table
        # What is wrong with the path is looked for again, so that every place that names it is among the findings.
        data = read_named(self._root, written, TABLE, self._findings)
        if data is not None:
            self.contents[name] = data
        self._known[name] = None if data is None else read_table(data, name, self._findings)
        return self._known[name]

    def _fitting(self, table: CsvTable, where: Sequence[Choice] | None) -> Sequence[int] | None:
        """The lines whose cells are among the words of `where`."""
        if where is None:
            return None
        single: list[tuple[int, str]] = []
        several: list[tuple[int, frozenset[str]]] = []
        for name, words in where:
            column = self.column(table, name)
            if column is None:
                return None
            if len(words) == 1:
                single.append((column, words[0].text))
            else:
                several.append((column, frozenset(word.text.casefold() for word in words)))
        numbers: Sequence[int] = range(len(table.rows))
        if single:
            columns, values = zip(*sorted(single), strict=True)
            numbers = table.having(columns, values)
        elif several:
            # By the index again: a generator asks as often as it has groups.
            column, accepted = several[0]
            numbers = sorted({number for word in accepted for number in table.having((column,), (word,))})
        for column, accepted in several:
            numbers = [number for number in numbers if table.cell(number, column).casefold() in accepted]
        return numbers
