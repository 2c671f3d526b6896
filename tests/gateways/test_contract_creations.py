"""A creation is made once, whatever becomes of its answer: contract of every gateway and engine."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.simulation.world.faults import Call, Fault, FaultKind

CHESS = b.group("chess", members=["anna", "ben"], admins=["anna"])


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def creations(account: Rig) -> int:
    return sum(entry.call == Call.CREATE for entry in account.front.writes)


def hold(plan: Plan) -> str:
    """Why the one group waits."""
    held = plan.groups[0].hold
    return "" if held is None else f"{held.rule}: {held.message}"


PROXIES = [
    {"status": 503, "page": "html"},
    {"status": 503, "page": "text", "advice": 7},
    {"status": 503, "page": "json"},
    *({"status": status, "page": "html"} for status in (502, 521, 523, 302, 401, 404)),
    *({"status": status, "page": "json"} for status in (500, 403, 409, 422, 429)),
]


@pytest.mark.parametrize("answer", PROXIES, ids=lambda answer: "-".join(map(str, answer.values())))
def test_a_creation_that_worked_is_never_repeated_whatever_a_proxy_answers(
    account: Rig, answer: dict[str, Any]
) -> None:
    account.script(Fault(kind=FaultKind.REPLACE_ANSWER, on=Call.CREATE, **answer))
    run = account.apply(CHESS)
    assert len(account.world.groups) == 1
    assert creations(account) == 1
    assert run.converged, "the same run looks, finds the group and goes on with it"
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}


def test_an_addition_that_worked_is_not_asked_for_twice_when_a_proxy_answers(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN})
    chess = b.group("chess", id=jid, members=["anna", "ben"], admins=["anna"])
    account.script(Fault(kind=FaultKind.REPLACE_ANSWER, on=Call.ADD, status=503, page="json"))
    run = account.apply(chess)
    assert [result.verdict for result in run.results] == [Verdict.DONE]
    assert sum(entry.call == Call.ADD for entry in account.front.writes) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_OFF])
def test_a_creation_whose_answer_was_lost_is_made_once(account: Rig, kind: FaultKind) -> None:
    account.script(Fault(kind=kind, on=Call.CREATE))
    assert account.apply(CHESS).converged
    assert len(account.world.groups) == 1


def test_a_creation_that_reached_nothing_is_made_when_a_day_of_looking_showed_nothing_new(account: Rig) -> None:
    account.live_group("Others", {"anna": Role.MEMBER})
    account.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.CREATE))
    run = account.apply(CHESS)
    assert creations(account) == 1
    for _ in range(3):
        assert run.remaining is not None
        assert hold(run.remaining).startswith("creation-unsettled: ")
        account.clock.advance(timedelta(hours=7))
        run = account.apply(CHESS)
    assert creations(account) == 1
    account.clock.advance(timedelta(hours=4))
    assert [notice.code for notice in account.plan(CHESS).groups[0].notices if notice.code == "creation-settled"]
    assert account.apply(CHESS).converged
    assert creations(account) == 2
    assert len(account.world.groups) == 2


def test_a_creation_is_not_given_up_while_a_new_group_may_be_it(account: Rig) -> None:
    account.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.CREATE))
    account.apply(CHESS)
    account.clock.advance(timedelta(minutes=1))
    account.live_group("Something new", {"anna": Role.MEMBER})
    for _ in range(5):
        account.clock.advance(timedelta(days=1))
        run = account.apply(CHESS)
    assert creations(account) == 1
    assert "--adopt chess=" in hold(run.plan)


def test_giving_a_creation_up_is_offered_only_after_a_look(account: Rig) -> None:
    """The first advice is to run again; whoever is told to give up what exists makes a second group."""
    account.script(
        Fault(kind=FaultKind.LOSE_ANSWER, on=Call.CREATE), Fault(kind=FaultKind.DROP_BEFORE, on=Call.LIST, after=1)
    )
    account.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.LIST, after=1, times=None))
    run = account.apply(CHESS)
    assert creations(account) == 1
    assert run.remaining is not None
    assert "run `wagroups apply` again: it looks first" in hold(run.remaining)
    assert "abandon" not in hold(run.remaining)
    account.clear_faults()
    assert account.apply(CHESS).converged
    assert creations(account) == 1


def test_what_one_listing_shows_and_no_second_read_does_is_not_taken_for_the_new_group(account: Rig) -> None:
    account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.CREATE), Fault(kind=FaultKind.DROP_BEFORE, on=Call.GET))
    account.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.GET, times=None))
    run = account.apply(CHESS)
    assert not account.ledger.bindings(b.ACCOUNT)
    assert not run.converged
    account.clear_faults()
    assert account.apply(CHESS).converged
    assert creations(account) == 1
