"""A fault of the connection is not the fault of the group in front of which it is met.

One recovery serves the whole account: wait a little, look at the session, go on.  Pauses grow while nothing succeeds
in between, and are bounded: a gateway that answers nothing for longer is left to the next run.
"""

from datetime import timedelta
from typing import Final

from wagroups.domain.errors import GatewayError, SessionLost
from wagroups.domain.ports import Clock
from wagroups.execution.gateway_calls import PacedGateway

RECOVERY_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (3, 10, 30))
"""Before each look at the session.  WAHA's NOWEB is connected again about 2 s after its socket closed (seen on the real
application, 2026-12); the others are chosen."""


class Recovery:
    """The recoveries of one account's run."""

    def __init__(self, gateway: PacedGateway, clock: Clock) -> None:
        self._gateway, self._clock = gateway, clock
        self._in_a_row = 0

    async def wait(self) -> bool:
        """Return whether it is worth asking again.  Raises SessionLost when the session does not come back."""
        if self._in_a_row >= len(RECOVERY_PAUSES):
            return False
        status = ""
        while self._in_a_row < len(RECOVERY_PAUSES):
            await self._clock.sleep(RECOVERY_PAUSES[self._in_a_row])
            self._in_a_row += 1
            try:
                health = await self._gateway.health()
            except SessionLost:
                raise
            except GatewayError as error:
                status = error.message
                continue
            if health.working:
                return True
            status = f"account {self._gateway.account}: the session is {health.status}"
        raise SessionLost(status, hint="Check the session in the gateway, and run again.")

    def succeeded(self) -> None:
        """The connection works: the next fault is a new one."""
        self._in_a_row = 0
