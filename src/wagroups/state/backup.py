"""The ledger as a document: for `state show`, redacted, and for backups, in clear."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection, Table, select

from wagroups.domain.identity import REVEAL, AccountKey, Sensitive
from wagroups.domain.live.last_read import ReadFacts
from wagroups.domain.live.memory import Intent
from wagroups.state.repositories.history import CHANGE
from wagroups.state.repositories.journal import OUTCOME
from wagroups.state.sql.sqlite_file import PSEUDONYM_KEY
from wagroups.state.sql.tables import TABLES, leases

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Document: TypeAlias = dict[str, Json]

_HIDDEN: Final = "<hidden>"


def list_columns() -> frozenset[tuple[str, str]]:
    """Table and column of the lists of names."""
    return frozenset(place for place, written in _SPECIAL.items() if written is _people)


def document_columns() -> frozenset[tuple[str, str]]:
    """Table and column of the JSON texts."""
    return frozenset(place for place, written in _SPECIAL.items() if written is not _people)


def export(connection: Connection, account: AccountKey | None, *, reveal: bool) -> Document:
    """Every table but the leases, by name, as a list of rows in the order of their keys.

    Unless `reveal`, people are redacted and the pseudonym key is left out.
    """
    return {
        table.name: [
            {name: _cell(table, name, value, reveal) for name, value in row.items()}
            for row in _rows(connection, table, account)
            if reveal or row.get("name") != PSEUDONYM_KEY
        ]
        for table in TABLES.sorted_tables
        if table is not leases
    }


def _rows(connection: Connection, table: Table, account: AccountKey | None) -> list[Mapping[str, object]]:
    wanted = select(table).order_by(*table.primary_key)
    if account is not None and "account" in table.c:
        wanted = wanted.where(table.c.account == account)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _cell(table: Table, name: str, value: object, reveal: bool) -> Json:
    special = _SPECIAL.get((table.name, name))
    return _plain(value, reveal) if special is None or value is None else special(value, reveal)


def _plain(value: object, reveal: bool) -> Json:
    match value:
        case Sensitive():
            return value.reveal() if reveal else str(value)
        case bytes():
            # A digest of few numbers can be undone by trying all of them.
            return value.hex() if reveal else _HIDDEN
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case None | bool() | int() | str():
            return value
        case _:
            raise TypeError(f"no column holds {type(value).__name__}")


def _intent(text: object, reveal: bool) -> Json:
    return _json(Intent.model_validate_json(str(text)).model_dump_json(context=REVEAL if reveal else None))


def _outcome(text: object, reveal: bool) -> Json:
    outcome = OUTCOME.validate_json(str(text))
    return _json(OUTCOME.dump_json(outcome, context=REVEAL if reveal else None).decode())


def _change(text: object, reveal: bool) -> Json:
    change = CHANGE.validate_json(str(text))
    return _json(CHANGE.dump_json(change, context=REVEAL if reveal else None).decode())


def _people(names: object, reveal: bool) -> Json:
    lines = bytes(names).decode().split("\n") if isinstance(names, bytes) and names else []
    return [*lines] if reveal else f"{len(lines)} people"


def _as_written(text: object, _reveal: bool) -> Json:
    return _json(str(text))


def _facts(text: object, reveal: bool) -> Json:
    facts = ReadFacts.model_validate_json(str(text))
    return _json(facts.model_dump_json(context=REVEAL if reveal else None))


def _json(text: str) -> Json:
    loaded: Json = json.loads(text)
    return loaded


_SPECIAL: Final[Mapping[tuple[str, str], Callable[[object, bool], Json]]] = {
    ("journal", "intent"): _intent,
    ("journal", "outcome"): _outcome,
    ("history", "change"): _change,
    ("removals", "names"): _people,
    ("snapshots", "people"): _people,
    ("snapshots", "admins"): _people,
    ("snapshots", "owners"): _people,
    ("applied", "declared"): _as_written,
    ("dates", "approval"): _as_written,
    ("pictures", "memory"): _as_written,
    ("approvals", "actions"): _as_written,
    ("last_reads", "facts"): _facts,
}
