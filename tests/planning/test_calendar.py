"""What a plan says it costs, and when it will be done."""

from datetime import time, timedelta

import pytest

from tests import builders as b
from wagroups.domain.plans.budget import DAY, PROFILES, ActiveHours, Breaker, CallClass, Pace, Spent
from wagroups.domain.plans.plan import Cost
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms


def cost(adds: int, *, pace: Pace | None = None, **memory: object) -> dict[CallClass, Cost]:
    names = [f"p{number}" for number in range(1, adds + 1)]
    situation = b.situation(b.observed(b.live(members=[])), b.memory(**memory), pace=pace)
    declared = b.group("chess", id=b.JID, members=names)
    plan = make_plan(b.desired(declared), {b.ACCOUNT: situation}, Terms(), b.NOW).plan
    return dict(plan.cost[b.ACCOUNT])


def test_additions_are_spread_over_hours_and_days() -> None:
    one = cost(15)[CallClass.ADD]
    assert (one.needed, one.left_today) == (15, 40)
    assert one.done_at == b.NOW + 14 * timedelta(seconds=30)
    sixteenth = cost(16)[CallClass.ADD].done_at
    assert sixteenth == b.NOW + timedelta(hours=1)
    forty_first = cost(41)[CallClass.ADD].done_at
    assert forty_first is not None
    assert forty_first >= b.NOW + DAY


def test_people_nobody_has_met_have_a_smaller_budget() -> None:
    found = cost(6, seen=frozenset())
    assert found[CallClass.ADD_UNSEEN].left_today == 5
    assert CallClass.ADD not in found
    done = found[CallClass.ADD_UNSEEN].done_at
    assert done is not None
    assert done >= b.NOW + DAY


def test_what_was_spent_today_is_gone() -> None:
    spent = tuple(Spent(b.NOW - timedelta(hours=20) + timedelta(minutes=n), timedelta(seconds=30)) for n in range(39))
    found = cost(2, spent={CallClass.ADD: spent})[CallClass.ADD]
    assert found.left_today == 1
    assert found.done_at == spent[0].at + DAY


def test_a_rest_moves_everything_behind_it() -> None:
    rest = Breaker(calls=CallClass.ADD, until=b.NOW + timedelta(hours=3), reason="rate-overlimit")
    assert cost(1, breakers=(rest,))[CallClass.ADD].done_at == rest.until


def test_a_fresh_account_never_adds() -> None:
    assert cost(1, pace=Pace(PROFILES["fresh"]))[CallClass.ADD].done_at is None


def test_writes_wait_for_the_active_hours() -> None:
    hours = ActiveHours(start=time(14), end=time(20))
    found = cost(1, pace=Pace(PROFILES["careful"], hours, "UTC"))
    assert found[CallClass.ADD].done_at == b.NOW.replace(hour=14)


@pytest.mark.parametrize("adds", [1, 7])
def test_every_addition_also_costs_a_check(adds: int) -> None:
    assert cost(adds)[CallClass.CHECK].needed == adds
