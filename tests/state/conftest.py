"""Every ledger of the suite runs on a file and in memory, and on PostgreSQL where a URL is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from wagroups.state.ledger import SqlLedger
from wagroups.state.opening import open_ledger
from wagroups.state.schema import TABLES
from wagroups.state.volatile import volatile_ledger

POSTGRES = os.environ.get("WAGROUPS_TEST_POSTGRES_URL")
"""A database that may be emptied: `postgresql://user@host/database`.  Its tests do not run side by side (`-n`)."""

SHARED_STORES = ("file", "postgresql") if POSTGRES else ("file",)


def place_of(kind: str, tmp_path: Path) -> str:
    """Where to open an empty ledger of `kind`."""
    if kind == "file":
        return str(tmp_path / "state.db")
    assert POSTGRES is not None
    engine = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"))
    TABLES.drop_all(engine)
    engine.dispose()
    return POSTGRES


@pytest.fixture(params=(*SHARED_STORES, "volatile"))
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlLedger]:
    opened = volatile_ledger() if request.param == "volatile" else open_ledger(place_of(request.param, tmp_path))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED_STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where several openings meet in one ledger."""
    return place_of(request.param, tmp_path)
