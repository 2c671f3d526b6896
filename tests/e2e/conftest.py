"""The club, for the stories that are the same on every gateway: told on one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.club import Club, club


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Club]:
    """The club before its first apply."""
    with club(tmp_path / "harbour") as made:
        yield made


@pytest.fixture
def settled(harbour: Club) -> Club:
    """The club after its first apply: everything is as declared."""
    end = harbour.wagroups("apply", "--yes")
    assert end.code == 0, end.err
    return harbour
