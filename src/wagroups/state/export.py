"""The ledger as a document: for `state show`, redacted, and for backups, in clear."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection, Table, select

from wagroups.domain.identity import REVEAL, AccountKey, Sensitive
from wagroups.domain.memory import Intent
from wagroups.state.journal import OUTCOME
from wagroups.state.schema import TABLES, journal, leases, meta, snapshots

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Document: TypeAlias = dict[str, Json]

_HIDDEN: Final = "<hidden>"


def export(connection: Connection, account: AccountKey | None, *, reveal: bool) -> Document:
    """Every table but the leases, by name, as a list of rows in the order of their keys."""
    return {
        table.name: [_row(table, row, reveal=reveal) for row in _rows(connection, table, account)]
        for table in TABLES.sorted_tables
        if table is not leases
    }


def _rows(connection: Connection, table: Table, account: AccountKey | None) -> list[Mapping[str, object]]:
    wanted = select(table).order_by(*table.primary_key)
    if account is not None and "account" in table.c:
        wanted = wanted.where(table.c.account == account)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _row(table: Table, row: Mapping[str, object], *, reveal: bool) -> dict[str, Json]:
    special = _SPECIAL.get(table.name, {})
    return {
        name: special[name](value, reveal) if name in special and value is not None else _plain(value, reveal)
        for name, value in row.items()
        if not (table is meta and name == "value")
    } | ({"value": _meta(row, reveal)} if table is meta else {})


def _plain(value: object, reveal: bool) -> Json:
    match value:
        case Sensitive():
            return value.reveal() if reveal else str(value)
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case None | bool() | int() | str():
            return value
        case _:
            raise TypeError(f"no column holds {type(value).__name__}")


def _meta(row: Mapping[str, object], reveal: bool) -> Json:
    hidden = row["name"] == "pseudonym_key" and not reveal
    return _HIDDEN if hidden else str(row["value"])


def _intent(text: object, reveal: bool) -> Json:
    return _json(Intent.model_validate_json(str(text)).model_dump_json(context=REVEAL if reveal else None))


def _outcome(text: object, reveal: bool) -> Json:
    outcome = OUTCOME.validate_json(str(text))
    return _json(OUTCOME.dump_json(outcome, context=REVEAL if reveal else None).decode())


def _people(names: object, reveal: bool) -> Json:
    lines = bytes(names).decode().split("\n") if isinstance(names, bytes) and names else []
    return [*lines] if reveal else f"{len(lines)} people"


def _declared(text: object, _reveal: bool) -> Json:
    return _json(str(text))


def _json(text: str) -> Json:
    loaded: Json = json.loads(text)
    return loaded


_SPECIAL: Final[Mapping[str, Mapping[str, Callable[[object, bool], Json]]]] = {
    journal.name: {"intent": _intent, "outcome": _outcome},
    snapshots.name: {"people": _people},
    "applied": {"declared": _declared},
    "approvals": {"actions": _declared},
}
