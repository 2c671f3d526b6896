"""How much an account may do, and when the next call is free.

WhatsApp publishes no figures.  These are chosen, from what operators report (safety guide, part 6), to be
gentle: they belong to the account, not to a process, and they are spent on the attempt.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wagroups.domain._base import Value
from wagroups.domain.declared.choices import Profile

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
JITTER: Final = 0.4
"""Every gap is stretched or shrunk by up to this share, so that calls do not fall on a beat."""


class CallClass(StrEnum):
    """A kind of call with a budget of its own."""

    ADD = "add"
    ADD_UNSEEN = "add_unseen"
    CREATE = "create"
    REMOVE = "remove"
    ROLE = "role"
    EDIT = "edit"
    MESSAGE = "message"
    APPROVE = "approve"
    CHECK = "check"
    READ = "read"
    """A group by its id, where that asks WhatsApp."""
    LIST = "list"
    """All groups, where that asks WhatsApp."""
    LOOK = "look"
    """Either, where the gateway answers from its own store and WhatsApp is not asked."""

    @property
    def writes(self) -> bool:
        return self not in (CallClass.CHECK, CallClass.READ, CallClass.LIST, CallClass.LOOK)


class Allowance(Value):
    """How often one class may be called.  `None` is no limit; 0 is never."""

    gap: timedelta = timedelta(0)
    hour: int | None = None
    day: int | None = None


def _allow(gap: float, hour: int | None, day: int | None) -> Allowance:
    return Allowance(gap=timedelta(seconds=gap), hour=hour, day=day)


Budget = MappingProxyType[CallClass, Allowance]

CAREFUL: Final[Budget] = MappingProxyType(
    {
        CallClass.ADD: _allow(30, 15, 40),
        CallClass.ADD_UNSEEN: _allow(90, 4, 5),
        CallClass.CREATE: _allow(600, 3, 8),
        CallClass.REMOVE: _allow(15, 30, 80),
        CallClass.ROLE: _allow(15, 20, 40),
        CallClass.EDIT: _allow(20, 30, 100),
        CallClass.MESSAGE: _allow(60, 10, 25),
        CallClass.APPROVE: _allow(5, 120, 500),
        CallClass.CHECK: _allow(3, 60, 200),
        CallClass.READ: _allow(6, 300, None),
        CallClass.LIST: _allow(20, 12, None),
        CallClass.LOOK: _allow(1, 600, None),
    }
)


def _twice(allowance: Allowance) -> Allowance:
    return Allowance(
        gap=allowance.gap / 2,
        hour=None if allowance.hour is None else allowance.hour * 2,
        day=None if allowance.day is None else allowance.day * 2,
    )


PROFILES: Final[Mapping[str, Budget]] = MappingProxyType(
    {
        Profile.FRESH: MappingProxyType(
            {
                **CAREFUL,
                CallClass.ADD: _allow(30, 0, 0),
                CallClass.ADD_UNSEEN: _allow(90, 0, 0),
                CallClass.CREATE: _allow(600, 1, 1),
            }
        ),
        Profile.CAREFUL: CAREFUL,
        Profile.SEASONED: MappingProxyType({kind: _twice(allowance) for kind, allowance in CAREFUL.items()}),
        Profile.SANDBOX: MappingProxyType({kind: Allowance() for kind in CallClass}),
    }
)


class ActiveHours(Value):
    """The hours of the day in which writes are made, in the project's time zone.  May span midnight."""

    start: time
    end: time

    def next_open(self, now: datetime, timezone: str) -> datetime:
        """The earliest time, not before `now`, that lies within the hours."""
        local = now.astimezone(ZoneInfo(timezone))
        clock = local.time()
        inside = self.start <= clock < self.end if self.start <= self.end else clock >= self.start or clock < self.end
        if inside:
            return now
        opening = local.replace(hour=self.start.hour, minute=self.start.minute, second=self.start.second, microsecond=0)
        if opening <= local:
            opening += DAY
        return opening.astimezone(now.tzinfo)


class Spent(NamedTuple):
    """One attempt, with the (jittered) gap that must follow it."""

    at: datetime
    gap: timedelta


class Breaker(Value):
    """A rest that the account was told, or ought, to take."""

    calls: CallClass | None
    """`None` rests every write of the account."""
    until: datetime
    reason: str
    """A short word: `rate-overlimit`, `reachout-timelock`, …"""
    strikes: int = 1
    """How often in a row; decides how long the next rest is."""
    hourly: int | None = None
    """How many calls had passed in the hour before “too fast”: no more are made in an hour while this is remembered."""


class Waiting(NamedTuple):
    """A sleep before a call, as those are told who look on."""

    calls: CallClass
    until: datetime
    duration: timedelta
    reason: str
    """As in `ports.Later`, or `active-hours`, `fresh`."""


class Restriction(NamedTuple):
    """What WhatsApp says of an account that may not do everything for a while."""

    reason: str
    """`reachout-timelock`, `message-capping`, `temporary-ban`, `account-restricted`, `logged-out`."""
    until: datetime | None
    """`None` = WhatsApp names no end."""


ABOUT_NEW_PEOPLE: Final = frozenset({"reachout-timelock", "message-capping"})
"""Restrictions that keep an account from people whom it does not know, and from nobody else."""

LESSON: Final = DAY
"""How long after its end a rest is remembered: its strikes count, and what it taught about the limit holds."""

RATE_LIMIT_RESTS: Final = (timedelta(minutes=15), HOUR, DAY)
"""The first, second and every later rest after a rate limit.  Chosen, not documented."""

FRESH_FOR: Final = timedelta(days=14)
"""How long a number is new to WhatsApp (safety guide, part 6).  Chosen: vendors ask for 7 to 14 days."""

ACCOUNT_REST: Final = timedelta(hours=72)
"""Rest of all writes after a restriction of the account that names no end.  Chosen: the longest one reported."""


def tighter(one: Allowance, other: Allowance) -> Allowance:
    """The stricter of two in each of its numbers."""
    hours = [limit for limit in (one.hour, other.hour) if limit is not None]
    days = [limit for limit in (one.day, other.day) if limit is not None]
    return Allowance(gap=max(one.gap, other.gap), hour=min(hours, default=None), day=min(days, default=None))


URGENT_RESERVE: Final = 10
"""Calls a day that are kept for what is urgent where a class is spent (safety guide, part 6).  Chosen."""

RESERVED: Final = frozenset({CallClass.REMOVE, CallClass.ROLE, CallClass.EDIT})
"""Classes with such a reserve."""


def with_reserve(allowance: Allowance, calls: CallClass) -> Allowance:
    """What holds for urgent calls.  A budget of nothing stays one."""
    if calls not in RESERVED:
        return allowance
    more = {
        "hour": allowance.hour and allowance.hour + URGENT_RESERVE,
        "day": allowance.day and allowance.day + URGENT_RESERVE,
    }
    return allowance.model_copy(update=more)


def holding_urgent(breakers: Iterable[Breaker]) -> tuple[Breaker, ...]:
    """The rests that urgent calls have to take as well: not those that keep an account from new people alone."""
    return tuple(rest for rest in breakers if rest.reason not in ABOUT_NEW_PEOPLE)


class Pace(NamedTuple):
    """How an account is to be treated: its budget and its hours."""

    budget: Budget
    active_hours: ActiveHours | None = None
    timezone: str = "UTC"
    fresh_until: datetime | None = None
    """Until then the account's number is new to WhatsApp, and no budget is larger than that of the profile `fresh`."""

    def allowance(self, calls: CallClass, at: datetime, *, urgent: bool = False) -> Allowance:
        """What holds for `calls` at a time."""
        allowance = self.budget[calls]
        if self.fresh_until is not None and at < self.fresh_until:
            allowance = tighter(allowance, PROFILES[Profile.FRESH][calls])
        return with_reserve(allowance, calls) if urgent else allowance

    def next_free(
        self,
        calls: CallClass,
        spent: Sequence[Spent],
        breakers: Sequence[Breaker],
        now: datetime,
        *,
        urgent: bool = False,
    ) -> datetime | None:
        """The earliest time, not before `now`, at which one more call may be made; `None` = never.

        What is urgent waits neither for active hours nor for a lock about new people, and has a reserve.
        """
        if urgent:
            return next_free(self.allowance(calls, now, urgent=True), spent, holding_urgent(breakers), calls, now)
        free = next_free(self.allowance(calls, now), spent, breakers, calls, now)
        if self.fresh_until is not None and now < self.fresh_until and (free is None or free > self.fresh_until):
            grown = next_free(self.budget[calls], spent, breakers, calls, self.fresh_until)
            free = grown if free is None or grown is None else min(free, grown)
        return None if free is None else self.opening(calls, free)

    def opening(self, calls: CallClass, at: datetime) -> datetime:
        """The earliest time, not before `at`, that lies within the active hours; reads have none."""
        if self.active_hours is None or not calls.writes:
            return at
        return self.active_hours.next_open(at, self.timezone)


def next_free(
    allowance: Allowance, spent: Sequence[Spent], breakers: Sequence[Breaker], calls: CallClass, now: datetime
) -> datetime | None:
    """The earliest time, not before `now`, at which one more call of `calls` is within its budget.

    `spent` holds the class's attempts of at least the last day, oldest first; `breakers` may hold some that ended
    within `LESSON`.  `None` means never: the allowance is zero.  Attempts in the future (a clock that was set back)
    count as made now.
    """
    allowance = lessened(allowance, breakers, calls)
    if allowance.hour == 0 or allowance.day == 0:
        return None
    free = now
    for breaker in breakers:
        if breaker.calls is calls or (breaker.calls is None and calls.writes):
            free = max(free, breaker.until)
    if spent:
        last = spent[-1]
        free = max(free, min(last.at, now) + last.gap)
    for window, limit in ((HOUR, allowance.hour), (DAY, allowance.day)):
        if limit is not None and len(spent) >= limit:
            free = max(free, min(spent[-limit].at, now) + window)
    return free


def lessened(allowance: Allowance, breakers: Sequence[Breaker], calls: CallClass) -> Allowance:
    """`allowance` with what earlier refusals taught: the same pace would meet the same limit again.

    A class without any limit learns none: it belongs to a sandbox.
    """
    if allowance == Allowance():
        return allowance
    taught = [rest.hourly for rest in breakers if rest.calls is calls and rest.hourly is not None]
    hours = [limit for limit in (allowance.hour, *taught) if limit is not None]
    return allowance.model_copy(update={"hour": min(hours)}) if taught else allowance


def left_today(allowance: Allowance, spent: Sequence[Spent], now: datetime) -> int | None:
    """How many calls of the class the rolling day still holds; `None` = no limit."""
    if allowance.day is None:
        return None
    return max(0, allowance.day - sum(entry.at > now - DAY for entry in spent))
