"""Open a ledger, by a path or a URL, and decide how far it may be written."""

import os
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qs, quote, unquote, urlsplit

from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from wagroups.domain.errors import LedgerError
from wagroups.state.ledger import SqlLedger
from wagroups.state.sql import migrations
from wagroups.state.sql.sqlite_file import read_only_query
from wagroups.state.sql.transactions import BUSY, Store
from wagroups.state.volatile import volatile_store

PRIVATE_FILE: Final = 0o600
PRIVATE_DIRECTORY: Final = 0o700


def open_ledger(where: str | Path, *, read_only: bool = False, key_override: bytes | None = None) -> SqlLedger:
    """Open the ledger at a path, a `sqlite:///` URL or a `postgresql://` URL; create it where there is none.

    Where it cannot be written, or with `read_only`, what is there can be read and nothing is created; see
    `SqlLedger.writable`.  `key_override` takes the place of the ledger's own pseudonym key.
    Raises LedgerError when the ledger is damaged, newer than this program, or not a ledger.
    """
    store = (
        _open_url(where, read_only) if isinstance(where, str) and "://" in where else _open_file(Path(where), read_only)
    )
    try:
        if store.writable:
            with store.writing() as connection:
                migrations.prepare(connection)
        elif not _readable(store):
            store.close()
            store = volatile_store(writable=False)
        with store.reading() as connection:
            key = migrations.pseudonym_key(connection)
    except LedgerError:
        store.close()
        raise
    return SqlLedger(store, key if key_override is None else key_override)


def _readable(store: Store) -> bool:
    """Whether a read-only store holds a ledger of this version; false when it holds nothing."""
    with store.reading() as connection:
        version = migrations.version_of(connection)
    if version is not None and version < migrations.VERSION:
        raise LedgerError(
            "The ledger has an older version and cannot be upgraded because it is read-only.",
            hint="Run any command once with write access to it.",
        )
    return version is not None


def ledger_hosts(where: str) -> tuple[str, ...]:
    """The hosts that a ledger's URL leads to, in lower case; none for a file or a local socket.

    Raises LedgerError when the URL cannot be read.
    """
    scheme, url = _parsed(where)
    if scheme == "sqlite":
        return ()
    named = [url.host or "", *_texts(url.query.get("host", ())), *_texts(url.query.get("hostaddr", ()))]
    hosts = (host.strip("[]").lower() for text in named for host in text.split(","))
    return tuple(dict.fromkeys(_without_port(host) for host in hosts if host and not host.startswith(("/", "@"))))


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name.strip("[]") if name and ":" not in name and port.isdigit() else host


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _open_url(text: str, read_only: bool) -> Store:
    scheme, url = _parsed(text)
    if scheme == "sqlite":
        return _open_file(Path(url.database or ""), read_only)
    return _open_postgresql(url, read_only)


def _parsed(text: str) -> tuple[Literal["sqlite", "postgresql"], URL]:
    """A ledger's URL in parts.  Raises LedgerError, in words that repeat nothing of it: it holds a password.

    Read here and not by the library, which takes a password with an at sign for a host, and says so in an error.
    """
    scheme, separator, rest = text.strip().partition("://")
    if scheme == "sqlite" and separator and rest.startswith("/") and len(rest) > 1:
        return "sqlite", URL.create("sqlite", database=rest[1:])
    if scheme not in ("postgresql", "postgres") or not separator:
        known = scheme if scheme.isalnum() and separator else "this"
        raise LedgerError(
            f"A ledger cannot live in {known}.", hint="Write postgresql://user@host/database or sqlite:///path."
        )
    authority, slash, tail = rest.partition("/")
    # The last at sign ends the password, so that one with an at sign in it needs no special spelling.
    before, _, after = authority.rpartition("@")
    user, _, password = before.partition(":")
    try:
        if "@" in tail.partition("?")[0] or set("?#") & set(before):
            raise ValueError
        parts = urlsplit(f"//{after}{slash}{tail}")
        host, port, query = parts.hostname, parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise LedgerError(
            "The ledger's URL has an impossible host, port or parameter.",
            hint="Write postgresql://user:password@host:5432/database; in the password write %2F for /, %3F for ? "
            "and %23 for #.",
        ) from None
    return "postgresql", URL.create(
        "postgresql",
        username=unquote(user) or None,
        password=unquote(password) or None,
        host=host,
        port=port,
        database=unquote(parts.path.removeprefix("/")) or None,
        query={name: tuple(values) if len(values) > 1 else values[0] for name, values in query.items()},
    )


def _open_postgresql(url: URL, read_only: bool) -> Store:
    try:
        # Parameters of a failed statement would carry people's numbers into the error.
        engine = create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise LedgerError(
            "A PostgreSQL ledger needs the driver psycopg.", hint="Install `wagroups[postgres]`."
        ) from None
    return Store(engine, writable=not read_only)


def _open_file(path: Path, read_only: bool) -> Store:
    _refuse_unusable(path)
    writable = not read_only and _made_writable(path)
    if not writable and not path.exists():
        return volatile_store(writable=False)
    if writable:
        url = URL.create("sqlite", database=str(path))
    else:
        url = URL.create("sqlite", database=f"file:{quote(str(path))}", query={"uri": "true", **read_only_query(path)})
    engine = create_engine(
        url, connect_args={"timeout": BUSY.total_seconds(), "check_same_thread": False}, hide_parameters=True
    )
    return Store(engine, writable=writable)


def _refuse_unusable(path: Path) -> None:
    """Raises LedgerError for what is there and can be no ledger, so that it is not taken for an empty one."""
    try:
        if path.is_dir():
            raise LedgerError("The ledger's path is a directory.", hint="Give the path of a file.")
        readable = not path.exists() or os.access(path, os.R_OK)
    except PermissionError:
        readable = False
    if not readable:
        raise LedgerError(
            "The ledger cannot be read: this user is not allowed to.", hint="Run as the user who owns the file."
        )


def _make_private(folder: Path) -> None:
    """Create a folder of our own that git passes over: nobody commits people's numbers by accident.  Raises OSError."""
    if folder.is_dir():
        return
    folder.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="ascii")


def _made_writable(path: Path) -> bool:
    """Create the file where there is none; false when that, or writing to it, is not allowed."""
    try:
        _make_private(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except FileExistsError:
        pass
    except OSError:
        return False
    # SQLite writes its log beside the file (sqlite.org/wal.html).
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
