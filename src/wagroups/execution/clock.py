"""The real clock.  Tests bring one that does not wait."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from wagroups.domain.budget import JITTER


class SystemClock:
    """A `domain.ports.Clock` that is this machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds()))

    def jitter(self) -> float:
        return random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - a rhythm, not a secret
