"""Groups that people join by a link: who is let in, rejected and reported, on every gateway and engine."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.gateways.test_contract_links import act, called
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import Rejected
from wagroups.domain.identity import GroupJid, Identity, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.operation import ApproveRequests, RejectRequests
from wagroups.domain.plans.outcome import Verdict
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import Call, Fault, FaultKind


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


@pytest.fixture
def answering(account: Rig) -> Rig:
    """An account whose gateway knows of requests."""
    if not account.can(Aspect.JOIN_REQUESTS, Access.READ):
        pytest.skip("this gateway knows nothing of requests")
    return account


def asked_for(account: Rig, *names: str, **fields: object) -> GroupJid:
    """A live group with anna in it, which `names` ask to join."""
    settings = {"approve_joins": "yes"}
    jid = account.live_group("Chess", {"anna": Role.MEMBER}, settings=settings, **fields)
    with account.world.lock:
        for name in names:
            phone_of(account.world, name).join(account.group("Chess").invite_code)
    return jid


def by_link(jid: GroupJid, *, reject_unknown: bool = False) -> DesiredGroup:
    """Anna, ben and carla are to be in it."""
    return b.group(
        "chess",
        id=jid,
        members=["anna", "ben", "carla"],
        settings={Setting.APPROVE_JOINS: "yes"},
        join_by_link=True,
        reject_unknown=reject_unknown,
    )


def waiting(account: Rig) -> set[str]:
    return {request.person.name for request in account.group("Chess").requests}


@pytest.mark.parametrize("lid_addressed", [True, False])
def test_those_who_ask_are_shown_and_answered_one_by_one(answering: Rig, lid_addressed: bool) -> None:
    jid = asked_for(answering, "ben", "carla", "dora", lid_addressed=lid_addressed)
    requests = act(answering, lambda gateway: gateway.join_requests(jid))
    assert len(requests) == 3
    names = ("ben", "carla", "dora")
    known = {bytes(id_of(b.number_of(name))): name for name in names for id_of in (b.phone, b.lid)}
    people = {known[bytes(request.lid or request.phone or b"")]: request.identity() for request in requests}
    assert all(request.asked_at == answering.clock.now().replace(microsecond=0) for request in requests)
    letting_in = ApproveRequests(people=(people["ben"], people["carla"]))
    receipt = act(answering, lambda gateway: gateway.perform(letting_in, jid))
    assert [(result.person, result.code) for result in receipt.people] == [(people["ben"], 200), (people["carla"], 200)]
    turning_away = RejectRequests(people=(people["dora"],))
    act(answering, lambda gateway: gateway.perform(turning_away, jid))
    assert set(answering.members("Chess")) == {"anna", "ben", "carla"}
    assert waiting(answering) == set()
    again = act(answering, lambda gateway: gateway.perform(turning_away, jid))
    assert [result.code for result in again.people] == [404]


def test_a_gateway_without_requests_says_so_and_adds_nobody(account: Rig) -> None:
    if account.can(Aspect.JOIN_REQUESTS, Access.READ):
        pytest.skip("this gateway knows of requests")
    jid = asked_for(account, "ben")
    with pytest.raises(Rejected, match="no route for requests"):
        called(account, lambda gateway: gateway.join_requests(jid))
    letting_in = ApproveRequests(people=(Identity(phone=b.phone(b.number_of("ben"))),))
    with pytest.raises(Rejected, match="no route for requests"):
        called(account, lambda gateway: gateway.perform(letting_in, jid))
    run = account.apply(by_link(jid))
    assert run.converged
    codes = [notice.code for notice in run.plan.groups[0].notices]
    assert codes.count("join-by-link") == 2
    assert account.members("Chess") == {"anna": "member"}
    assert "unsupported" in codes
    assert list(account.front.writes) == []


def test_declared_people_who_ask_are_let_in_and_others_reported(answering: Rig) -> None:
    chess = by_link(asked_for(answering, "ben", "dora"))
    run = answering.apply(chess)
    assert [(result.verdict, result.error) for result in run.results] == [(Verdict.DONE, None)]
    assert run.converged
    assert set(answering.members("Chess")) == {"anna", "ben"}
    assert waiting(answering) == {"dora"}
    plan = answering.plan(chess)
    assert plan.empty
    assert sorted(notice.code for notice in plan.groups[0].notices) == ["join-by-link", "join-requests"]
    assert {entry.call for entry in answering.front.writes} == {Call.APPROVE}


def test_undeclared_people_are_turned_away_where_the_group_says_so(answering: Rig) -> None:
    chess = by_link(asked_for(answering, "ben", "dora"), reject_unknown=True)
    answering.know("carla")
    run = answering.apply(chess)
    assert {result.verdict for result in run.results} == {Verdict.DONE}
    assert run.converged
    assert set(answering.members("Chess")) == {"anna", "ben"}
    assert waiting(answering) == set()
    assert answering.plan(chess).empty


def test_approval_is_switched_on_and_nobody_is_added(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    account.apply(by_link(jid))
    calls = {entry.call for entry in account.front.writes if entry.call != Call.REFRESH}
    if account.can(Aspect.APPROVE_JOINS, Access.WRITE):
        assert calls == {Call.SETTING}
        assert account.group("Chess").settings[Setting.APPROVE_JOINS] == "yes"
    else:
        assert calls == set()


def test_a_request_that_is_gone_is_told(answering: Rig) -> None:
    chess = by_link(asked_for(answering, "ben"))
    answering.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.APPROVE, code=404))
    run = answering.apply(chess)
    assert [result.error.code for result in run.results if result.error] == ["request-gone"]


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.DROP_BEFORE, FaultKind.RATE_LIMIT, FaultKind.LIE])
def test_a_disturbed_approval_converges_by_running_again(answering: Rig, kind: FaultKind) -> None:
    chess = by_link(asked_for(answering, "ben"))
    answering.script(Fault(kind=kind, on=Call.APPROVE))
    answering.apply(chess)
    answering.clock.advance(b.NOW - b.NOW.replace(hour=11))
    assert answering.apply(chess).converged
    assert set(answering.members("Chess")) == {"anna", "ben"}


def test_who_asks_and_cannot_be_read_stops_nothing(answering: Rig) -> None:
    chess = by_link(asked_for(answering, "ben"))
    answering.script(Fault(kind=FaultKind.REFUSE, on=Call.REQUESTS, code=403, times=None))
    run = answering.apply(chess)
    assert run.converged
    assert "requests-unread" in [notice.code for notice in run.plan.groups[0].notices]
