"""What WhatsApp imposes on an account: it may reach nobody new, send no more messages, or do nothing at all.

How WhatsApp words it is in `refusal`; whether a gateway tells of it beforehand is the gateway's own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.refusal import WhatsAppError

_REACHING_OUT: Final = frozenset({Call.ADD, Call.CREATE, Call.MESSAGE})
_WITHOUT_WHATSAPP: Final = frozenset({Call.SESSION, Call.OTHER, Call.MEDIA})
"""Calls that a gateway answers by itself."""


@dataclass(frozen=True, slots=True)
class Timelock:
    """Nobody new may be reached.  `until` `None` = no end is told."""

    until: datetime | None = None
    kind: str = "RESTRICT_ALL_COMPANIONS"
    told: bool = True
    """Whether gateways hear of it; some only meet its refusals (WAHA issue 2219)."""


@dataclass(frozen=True, slots=True)
class Capping:
    """A quota of messages to new people."""

    status: str = "CAPPED"
    total: int = 1000
    used: int = 1000
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ban:
    """A temporary ban: WhatsApp refuses everything."""

    until: datetime


@dataclass(slots=True)
class Restrictions:
    """All that is imposed on one account."""

    timelock: Timelock | None = None
    capping: Capping | None = None
    ban: Ban | None = None

    def lift(self) -> None:
        self.timelock = self.capping = self.ban = None

    def check(self, call: Call, now: datetime) -> None:
        """Raise WhatsAppError where a call is refused because of the account itself."""
        if self.ban is not None and now < self.ban.until and call not in _WITHOUT_WHATSAPP:
            raise WhatsAppError(402)
        locked = self.timelock is not None and (self.timelock.until is None or now < self.timelock.until)
        if locked and call in _REACHING_OUT:
            raise WhatsAppError(463)
        capped = self.capping is not None and self.capping.status == "CAPPED"
        if capped and call is Call.MESSAGE:
            raise WhatsAppError(463)
