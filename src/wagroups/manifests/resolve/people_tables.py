"""People from tables: a spreadsheet is where most of them are already written down."""

from collections.abc import Iterable, Mapping
from typing import Final

from wagroups.domain.declared.desired import Origin
from wagroups.domain.origin import QUOTED
from wagroups.manifests.language.diagnostics import place, shown
from wagroups.manifests.language.fields import ALIAS, PERSON_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format, Numbering
from wagroups.manifests.load.csv_table import CsvTable
from wagroups.manifests.load.tree import MapEntry
from wagroups.manifests.load.validation import Flat, Reader, Written
from wagroups.manifests.resolve.csv_rosters import Rows, Tables
from wagroups.manifests.resolve.directory import PeopleReader, Said, Source
from wagroups.manifests.resolve.expectation import COUNT_HELP, unmet

_COLUMNS: Final = (ALIAS, "phone", "name", "region", "from", "until")


class Enrolment:
    """Adds the people of `people_from` to the directory."""

    def __init__(self, reader: Reader, people: PeopleReader, tables: Tables) -> None:
        self._reader = reader
        self._people = people
        self._tables = tables
        self._enrolled: dict[str, tuple[Mapping[str, str], Origin, Source]] = {}
        self._directory = people.directory

    def read(self, sources: Iterable[tuple[Flat, Origin]]) -> None:
        """Take in every source.

        A line that says the same of the same person again is no mistake: lists of parents have a line for each child.
        """
        for flat, at in sources:
            rows = self._tables.rows(flat, "", at)
            columns = None if rows is None else self._columns(flat, rows.table, at)
            if "csv" in flat.texts:
                self._note(flat.texts["csv"].text, broken=columns is None)
            if rows is not None:
                self._count(rows, flat, at)
            if rows is not None and columns is not None:
                self._enrol(rows, columns, Source(in_table=True, numbers=numbering(flat, "")))

    def _note(self, table: str, *, broken: bool) -> None:
        findings = self._reader.findings
        findings.tables_of_people.append(table)
        if broken:
            findings.break_off(table, frozenset({"people"}))

    def _count(self, rows: Rows, flat: Flat, at: Origin) -> None:
        """Hold the number of lines against what is expected."""
        findings, expected = self._reader.findings, flat.texts.get("expect")
        if expected is None:
            if not rows.numbers:
                help = "Correct the table or `where`, or write `expect: any number`."
                findings.add(Rule.NO_ROWS, at, f"This table names nobody: {rows.why_none()}.", help)
            return
        problem = unmet(expected.text, len(rows.numbers), "line", "lines")
        if problem is not None:
            findings.add(Rule.EXPECT, expected.origin, problem, COUNT_HELP)

    def _columns(self, flat: Flat, table: CsvTable, at: Origin) -> dict[str, int] | None:
        """The number of each column that is named, or needed; `None` after a finding."""
        names = {ALIAS: Written(ALIAS, at), "phone": Written("phone", at)}
        names |= {key: flat.texts[key] for key in _COLUMNS if key in flat.texts}
        numbers = {key: self._tables.column(table, written) for key, written in names.items()}
        return None if None in numbers.values() else {key: n for key, n in numbers.items() if n is not None}

    def _enrol(self, rows: Rows, columns: Mapping[str, int], source: Source) -> None:
        for number in rows.numbers:
            at = rows.table.origin(number)
            said = {key: rows.table.cell(number, column) for key, column in columns.items()}
            alias = said.pop(ALIAS)
            if not alias:
                self._reader.findings.add(
                    Rule.EMPTY, at, "The alias is empty.", "Fill the cell, or leave the line out with `where`."
                )
            elif self._is_new(alias, said, at, source) and self._reader.form(alias, Format.SLUG, at) is not None:
                self._take(alias, said, at, source)

    def _is_new(self, alias: str, said: Mapping[str, str], at: Origin, source: Source) -> bool:
        """Whether no line has the alias yet; somebody else who has it is a finding."""
        earlier = self._enrolled.get(alias)
        if earlier is None:
            self._enrolled[alias] = (said, at, source)
            return True
        if earlier[0] != said and self._people.meaning(earlier[0], earlier[2]) != self._people.meaning(said, source):
            self._reader.findings.add(
                Rule.DUPLICATE,
                at,
                f"{shown(alias, 'this alias')} is someone else, or has different details, at {place(earlier[1])}.",
                "Give one of the two another alias, or make the lines say the same.",
            )
        return False

    def _take(self, alias: str, said: Mapping[str, str], at: Origin, source: Source) -> None:
        # A spreadsheet stores a number with a plus as a text, with an apostrophe before it.
        written = {key: text.removeprefix("'") if key == "phone" else text for key, text in said.items() if text}
        entries = [MapEntry(key, text, at.file, at.mark, at.mark | QUOTED) for key, text in written.items()]
        line = Said(self._reader.chosen(entries, PERSON_FIELDS, "a person"), written.keys(), at)
        if alias in self._people.entries:
            self._people.supplemented.add(alias)
            self._people.supplement(alias, line, source)
        else:
            self._people.take(alias, *line, source)


def numbering(flat: Flat, prefix: str) -> Numbering | None:
    """How a use of a table says that digits without a prefix are meant."""
    word = flat.text(f"{prefix}numbers")
    return None if word is None else Numbering(word)
