"""A clock that sleeping moves on, so that tests live through days in no time."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from wagroups.domain.plans.budget import JITTER

MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


class FakeClock:
    """A `domain.ports.Clock`.  Without a seed gaps are not stretched; with one they are, the same way each time."""

    def __init__(self, start: datetime = MORNING, *, seed: int | None = None) -> None:
        self._now = start
        self._random = None if seed is None else random.Random(seed)
        self.slept: list[timedelta] = []
        """Every sleep, in order."""

    def now(self) -> datetime:
        return self._now

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)
        self.advance(max(duration, timedelta(0)))
        await asyncio.sleep(0)

    def advance(self, duration: timedelta) -> None:
        """Let time pass; a negative duration sets the clock back."""
        self._now += duration

    def jitter(self) -> float:
        return 1.0 if self._random is None else self._random.uniform(1 - JITTER, 1 + JITTER)
