"""One round of `watch`: what it looks at, and what it makes of trouble."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.rig import KEY, Rig, rig
from wagroups.cli.commands.watch_rounds import RoundResult, Rounds
from wagroups.cli.common_options import Common
from wagroups.cli.options.run_options import SafetyFlags
from wagroups.cli.ui.signals import StopFlag
from wagroups.domain.exit import Exit
from wagroups.domain.identity import AccountKey, GroupJid, Role
from wagroups.planning.situation import Selection
from wagroups.workflows.reconcile.watch_schedule import Conclusion, Round, RoundCause

OFFICE = AccountKey("office")
CONFIG = """\
version: 1
accounts:
  office:
    gateway: waha
    url: {url}
    key_env: WAGROUPS_KEY
    profile: sandbox
"""


@dataclass
class Desk:
    """A project in front of a fake, and everything that was told of its rounds."""

    root: Path
    account: Rig
    jids: dict[str, GroupJid]
    stop: StopFlag = field(default_factory=StopFlag)
    told: list[RoundResult] = field(default_factory=list)

    def look(self, due: Round, *, applying: bool = False, **selection: tuple[str, ...]) -> Conclusion | None:
        rounds = Rounds(
            Common(project=self.root),
            Selection(**selection),  # type: ignore[arg-type]
            SafetyFlags(None, None, None, ()),
            applying,
            self.stop,
            lambda: datetime.now(UTC),
            lambda due, told: self.told.append(told),
        )
        return asyncio.run(rounds.look(due))

    def configure(self, *more: str) -> None:
        (self.root / "wagroups.yaml").write_text(CONFIG.format(url=self.account.url) + "".join(more))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("WAGROUPS_KEY", KEY)
    with rig("waha", "noweb", "anna") as account:
        subjects = ("Chess", "Choir", "Somebody else's")
        made = Desk(tmp_path, account, {name: account.live_group(name, {"anna": Role.ADMIN}) for name in subjects})
        (tmp_path / "groups").mkdir()
        for key in ("chess", "choir"):
            text = f"groups:\n  {key}:\n    subject: {key} club\n    id: {made.jids[key.title()]}\n"
            (tmp_path / "groups" / f"{key}.yaml").write_text(text)
        made.configure()
        yield made


def test_an_event_is_looked_at_in_its_group_alone(desk: Desk) -> None:
    conclusion = desk.look(Round(RoundCause.EVENT, OFFICE, frozenset({desk.jids["Chess"]})))
    (told,) = desk.told
    assert told.document.round.groups == ("chess",)
    assert told.ending is Exit.CHANGES
    assert told.words.startswith("chess: 1 difference: ")
    assert conclusion is not None
    assert set(conclusion.findings) == {"chess"}
    assert conclusion.declared == {OFFICE: frozenset({desk.jids["Chess"], desk.jids["Choir"]})}


def test_an_event_of_nobodys_group_asks_the_gateway_nothing(desk: Desk) -> None:
    assert desk.look(Round(RoundCause.EVENT, OFFICE, frozenset({desk.jids["Somebody else's"]}))) is None
    chess = Round(RoundCause.EVENT, OFFICE, frozenset({desk.jids["Chess"]}))
    assert desk.look(chess, exclude=("ch*",)) is None
    assert desk.told == []
    assert list(desk.account.front.log) == []


def test_a_changed_connection_is_a_look_at_the_whole_account(desk: Desk) -> None:
    conclusion = desk.look(Round(RoundCause.EVENT, OFFICE, None))
    assert conclusion is not None
    assert set(conclusion.findings) == {"chess", "choir"}
    assert desk.told[0].document.round.groups is None


def test_a_finding_is_another_one_when_something_else_differs(desk: Desk) -> None:
    whole = Round(RoundCause.SCHEDULE)
    first, second = desk.look(whole), desk.look(whole)
    assert first is not None
    assert second is not None
    assert first.findings == second.findings
    desk.look(Round(RoundCause.EVENT, OFFICE, frozenset({desk.jids["Chess"]})), applying=True)
    third = desk.look(whole)
    assert third is not None
    assert {key for key in third.findings if third.findings[key] != first.findings[key]} == {"chess"}


def test_applying_changes_the_groups_concerned_and_no_other(desk: Desk) -> None:
    desk.look(Round(RoundCause.EVENT, OFFICE, frozenset({desk.jids["Chess"]})), applying=True)
    assert desk.told[0].ending is Exit.OK
    assert desk.told[0].document.report is not None
    assert desk.account.group("chess club").jid == desk.jids["Chess"]
    assert desk.account.group("Choir").jid == desk.jids["Choir"]


def test_a_look_whose_turn_has_not_come_is_postponed(desk: Desk) -> None:
    desk.configure("    budgets: {look: {day: 1}}\n")
    desk.look(Round(RoundCause.START))
    conclusion = desk.look(Round(RoundCause.SCHEDULE))
    assert conclusion is not None
    assert conclusion.failed
    assert conclusion.again_at is not None
    assert conclusion.again_at - datetime.now(UTC) > timedelta(hours=20)
    assert desk.told[1].ending is Exit.PAUSED
    assert desk.told[1].words.endswith("It will be checked again then.")


def test_a_look_that_was_cut_short_is_not_told(desk: Desk) -> None:
    desk.configure("    budgets: {look: {day: 0}}\n")
    desk.stop.code = Exit.INTERRUPTED.code
    assert desk.look(Round(RoundCause.SCHEDULE)) is None
    assert desk.told == []


@pytest.mark.parametrize("broken", ["nonsense: yes\n", "timezone: [\n"])
def test_files_that_are_being_edited_are_told_and_looked_at_again(desk: Desk, broken: str) -> None:
    desk.configure(broken)
    conclusion = desk.look(Round(RoundCause.SCHEDULE))
    assert conclusion is not None
    assert conclusion.failed
    assert (desk.told[0].ending, desk.told[0].document.plan) == (Exit.INVALID, None)


def test_an_account_that_is_gone_from_the_files_is_told_and_does_not_end_the_watch(desk: Desk) -> None:
    conclusion = desk.look(Round(RoundCause.SCHEDULE), accounts=("nobody",))
    assert conclusion is not None
    assert conclusion.failed
    assert desk.told[0].ending is Exit.USAGE
    assert "There is no account" in desk.told[0].words


def test_a_watch_that_applies_knows_the_next_date_and_then_does_only_what_is_due(desk: Desk) -> None:
    person = "people: {anna: {phone: '+44 7700 900001'}, ben: {phone: '+44 7700 900002'}}\n"
    (desk.root / "people.yaml").write_text(person)
    (desk.root / "groups" / "chess.yaml").write_text(
        f"groups:\n  chess:\n    subject: Chess\n    id: {desk.jids['Chess']}\n    admins: [anna]\n"
        "    members: [{person: ben, from: 2099-01-01}]\n"
    )
    first = desk.look(Round(RoundCause.START), applying=True)
    assert first is not None
    assert first.next_date == datetime(2099, 1, 1, tzinfo=UTC)
    desk.account.group("Chess").subject = "Somebody's chess"
    when_due = desk.look(Round(RoundCause.DUE), applying=True)
    assert when_due is not None
    assert desk.told[-1].ending is Exit.OK
    assert desk.account.group("Somebody's chess")
    looking = desk.look(Round(RoundCause.SCHEDULE))
    assert looking is not None
    assert looking.next_date is None
