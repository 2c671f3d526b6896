"""A backup read back: the other way round of `export` with real numbers.

It goes into a ledger in which nothing has happened yet, and takes the place of its key: a mixture of two ledgers
would spend one budget twice and bind one group twice.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Table, delete, func, insert, select

from wagroups.domain.errors import LedgerError
from wagroups.state.backup import document_columns, list_columns
from wagroups.state.sql.migrations import VERSION
from wagroups.state.sql.sqlite_file import PSEUDONYM_KEY
from wagroups.state.sql.tables import TABLES, leases, meta
from wagroups.state.sql.types import Duration, Instant, Name, Revealed

_WRONG: Final = "Give the file that `wagroups state export FILE --reveal` wrote."


def restore(connection: Connection, document: Mapping[str, Any]) -> int:
    """Fill an empty ledger from a backup; returns the number of rows.

    Raises LedgerError when the ledger is not empty, when the document is no backup, or is of another version.
    """
    _check(document)
    for table in TABLES.sorted_tables:
        if table not in (meta, leases) and connection.execute(select(func.count()).select_from(table)).scalar():
            raise LedgerError(
                "This ledger is not empty, and two cannot be mixed.",
                hint="Move the ledger away (or point `state:` to a new place) and import again.",
            )
    connection.execute(delete(meta))
    rows = 0
    for table in TABLES.sorted_tables:
        written = document.get(table.name, [])
        if table is leases or not written:
            continue
        connection.execute(insert(table), [_row(table, row) for row in written])
        rows += len(written)
    _count_on(connection)
    return rows


def _check(document: Mapping[str, Any]) -> None:
    described = document.get(meta.name)
    if not isinstance(described, Sequence) or not all(isinstance(row, Mapping) for row in described):
        raise LedgerError("The file is not a backup of a ledger.", hint=_WRONG)
    values = {row.get("name"): row.get("value") for row in described}
    if PSEUDONYM_KEY not in values:
        raise LedgerError("The file is redacted, so the people in it cannot be identified.", hint=_WRONG)
    if values.get("schema_version") != str(VERSION):
        raise LedgerError(
            f"The backup has schema version {values.get('schema_version')}; this wagroups has {VERSION}.",
            hint="Import it with the wagroups that wrote it; the next version upgrades the ledger.",
        )


def _row(table: Table, written: Mapping[str, Any]) -> dict[str, Any]:
    unknown = written.keys() - table.columns.keys()
    if unknown:
        raise LedgerError(f"The backup has a column of {table.name} that is not known here.", hint=_WRONG)
    try:
        return {name: _value(table, table.columns[name], value) for name, value in written.items()}
    except (TypeError, ValueError, AttributeError):
        raise LedgerError(f"A row of {table.name} in the backup cannot be read.", hint=_WRONG) from None


def _value(table: Table, column: Column[Any], value: Any) -> Any:
    place = (table.name, column.name)
    if value is None:
        return None
    if place in list_columns():
        return "\n".join(value).encode()
    if place in document_columns():
        return json.dumps(value)
    return next((read(column.type, value) for kind, read in _READ if isinstance(column.type, kind)), value)


_READ: Final[Iterable[tuple[type, Callable[[Any, Any], Any]]]] = (
    (Instant, lambda _, value: datetime.fromisoformat(value)),
    (Duration, lambda _, value: timedelta(seconds=value)),
    (Revealed, lambda kind, value: kind.kind.of(value)),
    (Name, lambda _, value: Name().process_result_value(value, _)),
    (LargeBinary, lambda _, value: bytes.fromhex(value)),
)
"""How each type of column was written; everything else was written as it is."""


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES.sorted_tables:
        numbered = table.autoincrement_column
        if numbered is not None:
            highest = select(func.coalesce(func.max(numbered), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, numbered.name)
            connection.execute(select(func.setval(sequence, highest, False)))
