"""A ledger is opened as far as it may be, and never mistaken for another file."""

import os
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, insert, inspect, update

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, STAFF, both, intent, jid, phone, read
from tests.state.processes import PATIENCE, SPAWN, open_and_close, started
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import Me
from wagroups.domain.ledger import Deferred, Granted, Ledger
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.memory import PersonRefusal
from wagroups.domain.plans.budget import Allowance, Breaker, CallClass
from wagroups.domain.ports import Lookup
from wagroups.state import open
from wagroups.state.open import ledger_hosts, open_ledger
from wagroups.state.sql import migrations, transactions
from wagroups.state.sql.migrations import VERSION
from wagroups.state.sql.tables import audit, meta
from wagroups.state.volatile import volatile_ledger

GOOD = frozenset({jid(1)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "project" / ".wagroups" / "state.db"


@pytest.fixture
def written(path: Path) -> Path:
    """A ledger with a little in it, closed."""
    ledger = open_ledger(path)
    ledger.note_read(read({jid(1): both(1, 2)}), GOOD)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=False)
    ledger.close()
    return path


def test_what_is_opened_is_the_ledger_of_the_engine(path: Path) -> None:
    ledger: Ledger = open_ledger(path)
    ledger.close()
    ledger = volatile_ledger()
    ledger.close()


def test_a_new_ledger_is_private(path: Path) -> None:
    ledger = open_ledger(path)
    ledger.note_account(OFFICE, Me(phone(1), None), MORNING)
    for file in path.parent.glob("state.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    ledger.close()


def test_git_passes_over_the_folder_of_a_new_ledger(written: Path) -> None:
    root = written.parent.parent
    git = ["git", "-c", "safe.directory=*", "-C", str(root)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    assert written.is_file()
    assert subprocess.check_output([*git, "status", "--porcelain", "--untracked-files=all"]) == b""


def test_a_closed_ledger_is_one_file_that_can_be_copied(written: Path, tmp_path: Path) -> None:
    assert sorted(file.name for file in written.parent.iterdir()) == [".gitignore", "state.db"]
    shutil.copy(written, tmp_path / "copy.db")
    ledger = open_ledger(tmp_path / "copy.db")
    assert STAFF in ledger.recall(OFFICE, MORNING).bindings
    ledger.close()


def test_a_ledger_is_found_again_by_path_and_by_url(written: Path) -> None:
    for where in (written, str(written), f"sqlite:///{written}"):
        ledger = open_ledger(where)
        assert STAFF in ledger.recall(OFFICE, MORNING).bindings
        ledger.close()


def test_the_pseudonym_key_is_made_once_and_can_be_overridden(place: str) -> None:
    keys = []
    for override in (None, None, b"from the environment"):
        ledger = open_ledger(place, key_override=override)
        keys.append(ledger.recall(OFFICE, MORNING).key)
        ledger.close()
    assert len(keys[0]) == 32
    assert keys == [keys[0], keys[0], b"from the environment"]


def test_a_durable_journal_waits_for_the_disk(path: Path) -> None:
    ledger = open_ledger(path)
    with ledger._store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    ledger.close()


def test_processes_that_create_a_ledger_together_share_it(place: str) -> None:
    ready = SPAWN.Event()
    others = [started(open_and_close, place, ready) for _ in range(3)]
    ready.set()
    for other in others:
        other.join(PATIENCE)
    assert [other.exitcode for other in others] == [0, 0, 0]


@pytest.mark.parametrize("content", [b"not a database, but long enough to look like one\n" * 40, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(LedgerError, match="damaged") as caught:
            open_ledger(path, read_only=read_only)
        assert "backup" in caught.value.hint
    assert path.read_bytes() == content


def test_a_ledger_with_a_broken_page_is_said_to_be_damaged(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[8192:] = b"\xff" * len(content[8192:])
    written.write_bytes(content)
    with pytest.raises(LedgerError, match="damaged"):
        open_ledger(written).recall(OFFICE, MORNING)


def test_a_row_that_does_not_read_is_damage_and_is_not_quoted(path: Path) -> None:
    ledger = open_ledger(path)
    ledger.intend(intent())
    with ledger._store.writing() as connection:
        connection.exec_driver_sql('UPDATE journal SET intent = \'{"phone": "+447700900123"}\'')
    with pytest.raises(LedgerError, match="damaged") as caught:
        ledger.recall(OFFICE, MORNING)
    assert "447700900123" not in f"{caught.value} {caught.value.hint}"
    assert caught.value.__suppress_context__
    ledger.close()


def test_an_error_of_the_database_quotes_nobody(path: Path) -> None:
    ledger = open_ledger(path)
    with ledger._store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE accounts")
    with pytest.raises(LedgerError) as caught:
        ledger.note_account(OFFICE, Me(phone(123), None), MORNING)
    assert "447700900123" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    ledger.close()


def test_a_file_that_does_not_fit_is_not_called_a_database_of_rights(path: Path) -> None:
    ledger = open_ledger(path)
    with ledger._store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE accounts")
    with pytest.raises(LedgerError, match="does not contain what it should") as caught:
        ledger.note_account(OFFICE, Me(phone(123), None), MORNING)
    assert "may create tables" not in caught.value.hint
    ledger.close()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    with pytest.raises(LedgerError, match="another database"):
        open_ledger(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    other.close()


def test_a_newer_ledger_asks_for_a_newer_program(place: str) -> None:
    set_version(place, VERSION + 1)
    for read_only in (False, True):
        with pytest.raises(LedgerError, match=f"schema version {VERSION + 1}") as caught:
            open_ledger(place, read_only=read_only)
        assert "Upgrade wagroups" in caught.value.hint


def test_an_older_ledger_is_upgraded_step_by_step_and_once(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def first(connection: Connection) -> None:
        connection.execute(insert(audit), {"run": "1", "at": MORNING, "actor": "", "entry": "first"})
        ran.append("first")

    set_version(place, 1)
    monkeypatch.setattr(migrations, "MIGRATIONS", (first, lambda connection: ran.append("second")))
    monkeypatch.setattr(migrations, "VERSION", 3)
    with pytest.raises(LedgerError, match="older version"):
        open_ledger(place, read_only=True)
    for _ in range(2):
        ledger = open_ledger(place)
        assert len(str(ledger.export()["audit"]).split("first")) == 2
        ledger.close()
    assert ran == ["first", "second"]


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(update(meta).values(value="lost"))
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    open_ledger(place).close()
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
        newer.setattr(migrations, "VERSION", VERSION + 1)
        with pytest.raises(LedgerError):
            open_ledger(place)
    ledger = open_ledger(place)
    assert len(ledger.recall(OFFICE, MORNING).key) == 32
    ledger.close()


UNDONE: Final = (
    ("DROP TABLE pictures",),
    (
        "DROP TABLE tombstones",
        "ALTER TABLE removals DROP COLUMN names",
        "ALTER TABLE snapshots DROP COLUMN admins",
        "ALTER TABLE snapshots DROP COLUMN owners",
    ),
    ("DROP TABLE invitations",),
    ("DROP TABLE fresh", "DROP TABLE additions", "ALTER TABLE breakers DROP COLUMN hourly"),
    ("DROP TABLE lacks",),
    ("ALTER TABLE lookups DROP COLUMN disputed",),
    ("DROP TABLE exchanges",),
    ("DROP TABLE history", "ALTER TABLE journal DROP COLUMN run"),
    ("ALTER TABLE removals DROP COLUMN why",),
    ("DROP TABLE fruitless", "DROP TABLE pauses", "ALTER TABLE journal DROP COLUMN looks"),
    ("DROP TABLE last_reads",),
    ("DROP TABLE open_points",),
    ("DROP TABLE presences",),
    ("DROP TABLE dates",),
    ("DROP TABLE memory_since",),
    ("DROP TABLE permissions", "DROP TABLE claims"),
)
"""What leads from each version back to the one before it, from version 2 on."""


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_ledger_of_any_older_version_becomes_what_a_new_one_is(place: str, version: int) -> None:
    ledger = open_ledger(place)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    with ledger._store.writing() as connection:
        new = columns_of(connection)
        for statement in reversed([one for step in UNDONE[version - 1 :] for one in step]):
            connection.exec_driver_sql(statement)
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=str(version)))
    ledger.close()
    upgraded = open_ledger(place)
    with upgraded._store.reading() as connection:
        assert columns_of(connection) == new
    memory = PictureMemory(source="1f" * 32, attempts=1)
    upgraded.note_picture(OFFICE, STAFF, memory)
    upgraded.note_departure(OFFICE, STAFF, phone(1), MORNING)
    assert upgraded.recall(OFFICE, MORNING).pictures == {STAFF: memory}
    assert STAFF in upgraded.recall(OFFICE, MORNING).bindings
    assert jid(1) in upgraded.recall(OFFICE, MORNING).since, "what an older version worked on is remembered"
    upgraded.close()


def test_refusals_of_an_older_version_that_were_invitations_become_ones(place: str) -> None:
    ledger = open_ledger(place)
    until = MORNING + timedelta(days=3)
    for number, code in ((1, 403), (2, 417), (3, 404)):
        ledger.note_refusal(OFFICE, STAFF, phone(number), PersonRefusal(code=code, at=MORNING, until=until))
    with ledger._store.writing() as connection:
        for statement in reversed([one for step in UNDONE[2:] for one in step]):
            connection.exec_driver_sql(statement)
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value="3"))
    ledger.close()
    upgraded = open_ledger(place)
    memory = upgraded.recall(OFFICE, MORNING)
    upgraded.close()
    assert {phone: entry.code for (_, phone), entry in memory.refusals.items()} == {phone(3): 404}
    assert memory.invitations == {
        (STAFF, phone(number)): Invitation(code=code, times=1, last_at=MORNING, expires_at=until)
        for number, code in ((1, 403), (2, 417))
    }


def columns_of(connection: Connection) -> set[tuple[str, str, str, bool]]:
    inspector = inspect(connection)
    return {
        (table, column["name"], str(column["type"]), bool(column["nullable"]))
        for table in inspector.get_table_names()
        for column in inspector.get_columns(table)
    }


def set_version(place: str, version: int) -> None:
    ledger = open_ledger(place)
    with ledger._store.writing() as connection:
        connection.execute(update(meta).where(meta.c.name == "schema_version").values(value=str(version)))
    ledger.close()


class TestReadOnly:
    @pytest.fixture(params=["by wish", "by its directory", "absent"])
    def reader(
        self, request: pytest.FixtureRequest, written: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Ledger]:
        if request.param == "absent":
            ledger = open_ledger(written.with_name("none.db"), read_only=True)
        elif request.param == "by wish":
            ledger = open_ledger(written, read_only=True)
        else:
            # As root every file is writable, so the question is answered for it.
            monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
            ledger = open_ledger(written)
        yield ledger
        ledger.close()

    def test_reading_works_and_says_that_nothing_is_kept(self, reader: Ledger) -> None:
        memory = reader.recall(OFFICE, MORNING)
        assert not memory.writable
        assert len(memory.key) == 32

    def test_what_read_verbs_write_is_dropped(self, reader: Ledger) -> None:
        before = reader.recall(OFFICE, MORNING).seen
        reader.note_read(read({jid(2): both(7)}), frozenset({jid(2)}))
        reader.note_lookups(OFFICE, [Lookup(phone(8), True, None, None)], MORNING)
        reader.note_account(OFFICE, Me(phone(9), None), MORNING)
        reader.trip(OFFICE, Breaker(calls=CallClass.READ, until=MORNING, reason="rate-overlimit"))
        for _ in range(2):
            assert reader.reserve(OFFICE, CallClass.READ, Allowance(day=1), MORNING, 1.0) == Granted()
        assert reader.recall(OFFICE, MORNING).seen == before
        assert reader.standing(OFFICE, MORNING).spent == {}

    def test_nothing_that_changes_whatsapp_can_begin(self, reader: Ledger) -> None:
        with pytest.raises(LedgerError, match="cannot be written"), reader.hold(OFFICE, MORNING):
            pass
        with pytest.raises(LedgerError, match="cannot be written"):
            reader.reserve(OFFICE, CallClass.ADD, Allowance(), MORNING, 1.0)
        with pytest.raises(LedgerError, match="cannot be written"):
            reader.intend(intent())

    def test_what_is_there_is_recalled(self, written: Path) -> None:
        ledger = open_ledger(written, read_only=True)
        assert ledger.recall(OFFICE, MORNING).seen == {phone(1), phone(2)}
        ledger.close()

    def test_nothing_is_created(self, path: Path) -> None:
        open_ledger(path, read_only=True).close()
        assert not path.parent.exists()

    def test_a_reader_sees_what_another_run_is_writing(self, written: Path) -> None:
        writer, reader = open_ledger(written), open_ledger(written, read_only=True)
        writer.intend(intent())
        assert len(reader.recall(OFFICE, MORNING).unsettled) == 1
        writer.close()
        reader.close()

    def test_a_budget_is_known_but_not_charged(self, written: Path) -> None:
        ledger = open_ledger(written)
        answers = [ledger.reserve(OFFICE, CallClass.ADD, Allowance(day=1), MORNING, 1.0) for _ in range(2)]
        assert isinstance(answers[1], Deferred)
        ledger.close()
        reader = open_ledger(written, read_only=True)
        assert len(reader.standing(OFFICE, MORNING).spent[CallClass.ADD]) == 1
        reader.close()


@pytest.mark.parametrize("where", ["mysql://localhost/x", "sqlite://", "://"])
def test_a_place_that_holds_no_ledger_is_refused(where: str) -> None:
    with pytest.raises(LedgerError):
        open_ledger(where)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_directory_is_no_ledger(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(LedgerError, match="is a directory"):
        open_ledger(tmp_path, read_only=read_only)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_ledger_that_may_not_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, read_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ledger(tmp_path / "state.db").close()
    # Rights do not bind root, who runs the tests in many a container.
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.R_OK)
    with pytest.raises(LedgerError, match="cannot be read") as caught:
        open_ledger(tmp_path / "state.db", read_only=read_only)
    assert caught.value.hint


def test_an_unreachable_database_is_said_without_its_password() -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger("postgresql://ada:opensesame@127.0.0.1:1/x?connect_timeout=2")
    assert "opensesame" not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


def test_a_busy_ledger_says_so(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(place)
    for module in (open, transactions):
        monkeypatch.setattr(module, "BUSY", timedelta(milliseconds=50))
    impatient = open_ledger(place)
    with ledger._store.writing(), pytest.raises(LedgerError, match="busy") as caught:
        impatient.unlock(OFFICE)
    assert "end that program" in caught.value.hint
    assert not impatient.unlock(OFFICE)
    impatient.close()
    ledger.close()


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("sqlite:////var/lib/club.db", ()),
        ("postgresql:///club", ()),
        ("postgresql:///club?host=/run/postgresql", ()),
        ("postgresql://ann@Database.example/club", ("database.example",)),
        ("postgresql://ann:p%40ss@[::1]:5432/club", ("::1",)),
        ("postgresql://ann:p@ss:w@database.example:5432/club", ("database.example",)),
        (
            "postgres:///club?host=one.example:5432&host=two.example&hostaddr=192.0.2.1",
            ("one.example", "two.example", "192.0.2.1"),
        ),
        ("postgresql:///club?host=one.example,two.example:5433", ("one.example", "two.example")),
    ],
)
def test_the_hosts_of_a_ledger_are_known_before_it_is_opened(url: str, hosts: tuple[str, ...]) -> None:
    assert ledger_hosts(url) == hosts


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:sesame:99999@host:port/club",
        "postgresql://ann:12/sesame@host/club",
        "postgresql://ann:se/same@host/club",
        "postgresql://ann:se?same@host/club",
        "postgresql://ann:se#same@host/club",
        "mysql://ann:sesame@host/club",
        "sesame",
    ],
)
def test_a_url_that_cannot_be_read_is_said_without_its_password(url: str) -> None:
    with pytest.raises(LedgerError) as error:
        ledger_hosts(url)
    said = f"{error.value.message} {error.value.hint}"
    assert "same" not in said
    assert error.value.__suppress_context__ or error.value.__context__ is None
