"""Sets of time behave as sets of instants do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.declared.period import ALWAYS, NEVER, Period, Periods

DAY_0 = datetime(2026, 12, 1, tzinfo=UTC)
DAYS = range(12)


def day(number: int) -> datetime:
    return DAY_0 + timedelta(days=number)


def days_of(periods: Periods) -> set[int]:
    """The same set by asking for each day: a model that knows nothing of edges."""
    return {number for number in (-1, *DAYS, 99) if day(number) in periods}


one_period = st.tuples(st.none() | st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)).map(
    lambda ends: Periods.of(*(None if end is None else day(end) for end in ends))
)
sets = st.lists(one_period, max_size=4).map(Periods.union)


@given(sets, sets)
def test_joining_cutting_and_taking_away_are_those_of_sets(one: Periods, other: Periods) -> None:
    assert days_of(one | other) == days_of(one) | days_of(other)
    assert days_of(one & other) == days_of(one) & days_of(other)
    assert days_of(one - other) == days_of(one) - days_of(other)
    assert (one <= other) == (days_of(one) <= days_of(other))


@given(sets, sets)
def test_equal_time_is_one_value_however_it_was_written(one: Periods, other: Periods) -> None:
    assert (one == other) == (days_of(one) == days_of(other))
    assert (one | other) == (other | one)
    assert bool(one) == bool(days_of(one))
    assert (one | ALWAYS) is ALWAYS
    assert (one - ALWAYS) == NEVER


@given(sets)
def test_the_periods_of_a_set_neither_touch_nor_overlap_and_are_the_set_again(periods: Periods) -> None:
    listed = list(periods)
    for before, after in pairwise(listed):
        assert before.end is not None
        assert after.start is not None
        assert before.end < after.start
    assert Periods.union(Periods.of(*period) for period in listed) == periods


@given(sets, st.sampled_from(DAYS))
def test_what_has_ended_and_what_is_over_follow_from_the_days(periods: Periods, now: int) -> None:
    earlier, later = {-1, *range(now)}, {*range(now, DAYS.stop), 99}
    inside = days_of(periods)
    assert periods.over_at(day(now)) == (bool(inside & earlier) and not inside & later)
    ended = any(number in inside and number + 1 not in inside for number in (-1, *range(now)))
    assert periods.ended_by(day(now)) == ended


def test_touching_periods_are_one() -> None:
    assert Periods.of(day(1), day(3)) | Periods.of(day(3), day(5)) == Periods.of(day(1), day(5))
    assert Periods.of(None, day(3)) | Periods.of(day(3), None) is ALWAYS


def test_a_time_that_ends_before_it_starts_is_no_time() -> None:
    assert Periods.of(day(3), day(3)) is NEVER
    assert not Periods.of(day(3), day(2))


def test_a_period_is_found_by_an_instant() -> None:
    periods = Periods.of(day(1), day(3)) | Periods.of(day(5), None)
    assert periods.period_at(day(2)) == Period(day(1), day(3))
    assert periods.period_at(day(3)) is None
    assert periods.next_start(day(3)) == day(5)
    assert periods.next_start(day(5)) is None
