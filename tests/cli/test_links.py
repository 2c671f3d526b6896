"""`link` and `join`: links show on a terminal alone, a reset is proved by reading, joining ends in a binding."""

import io
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pytest

from tests.cli.command import Command
from tests.rig import DIALECTS, KEY, Rig, rig
from wagroups.domain.exit import Exit
from wagroups.domain.identity import AccountKey, GroupJid, Lid, Me, Phone, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import RATE_LIMIT_RESTS
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.state.open import open_ledger

CODE = "CanaryCode000000000001"
LINK = f"https://chat.whatsapp.com/{CODE}"


class Place(NamedTuple):
    """A project in a folder, in front of one dialect."""

    account: Rig
    folder: Path
    wagroups: Command

    def declare(self, text: str) -> None:
        (self.folder / "groups.yaml").write_text(text, encoding="utf-8")

    def bound(self) -> dict[str, GroupJid]:
        ledger = open_ledger(self.folder / ".wagroups/state.db", read_only=True)
        try:
            memory = ledger.recall(AccountKey("office"), self.account.clock.now())
            assert memory.unsettled == ()
            return {key: binding.jid for key, binding in memory.bindings.items()}
        finally:
            ledger.close()

    def can(self, aspect: Aspect) -> bool:
        return self.account.can(aspect, Access.WRITE)

    def calls(self, call: Call) -> int:
        return sum(entry.call == call for entry in self.account.front.writes)


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def place(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Place]:
    gateway, dialect = request.param
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAGROUPS_THE_KEY", KEY)
    with rig(gateway, dialect, "anna", "ben") as account:
        monkeypatch.setattr("wagroups.workflows.reconcile.session.SystemClock", lambda: account.clock)
        (tmp_path / "wagroups.yaml").write_text(
            "version: 1\naccounts:\n  office:\n"
            f"    gateway: {gateway}\n    url: {account.url}\n    key_env: WAGROUPS_THE_KEY\n    session: default\n"
            "    profile: sandbox\n",
            encoding="utf-8",
        )
        yield Place(account, tmp_path, Command(capsys))


def ours(place: Place) -> GroupJid:
    """A live group of the account's own, declared by its id."""
    jid = place.account.live_group("Chess", {"anna": Role.MEMBER})
    place.account.group("Chess").invite_code = CODE
    place.declare(f"groups:\n  chess:\n    subject: Chess\n    id: {jid}\n")
    return jid


def theirs(place: Place, **fields: str) -> GroupJid:
    """A live group of somebody else that the account is not in, declared by its subject."""
    world = place.account.world
    anna = world.people.called("anna")
    assert anna is not None
    with world.lock:
        group = world.found_group("Chess", anna, members={anna: Role.OWNER})
        group.invite_code = CODE
    lines = "".join(f"    {name}: {value}\n" for name, value in {"subject": "Chess", **fields}.items())
    place.declare(f"groups:\n  chess:\n{lines}")
    return group.jid


PATIENCE = 30.0
"""Seconds that a terminal's user waits for anything to happen."""


def on_a_terminal(place: Place, *arguments: str, answers: Mapping[str, str] = MappingProxyType({})) -> tuple[int, str]:
    """Run the program with a terminal for every stream; returns its exit code and what the terminal showed.

    Each of `answers` is typed when its question has been shown: a question for a secret drops what was typed before.
    """
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wagroups", *arguments],
        cwd=place.folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=inner,
        stdout=inner,
        stderr=inner,
    )
    os.close(inner)
    waiting, shown = dict(answers), ""
    try:
        while select.select([outer], [], [], PATIENCE)[0] and (chunk := _read(outer)):
            shown += chunk
            for question in [question for question in waiting if question in shown]:
                os.write(outer, f"{waiting.pop(question)}\n".encode())
        return process.wait(PATIENCE), shown
    finally:
        process.kill()
        os.close(outer)


def _read(terminal: int) -> str:
    """What is shown; nothing when the other side is closed, which Linux tells by an error."""
    try:
        return os.read(terminal, 65536).decode()
    except OSError:
        return ""


on_both_gateways = pytest.mark.parametrize("place", [("waha", "noweb"), ("waxum", "waxum")], indirect=True)


@on_both_gateways
def test_a_terminal_is_shown_the_link(place: Place) -> None:
    ours(place)
    code, shown = on_a_terminal(place, "link", "chess")
    assert (code, shown.strip()) == (0, LINK)


@pytest.mark.parametrize("flags", [(), ("-o", "json"), ("--to", "link.txt")])
def test_nothing_but_a_terminal_is_shown_a_link(place: Place, flags: tuple[str, ...]) -> None:
    ours(place)
    ended = place.wagroups("link", "chess", *flags)
    assert ended.exit is Exit.REFUSED
    assert CODE not in ended.out + ended.err
    assert not (place.folder / "link.txt").exists()


def test_a_link_is_made_void_and_read_again(place: Place) -> None:
    ours(place)
    ended = place.wagroups("link", "chess", "--rotate", "--yes", "-o", "json")
    can = place.can(Aspect.INVITE_LINK_RESET)
    assert ended.exit is (Exit.OK if can else Exit.PARTIAL)
    assert ended.document["rotated"] is can
    assert can or "phone" in ended.document["why_not"]
    new = place.account.group("Chess").invite_code
    assert (new != CODE) is can
    assert CODE not in ended.out + ended.err
    assert new not in ended.out + ended.err
    assert place.calls(Call.INVITE_RESET) == int(can)


@on_both_gateways
def test_a_terminal_is_asked_before_a_link_is_made_void_and_shown_the_new_one(place: Place) -> None:
    ours(place)
    code, shown = on_a_terminal(place, "link", "chess", "--rotate", answers={"for everyone": "n"})
    assert code == 3
    assert place.account.group("Chess").invite_code == CODE
    code, shown = on_a_terminal(place, "link", "chess", "--rotate", answers={"for everyone": "y"})
    assert code == 0, shown
    assert place.account.group("Chess").invite_code != CODE
    assert place.account.group("Chess").invite_code in shown


def test_nobody_resets_a_link_without_being_asked(place: Place) -> None:
    ours(place)
    assert place.wagroups("link", "chess", "--rotate").exit is Exit.REFUSED
    assert place.account.group("Chess").invite_code == CODE


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.LIE])
def test_only_another_link_proves_that_the_old_one_is_void(place: Place, kind: FaultKind) -> None:
    if not place.can(Aspect.INVITE_LINK_RESET):
        pytest.skip("nothing is sent where nothing is claimed")
    ours(place)
    place.account.script(Fault(kind=kind, on=Call.INVITE_RESET))
    ended = place.wagroups("link", "chess", "--rotate", "--yes", "-o", "json")
    void = place.account.group("Chess").invite_code != CODE
    assert void is (kind is FaultKind.LOSE_ANSWER)
    assert ended.document["rotated"] is void
    assert ended.exit is (Exit.OK if void else Exit.PARTIAL)
    assert place.calls(Call.INVITE_RESET) == 1


def test_a_group_that_is_not_bound_has_no_link_yet(place: Place) -> None:
    place.declare("groups:\n  chess:\n    subject: Chess\n")
    ended = place.wagroups("link", "chess", "--rotate", "--yes")
    assert ended.exit is Exit.REFUSED
    assert "not bound" in ended.err


def test_an_unknown_group_is_told_with_the_nearest_name(place: Place) -> None:
    ours(place)
    ended = place.wagroups("link", "ches", "--rotate", "--yes")
    assert ended.exit is Exit.USAGE
    assert "Did you mean chess?" in ended.err


# Joining


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAGROUPS_JOIN_LINK", LINK)


@pytest.mark.usefixtures("typed")
def test_a_declared_group_is_joined_and_bound(place: Place) -> None:
    jid = theirs(place)
    ended = place.wagroups("join", "chess", "--yes", "-o", "json")
    if not place.can(Aspect.JOIN):
        assert ended.exit is Exit.REFUSED
        assert "plan again" in ended.document["error"]["hint"]
        place.account.group("Chess").members[place.account.world.me] = Role.ADMIN  # joined on a phone
        planned = place.wagroups("plan")
        assert f"wagroups apply --adopt chess={jid}" in planned.out + planned.err
        return
    assert (ended.exit, ended.document["outcome"]) == (Exit.OK, "joined")
    assert place.account.world.me in place.account.group("Chess").members
    assert place.bound() == {"chess": jid}
    assert CODE not in ended.out + ended.err
    again = place.wagroups("join", "chess", "--yes")
    assert again.exit is Exit.OK
    assert "already" in again.out
    assert f"id: {jid}" in again.out
    assert place.calls(Call.JOIN) == 1


@pytest.mark.usefixtures("typed")
def test_where_an_admin_must_approve_joining_is_pending_until_they_did(place: Place) -> None:
    if not place.can(Aspect.JOIN):
        pytest.skip("this gateway cannot join")
    jid = theirs(place)
    group = place.account.group("Chess")
    group.settings |= {"approve_joins": "yes"}
    ended = place.wagroups("join", "chess", "--yes", "-o", "json")
    assert (ended.exit, ended.document["outcome"]) == (Exit.OK, "pending")
    assert place.bound() == {}
    group.members[place.account.world.me] = Role.MEMBER
    again = place.wagroups("join", "chess", "--yes", "-o", "json")
    assert again.document["outcome"] == "already"
    assert place.bound() == {"chess": jid}


@pytest.mark.usefixtures("typed")
def test_an_answer_that_was_lost_does_not_hide_that_it_worked(place: Place) -> None:
    if not place.can(Aspect.JOIN):
        pytest.skip("this gateway cannot join")
    jid = theirs(place)
    place.account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.JOIN))
    ended = place.wagroups("join", "chess", "--yes", "-o", "json")
    assert (ended.exit, ended.document["outcome"]) == (Exit.OK, "joined")
    assert place.bound() == {"chess": jid}
    assert place.calls(Call.JOIN) == 1


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("fields", [{"subject": "Bridge"}, {"id": "120363000000000099@g.us"}])
def test_a_link_to_another_group_is_not_followed(place: Place, fields: dict[str, str]) -> None:
    if not place.can(Aspect.JOIN):
        pytest.skip("this gateway cannot join")
    theirs(place, **fields)
    ended = place.wagroups("join", "chess", "--yes")
    assert ended.exit is Exit.REFUSED
    assert "the link leads to" in ended.err
    assert place.calls(Call.JOIN) == 0


@pytest.mark.usefixtures("typed")
def test_a_void_link_is_refused(place: Place) -> None:
    if not place.can(Aspect.JOIN):
        pytest.skip("this gateway cannot join")
    theirs(place)
    group = place.account.group("Chess")
    group.dead_codes.add(CODE)
    group.invite_code = "AnotherCode00000000001"
    ended = place.wagroups("join", "chess", "--yes")
    # WPP says so in words that nobody has recorded, so that all that is known there is that the look failed.
    prose = place.account.dialect == "wpp"
    assert ended.exit is (Exit.GATEWAY if prose else Exit.REFUSED)
    assert prose or "was reset" in ended.err
    assert CODE not in ended.out + ended.err
    assert place.calls(Call.JOIN) == 0


@pytest.mark.parametrize("place", [("waha", "noweb")], indirect=True)
def test_a_terminal_is_asked_for_the_link_and_does_not_show_it(place: Place) -> None:
    theirs(place)
    code, shown = on_a_terminal(place, "join", "chess", answers={"Invite link": LINK, "Join “Chess”": "y"})
    assert code == 0, shown
    assert "Join “Chess” as chess with account office?" in shown
    assert place.account.world.me in place.account.group("Chess").members


@pytest.mark.parametrize("place", [("waha", "noweb")], indirect=True)
def test_the_link_may_come_from_stdin(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    jid = theirs(place)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{LINK}\n"))
    assert place.wagroups("join", "chess", "--yes").exit is Exit.OK
    assert place.bound() == {"chess": jid}


@on_both_gateways
def test_a_reset_that_comes_too_fast_rests_its_class(place: Place) -> None:
    ours(place)
    place.account.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.INVITE_RESET))
    assert place.wagroups("link", "chess", "--rotate", "--yes").exit is Exit.PAUSED
    assert place.calls(Call.INVITE_RESET) == 1
    assert place.account.group("Chess").invite_code == CODE
    paused = place.account.clock.now()
    assert place.wagroups("link", "chess", "--rotate", "--yes").exit is Exit.OK
    assert place.account.clock.now() - paused >= RATE_LIMIT_RESTS[0]


@on_both_gateways
def test_another_account_behind_the_same_name_resets_nothing(place: Place) -> None:
    ours(place)
    stranger = Me(Phone.of("+447700900999"), Lid.of("100000000000999@lid"))
    ledger = open_ledger(place.folder / ".wagroups/state.db")
    ledger.note_account(AccountKey("office"), stranger, place.account.clock.now())
    ledger.close()
    ended = place.wagroups("link", "chess", "--rotate", "--yes")
    assert ended.exit is Exit.REFUSED
    assert "state rebind office" in ended.err
    assert place.calls(Call.INVITE_RESET) == 0


@on_both_gateways
def test_an_account_that_another_run_holds_is_left_alone(place: Place) -> None:
    ours(place)
    ledger = open_ledger(place.folder / ".wagroups/state.db")
    try:
        with ledger.hold(AccountKey("office"), place.account.clock.now()):
            assert place.wagroups("link", "chess", "--rotate", "--yes").exit is Exit.LOCKED
    finally:
        ledger.close()
    assert place.calls(Call.INVITE_RESET) == 0


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("place", [("waha", "gows"), ("waxum", "waxum")], indirect=True)
def test_the_loudest_log_holds_no_link(place: Place) -> None:
    ours(place)
    said = [place.wagroups("link", "chess", "--rotate", "--yes", "-vv")]
    theirs(place)
    said += [place.wagroups("join", "chess", "--yes", "-vv", "--log-format", form) for form in ("text", "json")]
    logged = "".join(ended.out + ended.err for ended in said)
    assert "GET" in logged
    assert CODE not in logged


def test_what_is_no_link_is_not_repeated(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs(place)
    monkeypatch.setenv("WAGROUPS_JOIN_LINK", "https://example.org/SecretLink")
    ended = place.wagroups("join", "chess", "--yes")
    assert ended.exit is Exit.USAGE
    assert "SecretLink" not in ended.err


def test_the_journal_knows_who_reset_a_link_and_not_the_link(place: Place) -> None:
    if not place.can(Aspect.INVITE_LINK_RESET):
        pytest.skip("nothing is sent where nothing is claimed")
    ours(place)
    place.wagroups("link", "chess", "--rotate", "--yes", "--actor", "the secretary")
    ended = place.wagroups("status")
    assert "reset the invite link" in ended.out
    assert "  done  " in ended.out
    assert "the secretary" in ended.out
    assert CODE not in (place.folder / ".wagroups/state.db").read_bytes().decode("latin-1")
