"""Read a list of names for phone numbers: `phone,alias` or `phone,alias,name`, as a spreadsheet saves it.

All mistakes come in one run, each with its line, and no message repeats a number.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from wagroups.domain.errors import ProjectError
from wagroups.domain.identity import Alias, Phone
from wagroups.domain.problem import Problem
from wagroups.manifests.edit.yaml_writer import fits
from wagroups.manifests.language.fields import NOTE_PREFIX, PERSON_FIELDS
from wagroups.manifests.language.formats import holds
from wagroups.manifests.language.invisible import visible
from wagroups.manifests.language.types import Format, TextType
from wagroups.manifests.load.csv_table import DELIMITERS
from wagroups.manifests.numbers.parse import Phones

COLUMNS: Final = ("phone", "alias", "name")
"""The order without a heading; a first line that names `phone` and `alias` may order them otherwise."""


class AliasEntry(NamedTuple):
    """Somebody of the list."""

    phone: Phone
    alias: Alias
    name: str | None


class _Row(NamedTuple):
    line: int
    phone: str
    alias: str
    name: str


def read_aliases(data: bytes, file: str, region: str | None) -> tuple[AliasEntry, ...]:
    """Everybody in the list.  `file` names it in messages; `region` is for national spellings.

    Raises ProjectError with every mistake.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProjectError(
            [Problem(rule="not-utf8", file=file, message="The list is not UTF-8.", help="Save it as “CSV UTF-8”.")]
        ) from None
    list_ = _List(file, region)
    rows = _rows(text)
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            list_.broken()
            break
        if row is None:
            break
        list_.take(row)
    if list_.problems:
        raise ProjectError(list_.problems)
    return tuple(list_.people.values())


def _rows(text: str) -> Iterator[_Row]:
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: Sequence[str] | None = None
    for cells in reader:
        cells = [visible(cell).strip() for cell in cells]
        if not any(cells):
            continue
        if columns is None:
            heading = [cell.lower() for cell in cells]
            columns = heading if {"phone", "alias"} <= set(heading) else COLUMNS
            if columns is heading:
                continue
        found = dict(zip(columns, cells, strict=False))
        yield _Row(reader.line_num, found.get("phone", ""), found.get("alias", ""), found.get("name", ""))


class _List:
    """What was read so far."""

    def __init__(self, file: str, region: str | None) -> None:
        self.people: dict[Alias, AliasEntry] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._region = region
        self._phones = Phones()
        self._owners: dict[Phone, Alias] = {}
        self._last = 0

    def take(self, row: _Row) -> None:
        self._last = row.line
        if not holds(row.alias, Format.SLUG) or row.alias.startswith(NOTE_PREFIX):
            self._wrong(row, "slug", f"The alias is not {Format.SLUG.description}.", f"Example: {Format.SLUG.example}")
            return
        name = PERSON_FIELDS["name"].shape
        if row.name and not (isinstance(name, TextType) and fits(row.name, name)):
            self._wrong(row, "text-too-long", "The name is too long or contains a control character.", "Shorten it.")
        # A spreadsheet takes a number with a plus for a formula and stores it with an apostrophe.
        reading = self._phones.read(re.sub(r"^'", "", row.phone), self._region)
        if reading.phone is None:
            fault = reading.fault
            self._wrong(row, "phone-format" if fault is None else fault.rule.id, "The phone number cannot be used.", "")
            return
        alias = Alias(row.alias)
        if alias in self.people and self.people[alias].phone != reading.phone:
            self._wrong(
                row, "duplicate-key", f"“{alias}” has another number above.", "Give one of the two a new alias."
            )
        owner = next((self._owners[v] for v in reading.phone.variants() if v in self._owners), alias)
        if owner != alias:
            self._wrong(row, "same-phone", f"“{alias}” has the same number as “{owner}”.", "Keep one of the two.")
        for spelling in reading.phone.variants():
            self._owners.setdefault(spelling, alias)
        self.people.setdefault(alias, AliasEntry(reading.phone, alias, row.name or None))

    def broken(self) -> None:
        """The text is no table from here on."""
        self._wrong(
            _Row(self._last + 1, "", "", ""),
            "table-syntax",
            "The quotation marks in this line do not match, or one of its cells is too long.",
            "Quotation marks surround a whole cell; write a quotation mark inside it twice.",
        )

    def _wrong(self, row: _Row, rule: str, message: str, help_: str) -> None:
        self.problems.append(Problem(rule=rule, file=self._file, line=row.line, column=1, message=message, help=help_))
