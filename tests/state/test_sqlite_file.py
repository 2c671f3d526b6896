"""The key of pseudonyms is read from a ledger's file without the library behind the ledger."""

from contextlib import closing
from pathlib import Path

import pytest

from wagroups.state.open import open_ledger
from wagroups.state.sql.sqlite_file import pseudonym_key_in


def test_it_is_the_key_that_the_ledger_uses(tmp_path: Path) -> None:
    path = tmp_path / "odd name?#%.db"
    with closing(open_ledger(path)) as ledger:
        assert pseudonym_key_in(path) == ledger.key
    assert pseudonym_key_in(path) == ledger.key
    assert ledger.key


def test_looking_creates_no_ledger(tmp_path: Path) -> None:
    assert pseudonym_key_in(tmp_path / "state.db") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to have a header" * 9])
def test_a_file_that_is_no_ledger_has_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    assert pseudonym_key_in(path) is None
    assert path.read_bytes() == content
