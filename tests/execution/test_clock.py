"""The real clock keeps the promises of the port."""

import asyncio
from datetime import UTC, timedelta

from tests.fake_clock import MORNING, FakeClock
from wagroups.domain.plans.budget import JITTER
from wagroups.domain.ports import Clock
from wagroups.execution.clock import SystemClock


def test_now_is_aware_and_in_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC


def test_jitter_stays_within_its_share_and_varies() -> None:
    factors = {SystemClock().jitter() for _ in range(200)}
    assert len(factors) > 100
    assert all(1 - JITTER <= factor <= 1 + JITTER for factor in factors)


def test_sleeping_for_less_than_nothing_returns_at_once() -> None:
    asyncio.run(asyncio.wait_for(SystemClock().sleep(timedelta(seconds=-5)), timeout=1))


def test_the_fake_clock_lives_through_days_in_no_time() -> None:
    clock = FakeClock()
    asyncio.run(clock.sleep(timedelta(days=3)))
    assert clock.now() == MORNING + timedelta(days=3)
    assert clock.slept == [timedelta(days=3)]
    assert FakeClock(seed=1).jitter() == FakeClock(seed=1).jitter() != 1.0
