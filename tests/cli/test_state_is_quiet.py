"""What a run leaves behind and what the smaller verbs say hold no number, whoever wrote it down."""

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests import builders as b
from tests.cli.command import Command
from tests.rig import KEY, Rig, rig
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.ports import Clock
from wagroups.execution.clock import SystemClock
from wagroups.workflows.reconcile.watch import Inbox
from wagroups.workflows.reconcile.watch_schedule import Agenda, Round

Look = Callable[[Round], Awaitable[object]]
CANARY = "7700 900321"
LINK_CODE = "CanaryCanaryCanary1234"
CONFIG = """\
version: 1
accounts:
  office: {gateway: waha, url_env: WAGROUPS_URL, key_env: WAGROUPS_KEY}
safety: {profile: sandbox, max_removal_percent: 10}
"""
GROUPS = f"""\
groups:
  chess:
    id: ID
    subject: Chess +44 {CANARY}
    description: Ring +44 {CANARY} or open https://chat.whatsapp.com/{LINK_CODE}
    members: [anna]
"""


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", "anna", "ben", clock=SystemClock()) as made:  # type: ignore[arg-type]
        yield made


@pytest.fixture
def applied(account: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> Path:
    """A project after an apply, with a number in every text that somebody could write."""
    jid = account.live_group("Chess", {"ben": Role.MEMBER})
    tmp_path.joinpath("wagroups.yaml").write_text(CONFIG)
    tmp_path.joinpath("people.yaml").write_text("people:\n  anna: +44 7700 900001\n")
    tmp_path.joinpath("groups.yaml").write_text(GROUPS.replace("ID", jid.reveal()))
    account.known_in(tmp_path)
    for name, value in {
        "WAGROUPS_URL": account.url,
        "WAGROUPS_KEY": KEY,
        "GITHUB_ACTOR": f"+44{CANARY}",
        "CI": "",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    reason = f"Ada at +44 {CANARY} said so"
    assert command("apply", "--yes", "--override", f"max-removal-percent={reason}").exit is Exit.OK
    assert "anna" in account.members(f"Chess +44 {CANARY}")
    return tmp_path


QUIET = (
    ("state", "show"),
    ("state", "show", "office"),
    ("state", "export", "saved.json"),
    ("status",),
    ("status", "-o", "json"),
    ("status", "-o", "markdown"),
    ("doctor",),
    ("doctor", "-o", "json"),
    ("link", "chess"),
    ("link", "chess", "-o", "json"),
    ("import", "--out", "imported"),
    ("schema", "manifest"),
)


@pytest.mark.parametrize("arguments", QUIET, ids=" ".join)
def test_no_verb_repeats_a_number_that_somebody_wrote(
    applied: Path, command: Command, arguments: tuple[str, ...]
) -> None:
    for mode in ("last4", "alias", "strict"):
        ended = command(*arguments, "--redact", mode)
        saved = applied / "saved.json"
        said = ended.out + ended.err + (saved.read_text() if saved.exists() else "")
        assert said
        written = "".join(filter(str.isalnum, said))
        assert CANARY.replace(" ", "") not in written
        assert LINK_CODE not in written
        assert b.phone(b.number_of("ben")).digits() not in written


def test_a_number_for_a_group_is_not_repeated(applied: Path, command: Command) -> None:
    ended = command("state", "abandon", f"+44{CANARY}")
    assert ended.exit is Exit.USAGE
    assert ended.err == "(number) has no unanswered creation.\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_round_of_watch_repeats_no_number_either(
    applied: Path, command: Command, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def first_round(agenda: Agenda, inbox: Inbox, look: Look, clock: Clock, stopped: object) -> None:
        due = agenda.take(clock.now())
        assert due is not None
        await look(due)

    monkeypatch.setattr("wagroups.workflows.reconcile.watch.watch", first_round)
    monkeypatch.setenv("WAGROUPS_WATCH_SECRET", "a shared secret")
    groups = applied / "groups.yaml"
    groups.write_text(groups.read_text().replace("[anna]", f'[anna, "+44 {CANARY}"]'))
    for mode in ("last4", "alias", "strict"):
        ended = command("watch", "--listen", "127.0.0.1:0", "-o", form, "--redact", mode)
        assert "chess" in ended.out
        assert CANARY.replace(" ", "") not in "".join(filter(str.isalnum, ended.out + ended.err))


def test_state_shows_texts_as_far_as_the_mode_allows(applied: Path, command: Command) -> None:
    by_alias = command("state", "show", "--redact", "alias").out
    assert "Chess (number)" in by_alias
    assert "anna" in by_alias
    strict = command("state", "show", "--redact", "strict").out
    assert "Chess" not in strict
    assert "anna" not in strict
    assert json.loads(strict)["bindings"][0]["group_key"] == "chess"
    assert f"Chess +44 {CANARY}" in command("state", "show", "--redact", "off").out


def test_a_backup_keeps_every_text_as_it_was_written(applied: Path, command: Command) -> None:
    assert command("state", "export", "saved.json", "--reveal", "--redact", "strict").exit is Exit.OK
    assert f"Chess +44 {CANARY}" in (applied / "saved.json").read_text()
