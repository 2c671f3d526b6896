"""Groups made from the lines of a table, or from a matrix of words.

Each is made as a tree, as if somebody had written it, and is read like every other group: so it has the same rules,
and the generator has none of its own beside filling in texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from wagroups.domain.declared.desired import Origin
from wagroups.domain.errors import TemplateTooLarge
from wagroups.manifests.language.diagnostics import place, shown
from wagroups.manifests.language.fields import GENERATOR_FIELDS, MAX_GENERATED, NOTE_PREFIX
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format
from wagroups.manifests.load.tree import Map, MapEntry, size_of
from wagroups.manifests.load.validation import DECIMAL, Flat, Listed, Mapped, Reader, Written
from wagroups.manifests.resolve.csv_rosters import Tables
from wagroups.manifests.resolve.expectation import COUNT_HELP, unmet
from wagroups.manifests.resolve.matrices import combinations
from wagroups.manifests.resolve.provenance import Declared
from wagroups.manifests.resolve.templates import Row, Template

MAX_VALUES: Final = 20_000_000
"""Values in all groups of one generator.  Chosen: 100,000 groups of 200 lines each."""

_FOR_EACH: Final = "for_each"
_Line: TypeAlias = tuple[Row, Origin]
"""What one group is made of, and where it stands: a line of the table, or the key of the matrix."""


class _Lines(NamedTuple):
    """What a generator runs over."""

    columns: Sequence[str]
    size: int
    lines: Iterator[_Line]
    of_table: bool


class Generators:
    """Makes the groups of `generate`."""

    def __init__(self, reader: Reader, tables: Tables) -> None:
        self._reader = reader
        self._findings = reader.findings
        self._tables = tables

    def groups(self, written: Mapping[str, MapEntry], generators: Mapping[str, MapEntry]) -> list[Declared]:
        """Every group, those `written` first; two with one key are reported at the later one."""
        declared = {key: Declared(entry) for key, entry in written.items()}
        for name, entry in generators.items():
            for made in self._made(name, entry):
                earlier = declared.setdefault(made.entry.key, made)
                if earlier is not made:
                    self._twice(made, earlier)
        return list(declared.values())

    def _twice(self, made: Declared, earlier: Declared) -> None:
        self._findings.add(
            Rule.DUPLICATE,
            made.line or made.entry.key_origin,
            f"The group {shown(made.entry.key, 'here')} is declared twice; first at "
            f"{place(earlier.line or earlier.entry.key_origin)}.",
            "Build `key` from columns that differ from line to line."
            if earlier.generator
            else "Write what differs for this group under `overrides`.",
        )

    def _made(self, name: str, entry: MapEntry) -> Iterator[Declared]:
        if entry.node is None:
            self._findings.add(Rule.EMPTY, entry.key_origin, f"The generator “{name}” is empty.", _HELP[_FOR_EACH])
        flat = self._reader.flat(entry.node, entry.origin, GENERATOR_FIELDS, "a generator")
        complete = self._complete(flat, entry)
        lines = self._lines(flat, entry)
        if lines is None or not complete:
            return
        group, key = flat.maps["group"], flat.texts["key"]
        if not self._as_expected(lines, flat):
            return
        template = Template(group.node, group.origin, lines.columns, self._findings)
        keys = Template(key.text, key.origin, lines.columns, self._findings)
        if template.broken or keys.broken:
            return
        overrides = {entry.key: entry for entry in self._overrides(flat)}
        try:
            if size_of(group.node, MAX_VALUES) * lines.size > MAX_VALUES:
                raise TemplateTooLarge
            for row, at in lines.lines:
                made = self._key(keys, key, row, at)
                if made is not None:
                    written = MapEntry(made, template.fill(row), entry.file, key.origin.mark, group.origin.mark)
                    yield Declared(written, overrides.pop(made, None), name, at if lines.of_table else None)
        except TemplateTooLarge:
            self._findings.add(
                Rule.TOO_LARGE,
                group.origin,
                f"“{name}” makes more groups than fit into memory.",
                "Use teams and profiles instead of writing everything into each group.",
            )
            return
        for override in overrides.values():
            self._findings.add(
                Rule.NOT_GENERATED,
                override.key_origin,
                f"“{name}” makes no group {shown(override.key, 'of this key')}.",
                "Correct the key, or delete the override.",
            )

    def _complete(self, flat: Flat, entry: MapEntry) -> bool:
        """Whether nothing is missing; what is there and wrong is already among the findings."""
        keys = entry.node if isinstance(entry.node, Map) else Map("")
        for name in (_FOR_EACH, "key", "expect", "group"):
            if name not in keys and isinstance(entry.node, Map):
                self._findings.add(
                    Rule.MISSING,
                    entry.key_origin,
                    f"The generator {shown(entry.key, 'here')} has no `{name}`.",
                    _HELP[name],
                )
        return {"key", "expect"} <= flat.texts.keys() and "group" in flat.maps

    def _as_expected(self, lines: _Lines, flat: Flat) -> bool:
        """Whether there are as many lines as the author counted.  If not, nobody else's mistakes are looked for."""
        expected = flat.texts["expect"]
        problem = unmet(expected.text, lines.size, "group", "groups")
        if problem is not None:
            self._findings.add(Rule.EXPECT, expected.origin, problem, COUNT_HELP)
        return lines.size <= MAX_GENERATED

    def _key(self, keys: Template, written: Written, row: Row, at: Origin) -> str | None:
        """The key of one group; `None` after a finding at its line."""
        empty = next((column for column in keys.columns() if not row[column]), None)
        if empty is not None:
            self._findings.add(
                Rule.EMPTY,
                at,
                f"The column {shown(empty, 'here')} is empty, and the key is made of it.",
                "Fill the cell.",
            )
            return None
        rounded = next((column for column in keys.columns() if DECIMAL.fullmatch(row[column])), None)
        if rounded is not None:
            self._findings.add(
                Rule.DECIMAL_CELL,
                at,
                f"A spreadsheet has made a decimal number of {shown(row[rounded], 'a cell')} in the column "
                f"{shown(rounded, 'here')}, and the key is made of it.",
                "Format the column as text and type the cell again: leading zeros may also be lost.",
            )
            return None
        key = keys.fill(row)
        assert isinstance(key, str)  # what is filled from a text is a text
        if key.startswith(NOTE_PREFIX):
            self._findings.add(
                Rule.SLUG, written.origin, f"A key that begins with `{NOTE_PREFIX}` is a note.", "Write another one."
            )
            return None
        with self._findings.about(f"Made of {at}; `${{column|slug}}` makes a name of any text."):
            return self._reader.form(key, Format.SLUG, written.origin)

    def _overrides(self, flat: Flat) -> Iterator[MapEntry]:
        written = flat.maps.get("overrides")
        if written is not None:
            yield from self._reader.table(written.node, written.origin, "`overrides`")

    def _lines(self, flat: Flat, entry: MapEntry) -> _Lines | None:
        """What the generator runs over; `None` after a finding."""
        node = entry.node.get(_FOR_EACH) if isinstance(entry.node, Map) else None
        if not isinstance(entry.node, Map) or not isinstance(node, Map):
            return None
        at = entry.node.entry(_FOR_EACH).key_origin
        if ("csv" in node) == ("matrix" in node) or ("where" in node and "csv" not in node):
            self._findings.add(
                Rule.ONE_OF,
                at,
                "Groups are made of `csv` or of `matrix`.",
                "Write one of them; `where` goes with `csv`.",
            )
            return None
        if "csv" in node:
            if "except" in node:
                self._findings.add(
                    Rule.ONE_OF, at, "`except` belongs to a matrix.", "Choose the lines of a table with `where`."
                )
            return None if f"{_FOR_EACH}.csv" not in flat.texts else self._of_table(flat, at)
        matrix = flat.maps.get(f"{_FOR_EACH}.matrix")
        return None if matrix is None else self._of_matrix(matrix, flat.lists.get(f"{_FOR_EACH}.except"))

    def _of_table(self, flat: Flat, at: Origin) -> _Lines | None:
        rows = self._tables.rows(flat, f"{_FOR_EACH}.", at)
        if rows is None:
            return None
        table, columns = rows.table, [name.casefold() for name in rows.table.heading]
        lines = ((dict(zip(columns, table.rows[n], strict=True)), table.origin(n)) for n in rows.numbers)
        return _Lines([name for name in table.heading if name], len(rows.numbers), lines, of_table=True)

    def _of_matrix(self, matrix: Mapped, excluded: Listed | None) -> _Lines | None:
        rows = combinations(matrix, excluded, self._reader)
        if rows is None:
            return None
        return _Lines(tuple(matrix.node), len(rows), ((row, matrix.origin) for row in rows), of_table=False)


_HELP: Final = {
    _FOR_EACH: "Write `for_each: {csv: rosters/classes.csv}` or `for_each: {matrix: {year: [5, 6]}}`.",
    "key": "Write `key: parents-${class|slug}`: the groups' names in this project.",
    "expect": "Write `expect:` with the number of groups, so that a truncated table is noticed.",
    "group": "Write `group:` with what each group contains.",
}
