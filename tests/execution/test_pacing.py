"""A turn comes when budget, hours and rests allow it, or the run says when to come back."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from types import MappingProxyType

import pytest

from tests.fake_clock import MORNING, FakeClock
from wagroups.domain.errors import NotYet
from wagroups.domain.identity import AccountKey
from wagroups.domain.ledger import Ledger
from wagroups.domain.plans.budget import (
    ACCOUNT_REST,
    CAREFUL,
    DAY,
    FRESH_FOR,
    HOUR,
    PROFILES,
    ActiveHours,
    Allowance,
    Breaker,
    Budget,
    CallClass,
    Pace,
    Waiting,
)
from wagroups.execution.rate_limit import PATIENCE, Pacer, Quota
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
        told: list[Waiting] = []
        pacer = Pacer(ledger, OFFICE, Pace(CAREFUL), clock, waiting=told.append)
        take(pacer, ADD, ADD)
        assert told == [Waiting(ADD, MORNING + 30 * SECOND, 30 * SECOND, "gap")]


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


class TestAFreshNumber:
    UNTIL = MORNING + FRESH_FOR

    def pacer(self, ledger: Ledger, clock: FakeClock) -> Pacer:
        return Pacer(ledger, OFFICE, Pace(CAREFUL, fresh_until=self.UNTIL), clock, patience=None)

    def test_nobody_is_added_for_two_weeks_and_then_as_ever(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.pacer(ledger, clock)
        impatient = Pacer(ledger, OFFICE, Pace(CAREFUL, fresh_until=self.UNTIL), clock)
        assert refused(impatient, ADD) == (self.UNTIL, "fresh")
        take(pacer, ADD, ADD)
        assert clock.now() == self.UNTIL + 30 * SECOND

    def test_one_group_a_day_is_created_until_the_account_may_have_more(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.pacer(ledger, clock)
        take(pacer, *[CallClass.CREATE] * 3)
        assert clock.now() == MORNING + 2 * DAY
        clock.advance(12 * DAY - HOUR)
        take(pacer, CallClass.CREATE, CallClass.CREATE)
        assert clock.now() == self.UNTIL

    def test_what_is_not_new_about_it_keeps_its_pace(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.pacer(ledger, clock)
        take(pacer, REMOVE, REMOVE, READ)
        assert clock.slept == [15 * SECOND]

    def test_numbers_of_ones_own_are_only_ever_lowered(self) -> None:
        pace = only(create=Allowance(gap=HOUR, hour=5, day=9))._replace(fresh_until=self.UNTIL)
        assert pace.allowance(CallClass.CREATE, MORNING) == Allowance(gap=HOUR, hour=1, day=1)
        assert pace.allowance(CallClass.CREATE, self.UNTIL) == Allowance(gap=HOUR, hour=5, day=9)


class TestWhatARefusalTeaches:
    HOURLY = only(add=Allowance(gap=SECOND, hour=30), remove=Allowance(gap=SECOND, hour=30))

    def refused_after(self, ledger: Ledger, clock: FakeClock, calls: int, pace: Pace = HOURLY) -> Pacer:
        pacer = Pacer(ledger, OFFICE, pace, clock, patience=None)
        take(pacer, *[ADD] * (calls + 1))
        pacer.trip_rate_limit(ADD)
        return pacer

    def turns_in_an_hour(self, pacer: Pacer, clock: FakeClock, calls: CallClass) -> int:
        end, made = clock.now() + HOUR, 0
        while (free := pacer.peek(calls)) is not None and free < end:
            take(pacer, calls)
            made += 1
        return made

    def test_what_passed_in_the_hour_before_is_all_that_is_tried_in_an_hour_afterwards(
        self, ledger: Ledger, clock: FakeClock
    ) -> None:
        pacer = self.refused_after(ledger, clock, 7)
        take(pacer, ADD)
        clock.advance(HOUR)
        assert self.turns_in_an_hour(pacer, clock, ADD) == 7
        assert self.turns_in_an_hour(pacer, clock, REMOVE) == 30

    def test_it_is_believed_for_a_day_after_the_rest(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.refused_after(ledger, clock, 7)
        clock.advance(DAY + 15 * MINUTE)
        assert self.turns_in_an_hour(pacer, clock, ADD) == 30

    def test_a_refusal_of_the_first_call_of_an_hour_teaches_nothing(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.refused_after(ledger, clock, 0)
        clock.advance(HOUR)
        assert self.turns_in_an_hour(pacer, clock, ADD) == 30

    def test_a_second_refusal_never_raises_the_limit(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.refused_after(ledger, clock, 3)
        clock.advance(2 * HOUR)
        take(pacer, ADD, ADD, ADD)
        pacer.trip_rate_limit(ADD)
        clock.advance(4 * HOUR)
        assert self.turns_in_an_hour(pacer, clock, ADD) == 2

    def test_a_class_without_limits_learns_none(self, ledger: Ledger, clock: FakeClock) -> None:
        pacer = self.refused_after(ledger, clock, 3, SANDBOX)
        clock.advance(HOUR)
        take(pacer, *[ADD] * 40)
        assert clock.slept == []


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


def test_a_pause_says_what_to_do_next() -> None:
    later = NotYet(MORNING, "day")
    assert str(later) == "paused (day), free at 2026-11-02 09:00 UTC"
    assert "Run the same command again" in later.hint
    assert str(NotYet(None, "day")) == "paused (day), never within this budget"


class TestWhoeverWasToldToComeBack:
    """A run that said “run again at …” is not followed by one that waits for that time in silence."""

    def test_is_told_so_again_at_once(self, ledger: Ledger, clock: FakeClock) -> None:
        pace = only(add=Allowance(gap=16 * MINUTE))
        self.pause(ledger, pace, clock)
        clock.advance(10 * MINUTE)
        later = Pacer(ledger, OFFICE, pace, clock)
        assert refused(later, ADD) == (MORNING + 16 * MINUTE, "gap")
        take(later, REMOVE)
        assert clock.slept == []

    def test_waits_when_asked_to(self, ledger: Ledger, clock: FakeClock) -> None:
        pace = only(add=Allowance(gap=16 * MINUTE))
        self.pause(ledger, pace, clock)
        take(Pacer(ledger, OFFICE, pace, clock, patience=None), ADD)
        assert clock.slept == [16 * MINUTE]

    def test_is_served_when_the_time_has_come(self, ledger: Ledger, clock: FakeClock) -> None:
        pace = only(add=Allowance(gap=16 * MINUTE))
        self.pause(ledger, pace, clock)
        clock.advance(16 * MINUTE)
        take(Pacer(ledger, OFFICE, pace, clock), ADD)
        assert clock.slept == []

    def test_a_limit_given_for_one_run_is_no_pause(self, ledger: Ledger, clock: FakeClock) -> None:
        pace = only(add=Allowance(gap=5 * MINUTE))
        pacer = Pacer(ledger, OFFICE, pace, clock)
        pacer.note_pause(NotYet(clock.now() + HOUR, "until"), ADD)
        take(pacer, ADD, ADD)
        assert clock.slept == [5 * MINUTE]

    @staticmethod
    def pause(ledger: Ledger, pace: Pace, clock: FakeClock) -> None:
        pacer = Pacer(ledger, OFFICE, pace, clock)
        take(pacer, ADD)
        with pytest.raises(NotYet) as later:
            take(pacer, ADD)
        pacer.note_pause(later.value, ADD)


# --- what is urgent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calls", [CallClass.REMOVE, CallClass.ROLE, CallClass.EDIT])
@pytest.mark.parametrize("limits", [Allowance(day=3), Allowance(hour=3)])
def test_ten_calls_are_kept_for_what_is_urgent_where_a_class_is_spent(
    ledger: Ledger, clock: FakeClock, calls: CallClass, limits: Allowance
) -> None:
    pacer = Pacer(ledger, OFFICE, only(**{calls.value: limits}), clock)
    take(pacer, *[calls] * 3)
    with pytest.raises(NotYet):
        take(pacer, calls)
    for _ in range(10):
        asyncio.run(pacer.turn(calls, urgent=True))
    with pytest.raises(NotYet):
        asyncio.run(pacer.turn(calls, urgent=True))


def test_a_class_that_is_never_to_be_called_is_not_for_what_is_urgent(ledger: Ledger, clock: FakeClock) -> None:
    with pytest.raises(NotYet):
        asyncio.run(Pacer(ledger, OFFICE, only(remove=Allowance(day=0)), clock).turn(REMOVE, urgent=True))


def test_what_is_urgent_keeps_the_gap_of_its_class(ledger: Ledger, clock: FakeClock) -> None:
    pacer = Pacer(ledger, OFFICE, only(remove=Allowance(gap=15 * SECOND)), clock)
    for _ in range(2):
        asyncio.run(pacer.turn(REMOVE, urgent=True))
    assert clock.slept == [15 * SECOND]


def test_a_run_that_was_told_to_come_back_later_still_waits_a_little_for_what_is_urgent(
    ledger: Ledger, clock: FakeClock
) -> None:
    pacer = Pacer(ledger, OFFICE, only(remove=Allowance(gap=MINUTE)), clock)
    take(pacer, REMOVE)
    ledger.note_pause(OFFICE, REMOVE, clock.now() + HOUR)
    asyncio.run(pacer.turn(REMOVE, urgent=True))
    assert clock.slept == [MINUTE]
