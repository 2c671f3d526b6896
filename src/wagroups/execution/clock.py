"""The real clock.  Tests bring one that does not wait."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from wagroups.domain.plans.budget import JITTER

STOP_CHECK: Final = 0.2
"""Seconds between looks at whether the user asked to stop.  Chosen: a person takes it for at once."""


class SystemClock:
    """A `domain.ports.Clock` that is this machine's own.  Its sleeps end early once `stopped` says so."""

    def __init__(self, stopped: Callable[[], bool] = lambda: False) -> None:
        self._stopped = stopped

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + duration.total_seconds()
        # A signal handler sets the flag, which may not touch an asyncio.Event.
        while (left := end - loop.time()) > 0 and not self._stopped():  # noqa: ASYNC110
            await asyncio.sleep(min(left, STOP_CHECK))

    def jitter(self) -> float:
        return random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - a rhythm, not a secret
