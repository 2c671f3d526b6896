"""Words for waits and rests: why nothing is asked at the moment, until when, and what a person may do about it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from wagroups.domain.live.warning_codes import ADDS_FAILING, ADDS_REFUSED, PRIVACY, REFUSED_ADDS, WATCHED_ADDS
from wagroups.domain.plans.budget import LESSON, Breaker, CallClass, Waiting
from wagroups.reports.view.times import moment
from wagroups.reports.view.wording import CALLS, PAUSES, count

BREAKER: Final = "breaker:"
"""What a pause's reason begins with when a rest is the reason."""

RESTS: Final = MappingProxyType(
    {
        "rate-overlimit": "WhatsApp said “too fast”",
        "reachout-timelock": "WhatsApp does not let the account contact new people for now",
        "message-capping": "the account has used up its messages to new people",
        "temporary-ban": "WhatsApp banned the account temporarily",
        "account-restricted": "WhatsApp restricted the account",
        "logged-out": "the account was logged out during a run",
        ADDS_FAILING: "three additions in a row failed for no known reason",
        ADDS_REFUSED: f"WhatsApp refused {REFUSED_ADDS} of the last {WATCHED_ADDS} additions because of privacy "
        f"settings",
    }
)
"""By the reason of a `Breaker`."""

LONG: Final = timedelta(minutes=3)
"""Longer waits are said in minutes, with their end and their reason."""


def why(reason: str) -> str:
    """The reason of a pause in words."""
    rest = reason.removeprefix(BREAKER)
    return RESTS.get(rest) or PAUSES.get(reason) or rest


_INSTEAD: Final = MappingProxyType(
    {
        CallClass.LIST: "`wagroups plan --from-last-read` does not ask the gateway",
        CallClass.READ: "`wagroups plan --from-last-read` does not ask the gateway",
    }
)
"""What may be done instead of waiting, beside breaking off."""


def waiting_words(waiting: Waiting, timezone: str = "UTC") -> str:
    """What is said before a sleep: for how long, before what, until when, why, and what may be done instead."""
    next_call = f"the next {CALLS[waiting.calls][0]}"
    if waiting.duration < LONG:
        there = waiting.until.astimezone(ZoneInfo(timezone))
        length, until = f"{round(waiting.duration.total_seconds())} s", f"{there:%H:%M:%S %Z}"
    else:
        length = f"{waiting.duration // timedelta(minutes=1)} min"
        until = moment(waiting.until, waiting.until - waiting.duration, timezone)
    instead = f"; {_INSTEAD[waiting.calls]}" if waiting.calls in _INSTEAD else ""
    return (
        f"waiting {length} before {next_call}, until {until}: {why(waiting.reason)}.  "
        f"Ctrl-C is safe; the same command continues later{instead}"
    )


def rest_words(rest: Breaker, account: str, now: datetime, timezone: str) -> str:
    """`additions are paused until about 14:20 UTC today: WhatsApp said “too fast”, 2 times; to lift this: …`."""
    what = "all changes" if rest.calls is None else CALLS[rest.calls][1]
    times = "" if rest.strikes < 2 else f", {rest.strikes} times"
    lifted = f"wagroups state unlock {account} --breaker {rest.calls or 'all'}"
    until = moment(rest.until, now, timezone)
    return f"{what} are paused until {until}: {why(rest.reason)}{times}; to lift this: {lifted}"


def lesson_words(rests: Sequence[Breaker], now: datetime, timezone: str) -> Iterator[str]:
    """What “too fast” taught, of the rests that hold and of those that ended lately."""
    for rest in rests:
        if rest.calls is not None and rest.hourly is not None:
            until = moment(rest.until + LESSON, now, timezone)
            yield (
                f"{CALLS[rest.calls][1]}: at most {rest.hourly} an hour until {until}, because WhatsApp accepted "
                f"no more before"
            )


def sign_words(codes: Sequence[int | None]) -> str | None:
    """How near the latest answers are to a rest of additions; `None` while they are nothing to speak of."""
    refused = codes.count(PRIVACY)
    if not refused:
        return None
    verb = "was" if refused == 1 else "were"
    return (
        f"{refused} of the last {count(len(codes), 'addition')} {verb} refused because of privacy settings; "
        f"{REFUSED_ADDS} of {WATCHED_ADDS} pause all additions for a day"
    )
