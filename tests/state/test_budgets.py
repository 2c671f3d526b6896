"""Budgets are never exceeded: by any number of runs, crashes or changes of the clock."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, SPORTS
from tests.state.processes import PATIENCE, SPAWN, reserve_often, started
from wagroups.domain.ledger import Deferred, Granted
from wagroups.domain.plans.budget import DAY, HOUR, Allowance, Breaker, CallClass
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.repositories.budgets import KEPT
from wagroups.state.volatile import volatile_ledger

SECOND = timedelta(seconds=1)
GAP = Allowance(gap=30 * SECOND)


def reserve(
    ledger: SqlLedger, allowance: Allowance, now: datetime = MORNING, stretch: float = 1.0
) -> Granted | Deferred:
    return ledger.reserve(OFFICE, CallClass.ADD, allowance, now, stretch)


def test_an_attempt_is_followed_by_its_stretched_gap(ledger: SqlLedger) -> None:
    assert reserve(ledger, GAP, stretch=1.4) == Granted()
    assert reserve(ledger, GAP, MORNING + 41 * SECOND) == Deferred(MORNING + 42 * SECOND, "gap")
    assert reserve(ledger, GAP, MORNING + 42 * SECOND) == Granted()


def test_the_lowest_limit_wins_and_is_named(ledger: SqlLedger) -> None:
    allowance = Allowance(gap=SECOND, hour=2, day=3)
    assert reserve(ledger, allowance) == Granted()
    assert reserve(ledger, allowance, MORNING + SECOND) == Granted()
    assert reserve(ledger, allowance, MORNING + 2 * SECOND) == Deferred(MORNING + HOUR, "hour")
    assert reserve(ledger, allowance, MORNING + HOUR) == Granted()
    assert reserve(ledger, allowance, MORNING + 2 * HOUR) == Deferred(MORNING + DAY, "day")


@pytest.mark.parametrize(("allowance", "reason"), [(Allowance(day=0), "day"), (Allowance(hour=0), "hour")])
def test_nothing_is_ever_free_of_a_class_without_a_budget(ledger: SqlLedger, allowance: Allowance, reason: str) -> None:
    assert reserve(ledger, allowance) == Deferred(None, reason)


def test_what_was_not_granted_is_not_charged(ledger: SqlLedger) -> None:
    reserve(ledger, GAP)
    for _ in range(3):
        reserve(ledger, GAP, MORNING + SECOND)
    assert len(ledger.recall(OFFICE, MORNING).spent[CallClass.ADD]) == 1


def test_classes_and_accounts_have_budgets_of_their_own(ledger: SqlLedger) -> None:
    once = Allowance(day=1)
    assert reserve(ledger, once) == Granted()
    assert ledger.reserve(OFFICE, CallClass.REMOVE, once, MORNING, 1.0) == Granted()
    assert ledger.reserve(SPORTS, CallClass.ADD, once, MORNING, 1.0) == Granted()


def test_a_clock_set_back_frees_nothing(ledger: SqlLedger) -> None:
    once = Allowance(day=1)
    assert reserve(ledger, once) == Granted()
    for back in (SECOND, HOUR, DAY, 2 * DAY):
        assert isinstance(reserve(ledger, once, MORNING - back), Deferred)


def test_a_clock_that_was_ahead_for_a_while_frees_nothing(ledger: SqlLedger) -> None:
    once = Allowance(day=1)
    assert reserve(ledger, once) == Granted()
    assert reserve(ledger, once, MORNING + KEPT - DAY) == Granted()
    assert isinstance(reserve(ledger, once, MORNING + HOUR), Deferred)


def test_a_written_gap_of_days_holds(ledger: SqlLedger) -> None:
    rarely = Allowance(gap=3 * DAY)
    assert reserve(ledger, rarely) == Granted()
    assert reserve(ledger, rarely, MORNING + 2 * DAY) == Deferred(MORNING + 3 * DAY, "gap")


def test_a_rest_of_one_class_stops_only_that_class(ledger: SqlLedger) -> None:
    ledger.trip(OFFICE, Breaker(calls=CallClass.ADD, until=MORNING + HOUR, reason="rate-overlimit"))
    assert reserve(ledger, Allowance()) == Deferred(MORNING + HOUR, "breaker:rate-overlimit")
    assert ledger.reserve(OFFICE, CallClass.REMOVE, Allowance(), MORNING, 1.0) == Granted()
    assert reserve(ledger, Allowance(), MORNING + HOUR) == Granted()


def test_a_rest_of_the_account_stops_writes_and_lets_it_read(ledger: SqlLedger) -> None:
    ledger.trip(OFFICE, Breaker(calls=None, until=MORNING + HOUR, reason="reachout-timelock"))
    for calls in CallClass:
        answer = ledger.reserve(OFFICE, calls, Allowance(), MORNING, 1.0)
        assert answer == (Deferred(MORNING + HOUR, "breaker:reachout-timelock") if calls.writes else Granted())


def test_a_rest_is_only_ever_prolonged(ledger: SqlLedger) -> None:
    long = Breaker(calls=CallClass.ADD, until=MORNING + DAY, reason="adds-refused")
    ledger.trip(OFFICE, long)
    ledger.trip(OFFICE, Breaker(calls=CallClass.ADD, until=MORNING + HOUR, reason="rate-overlimit"))
    assert ledger.recall(OFFICE, MORNING).breakers == (long,)
    longer = Breaker(calls=CallClass.ADD, until=MORNING + 2 * DAY, reason="rate-overlimit", strikes=3)
    ledger.trip(OFFICE, longer)
    assert ledger.recall(OFFICE, MORNING).breakers == (longer,)


def test_a_rest_that_ended_is_not_recalled_but_its_strikes_count_for_a_day(ledger: SqlLedger) -> None:
    rest = Breaker(calls=CallClass.ADD, until=MORNING, reason="rate-overlimit", strikes=2)
    ledger.trip(OFFICE, rest)
    assert ledger.recall(OFFICE, MORNING).breakers == ()
    assert ledger.standing(OFFICE, MORNING + DAY - SECOND).breakers == (rest,)
    assert ledger.standing(OFFICE, MORNING + DAY).breakers == ()


def test_rests_are_lifted_one_by_one_or_all(ledger: SqlLedger) -> None:
    for calls in (CallClass.ADD, CallClass.REMOVE, None):
        ledger.trip(OFFICE, Breaker(calls=calls, until=MORNING + DAY, reason="rest"))
    ledger.reset_breaker(OFFICE, CallClass.ADD)
    assert {rest.calls for rest in ledger.recall(OFFICE, MORNING).breakers} == {CallClass.REMOVE, None}
    ledger.reset_breaker(OFFICE, None)
    assert ledger.recall(OFFICE, MORNING).breakers == ()


def test_four_processes_together_get_no_more_than_one_would(place: str) -> None:
    open_ledger(place).close()
    allowance = Allowance(hour=13)
    ready, counts = SPAWN.Event(), SPAWN.Queue()
    others = [started(reserve_often, place, allowance, 12, ready, counts) for _ in range(4)]
    ready.set()
    granted = [counts.get(timeout=PATIENCE) for _ in others]
    for other in others:
        other.join(PATIENCE)
    assert sum(granted) == 13


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.integers(min_value=-1800, max_value=5400), min_size=1, max_size=60),
    hour=st.none() | st.integers(min_value=1, max_value=4),
    day=st.none() | st.integers(min_value=1, max_value=9),
    gap=st.integers(min_value=0, max_value=900),
)
def test_no_order_of_times_exceeds_hour_day_or_gap(
    steps: list[int], hour: int | None, day: int | None, gap: int
) -> None:
    ledger = volatile_ledger()
    allowance = Allowance(gap=gap * SECOND, hour=hour, day=day)
    now, made = MORNING, list[datetime]()
    for step in steps:
        now += step * SECOND
        if reserve(ledger, allowance, now) == Granted():
            made.append(now)
    ledger.close()
    made.sort()
    for at in made:
        assert hour is None or sum(at - HOUR < other <= at for other in made) <= hour
        assert day is None or sum(at - DAY < other <= at for other in made) <= day
    assert all(later - earlier >= gap * SECOND for earlier, later in pairwise(made))
