"""What protects a group is done first, whatever refuses, holds or rests the others."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from tests import builders as b
from tests.fake_clock import MORNING
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup, Manage
from wagroups.domain.declared.safety import Safety
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.budget import ActiveHours, Breaker
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.planning.situation import Terms
from wagroups.simulation.world.faults import Call, Fault, FaultKind

CROWD = ("anna", "ben", "carla", "dora", "emil")
CLOSED = {Setting.SEND_MESSAGES: "admins"}
DENIED = [b.person("luis", denied=MORNING.date())]
STRICT = Terms(safety=Safety(max_removals=1, max_removal_percent=100))
AT_NIGHT = ActiveHours(start=time(20), end=time(21))
EVERY_DIALECT = pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", *CROWD, "luis", "finn", "gina", "hugo") as made:
        yield made


def club(account: Rig, subject: str, *others: str) -> GroupJid:
    return account.live_group(subject, dict.fromkeys((*CROWD, *others), Role.MEMBER))


def declared(key: str, jid: GroupJid, *more: str, subject: str | None = None) -> DesiredGroup:
    named = subject or key.title()
    return b.group(key, id=jid, members=(*CROWD, *more), subject=named, manage_admins=Manage.IGNORE)


def verdict_of(run: Run, action: str) -> Verdict:
    return next(result.verdict for result in run.results if result.id == action)


def verdicts(run: Run) -> dict[str, Verdict]:
    results = {result.id: result.verdict for result in run.results}
    return {f"{group.key} {action.change.kind}": results[action.id] for group, action in run.plan.actions()}


@EVERY_DIALECT
def test_a_denied_person_goes_though_a_limit_of_the_account_refuses_the_run(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *CROWD, "luis", "finn", "gina") as account:
        account.know(*CROWD, "luis", "finn", "gina")
        chess = declared("chess", club(account, "Chess", "finn", "luis"))
        choir = declared("choir", club(account, "Choir", "gina"))
        run = account.apply(chess, choir, terms=STRICT, people=DENIED)
        assert [guard.rule for guard in run.plan.guards] == ["max-removals"]
        assert run.plan.refused
        assert account.members("Chess").keys() == {*CROWD, "finn"}
        assert account.members("Choir").keys() == {*CROWD, "gina"}
        done = {a.change.kind for _, a in run.plan.actions() if verdict_of(run, a.id) is Verdict.DONE}
        resets = account.can(Aspect.INVITE_LINK_RESET, Access.WRITE)
        assert done == {"member.remove"} | ({"link.reset"} if resets else set())
        assert [verdict_of(run, a.id) for _, a in run.plan.actions() if not a.urgent] == [Verdict.WITHHELD] * 2
        assert not run.converged


def test_nothing_is_remembered_as_applied_of_a_refused_run(account: Rig) -> None:
    chess, choir = (declared("chess", club(account, "Chess", "finn", "luis")), club(account, "Choir", "gina"))
    account.apply(chess, declared("choir", choir), terms=STRICT, people=DENIED)
    memory = account.ledger.recall(b.ACCOUNT, account.clock.now())
    assert not memory.applied
    assert not memory.bindings


def test_nobody_is_touched_where_the_account_is_another_one(account: Rig) -> None:
    chess = declared("chess", club(account, "Chess"))
    account.apply(chess)
    with account.world.lock:
        person = account.world.people.called("luis")
        assert person is not None
        account.world.group("Chess").members[person] = Role.MEMBER
        account.world.me.phone = b.phone(77)
        account.world.me.lid = b.lid(77)
    run = account.apply(chess, people=DENIED)
    assert [guard.rule for guard in run.plan.guards] == ["account-changed"]
    assert "luis" in account.members("Chess")
    assert set(verdicts(run).values()) <= {Verdict.WITHHELD}


def test_what_is_urgent_waits_for_no_active_hours(account: Rig) -> None:
    account.profile, account.active_hours = "careful", AT_NIGHT
    jid = club(account, "Chess", "luis")
    run = account.apply(declared("chess", jid, "finn", subject="Chess club"), people=DENIED)
    assert "luis" not in account.members("Chess")
    assert verdicts(run)["chess link.reset"] is Verdict.DONE
    assert verdicts(run)["chess subject.set"] is Verdict.PAUSED
    assert verdicts(run)["chess member.add"] is Verdict.PAUSED
    assert account.clock.now() - MORNING < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("reason", "stays"),
    [("reachout-timelock", False), ("message-capping", False), ("temporary-ban", True), ("rate-overlimit", True)],
)
def test_a_lock_about_new_people_does_not_keep_the_denied_in(account: Rig, reason: str, stays: bool) -> None:
    account.ledger.trip(b.ACCOUNT, Breaker(calls=None, until=MORNING + timedelta(days=1), reason=reason))
    run = account.apply(declared("chess", club(account, "Chess", "luis"), "finn"), people=DENIED)
    assert ("luis" in account.members("Chess")) is stays
    assert verdicts(run)["chess member.add"] is Verdict.PAUSED
    assert "finn" not in account.members("Chess")


@pytest.mark.parametrize("hours", [(2, 50), (50, 2)])
def test_a_lock_about_new_people_does_not_hide_that_every_write_rests(account: Rig, hours: tuple[int, int]) -> None:
    for reason, after in zip(("reachout-timelock", "temporary-ban"), hours, strict=True):
        breaker = Breaker(calls=None, until=MORNING + timedelta(hours=after), reason=reason)
        account.ledger.trip(b.ACCOUNT, breaker)
    account.apply(declared("chess", club(account, "Chess", "luis")), people=DENIED)
    assert "luis" in account.members("Chess")
    account.clock.advance(timedelta(hours=hours[1]))
    account.apply(declared("chess", account.group("Chess").jid), people=DENIED)
    assert "luis" not in account.members("Chess")


def test_what_is_urgent_comes_before_all_other_groups(account: Rig) -> None:
    account.profile = "careful"
    account.know(*CROWD, "finn", "gina", "hugo", "luis")
    chess = declared("chess", club(account, "Chess"), "finn", "gina", "hugo", subject="Chess club")
    choir = declared("choir", club(account, "Choir", "luis"), "finn", subject="The choir")
    run = account.apply(chess, choir, people=DENIED)
    done = sorted(done_at(run).items(), key=lambda item: item[1])
    assert [name for name, _ in done[:2]] == ["choir member.remove", "choir link.reset"]
    assert set(verdicts(run).values()) == {Verdict.DONE}


def done_at(run: Run) -> dict[str, datetime]:
    ends = {result.id: result.started_at for result in run.results}
    return {f"{group.key} {a.change.kind}": at for group, a in run.plan.actions() if (at := ends[a.id]) is not None}


def test_a_refusal_of_one_urgent_change_keeps_no_other_waiting(account: Rig) -> None:
    account.script(Fault(kind=FaultKind.REFUSE, on=Call.SETTING, code=403, times=None))
    jid = account.live_group(
        "Chess", dict.fromkeys((*CROWD, "luis"), Role.MEMBER), settings={"send_messages": "everyone"}
    )
    chess = b.group("chess", id=jid, members=(*CROWD, "finn"), settings=CLOSED, manage_admins=Manage.IGNORE)
    run = account.apply(chess, people=DENIED)
    assert "luis" not in account.members("Chess")
    assert verdicts(run)["chess setting.set"] is Verdict.FAILED
    assert verdicts(run)["chess link.reset"] is Verdict.DONE
    assert verdicts(run)["chess member.add"] is Verdict.NOT_ATTEMPTED


def test_of_a_reviewed_plan_only_what_was_approved_is_done(account: Rig) -> None:
    chess = declared("chess", club(account, "Chess", "luis"), subject="Chess club")
    plan = account.plan(chess)
    approved = frozenset(action.id for _, action in plan.actions() if action.change.kind == "subject.set")
    prints = {str(group.key): group.desired_fingerprint for group in plan.groups}
    reviewed = Reviewed(digest=plan.digest, created_at=MORNING, actions=approved, fingerprints=prints)
    run = account.apply(chess, people=DENIED, reviewed=reviewed)
    assert "luis" in account.members("Chess club")
    assert verdicts(run)["chess member.remove"] is Verdict.WITHHELD


def test_what_was_approved_and_is_urgent_is_done_of_a_plan_that_became_too_old(account: Rig) -> None:
    chess = declared("chess", club(account, "Chess", "luis"), subject="Chess club")
    first = account.apply(chess, people=DENIED, stopped=lambda: 130)
    approved = frozenset(action.id for _, action in first.plan.actions())
    prints = {str(group.key): group.desired_fingerprint for group in first.plan.groups}
    long_ago = MORNING - timedelta(days=30)
    reviewed = Reviewed(digest=first.plan.digest, created_at=long_ago, actions=approved, fingerprints=prints)
    run = account.apply(chess, people=DENIED, reviewed=reviewed)
    assert [guard.rule for guard in run.plan.guards] == ["plan-age"]
    assert account.members("Chess").keys() == set(CROWD)
    assert verdicts(run)["chess subject.set"] is Verdict.WITHHELD


def test_a_done_removal_in_a_refused_group_is_called_done(account: Rig) -> None:
    chess = declared("chess", club(account, "Chess", "luis", "finn", "gina"))
    run = account.apply(chess, terms=STRICT, people=DENIED)
    assert [guard.group for guard in run.plan.guards] == ["chess"]
    results = {result.id: result.verdict for result in run.results}
    denied = {a.change.kind: results[a.id] for _, a in run.plan.actions() if a.urgent}
    assert denied == {"member.remove": Verdict.DONE, "link.reset": Verdict.DONE}
    assert [results[a.id] for _, a in run.plan.actions() if not a.urgent] == [Verdict.WITHHELD] * 2
