"""What WAHA tells of WhatsApp's restrictions of the account: a lock on reaching new people, a quota of messages.

Both stand in `me` of the session and can be asked for anew.  They may be missing while WhatsApp already refuses (WAHA
issue 2219), so nothing is concluded from their absence.  Source: WAHA's session DTOs (same issue) and its release
notes of 2026.8.1.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from wagroups.domain.plans.budget import Restriction
from wagroups.gateways.shared.json_fields import Record, epoch, flag, record, text

TIMELOCK: Final = "reachout-timelock"
CAPPING: Final = "message-capping"

_NO_ENFORCEMENT: Final = "DEFAULT"
_USED_UP: Final = "CAPPED"
"""The words before it, `FIRST_WARNING` and `SECOND_WARNING`, restrict nothing yet."""


def of_me(me: Record, now: datetime) -> tuple[Restriction, ...]:
    """The restrictions that a session's `me` tells of."""
    return (*timelock(record(me.get("reachoutTimelock")), now), *capping(record(me.get("messageCapping")), now))


def timelock(said: Record, now: datetime) -> Iterator[Restriction]:
    """`{"isActive", "enforcementType", "timeEnforcementEnds"}`; the types are an open set."""
    if flag(said, "isActive") is True and text(said, "enforcementType") != _NO_ENFORCEMENT:
        yield from _holding(Restriction(TIMELOCK, epoch(said, "timeEnforcementEnds")), now)


def capping(said: Record, now: datetime) -> Iterator[Restriction]:
    """`{"cappingStatus", "totalQuota", "usedQuota", "cycleStart", "cycleEnd", …}`."""
    if text(said, "cappingStatus") == _USED_UP:
        yield from _holding(Restriction(CAPPING, epoch(said, "cycleEnd")), now)


def _holding(restriction: Restriction, now: datetime) -> Iterator[Restriction]:
    """What ended is told until WAHA hears of it."""
    if restriction.until is None or restriction.until > now:
        yield restriction
