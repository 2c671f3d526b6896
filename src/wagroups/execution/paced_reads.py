"""Ask a gateway one question that may be asked again: each attempt in its turn, and a rest after “too fast”."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from wagroups.domain.budget import CallClass
from wagroups.domain.errors import NotYet, Throttled
from wagroups.domain.ports import Clock
from wagroups.execution.pacing import RATE_LIMIT, Pacer
from wagroups.execution.retry import persistently

T = TypeVar("T")


async def paced_read(ask: Callable[[], Awaitable[T]], calls: CallClass, pacer: Pacer, clock: Clock) -> T:
    """The answer to a read.

    A repetition waits its turn and is charged like the first attempt: WhatsApp counts them all.
    Raises NotYet when the turn would take too long or the class has to rest, and the gateway's other errors.
    """

    async def attempt() -> T:
        await pacer.turn(calls)
        return await ask()

    try:
        return await persistently(attempt, clock, idempotent_read=True)
    except Throttled as error:
        pacer.trip_rate_limit(calls, error.retry_after)
        raise NotYet(pacer.peek(calls), RATE_LIMIT) from error
