"""`state readmit`, `state forget` and `state import`, through the real entry; no gateway is asked."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests import builders as b
from tests.cli.command import Command
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupKey, Identity
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger

PROJECT = """\
version: 1
region: GB
accounts:
  office: {gateway: waha, url: http://127.0.0.1:9, key_env: WAGROUPS_KEY}
people:
  anna: +44 7700 900001
  ben: +44 7700 900002
groups:
  chess:
    subject: Chess
    members: [anna, +44 7700 900003]
"""
CHESS = GroupKey("chess")
ANNA, BEN, BARE = b.phone(1), b.phone(2), b.phone(3)


@pytest.fixture
def wagroups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    tmp_path.joinpath("wagroups.yaml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    with ledger() as opened:
        for phone in (ANNA, BARE):
            opened.note_departure(b.ACCOUNT, CHESS, phone, b.NOW)
            opened.note_lookups(b.ACCOUNT, [Lookup(phone, True, phone, None)], b.NOW)
    return Command(capsys)


@contextmanager
def ledger() -> Iterator[SqlLedger]:
    with closing(open_ledger(Path(".wagroups/state.db"))) as opened:
        yield opened


def left(phone: object) -> bool:
    with ledger() as opened:
        return opened.recall(b.ACCOUNT, b.NOW).tombstones.of(CHESS, (phone,)) is not None  # type: ignore[arg-type]


def pseudonym(phone: object) -> str:
    with ledger() as opened:
        return f"person-{Identity(phone=phone).pseudonym(opened.key)}"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phone", "name"),
    [
        (ANNA, lambda: "anna"),
        (ANNA, lambda: "07700 900001"),
        (BARE, lambda: "+44 7700 900003"),
        (BARE, lambda: pseudonym(BARE)),
    ],
    ids=["alias", "national number", "number", "pseudonym"],
)
def test_somebody_is_readmitted_by_any_of_their_names(
    wagroups: Command, phone: object, name: Callable[[], str]
) -> None:
    assert left(phone)
    ended = wagroups("state", "readmit", name(), "chess")
    assert (ended.exit, ended.out) == (Exit.OK, "")
    assert "may be added to chess again" in ended.err
    assert "7700" not in ended.err
    assert not left(phone)
    again = wagroups("state", "readmit", name(), "chess")
    assert again.exit is Exit.USAGE
    assert "Nothing keeps" in again.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("anne", "chess"), "Did you mean anna?"),
        (("person-abcdefab", "chess"), "Nobody here is called 'person-abcdefab'"),
        (("anna", "chest"), "There is no group 'chest'"),
    ],
)
def test_a_name_that_nobody_has_is_a_wrong_command_line(
    wagroups: Command, arguments: tuple[str, str], told: str
) -> None:
    ended = wagroups("state", "readmit", *arguments)
    assert ended.exit is Exit.USAGE
    assert told in ended.err


def test_forgetting_erases_and_says_where_somebody_is_still_declared(wagroups: Command) -> None:
    ended = wagroups("state", "forget", "anna", "--yes")
    assert ended.exit is Exit.OK
    assert "anna: erased from 1 row of the ledger." in ended.err
    assert "Still declared at wagroups.yaml:6" in ended.err
    assert "Still declared at wagroups.yaml:11" in ended.err
    with ledger() as opened:
        assert ANNA.reveal() not in str(opened.export(reveal=True))
        assert BARE.reveal() in str(opened.export(reveal=True))
    assert left(ANNA)


def test_nobody_is_forgotten_without_being_asked(wagroups: Command) -> None:
    assert wagroups("state", "forget", "anna").exit is Exit.USAGE
    with ledger() as opened:
        assert ANNA.reveal() in str(opened.export(reveal=True))


def test_a_backup_is_imported_into_a_new_ledger_only(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("state", "export", "backup.json", "--reveal").exit is Exit.OK
    assert wagroups("state", "import", "backup.json").exit is Exit.INVALID
    (tmp_path / ".wagroups" / "state.db").rename("moved.db")
    ended = wagroups("state", "import", "backup.json")
    assert ended.exit is Exit.OK
    assert "Restored" in ended.err
    assert left(ANNA)
    (tmp_path / "notes.json").write_text("[1]")
    assert wagroups("state", "import", "notes.json").exit is Exit.USAGE
