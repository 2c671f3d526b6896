"""Erase what is known of one person, whatever table it is in.

Tables say by the types of their columns where names are kept, and documents by their fields, so that no table is
listed here and a new one is not forgotten.  Tombstones stay: they hold keyed hashes and no names.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, delete, or_, select, update

from wagroups.domain.identity import Alias, Identity, Lid, Phone
from wagroups.state.sql.tables import (
    TABLES,
    accounts,
    acquaintances,
    applied,
    dates,
    good_reads,
    history,
    journal,
    removals,
    snapshots,
)
from wagroups.state.sql.types import Name, Revealed

_LISTS: Final = ((snapshots, "people"), (snapshots, "admins"), (snapshots, "owners"), (removals, "names"))
"""Columns of many names, one a line."""

_DECLARED: Final = ("people", "admins", "absent", "demoted", "others", "other_admins")
"""The fields of what was applied that name people."""

_NAMES: Final = ("phone", "lid", "alias")
"""The fields of a person in a document."""


def forget_person(connection: Connection, person: Identity) -> int:
    """Erase everything that is known of `person` in every account; returns how many rows spoke of them."""
    names = _names(connection, person)
    rows = sum(_delete_rows(connection, table, names) for table in TABLES.sorted_tables if table is not accounts)
    rows += sum(_strike_off(connection, table, column, names) for table, column in _LISTS)
    rows += sum(_blank(connection, journal.c[column], names) for column in ("intent", "outcome"))
    if person.alias is not None:
        rows += _undeclare(connection, person.alias)
        rows += _take_dates(connection, person.alias)
        rows += connection.execute(delete(history).where(history.c.alias == person.alias)).rowcount
    return rows


def _names(connection: Connection, person: Identity) -> frozenset[Phone | Lid]:
    """Every name of the person: all spellings, the LIDs met with them, and all numbers met with those."""
    phones = set(person.phone.variants() if person.phone is not None else ())
    met = select(acquaintances.c.phone, acquaintances.c.lid).where(acquaintances.c.lid.is_not(None))
    lids = {row.lid for row in connection.execute(met.where(acquaintances.c.phone.in_(phones)))}
    lids.update(() if person.lid is None else (person.lid,))
    phones.update(row.phone for row in connection.execute(met.where(acquaintances.c.lid.in_(lids))))
    return frozenset((*phones, *lids))


def _delete_rows(connection: Connection, table: Table, names: Collection[Phone | Lid]) -> int:
    theirs = [column.in_(fitting) for column in table.columns if (fitting := _fitting(column, names))]
    return connection.execute(delete(table).where(or_(*theirs))).rowcount if theirs else 0


def _fitting(column: Column[Any], names: Collection[Phone | Lid]) -> list[Phone | Lid]:
    """The names that could stand in `column`."""
    match column.type:
        case Name():
            return list(names)
        case Revealed(kind=kind):
            return [name for name in names if isinstance(name, kind)]
        case _:
            return []


def _strike_off(connection: Connection, table: Table, column: str, names: Collection[bytes]) -> int:
    """Take the person out of lists, and let the next read of such a group be looked at as a new one."""
    key = list(table.primary_key)
    struck = 0
    for row in connection.execute(select(*key, table.c[column]).where(table.c[column].is_not(None))).all():
        listed: list[bytes] = row[-1].split(b"\n")
        kept = [name for name in listed if name not in names]
        if len(kept) == len(listed):
            continue
        same = [part == value for part, value in zip(key, row, strict=False)]
        connection.execute(update(table).where(*same).values({column: b"\n".join(kept)}))
        struck += 1
        if table is snapshots:
            read = (good_reads.c.account == row.account) & (good_reads.c.jid == row.jid)
            connection.execute(update(good_reads).where(read).values(digest=b""))
    return struck


def _blank(connection: Connection, column: Column[str], names: Collection[bytes]) -> int:
    """Leave in a document that there was a person, and nothing of who it was."""
    table, texts = column.table, {name.decode() for name in names}
    blanked = 0
    for number, text in connection.execute(select(journal.c.number, column).where(column.is_not(None))).all():
        if not any(name in text for name in texts):
            continue
        document = json.loads(text)
        for part in _people_in(document):
            if not texts.isdisjoint(str(part.get(field)) for field in _NAMES):
                part.update({field: None for field in _NAMES if field in part})
        connection.execute(update(table).where(journal.c.number == number).values({column.name: json.dumps(document)}))
        blanked += 1
    return blanked


def _people_in(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, dict):
        if "phone" in document or "lid" in document:
            yield document
        for part in document.values():
            yield from _people_in(part)
    elif isinstance(document, list):
        for part in document:
            yield from _people_in(part)


def _undeclare(connection: Connection, alias: Alias) -> int:
    """Take the alias out of what was declared of groups."""
    rows = 0
    for account, group, text in connection.execute(select(applied)).all():
        document = json.loads(text)
        listed = {field: names for field in _DECLARED if (names := document.get(field)) is not None}
        kept = {field: [name for name in names if name != alias] for field, names in listed.items()}
        if kept == listed:
            continue
        same = (applied.c.account == account) & (applied.c.group_key == group)
        connection.execute(update(applied).where(same).values(declared=json.dumps({**document, **kept})))
        rows += 1
    return rows


def _take_dates(connection: Connection, alias: Alias) -> int:
    """Take the alias out of what was approved of groups."""
    rows = 0
    for account, group, text in connection.execute(select(dates)).all():
        document = json.loads(text)
        if document["people"].pop(alias, None) is None:
            continue
        same = (dates.c.account == account) & (dates.c.group_key == group)
        connection.execute(update(dates).where(same).values(approval=json.dumps(document)))
        rows += 1
    return rows
