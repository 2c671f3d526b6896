"""Bring a store to the schema of this program, or say why that cannot be.

A store knows its version; this program knows the steps from each version to the next.  A store that is newer
is never touched: an older program would write rows that the newer one does not understand.
"""

import secrets
import uuid
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, bindparam, insert, inspect, select, update

from wagroups.domain.errors import LedgerError
from wagroups.state.sql.sqlite_file import PSEUDONYM_KEY
from wagroups.state.sql.tables import TABLES, meta


def _pictures(connection: Connection) -> None:
    """What became of groups' pictures."""
    connection.exec_driver_sql(
        "CREATE TABLE pictures (account TEXT NOT NULL, group_key TEXT NOT NULL, memory TEXT NOT NULL,"
        " PRIMARY KEY (account, group_key))"
    )


def _departures(connection: Connection) -> None:
    """Who left by themselves, whom we removed, and who ruled a group at its last good read."""
    instant, binary = (
        ("TIMESTAMP WITH TIME ZONE", "BYTEA") if connection.dialect.name == "postgresql" else ("DATETIME", "BLOB")
    )
    connection.exec_driver_sql(
        "CREATE TABLE tombstones (account TEXT NOT NULL, group_key TEXT NOT NULL, mark TEXT NOT NULL,"
        f" left_at {instant} NOT NULL, how TEXT NOT NULL, PRIMARY KEY (account, group_key, mark))"
    )
    connection.exec_driver_sql(f"ALTER TABLE removals ADD COLUMN names {binary}")
    for column in ("admins", "owners"):
        connection.exec_driver_sql(f"ALTER TABLE snapshots ADD COLUMN {column} {binary}")


def _invitations(connection: Connection) -> None:
    """Who was invited; until now an invitation was a refusal like any other."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        "CREATE TABLE invitations (account TEXT NOT NULL, group_key TEXT NOT NULL, phone TEXT NOT NULL, code INTEGER,"
        f" times INTEGER NOT NULL, last_at {instant} NOT NULL, expires_at {instant} NOT NULL, texts INTEGER NOT NULL,"
        " PRIMARY KEY (account, group_key, phone))"
    )
    connection.exec_driver_sql(
        "INSERT INTO invitations (account, group_key, phone, code, times, last_at, expires_at, texts)"
        ' SELECT account, group_key, phone, code, 1, "at", "until", 0 FROM refusals WHERE code IN (403, 417)'
    )
    connection.exec_driver_sql("DELETE FROM refusals WHERE code IN (403, 417)")


def _gentleness(connection: Connection) -> None:
    """What refusals taught, the latest answers to additions, and numbers that are new to WhatsApp."""
    connection.exec_driver_sql("ALTER TABLE breakers ADD COLUMN hourly INTEGER")
    connection.exec_driver_sql("CREATE TABLE additions (account TEXT NOT NULL PRIMARY KEY, codes TEXT NOT NULL)")
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(f"CREATE TABLE fresh (account TEXT NOT NULL PRIMARY KEY, until {instant} NOT NULL)")


def _lacks(connection: Connection) -> None:
    """What gateways answered that they cannot do."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        "CREATE TABLE lacks (account TEXT NOT NULL, aspect TEXT NOT NULL, version TEXT NOT NULL,"
        f" at {instant} NOT NULL, PRIMARY KEY (account, aspect))"
    )


def _disputed_names(connection: Connection) -> None:
    """Which answers about LIDs contradicted what was learnt before."""
    connection.exec_driver_sql("ALTER TABLE lookups ADD COLUMN disputed TEXT")


def _exchanges(connection: Connection) -> None:
    """Since when former numbers wait for new ones."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        "CREATE TABLE exchanges (account TEXT NOT NULL, group_key TEXT NOT NULL, phone TEXT NOT NULL,"
        f" since {instant} NOT NULL, PRIMARY KEY (account, group_key, phone))"
    )


def _history(connection: Connection) -> None:
    """What a look said of each action of a run, and which run a step of the journal belongs to."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    number = "SERIAL" if connection.dialect.name == "postgresql" else "INTEGER"
    connection.exec_driver_sql("ALTER TABLE journal ADD COLUMN run TEXT")
    connection.exec_driver_sql(
        f"CREATE TABLE history (id {number} NOT NULL, account TEXT NOT NULL, group_key TEXT NOT NULL,"
        f" run TEXT NOT NULL, at {instant} NOT NULL, actor TEXT NOT NULL, revision TEXT, change TEXT NOT NULL,"
        " alias TEXT, phone TEXT, lid TEXT, reason TEXT, verdict TEXT, error TEXT, PRIMARY KEY (id))"
    )
    connection.exec_driver_sql("CREATE INDEX history_by_group ON history (account, group_key)")
    connection.exec_driver_sql("CREATE INDEX history_by_run ON history (account, run)")


def _removal_kinds(connection: Connection) -> None:
    """What removals were, for limits that do not count all of them."""
    connection.exec_driver_sql("ALTER TABLE removals ADD COLUMN why TEXT")


def _vain(connection: Connection) -> None:
    """What was looked for, waited for and written in vain."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql("ALTER TABLE journal ADD COLUMN looks INTEGER")
    connection.exec_driver_sql(
        f"CREATE TABLE pauses (account TEXT NOT NULL, calls TEXT NOT NULL, until {instant} NOT NULL,"
        " PRIMARY KEY (account, calls))"
    )
    connection.exec_driver_sql(
        "CREATE TABLE fruitless (account TEXT NOT NULL, group_key TEXT NOT NULL, action TEXT NOT NULL, person TEXT,"
        f" times INTEGER NOT NULL, last_at {instant} NOT NULL, PRIMARY KEY (account, group_key, action))"
    )


def _last_reads(connection: Connection) -> None:
    """What the last read of all groups showed, without people."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        f"CREATE TABLE last_reads (account TEXT NOT NULL PRIMARY KEY, read_at {instant} NOT NULL, facts TEXT NOT NULL,"
        " outdated BOOLEAN NOT NULL)"
    )


def _open_points(connection: Connection) -> None:
    """Since when declared things have been not so and need a person."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        "CREATE TABLE open_points (account TEXT NOT NULL, group_key TEXT NOT NULL, point TEXT NOT NULL,"
        f" since {instant} NOT NULL, met BOOLEAN NOT NULL, PRIMARY KEY (account, group_key, point))"
    )


def _presences(connection: Connection) -> None:
    """Which declared people may be hidden members, and what was answered about it."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        "CREATE TABLE presences (account TEXT NOT NULL, group_key TEXT NOT NULL, phone TEXT NOT NULL,"
        f" since {instant} NOT NULL, known BOOLEAN NOT NULL, vanished BOOLEAN NOT NULL, asked_at {instant},"
        " code INTEGER, size INTEGER, hidden INTEGER, PRIMARY KEY (account, group_key, phone))"
    )


def _dates(connection: Connection) -> None:
    """What was approved of the dates of groups."""
    connection.exec_driver_sql(
        "CREATE TABLE dates (account TEXT NOT NULL, group_key TEXT NOT NULL, approval TEXT NOT NULL,"
        " PRIMARY KEY (account, group_key))"
    )


def _memory_since(connection: Connection) -> None:
    """Since when it is remembered who left a group: what an older version worked on, it remembered."""
    instant = "TIMESTAMP WITH TIME ZONE" if connection.dialect.name == "postgresql" else "DATETIME"
    connection.exec_driver_sql(
        f"CREATE TABLE memory_since (account TEXT NOT NULL, jid TEXT NOT NULL, since {instant} NOT NULL,"
        " how TEXT NOT NULL, PRIMARY KEY (account, jid))"
    )
    connection.exec_driver_sql(
        "INSERT INTO memory_since (account, jid, since, how)"
        " SELECT account, jid, MIN(bound_at), 'earlier' FROM bindings GROUP BY account, jid"
    )


def _ownership(connection: Connection) -> None:
    """What the files let a run do at the last apply, and which project a group belongs to."""
    connection.exec_driver_sql("CREATE TABLE permissions (account TEXT NOT NULL PRIMARY KEY, held TEXT NOT NULL)")
    connection.exec_driver_sql("CREATE TABLE claims (jid TEXT NOT NULL PRIMARY KEY, project TEXT NOT NULL)")


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (
    _pictures,
    _departures,
    _invitations,
    _gentleness,
    _lacks,
    _disputed_names,
    _exchanges,
    _history,
    _removal_kinds,
    _vain,
    _last_reads,
    _open_points,
    _presences,
    _dates,
    _memory_since,
    _ownership,
)
"""The first leads from version 1 to 2, and so on.  Append only; each sees the store as the one before left it."""

VERSION: Final = len(MIGRATIONS) + 1


KEY_BYTES: Final = 32
"""Length of a new pseudonym key: that of the hash it is used with (RFC 2104, section 3)."""


def version_of(connection: Connection) -> int | None:
    """The version of the store; `None` when it is empty.

    Raises LedgerError when the store holds something else, or was written by a newer program.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    written = _meta(connection, "schema_version") if meta.name in tables else None
    if written is None or not written.isdigit():
        raise LedgerError(
            "The ledger's place is taken by another database.",
            hint="Point `state:` in wagroups.yaml to a different place.",
        )
    if int(written) > VERSION:
        raise LedgerError(
            f"The ledger has schema version {written}; this wagroups knows versions up to {VERSION}.",
            hint="Upgrade wagroups to at least the version that wrote the ledger last.",
        )
    return int(written)


def prepare(connection: Connection) -> None:
    """Create the tables, or upgrade them.  Runs in one transaction that the caller holds."""
    version = version_of(connection)
    if version is None:
        TABLES.create_all(connection)
        connection.execute(
            insert(meta),
            [
                {"name": "schema_version", "value": str(VERSION)},
                {"name": PSEUDONYM_KEY, "value": secrets.token_hex(KEY_BYTES)},
                {"name": "project_id", "value": str(uuid.uuid4())},
            ],
        )
    elif version < VERSION:
        for step in MIGRATIONS[version - 1 :]:
            step(connection)
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=str(VERSION)))


def pseudonym_key(connection: Connection) -> bytes:
    """The key that was made with the store."""
    return bytes.fromhex(_meta(connection, PSEUDONYM_KEY) or "")


_NAMED: Final = select(meta.c.value).where(meta.c.name == bindparam("name"))


def _meta(connection: Connection, name: str) -> str | None:
    return connection.execute(_NAMED, {"name": name}).scalar()
