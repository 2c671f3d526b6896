"""A ledger's file, read by SQLite alone.

For verbs that look at the project's files only: what they print names people as the other verbs do, and importing the
library behind the ledger would take longer than all the rest that they do.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

PSEUDONYM_KEY: Final = "pseudonym_key"
"""The row of the table `meta` that holds the key of pseudonyms, in hexadecimal digits."""

_WAIT_SECONDS: Final = 5.0
"""How long a transaction of another process is waited for.  Chosen: many times what the longest of ours takes."""


def pseudonym_key_in(path: Path) -> bytes | None:
    """The key of pseudonyms in the ledger at `path`; `None` where it cannot be read."""
    address = f"file:{quote(str(path))}?{urlencode(read_only_query(path))}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS)) as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = ?", (PSEUDONYM_KEY,)).fetchone()
        return bytes.fromhex(found[0]) if found else None
    except (sqlite3.Error, TypeError, ValueError):  # no database, no ledger, no key
        return None


def read_only_query(path: Path) -> dict[str, str]:
    """The parameters of an address that opens the file for reading.

    In a directory that cannot be written a WAL database opens only as immutable (sqlite.org/wal.html#readonly).
    """
    query = {"mode": "ro"}
    log = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not log.exists():
        query["immutable"] = "1"
    return query
