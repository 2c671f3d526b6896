"""A turn comes when budget, hours and rests allow it, or the run says when to come back."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from types import MappingProxyType

import pytest

from tests.fake_clock import MORNING, FakeClock
from wagroups.domain.budget import (
    ACCOUNT_REST,
    CAREFUL,
    DAY,
    HOUR,
    PROFILES,
    ActiveHours,
    Allowance,
    Breaker,
    Budget,
    CallClass,
    Pace,
)
from wagroups.domain.identity import AccountKey
from wagroups.domain.ports import Ledger
from wagroups.execution.pacing import PATIENCE, NotYet, Pacer, Quota
from wagroups.state.volatile import volatile_ledger

OFFICE = AccountKey("office")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ADD, ADD_UNSEEN, REMOVE, READ = CallClass.ADD, CallClass.ADD_UNSEEN, CallClass.REMOVE, CallClass.READ
SANDBOX = Pace(PROFILES["sandbox"])


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    opened = volatile_ledger()
    yield opened
    opened.close()


def only(**allowances: Allowance) -> Pace:
    budget: Budget = MappingProxyType({calls: allowances.get(calls.value, Allowance()) for calls in CallClass})
    return Pace(budget)


def take(pacer: Pacer, *calls: CallClass) -> None:
    async def all_turns() -> None:
        for each in calls:
            await pacer.turn(each)

    asyncio.run(all_turns())


def refused(pacer: Pacer, calls: CallClass) -> tuple[datetime | None, str]:
    """When and why a turn has to wait for another run."""
    with pytest.raises(NotYet) as caught:
        take(pacer, calls)
    return caught.value.until, caught.value.reason


class TestTurns:
    def test_calls_of_one_class_keep_their_gap(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock)
        take(pacer, ADD, ADD, REMOVE, ADD)
        assert clock.slept == [30 * SECOND, 30 * SECOND]

    def test_gaps_are_stretched_off_the_beat(self, ledger: Ledger) -> None:
        clock = FakeClock(seed=7)
        take(Pacer(ledger, OFFICE, Pace(CAREFUL), clock), ADD, ADD, ADD, ADD)
        assert len(set(clock.slept)) == 3
        assert all(18 * SECOND <= slept <= 42 * SECOND for slept in clock.slept)

    def test_another_runs_spend_counts(self, ledger: Ledger, clock: FakeClock) -> None:
        take(Pacer(ledger, OFFICE, Pace(CAREFUL), clock), ADD)
        take(Pacer(ledger, OFFICE, Pace(CAREFUL), clock), ADD)
        assert clock.slept == [30 * SECOND]

    def test_beyond_its_patience_a_run_names_the_time_to_come_back(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, only(add=Allowance(hour=1)), clock)
        take(pacer, ADD)
        assert refused(pacer, ADD) == (MORNING + HOUR, "hour")
        assert clock.slept == []
        clock.advance(HOUR - PATIENCE)
        take(pacer, ADD)
        assert clock.slept == [PATIENCE]

    def test_with_endless_patience_a_run_waits_for_days(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, only(add=Allowance(day=2)), clock, patience=None)
        take(pacer, *[ADD] * 5)
        assert clock.now() == MORNING + 2 * DAY

    def test_patience_is_for_a_whole_turn_not_for_each_of_its_waits(self, ledger: Ledger, clock: FakeClock) -> None:
        # Attempts that a wrong clock wrote into the future move on with every look.
        ahead = FakeClock(MORNING + DAY)
        pace = only(add=Allowance(gap=10 * MINUTE))
        take(Pacer(ledger, OFFICE, pace, ahead), ADD)
        assert refused(Pacer(ledger, OFFICE, pace, clock), ADD) == (MORNING + 20 * MINUTE, "gap")
        assert clock.slept == [10 * MINUTE]

    def test_nothing_waits_for_a_class_without_a_budget(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(PROFILES["fresh"]), clock, patience=None)
        assert refused(pacer, ADD) == (None, "day")
        assert pacer.peek(ADD) is None

    def test_a_sandbox_does_not_wait_but_rests(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        take(pacer, *CallClass, *CallClass)
        assert clock.slept == []
        pacer.trip_rate_limit(REMOVE)
        take(pacer, REMOVE)
        assert clock.slept == [15 * MINUTE]

    def test_every_wait_is_told(self, ledger: Ledger, clock: FakeClock) -> None:
        told: list[tuple[CallClass, timedelta]] = []
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock, waiting=lambda calls, wait: told.append((calls, wait)))
        take(pacer, ADD, ADD)
        assert told == [(ADD, 30 * SECOND)]


class TestPeeking:
    def test_peeking_tells_the_time_of_a_turn_and_charges_nothing(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock)
        for _ in range(3):
            assert pacer.peek(ADD) == MORNING
        take(pacer, ADD)
        assert pacer.peek(ADD) == MORNING + 30 * SECOND
        assert pacer.peek(REMOVE) == MORNING

    def test_peeking_for_many_groups_looks_once(self, ledger: Ledger, clock: FakeClock) -> None:
        looks = 0
        standing = ledger.standing

        def counted(account: AccountKey, now: datetime) -> object:
            nonlocal looks
            looks += 1
            return standing(account, now)

        ledger.standing = counted  # type: ignore[method-assign, assignment]
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock)
        for calls in [*CallClass] * 10:
            pacer.peek(calls)
        assert looks == 1

    def test_what_others_spend_is_seen_a_moment_later(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock)
        pacer.peek(ADD)
        take(Pacer(ledger, OFFICE, Pace(CAREFUL), clock), ADD)
        clock.advance(SECOND)
        assert pacer.peek(ADD) == MORNING + 30 * SECOND


class TestActiveHours:
    NINE_TO_FIVE = ActiveHours(start=time(9), end=time(17))

    def pacer(self, ledger: Ledger, clock: FakeClock, budget: Budget = CAREFUL) -> Pacer:
        return Pacer(ledger, OFFICE, Pace(budget, self.NINE_TO_FIVE, "Europe/Berlin"), clock)

    def test_writes_wait_for_the_morning_in_the_projects_own_zone(self, ledger: Ledger) -> None:
        clock = FakeClock(MORNING.replace(hour=7, minute=50))
        take(self.pacer(ledger, clock), ADD)
        assert clock.slept == [10 * MINUTE]

    def test_reads_do_not(self, ledger: Ledger) -> None:
        clock = FakeClock(MORNING.replace(hour=3))
        take(self.pacer(ledger, clock), READ)
        assert clock.slept == []

    def test_in_the_evening_the_next_morning_is_named(self, ledger: Ledger) -> None:
        clock = FakeClock(MORNING.replace(hour=16))
        pacer = self.pacer(ledger, clock)
        assert refused(pacer, ADD) == (MORNING.replace(day=3, hour=8), "active-hours")
        assert pacer.peek(ADD) == MORNING.replace(day=3, hour=8)

    def test_a_budget_that_is_free_at_night_is_free_in_the_morning(self, ledger: Ledger) -> None:
        clock = FakeClock(MORNING.replace(hour=15, minute=30))
        pacer = self.pacer(ledger, clock, only(add=Allowance(hour=1)).budget)
        take(pacer, ADD)
        assert refused(pacer, ADD) == (MORNING.replace(day=3, hour=8), "hour")

    def test_a_rest_beyond_the_morning_ends_later(self, ledger: Ledger) -> None:
        clock = FakeClock(MORNING.replace(hour=20))
        ledger.trip(OFFICE, Breaker(calls=ADD, until=MORNING + DAY, reason="rate-overlimit"))
        assert refused(self.pacer(ledger, clock), ADD) == (MORNING + DAY, "active-hours")


class TestTheEndOfARun:
    def test_no_write_begins_at_its_end(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock, until=MORNING + MINUTE)
        take(pacer, ADD)
        clock.advance(MINUTE)
        assert refused(pacer, REMOVE) == (MORNING + MINUTE, "until")

    def test_looking_at_what_was_done_goes_on(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock, until=MORNING)
        take(pacer, READ)

    def test_no_turn_is_waited_for_beyond_it(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock, patience=None, until=MORNING + 29 * SECOND)
        take(pacer, ADD)
        assert refused(pacer, ADD) == (MORNING + 30 * SECOND, "gap")
        assert clock.slept == []

    def test_a_quota_counts_the_writes_of_all_accounts(self, ledger: Ledger, clock: FakeClock) -> None:
        quota = Quota(2)
        office = Pacer(ledger, OFFICE, SANDBOX, clock, max_ops=quota)
        sports = Pacer(ledger, AccountKey("sports"), SANDBOX, clock, max_ops=quota)
        take(office, READ, ADD, READ)
        take(sports, REMOVE)
        assert refused(office, ADD) == (MORNING, "max-ops")
        assert refused(sports, ADD) == (MORNING, "max-ops")
        take(office, READ)

    def test_a_turn_that_did_not_come_is_not_counted(self, ledger: Ledger, clock: FakeClock) -> None:
        quota = Quota(1)
        pacer = Pacer(ledger, OFFICE, Pace(PROFILES["fresh"]), clock, max_ops=quota)
        refused(pacer, ADD)
        take(pacer, REMOVE)


class TestRests:
    def rest_after(self, ledger: Ledger, clock: FakeClock, calls: CallClass = REMOVE) -> timedelta:
        Pacer(ledger, OFFICE, SANDBOX, clock).trip_rate_limit(calls)
        until = Pacer(ledger, OFFICE, SANDBOX, clock).peek(calls)
        assert until is not None
        return until - clock.now()

    def test_rate_limits_rest_a_class_longer_each_time(self, ledger: Ledger, clock: FakeClock) -> None:
        rests = []
        for _ in range(4):
            rests.append(self.rest_after(ledger, clock))
            clock.advance(rests[-1])
        assert rests == [15 * MINUTE, HOUR, DAY, DAY]

    def test_a_quiet_day_forgives(self, ledger: Ledger, clock: FakeClock) -> None:
        clock.advance(self.rest_after(ledger, clock))
        clock.advance(self.rest_after(ledger, clock) + DAY)
        assert self.rest_after(ledger, clock) == 15 * MINUTE

    def test_two_calls_that_meet_one_limit_are_one_strike(self, ledger: Ledger, clock: FakeClock) -> None:
        self.rest_after(ledger, clock)
        clock.advance(SECOND)
        assert self.rest_after(ledger, clock) == 15 * MINUTE

    @pytest.mark.parametrize(("advice", "rest"), [(MINUTE, 15 * MINUTE), (2 * HOUR, 2 * HOUR)])
    def test_a_longer_advice_of_the_gateway_is_followed(
        self, ledger: Ledger, clock: FakeClock, advice: timedelta, rest: timedelta
    ) -> None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        pacer.trip_rate_limit(READ, advice)
        assert pacer.peek(READ) == MORNING + rest

    def test_only_the_class_rests_but_additions_rest_together(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        pacer.trip_rate_limit(ADD_UNSEEN)
        assert {calls for calls in CallClass if pacer.peek(calls) != MORNING} == {ADD, ADD_UNSEEN}
        assert refused(Pacer(ledger, OFFICE, SANDBOX, clock, patience=MINUTE), ADD) == (
            MORNING + 15 * MINUTE,
            "breaker:rate-overlimit",
        )

    @pytest.mark.parametrize(("named", "until"), [(None, MORNING + ACCOUNT_REST), (MORNING + HOUR, MORNING + HOUR)])
    def test_a_restricted_account_stops_writing_and_may_read(
        self, ledger: Ledger, clock: FakeClock, named: datetime | None, until: datetime
    ) -> None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        pacer.trip_account("reachout-timelock", named)
        assert refused(pacer, CallClass.EDIT) == (until, "breaker:reachout-timelock")
        take(pacer, READ)


class TestResultsOfAdditions:
    def reason_after(self, ledger: Ledger, clock: FakeClock, codes: list[int | None]) -> str | None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        for code in codes:
            pacer.note_add_result(code)
        free = {pacer.peek(calls) for calls in (ADD, ADD_UNSEEN)}
        if free == {MORNING}:
            return None
        assert free == {MORNING + DAY}
        assert pacer.peek(REMOVE) == MORNING
        return refused(pacer, ADD)[1]

    @pytest.mark.parametrize(
        ("codes", "reason"),
        [
            ([200] * 20, None),
            ([None, 500, 500], "breaker:adds-failing"),
            ([500, 500, 200, 500, 500], None),
            ([403, 403, 403], None),
            ([403, 200, 403, 200, 403, 200, 403], "breaker:adds-refused"),
            ([403, 403, 403, *[200] * 7, 403], None),
            ([404, 408, 409, 417, 421] * 3, None),
        ],
    )
    def test_three_riddles_in_a_row_or_four_refusals_of_ten_rest_additions_for_a_day(
        self, ledger: Ledger, clock: FakeClock, codes: list[int | None], reason: str | None
    ) -> None:
        assert self.reason_after(ledger, clock, codes) == reason

    def test_the_same_signs_do_not_rest_additions_twice(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, SANDBOX, clock)
        for code in (500, 500, 500):
            pacer.note_add_result(code)
        clock.advance(DAY)
        pacer.note_add_result(500)
        assert pacer.peek(ADD) == clock.now()


def test_a_pause_says_what_to_do_next() -> None:
    later = NotYet(MORNING, "day")
    assert str(later) == "paused (day), free at 2026-11-02 09:00 UTC"
    assert "Run the same command again" in later.hint
    assert str(NotYet(None, "day")) == "paused (day), never within this budget"
