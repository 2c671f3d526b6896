"""What WhatsApp says of the account itself, in whatever disguise: writing stops, and the next run knows."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import NotYet, SessionLost
from wagroups.domain.identity import Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import ACCOUNT_REST, Allowance, Breaker, CallClass
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.gateways.registry import KINDS
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.restriction import Ban, Capping, Timelock
from wagroups.workflows.reconcile.session import WaitPolicy

HOURS = timedelta(hours=5)
IMPATIENT = WaitPolicy(longest=timedelta(0))


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def clubs(account: Rig) -> list[DesiredGroup]:
    """Three live groups that all need an addition and another subject."""
    keys = ("chess", "go", "shogi")
    jids = {key: account.live_group(f"Old {key}", {}) for key in keys}
    return [b.group(key, id=jids[key], subject=f"New {key}", members=["anna", "ben"]) for key in keys]


def rests(account: Rig) -> tuple[Breaker, ...]:
    return account.ledger.recall(b.ACCOUNT, account.clock.now()).breakers


def asked(account: Rig, call: Call | None = None) -> int:
    """How many writes were asked for since the last time."""
    found = [entry for entry in account.front.writes if entry.call != Call.REFRESH and call in (None, entry.call)]
    account.front.log.clear()
    return len(found)


def renamed(account: Rig) -> bool:
    return any(group.subject.startswith("New") for group in account.world.groups.values())


def tells(account: Rig) -> bool:
    return account.can(Aspect.RESTRICTIONS, Access.READ)


def verdicts(run: Run) -> set[Verdict]:
    return {result.verdict for result in run.results}


@pytest.mark.parametrize("ends", [True, False])
def test_a_time_lock_stops_every_write_until_its_end(account: Rig, ends: bool) -> None:
    groups = clubs(account)
    until = account.clock.now() + HOURS if ends else None
    account.world.restrictions.timelock = Timelock(until)
    account.apply(*groups)
    # Where the gateway tells of it nothing is asked at all; elsewhere the first refusal is the last call.
    assert asked(account, Call.ADD) == (0 if tells(account) else 1)
    (rest,) = rests(account)
    assert (rest.calls, rest.reason) == (None, "reachout-timelock")
    told = until if tells(account) and until is not None else account.clock.now() + ACCOUNT_REST
    assert abs(rest.until - told) < timedelta(minutes=1)
    run = account.apply(*groups)
    assert asked(account) == 0
    assert verdicts(run) == {Verdict.PAUSED}
    assert run.paused_until == rest.until
    account.world.restrictions.lift()
    account.clock.advance(rest.until - account.clock.now())
    assert account.apply(*groups).converged


def test_a_lock_that_comes_during_a_run_is_heard_of_before_the_next_call(account: Rig) -> None:
    if not tells(account):
        pytest.skip("this gateway does not tell")
    account.profile = "careful"
    groups = clubs(account)

    def lock() -> None:
        if account.world.restrictions.timelock is None and renamed(account):
            account.world.restrictions.timelock = Timelock(account.clock.now() + HOURS)
            account.clock.advance(timedelta(minutes=16))

    account.world.listeners.append(lock)
    account.apply(*groups, patience=IMPATIENT)
    assert asked(account) == 1
    assert [rest.reason for rest in rests(account)] == ["reachout-timelock"]


def test_a_used_up_quota_stops_every_write_until_its_renewal(account: Rig) -> None:
    groups = clubs(account)
    renewed = account.clock.now() + 6 * HOURS
    account.world.restrictions.capping = Capping(until=renewed)
    run = account.apply(*groups)
    if tells(account):
        assert asked(account) == 0
        assert [(rest.calls, rest.reason, rest.until) for rest in rests(account)] == [
            (None, "message-capping", renewed)
        ]
    else:
        assert run.converged


def test_a_warning_about_the_quota_stops_nothing(account: Rig) -> None:
    account.world.restrictions.capping = Capping(status="SECOND_WARNING", used=900)
    assert account.apply(*clubs(account)).converged


def test_a_plan_says_when_the_lock_ends(account: Rig) -> None:
    groups = clubs(account)
    until = account.clock.now() + HOURS
    account.world.restrictions.timelock = Timelock(until)
    plan = account.plan(*groups)
    ends: set[datetime | None] = {cost.done_at for calls, cost in plan.cost[b.ACCOUNT].items() if calls.writes}
    assert (min(end for end in ends if end) >= until) is tells(account)
    assert asked(account) == 0


def test_a_lock_that_the_gateway_hides_is_met_once(account: Rig) -> None:
    groups = clubs(account)
    account.world.restrictions.timelock = Timelock(account.clock.now() + HOURS, told=False)
    account.apply(*groups)
    assert asked(account, Call.ADD) == 1
    assert [rest.reason for rest in rests(account)] == ["reachout-timelock"]


def test_a_temporary_ban_stops_every_write(account: Rig) -> None:
    groups = clubs(account)

    def ban() -> None:
        if renamed(account):
            account.world.restrictions.ban = Ban(account.clock.now() + 10 * HOURS)

    account.world.listeners.append(ban)
    run = account.apply(*groups)
    assert run.session_lost is not None
    assert asked(account) <= 2
    (rest,) = rests(account)
    assert (rest.calls, rest.reason) == (None, "temporary-ban")
    account.world.listeners.clear()
    account.world.restrictions.lift()
    account.apply(*groups)
    assert asked(account) == 0


def test_a_log_out_during_a_run_stops_every_write_until_a_person_says_otherwise(account: Rig) -> None:
    groups = clubs(account)
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.ADD))
    run = account.apply(*groups)
    assert run.session_lost is not None
    assert asked(account, Call.ADD) == 1
    assert [(rest.calls, rest.reason) for rest in rests(account)] == [(None, "logged-out")]
    with pytest.raises(SessionLost):
        account.apply(*groups)


# --- “too fast”, in every disguise

CLASSES = {
    Call.SUBJECT: {CallClass.EDIT},
    Call.ADD: {CallClass.ADD, CallClass.ADD_UNSEEN},
    Call.REMOVE: {CallClass.REMOVE},
    Call.PROMOTE: {CallClass.ROLE},
    Call.CREATE: {CallClass.CREATE},
    Call.IDENTIFY: {CallClass.CHECK},
}


def needy(account: Rig) -> list[DesiredGroup]:
    """Two groups for each kind of write, which need no other."""
    groups = []
    for number in range(2):
        for need in ("subject", "add", "remove", "promote"):
            live = {"carla": Role.MEMBER} | ({"dora": Role.MEMBER} if need == "remove" else {})
            jid = account.live_group(f"{need} {number}", live)
            subject = f"New {number}" if need == "subject" else f"{need} {number}"
            members = ["carla", "anna"] if need == "add" else ["carla"]
            admins = ["carla"] if need == "promote" else None
            groups.append(b.group(f"{need}-{number}", id=jid, subject=subject, members=members, admins=admins))
        groups.append(b.group(f"born-{number}", subject=f"Born {number}", members=["ben"]))
    return groups


def made(account: Rig) -> Counter[str]:
    """How many calls reached WhatsApp since the last time: WAHA keeps the pairs of LIDs itself."""
    found = Counter(entry.call for entry in account.front.log if "/lids" not in entry.path)
    account.front.log.clear()
    return found


@pytest.mark.parametrize(
    "limited",
    [{Call.SUBJECT, Call.ADD, Call.REMOVE, Call.PROMOTE}, {Call.CREATE}, {Call.GET, Call.IDENTIFY}],
    ids=["edits", "creations", "reads"],
)
def test_each_rate_limit_stops_its_class_at_once_and_the_next_run_knows(account: Rig, limited: set[Call]) -> None:
    groups = needy(account)
    account.know("carla", "dora", *(() if Call.IDENTIFY in limited else ("anna", "ben")))
    account.script(*(Fault(kind=FaultKind.RATE_LIMIT, on=call, times=None) for call in limited))
    account.apply(*groups, patience=IMPATIENT)
    calls = made(account)
    reads = {KINDS[account.gateway].claims(account.dialect).read_cost.group_class}
    classes: dict[Call, set[CallClass]] = {**CLASSES, Call.GET: reads}
    assert {call: calls[call] for call in limited} == dict.fromkeys(limited, 1)
    assert {rest.calls for rest in rests(account)} == set[CallClass | None]().union(*(classes[c] for c in limited))
    assert {rest.reason for rest in rests(account)} == {"rate-overlimit"}
    with suppress(NotYet):  # where a list and a group come from one store, they rest together
        account.apply(*groups, patience=IMPATIENT)
    assert limited.isdisjoint(made(account))


def test_a_rate_limit_of_the_listing_is_known_to_the_next_run(account: Rig) -> None:
    groups = needy(account)
    account.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.LIST, times=None))
    for _ in range(2):
        with pytest.raises(NotYet):
            account.apply(*groups, patience=IMPATIENT)
    assert len([entry for entry in account.front.log if entry.call == Call.LIST]) == 1


@pytest.mark.parametrize("code", [429, 400])
def test_a_rate_limit_that_is_told_of_one_person_stops_additions(account: Rig, code: int) -> None:
    if not account.tells_about_people or (code == 400 and account.dialect != "webjs"):
        pytest.skip("not this gateway's disguise")
    groups = clubs(account)
    account.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, code=code, times=None))
    run = account.apply(*groups, patience=IMPATIENT)
    assert len([entry for entry in account.front.log if entry.call == Call.ADD]) == 1
    assert {rest.calls for rest in rests(account)} == {CallClass.ADD, CallClass.ADD_UNSEEN}
    assert Verdict.PAUSED in verdicts(run)
    assert Verdict.FAILED not in verdicts(run)


def test_a_proxy_that_says_too_fast_is_believed_for_as_long_as_it_says(account: Rig) -> None:
    groups = clubs(account)
    account.script(Fault(kind=FaultKind.HTTP_STATUS, status=429, on=Call.SUBJECT, times=None))
    account.apply(*groups, patience=IMPATIENT)
    assert len([entry for entry in account.front.log if entry.call == Call.SUBJECT]) == 1
    assert {rest.calls for rest in rests(account)} == {CallClass.EDIT}


def test_a_creation_that_needs_an_addition_is_not_paid_for_while_additions_rest(account: Rig) -> None:
    account.budgets = {CallClass.ADD: Allowance(day=0)}
    born = b.group("born", subject="Born", members=["ben"])
    plan, run = account.plan(born), account.apply(born, patience=IMPATIENT)
    spent = account.ledger.recall(b.ACCOUNT, account.clock.now()).spent
    with_one = KINDS[account.gateway].claims(account.dialect).creates_with_one
    assert (plan.cost[b.ACCOUNT][CallClass.CREATE].done_at is None) is with_one
    assert len(spent.get(CallClass.CREATE, ())) == asked(account, Call.CREATE) == (0 if with_one else 1)
    assert (Verdict.PAUSED in verdicts(run)) is with_one
