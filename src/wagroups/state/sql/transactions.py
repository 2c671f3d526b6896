"""One database, two kinds of transaction, and its errors in our own words.

Every change is one short transaction that excludes all others: `BEGIN IMMEDIATE` in SQLite, an advisory lock
in PostgreSQL.  Changes are few and small, and whoever reads a balance before writing it (budgets, leases) must be
alone anyway; one rule is easier to trust than a row lock here and a constraint there.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, Connection, CursorResult, Engine, Select, Table, bindparam, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

BUSY: Final = timedelta(seconds=20)
"""How long a transaction waits for another one.  Chosen: many times what the longest of ours takes."""

ADVISORY_LOCK: Final = 0x7761_6772_6F75_7073
"""“wagroups” in ASCII: names our lock among those of other programs in the same PostgreSQL database."""

_EXCLUSIVE: Final = "wagroups_exclusive"

Row = Mapping[str, object]


class Store:
    """An engine with transactions.  Safe to use from several threads: one waits for the other."""

    def __init__(self, engine: Engine, *, writable: bool) -> None:
        self.writable = writable
        """False on a read-only or absent ledger."""
        self._engine = engine
        # In memory all threads share one connection, and with it one transaction.
        self._turn = threading.RLock()
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite_for(writable))
            event.listen(engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view.  Raises LedgerError."""
        options = {"isolation_level": "REPEATABLE READ"} if self._engine.dialect.name == "postgresql" else {}
        with self._turn, _in_our_words(), self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that excludes every other writer; durable when it ends.  Raises LedgerError."""
        if not self.writable:
            raise LedgerError(
                "The ledger cannot be written.",
                hint="Make the file and its directory writable, or create the ledger with `wagroups init`.",
            )
        with (
            self._turn,
            _in_our_words(),
            self._engine.connect().execution_options(**{_EXCLUSIVE: True}) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY // timedelta(milliseconds=1)}")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            yield connection

    def close(self) -> None:
        self._engine.dispose()


def inserting(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An INSERT that can say what to do about a row with the same key: both databases can, each in its own module."""
    return _inserting(connection.dialect.name, table)


def _inserting(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    if dialect == "postgresql":
        # Here, because importing it takes longer than any command works on its ledger in a file.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    return sqlite.insert(table)


def rows_of(connection: Connection, table: Table, account: AccountKey) -> CursorResult[Any]:
    """Every row of one account, by the table's key."""
    return connection.execute(_of_account(table), {"account": account})


def rows_after(connection: Connection, column: Column[Any], account: AccountKey, moment: datetime) -> CursorResult[Any]:
    """An account's rows whose `column` is later than `moment`."""
    return connection.execute(_later(column), {"account": account, "moment": moment})


# Building a statement takes four times as long as running it on a ledger of one club, and every command runs forty.
@cache
def _of_account(table: Table) -> Select[Any]:
    return select(table).where(table.c.account == bindparam("account")).order_by(*table.primary_key)


@cache
def _later(column: Column[Any]) -> Select[Any]:
    table = column.table
    return select(table).where(table.c.account == bindparam("account"), column > bindparam("moment"))


def upsert(connection: Connection, table: Table, rows: Row | Sequence[Row]) -> None:
    """Insert `rows`, each with every column; a row with the same key is replaced."""
    if not rows:
        return
    connection.execute(_replacing(connection.dialect.name, table), rows)


@cache
def _replacing(dialect: str, table: Table) -> "postgresql.Insert | sqlite.Insert":
    new = _inserting(dialect, table)
    key = list(table.primary_key)
    rest = {column.name: new.excluded[column.name] for column in table.columns if not column.primary_key}
    return new.on_conflict_do_update(index_elements=key, set_=rest)


def _prepare_sqlite_for(writable: bool) -> Any:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would otherwise begin transactions by itself, and later than it should
        # (docs.sqlalchemy.org, "Serializable isolation / Savepoints / Transactional DDL").
        connection.isolation_level = None
        if writable:
            # With WAL a reader never waits for a writer; FULL makes every commit survive a power cut
            # (sqlite.org/wal.html, sqlite.org/pragma.html#pragma_synchronous).
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # Who is forgotten must not stay behind in a free page (sqlite.org/pragma.html#pragma_secure_delete).
            connection.execute("PRAGMA secure_delete = ON")

    return prepare


def _begin_sqlite(connection: Connection) -> None:
    exclusive = connection.get_execution_options().get(_EXCLUSIVE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if exclusive else "BEGIN")


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn the database's errors into ours, without their texts: those quote rows, and rows hold people."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _told(error) from None
    except ValueError:  # pydantic's ValidationError is one too
        raise _damaged("a row does not contain what it should") from None


def _told(error: SQLAlchemyError | sqlite3.Error) -> LedgerError:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(cause).__name__
    match str(code).split("_")[:2]:
        case ["SQLITE", "NOTADB" | "CORRUPT" | "FORMAT"]:
            return _damaged(str(code))
        case ["SQLITE", "BUSY" | "LOCKED"] | ["55P03"]:  # lock_not_available (PostgreSQL, appendix A)
            return LedgerError(
                f"The ledger was busy for {BUSY.total_seconds():.0f} s.",
                hint="Another program keeps it open in a transaction; end that program and run again.",
            )
        case ["SQLITE", "READONLY" | "CANTOPEN" | "PERM" | "AUTH"]:
            return LedgerError(
                f"The ledger cannot be written or opened ({code}).",
                hint="Check the permissions of the file and of its directory.",
            )
        case ["SQLITE", "FULL" | "IOERR"]:
            return LedgerError(f"The ledger's disk cannot store it ({code}).", hint="Free some space and run again.")
        case ["SQLITE", *_]:
            return LedgerError(
                f"The ledger's file does not contain what it should ({code}).",
                hint="It may belong to another program: name another file (`state:`), or replace it with a backup.",
            )
        case _:
            return LedgerError(
                f"The ledger's database refused ({code}).",
                hint="Check that the database runs, that its URL is right and that its user may create tables.",
            )


def _damaged(detail: str) -> LedgerError:
    return LedgerError(
        f"The ledger is damaged ({detail}).",
        hint="Replace it with a backup.  If there is none, move it away and write the groups' ids into the manifests.",
    )
