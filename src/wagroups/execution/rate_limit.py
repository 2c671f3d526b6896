"""Wait one's turn: budgets, active hours and rests of one account.

The ledger keeps the account's balance, because other runs, jobs and machines spend from it too.  Here is only the
patience: whether to sleep until a call is free, or to say when to come back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wagroups.domain.errors import NotYet, SessionLost
from wagroups.domain.identity import AccountKey
from wagroups.domain.ledger import Budgets, Deferred, Granted, Standing
from wagroups.domain.live.warning_codes import ADDITIONS
from wagroups.domain.plans.budget import (
    ACCOUNT_REST,
    HOUR,
    RATE_LIMIT_RESTS,
    Breaker,
    CallClass,
    Pace,
    Spent,
    Waiting,
)
from wagroups.domain.ports import Clock

PATIENCE: Final = timedelta(minutes=15)
"""How long a run sleeps for one call before it ends and names the time to come back (safety guide, part 6)."""

TICK: Final = timedelta(seconds=1)
"""Between two looks at how much of a sleep is left.  Chosen: a countdown shows seconds."""

RATE_LIMIT: Final = "rate-overlimit"
FRESH: Final = "fresh"

_OWN_ENDS: Final = frozenset({"until", "max-ops", "stopped"})
"""Reasons by which a run ends that the user gave it: the next one goes on at once."""

STANDING_FRESH: Final = timedelta(seconds=1)
"""How long `peek` believes what it read: it is asked for hundreds of groups at a time, and `turn` asks anew."""


class Quota:
    """How many writes a run may make, over all its accounts."""

    def __init__(self, operations: int) -> None:
        self.left = operations


class _Look(NamedTuple):
    at: datetime
    standing: Standing


class Pacer:
    """Gives out turns on one account.

    `patience` is the longest sleep for one turn, `None` any.  At `until` the run ends: no turn for a write is
    given from then on, and none is waited for beyond it.  `waiting` is told of every sleep, and `stopped` says that
    the user asked to end: a sleep then ends without a turn.
    """

    def __init__(
        self,
        budgets: Budgets,
        account: AccountKey,
        pace: Pace,
        clock: Clock,
        *,
        patience: timedelta | None = PATIENCE,
        until: datetime | None = None,
        max_ops: Quota | None = None,
        waiting: Callable[[Waiting], None] | None = None,
        left: Callable[[timedelta], None] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._budgets, self._account, self._pace, self._clock = budgets, account, pace, clock
        self._patience, self._until, self._quota = patience, until, max_ops
        self._waiting, self._left, self._stopped = waiting, left, stopped
        self._look: _Look | None = None

    async def turn(self, calls: CallClass, *, urgent: bool = False) -> None:
        """Return when one call of `calls` may be made; it is charged.  Sleeps until then.

        What is urgent waits neither for active hours nor for a lock about new people, and has a reserve.

        Raises NotYet when that would take longer than the patience; nothing is charged then.
        """
        now = self._clock.now()
        if calls.writes:
            self._check_end(now)
        deadline = self._deadline(now, calls, urgent=urgent)
        while True:
            later = self._reserve(calls, now, urgent=urgent)
            if later is None:
                break
            if later.at is None or (deadline is not None and later.at > deadline):
                raise NotYet(later.at, later.reason)
            if self._waiting is not None:
                self._waiting(Waiting(calls, later.at, later.at - now, later.reason))
            await self._sleep(later.at)
            if self._stopped():
                raise NotYet(later.at, "stopped")
            now = self._clock.now()
        if calls.writes and self._quota is not None:
            self._quota.left -= 1

    async def _sleep(self, until: datetime) -> None:
        """Sleep in short pieces where somebody looks on, so that they see the time go by."""
        if self._left is None:
            await self._clock.sleep(until - self._clock.now())
            return
        while (left := until - self._clock.now()) > timedelta(0) and not self._stopped():
            self._left(left)
            await self._clock.sleep(min(left, TICK))
        self._left(timedelta(0))

    def expect(self, calls: CallClass) -> None:
        """Raise NotYet when a turn for `calls` would, and charge nothing: for calls that are no use without others."""
        now, free = self._clock.now(), self.peek(calls)
        deadline = self._deadline(now, calls)
        if free is None or (deadline is not None and free > deadline):
            rests = self._standing(now).breakers
            reason = next((f"breaker:{rest.reason}" for rest in rests if rest.until == free), "day")
            raise NotYet(free, reason)

    def peek(self, calls: CallClass, *, urgent: bool = False) -> datetime | None:
        """The earliest time at which a call of `calls` is free; `None` = never within this budget."""
        now = self._clock.now()
        standing = self._standing(now)
        return self._pace.next_free(calls, standing.spent.get(calls, ()), standing.breakers, now, urgent=urgent)

    def trip_rate_limit(self, calls: CallClass, advice: timedelta | None = None) -> None:
        """Rest a class after “too fast”: longer each time, until a day went by without; and at least for `advice`.

        Additions rest together: WhatsApp does not know which of them were to people it has shown us before.
        """
        now = self._clock.now()
        for kind in ADDITIONS if calls in ADDITIONS else (calls,):
            self._trip(self._next_rest(kind, now, advice, refused=kind is calls))

    def trip_account(self, reason: str, until: datetime | None = None) -> None:
        """Rest every write of the account, until the time that WhatsApp named, or else for ACCOUNT_REST."""
        self._trip(Breaker(calls=None, until=until or self._clock.now() + ACCOUNT_REST, reason=reason))

    def note_lost(self, error: SessionLost) -> None:
        """Rest every write where the session was lost by WhatsApp's doing; a gateway or key at fault rests nothing."""
        if error.restriction is not None:
            self.trip_account(error.restriction)

    def _check_end(self, now: datetime) -> None:
        if self._until is not None and now >= self._until:
            raise NotYet(now, "until")
        if self._quota is not None and self._quota.left <= 0:
            raise NotYet(now, "max-ops")

    def note_pause(self, later: NotYet, calls: CallClass) -> None:
        """Remember that this run ends without a turn: whoever was told to come back later is not kept waiting."""
        if later.until is not None and later.until > self._clock.now() and later.reason not in _OWN_ENDS:
            self._budgets.note_pause(self._account, calls, later.until)
            self._look = None

    def _deadline(self, now: datetime, calls: CallClass, *, urgent: bool = False) -> datetime | None:
        if not urgent and self._patience is not None and now < self._standing(now).paused.get(calls, now):
            return now
        ends = [end for end in (None if self._patience is None else now + self._patience, self._until) if end]
        return min(ends, default=None)

    def _reserve(self, calls: CallClass, now: datetime, *, urgent: bool) -> Deferred | None:
        """Charge the call if it is free now; else when it will be."""
        if urgent:
            self._look = None
            allowance = self._pace.allowance(calls, now, urgent=True)
            said = self._budgets.reserve(self._account, calls, allowance, now, self._clock.jitter(), urgent=True)
            return None if isinstance(said, Granted) else said
        if self._pace.opening(calls, now) > now:
            free = self.peek(calls)
            return Deferred(free, "day" if free is None else "active-hours")
        self._look = None
        allowance = self._pace.allowance(calls, now)
        answer = self._budgets.reserve(self._account, calls, allowance, now, self._clock.jitter())
        if isinstance(answer, Granted):
            return None
        fresh = self._pace.fresh_until
        if fresh is not None and now < fresh and (answer.at is None or answer.at > fresh):
            # The ledger knows today's allowance only, and a larger one comes first.
            free = self.peek(calls)
            return Deferred(free, FRESH if answer.at is None and free is not None else answer.reason)
        return answer if answer.at is None else Deferred(self._pace.opening(calls, answer.at), answer.reason)

    def _standing(self, now: datetime) -> Standing:
        if self._look is None or not self._look.at <= now < self._look.at + STANDING_FRESH:
            self._look = _Look(now, self._budgets.standing(self._account, now))
        return self._look.standing

    def _next_rest(self, calls: CallClass, now: datetime, advice: timedelta | None, *, refused: bool) -> Breaker:
        standing = self._budgets.standing(self._account, now)
        before = next((r for r in standing.breakers if r.calls is calls and r.reason == RATE_LIMIT), None)
        if before is None:
            strikes = 1
        else:
            # A call that was sent before the rest began, or by a run that had not heard of it, is the same strike.
            strikes = before.strikes if before.until > now else before.strikes + 1
        rest = RATE_LIMIT_RESTS[min(strikes, len(RATE_LIMIT_RESTS)) - 1]
        return Breaker(
            calls=calls,
            until=now + max(rest, advice or rest),
            reason=RATE_LIMIT,
            strikes=strikes,
            hourly=_taught(standing.spent.get(calls, ()) if refused else (), before, now),
        )

    def _trip(self, breaker: Breaker) -> None:
        self._budgets.trip(self._account, breaker)
        self._look = None


def _taught(spent: Sequence[Spent], before: Breaker | None, now: datetime) -> int | None:
    """How many calls passed in the hour before the one that was refused; never more than was taught before.

    `None` where it was the first of its hour: then the limit is another one, and the rest alone must do.
    """
    passed = sum(entry.at > now - HOUR for entry in spent) - 1
    taught = [limit for limit in (passed, None if before is None else before.hourly) if limit is not None and limit > 0]
    return min(taught, default=None)
