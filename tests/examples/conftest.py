"""The club behind a CI service: its project in a checkout, its state in PostgreSQL, its gateway simulated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.club import Club, club
from tests.examples.jobs import Machine
from tests.postgres import Server

SHARED_STATE: Final = "\nstate_env: WAGROUPS_STATE_URL\n"


@pytest.fixture
def harbour(tmp_path: Path, postgres: Server) -> Iterator[Club]:
    with club(tmp_path / "checkout") as made:
        config = made.root / "wagroups.yaml"
        config.write_text(config.read_text(encoding="utf-8") + SHARED_STATE, encoding="utf-8")
        made.environ["WAGROUPS_STATE_URL"] = postgres.new_schema()
        yield made


@pytest.fixture
def secrets(harbour: Club) -> dict[str, str]:
    return {name: value for name, value in harbour.environ.items() if name.startswith("WAGROUPS_")}


@pytest.fixture
def machine(harbour: Club, tmp_path: Path) -> Machine:
    return Machine(harbour.root, tmp_path / "tools")
