"""Heed what WhatsApp says of the account itself, before it has to say so by refusing.

A call that a restricted account makes all the same makes things worse (WAHA issue 2219), so where the gateway can tell,
it is asked before the first write and now and then between writes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from wagroups.domain.errors import GatewayError, NotYet, SessionLost
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import Restriction
from wagroups.domain.ports import Clock
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.rate_limit import Pacer

ASKED_EVERY: Final = timedelta(minutes=15)
"""Time between two questions in one run.  Chosen: as long as the shortest rest after “too fast”."""


def heed(restrictions: Iterable[Restriction], pacer: Pacer) -> None:
    """Rest every write of the account for as long as WhatsApp says."""
    for restriction in restrictions:
        pacer.trip_account(restriction.reason, restriction.until)


class RestrictionCheck:
    """Asks one account's gateway for restrictions, seldom, within its budget for reads."""

    def __init__(self, gateway: PacedGateway, pacer: Pacer, clock: Clock) -> None:
        self._gateway, self._pacer, self._clock = gateway, pacer, clock
        self._asked_at: datetime | None = None

    async def look(self) -> None:
        """Ask anew when it is time.  No answer stops nothing: WhatsApp refuses by itself.  Raises SessionLost."""
        now = self._clock.now()
        recent = self._asked_at is not None and self._asked_at <= now < self._asked_at + ASKED_EVERY
        if recent or not self._gateway.capabilities.can(Aspect.RESTRICTIONS, Access.READ):
            return
        self._asked_at = now
        try:
            heed(await self._gateway.restricted(), self._pacer)
        except SessionLost:
            raise
        except (NotYet, GatewayError):
            return
