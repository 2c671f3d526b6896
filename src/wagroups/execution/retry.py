"""Ask again, but only what is known not to have happened.

WhatsApp bans for less than a duplicate group.  So a repetition needs proof that the first attempt had no effect,
and a limit of speed is not waited out here: it rests a whole class of calls (`pacing`).
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from wagroups.domain.errors import NotSent, Throttled, Unanswered
from wagroups.domain.ports import Clock

T = TypeVar("T")

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 4, 8))
"""Time before each further attempt, where the gateway gives no advice.  Chosen: a gateway restarts in less."""

ATTEMPTS: Final = len(PAUSES) + 1

LONGEST_ADVICE: Final = timedelta(minutes=1)
"""Advice to wait for longer is left to the caller, who has other things to do meanwhile.  Chosen."""


async def persistently(
    ask: Callable[[], Awaitable[T]], clock: Clock, *, idempotent_read: bool = False, repeatable: bool = True
) -> T:
    """Call `ask` until it answers, at most ATTEMPTS times.

    Waits for the gateway's own `retry_after` when it gives one, else 2, 4, 8 seconds.
    Raises the last NotSent when attempts run out or the advice is to wait for long, and any other error at once: after
    an Unanswered the call may have worked, and only looking again can tell.  With `idempotent_read` the call is
    such a look, and an Unanswered is asked again too.  A call that is not `repeatable` is asked again only where
    nothing can have arrived: a proxy that says so may be wrong.
    """
    for pause in PAUSES:
        try:
            return await ask()
        except Throttled:
            raise
        except NotSent as error:
            if error.may_have_happened and not repeatable:
                raise
            if error.retry_after is not None and error.retry_after > LONGEST_ADVICE:
                raise
            await clock.sleep(pause if error.retry_after is None else error.retry_after)
        except Unanswered:
            if not idempotent_read:
                raise
            await clock.sleep(pause)
    return await ask()
