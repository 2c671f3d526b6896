"""Look until a write shows, gently.

Most gateways answer reads from a cache that follows WhatsApp's own notices, so a read right after a write may
show what was before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from wagroups.domain.budget import CallClass
from wagroups.domain.capability import Access, Aspect
from wagroups.domain.change import Change, GroupDissolution, PictureChange
from wagroups.domain.errors import GatewayError, SessionLost, Throttled
from wagroups.domain.identity import GroupJid
from wagroups.domain.observed import Observed, ObservedGroup, Scope
from wagroups.domain.picture import Glimpse
from wagroups.domain.ports import Clock, Gateway
from wagroups.domain.roster import Names
from wagroups.execution.pacing import NotYet, Pacer
from wagroups.execution.retry import persistently
from wagroups.execution.visibility import visible
from wagroups.execution.work import GroupWork

LOOKS: Final = tuple(timedelta(seconds=seconds) for seconds in (0, 1, 2, 4, 8))
"""How long after the last write a group is read, each time it does not show everything (safety guide, part 1)."""


class Looker:
    """Reads groups for one account, within its budget, and remembers what every read taught."""

    def __init__(
        self, gateway: Gateway, pacer: Pacer, clock: Clock, names: Names, learn: Callable[[Observed], Names]
    ) -> None:
        self._gateway, self._pacer, self._clock = gateway, pacer, clock
        self._learn = learn
        self.names = names
        self.latest: Observed | None = None
        """Every group read so far, laid over one another."""

    async def look(self, work: GroupWork) -> None:
        """Read one group once.  A failed read leaves what was known before.

        Raises NotYet when the read budget is used up or its breaker tripped, and SessionLost.
        """
        assert work.jid is not None
        observed = await self._read(work.jid)
        if observed is None:
            return
        live = observed.groups.get(work.jid)
        work.gone = work.jid in observed.absent or (live is not None and live.left_by(observed.me))
        if work.gone:
            # Nothing more can be seen of a group that the account has left.
            work.unproven = [c for c in work.unproven if not isinstance(c, GroupDissolution)]
        elif live is not None:
            live = work.live = await self._with_picture(work, live)
            self.latest = observed_anew(self.latest or observed, live)
            work.unproven = [c for c in work.unproven if visible(c, live, self.names) is False]

    async def _with_picture(self, work: GroupWork, live: ObservedGroup) -> ObservedGroup:
        """`live` with the latest glimpse of its picture; another one is taken only for a picture not seen yet."""
        if any(isinstance(change, PictureChange) for change in work.unproven):
            return replace(live, picture=await glimpse(self._gateway, self._pacer, self._clock, live.jid))
        return live if work.live is None else replace(live, picture=work.live.picture)

    async def _read(self, jid: GroupJid) -> Observed | None:
        await self._pacer.turn(CallClass.READ)
        try:
            observed = await persistently(
                lambda: self._gateway.observe(Scope((jid,))), self._clock, idempotent_read=True
            )
        except SessionLost:
            raise
        except Throttled as error:
            self._pacer.trip_rate_limit(CallClass.READ, error.retry_after)
            raise NotYet(self._pacer.peek(CallClass.READ), "rate-overlimit") from error
        except GatewayError:
            return None
        self.names = self._learn(observed)
        self.latest = observed if self.latest is None else self.latest.merged(observed)
        return observed

    async def look_until_seen(self, works: Sequence[GroupWork], kind: type[Change] | None = None) -> None:
        """Read the groups together until each shows everything that was answered, or the last look is over.

        With `kind`, only changes of that kind are waited for: some gateways show others minutes later.
        """
        pending = [work for work in works if work.jid is not None and _waits(work, kind)]
        for number, after in enumerate(LOOKS):
            if not pending:
                return
            if number == len(LOOKS) - 1:
                await self._refresh()
            for work in pending:
                await self._wait(work, after)
                await self.look(work)
            pending = [work for work in pending if _waits(work, kind)]

    async def _wait(self, work: GroupWork, after: timedelta) -> None:
        if work.last_write is None:
            return
        left = work.last_write + after - self._clock.now()
        if left > timedelta(0):
            await self._clock.sleep(left)

    async def _refresh(self) -> None:
        if Access.WRITE not in self._gateway.capabilities.claim(Aspect.REFRESH).access:
            return
        try:
            await self._pacer.turn(CallClass.LIST)
            await self._gateway.refresh()
        except Throttled as error:
            self._pacer.trip_rate_limit(CallClass.LIST, error.retry_after)
        except (NotYet, GatewayError):
            return  # one more plain read is still worth its call


async def glimpse(gateway: Gateway, pacer: Pacer, clock: Clock, jid: GroupJid) -> Glimpse:
    """Look at a group's picture, as one read.  What fails is told in the glimpse: a picture never stops a run.

    Raises SessionLost, which holds for everything.
    """
    try:
        await pacer.turn(CallClass.READ)
        return await persistently(lambda: gateway.glimpse(jid), clock, idempotent_read=True)
    except SessionLost:
        raise
    except Throttled as error:
        pacer.trip_rate_limit(CallClass.READ, error.retry_after)
        return Glimpse(trouble="reads have to rest")
    except NotYet:
        return Glimpse(trouble="the budget for reads is used up")
    except GatewayError as error:
        return Glimpse(trouble=error.message)


def observed_anew(observed: Observed, group: ObservedGroup) -> Observed:
    """`observed` with what is known of one group now."""
    return replace(observed, groups=MappingProxyType({**observed.groups, group.jid: group}))


def _waits(work: GroupWork, kind: type[Change] | None) -> bool:
    """Whether something that was answered, of `kind` where one is given, was not seen yet."""
    return bool(work.unproven) if kind is None else any(isinstance(change, kind) for change in work.unproven)
