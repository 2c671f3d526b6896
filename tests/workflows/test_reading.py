"""Reading an account's groups: a read that looks wrong is refreshed once, within the budget, and then held."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests import builders as b
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import AccountKey, Me, Role
from wagroups.domain.plans.budget import CallClass
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.reconcile.plan import preview


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "gows", "anna", "ben") as made:
        yield made


def spent(account: Rig) -> dict[str, int]:
    standing = account.ledger.standing(b.ACCOUNT, account.clock.now())
    return {calls.value: len(turns) for calls, turns in standing.spent.items()}


def asked(account: Rig, call: Call) -> int:
    return sum(entry.call == call for entry in account.front.log)


def test_a_read_that_looks_right_is_not_refreshed(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    assert account.plan(b.group("chess", id=jid, members=["anna"])).live.complete
    assert spent(account) == {"look": 1}
    assert asked(account, Call.REFRESH) == 0


@pytest.fixture
def chess(account: Rig) -> DesiredGroup:
    """A group that was read before, so that an empty listing is not believed."""
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    group = b.group("chess", id=jid, members=["anna"])
    assert account.plan(group).empty
    account.front.log.clear()
    return group


def test_an_empty_listing_is_refreshed_once_and_only_the_refresh_asks_whatsapp(
    account: Rig, chess: DesiredGroup
) -> None:
    account.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST))
    assert account.plan(chess).live.complete
    assert (asked(account, Call.REFRESH), asked(account, Call.LIST)) == (1, 2)
    assert spent(account) == {"look": 1 + 2, "list": 1}


def test_a_refresh_that_is_throttled_rests_its_class_and_is_not_pressed(account: Rig, chess: DesiredGroup) -> None:
    account.script(
        Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST, times=None), Fault(kind=FaultKind.RATE_LIMIT, on=Call.REFRESH)
    )
    account.plan(chess)
    assert (asked(account, Call.REFRESH), asked(account, Call.LIST)) == (1, 1)
    (rest,) = account.ledger.standing(b.ACCOUNT, account.clock.now()).breakers
    assert (rest.calls, rest.reason) == (CallClass.LIST, "rate-overlimit")


def test_a_refresh_without_an_answer_leaves_the_first_read(account: Rig, chess: DesiredGroup) -> None:
    account.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST), Fault(kind=FaultKind.LOSE_ANSWER, on=Call.REFRESH))
    plan = account.plan(chess)
    assert (asked(account, Call.REFRESH), asked(account, Call.LIST)) == (1, 1)
    assert plan.empty


@pytest.mark.parametrize(
    ("named", "refused", "learnt"),
    [
        ({"office", "sports"}, ["same-account"], None),
        ({"office"}, [], b.ME),
    ],
    ids=["while both names are configured", "when the first name is given up"],
)
def test_a_second_name_for_one_account_is_learnt_only_when_it_is_the_only_one(
    account: Rig, named: set[str], refused: list[str], learnt: Me | None
) -> None:
    account.ledger.note_account(AccountKey("sports"), b.ME, account.clock.now())
    desired = replace(b.desired(b.group("chess", members=["anna"])), accounts=frozenset(map(AccountKey, named)))
    plan = asyncio.run(preview(account.session(desired), RELAXED)).plan
    assert [guard.rule for guard in plan.guards] == refused
    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).me == learnt
