"""Three hundred calls against a limit, on a clock that only sleeping moves: what pacing adds to the least time.

The pacer and the ledger are the real ones; the limiter lets a number of calls through in any hour.
"""

import asyncio
from collections import deque
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.domain.plans.budget import HOUR, Allowance, CallClass, Pace
from wagroups.execution.rate_limit import Pacer
from wagroups.state.volatile import volatile_ledger

CALLS: Final = 300
HOURLY: Final = 40
"""Between what the profiles `careful` and `seasoned` allow."""
LEAST: Final = (CALLS - 1) // HOURLY * HOUR
"""The calls of the first hour go at once, and the last ones when the hours before are full."""


class Limited(NamedTuple):
    """How a series of calls went."""

    ratio: float
    """Its time by the least possible."""
    refused: int
    """Calls that came too early."""


class _Limiter:
    """Lets so many calls through in any hour."""

    def __init__(self) -> None:
        self._passed: deque[datetime] = deque()

    def admits(self, now: datetime) -> bool:
        """Whether a call at `now` goes through, which it then has."""
        while self._passed and self._passed[0] <= now - HOUR:
            self._passed.popleft()
        if len(self._passed) == HOURLY:
            return False
        self._passed.append(now)
        return True

    def wait(self, now: datetime) -> timedelta:
        """What `Retry-After` would say."""
        return self._passed[0] + HOUR - now


def known() -> Limited:
    """The limit is written in the budget."""
    return _applied(Allowance(hour=HOURLY))


def unknown() -> Limited:
    """The budget allows far more; only refusals tell.  A class without any limit is taken for a sandbox's."""
    return _applied(Allowance(gap=timedelta(seconds=1)))


def _applied(allowance: Allowance) -> Limited:
    clock, ledger = FakeClock(), volatile_ledger()
    start, limiter = clock.now(), _Limiter()
    budget = MappingProxyType(dict.fromkeys(CallClass, allowance))
    pacer = Pacer(ledger, b.ACCOUNT, Pace(budget), clock, patience=None)
    refused = 0

    async def call_all() -> None:
        nonlocal refused
        for _ in range(CALLS):
            await pacer.turn(CallClass.EDIT)
            while not limiter.admits(clock.now()):
                refused += 1
                pacer.trip_rate_limit(CallClass.EDIT, limiter.wait(clock.now()))
                await pacer.turn(CallClass.EDIT)

    asyncio.run(call_all())
    ledger.close()
    return Limited((clock.now() - start) / LEAST, refused)
