"""Move somebody whom a table puts into a group: by the cells that decide, which the others of the new group show.

Which cells those are is said by `where` of the rosters that draw on the table.  What was changed is then proved: the
project is resolved again, and the person must be in the one group and not in the other.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from wagroups.domain.declared.desired import Desired, DesiredGroup, Entry
from wagroups.domain.errors import EditError
from wagroups.domain.identity import Alias, GroupKey
from wagroups.manifests.edit.csv_edit import CsvRecord, TableText
from wagroups.manifests.edit.member_lists import deciding_columns
from wagroups.manifests.load.files import SUFFIXES
from wagroups.workflows.edit.person import PersonEditor

_BY_HAND: Final = "Change the line by hand, and check `wagroups diff --base HEAD`."


def seat_in_table(desired: Desired, alias: Alias, group: str) -> Entry | None:
    """The line of a table by which somebody is in a group; `None` when they are so by lists alone."""
    found = desired.groups.get(GroupKey(group.removeprefix("group:")))
    lines = (
        line
        for member in (() if found is None else found.members)
        if member.person.alias == alias
        for line in member.entries
    )
    return next((line for line in lines if PurePosixPath(line.origin.file).suffix not in SUFFIXES), None)


def move_in_table(
    desk: PersonEditor, desired: Desired, seat: Entry, source: str, target: str, environ: Mapping[str, str]
) -> None:
    """Change the cells that put the person into `source`, so that they put them into `target`.  Raises EditError."""
    place, to = str(seat.origin), desired.groups.get(GroupKey(target.removeprefix("group:")))
    if to is None:
        raise EditError("there is no group of that name to move to", hint="See `wagroups show`.")
    table = TableText(desk.draft.bytes_of(seat.origin.file))
    records = {record.line: record for record in table.records()}
    for column, value in _cells(desk, records, seat, to):
        table = TableText(desk.draft.bytes_of(seat.origin.file))
        record = next(record for record in table.records() if record.line == seat.origin.line)
        desk.draft.put(seat.origin.file, table.with_cell(record, column, value))
    after = desk.draft.carry_out(environ, dry_run=True).desired
    if _is_in(after, desk.alias, source) or not _is_in(after, desk.alias, target):
        raise EditError(f"which cells of {place} put {desk.alias} into {to.key} cannot be told", hint=_BY_HAND)


def _cells(
    desk: PersonEditor, records: Mapping[int, CsvRecord], seat: Entry, to: DesiredGroup
) -> Iterator[tuple[str, str]]:
    """The deciding cells in which the person differs from everybody whom the table puts into the group."""
    own = records[seat.origin.line]
    lines = (line for member in to.members for line in member.entries)
    others = [records[line.origin.line] for line in lines if line.origin.file == seat.origin.file]
    columns = {
        column.casefold() for _, root in desk.draft.trees() for column in deciding_columns(root, seat.origin.file)
    }
    for column in sorted(columns):
        values = {other.cells.get(column, "") for other in others}
        if len(values) == 1 and values != {own.cells.get(column, "")}:
            yield column, values.pop()


def _is_in(desired: Desired, alias: Alias, group: str) -> bool:
    found = desired.groups[GroupKey(group.removeprefix("group:"))]
    return any(person.alias == alias for person in found.members.people)
