"""Every ledger of the suite runs on a file, in memory, and on a real PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.postgres import Server
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.volatile import volatile_ledger

SHARED_STORES: Final = ("file", "postgresql")


def place_of(kind: str, request: pytest.FixtureRequest) -> str:
    """Where to open an empty ledger of `kind`."""
    if kind == "file":
        folder: Path = request.getfixturevalue("tmp_path")
        return str(folder / "state.db")
    server: Server = request.getfixturevalue("postgres")
    return server.new_schema()


@pytest.fixture(params=(*SHARED_STORES, "volatile"))
def ledger(request: pytest.FixtureRequest) -> Iterator[SqlLedger]:
    opened = volatile_ledger() if request.param == "volatile" else open_ledger(place_of(request.param, request))
    yield opened
    opened.close()


@pytest.fixture(params=SHARED_STORES)
def place(request: pytest.FixtureRequest) -> str:
    """Where several openings meet in one ledger."""
    return place_of(request.param, request)


@pytest.fixture
def in_memory() -> Iterator[Callable[[], SqlLedger]]:
    """Makes ledgers in memory, and closes them in the end."""
    with ExitStack() as opened:

        def make() -> SqlLedger:
            ledger = volatile_ledger()
            opened.callback(ledger.close)
            return ledger

        yield make
