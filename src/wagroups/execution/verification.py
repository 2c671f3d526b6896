"""Look until a write shows, gently.

Most gateways answer reads from a cache that follows WhatsApp's own notices, so a read right after a write may
show what was before it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeVar

from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.errors import GatewayError, NotYet, SessionLost, reason_in
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.duplicates import recognised
from wagroups.domain.live.join_requests import Requests
from wagroups.domain.live.observed import Observed, ObservedGroup, Scope
from wagroups.domain.live.roster import Names
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    GroupDissolution,
    MemberAddition,
    MemberRemoval,
    PictureChange,
    RequestApproval,
    RequestRejection,
)
from wagroups.domain.ports import Clock
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.group_run import GroupWork
from wagroups.execution.rate_limit import RATE_LIMIT
from wagroups.execution.visibility import visible

T = TypeVar("T")

LISTED: Final = (MemberAddition, MemberRemoval, RequestApproval, AdminPromotion, AdminDemotion)
"""Changes that only a group's list of people shows."""

LOOKS: Final = tuple(timedelta(seconds=seconds) for seconds in (0, 1, 2, 4, 8))
"""How long after the last write a group is read, each time it does not show everything (safety guide, part 1)."""


class Verifier:
    """Reads groups for one account, within its budget, and remembers what every read taught."""

    def __init__(self, gateway: PacedGateway, clock: Clock, names: Names, learn: Callable[[Observed], Names]) -> None:
        self._gateway, self._clock, self._learn = gateway, clock, learn
        self.names = names
        self.latest: Observed | None = None
        """Every group read so far, laid over one another."""

    def take(self, observed: Observed, names: Names) -> None:
        """Lay a read that was made elsewhere over what was read so far."""
        self.names = names
        self.latest = observed if self.latest is None else self.latest.merged(observed)

    async def look(self, work: GroupWork) -> None:
        """Read one group once.  A failed read leaves what was known before.

        Raises NotYet when the read budget is used up or its breaker tripped, and SessionLost.
        """
        assert work.jid is not None
        observed = await self._read(work.jid)
        await self._take_in(work, observed)

    async def look_without_ledger(self, work: GroupWork) -> None:
        """Read one group once, for a run whose ledger fails: no budget can be charged, and nothing be learnt."""
        assert work.jid is not None
        try:
            observed = await self._gateway.observe_without_ledger(Scope((work.jid,)))
        except GatewayError as error:
            work.unread = reason_in(error.message)
        else:
            await self._take_in(work, observed, plain=True)

    async def _take_in(self, work: GroupWork, observed: Observed | str, *, plain: bool = False) -> None:
        """Compare a read with what was answered; `plain` leaves out what takes a look of its own."""
        assert work.jid is not None
        if isinstance(observed, str):
            work.unread = observed
            return
        live = observed.groups.get(work.jid)
        if live is None and work.jid not in observed.absent:
            work.unread = observed.failed.get(work.jid, "the gateway did not show the group")
            return
        work.looked, work.unread = len(work.records), ""
        work.gone = work.jid in observed.absent or (live is not None and live.left_by(observed.me))
        if work.gone:
            # Nothing more can be seen of a group that the account has left.
            work.unproven = [c for c in work.unproven if not isinstance(c, GroupDissolution)]
        elif live is not None:
            live = work.live = live if plain else await self._with_looks(work, live)
            self.latest = observed_anew(self.latest or observed, live)
            work.unproven = [c for c in work.unproven if self._is_not_seen_yet(c, live)]

    def _is_not_seen_yet(self, change: Change, live: ObservedGroup) -> bool:
        """Whether another look may show `change`: also where people are shown here, and this list cannot be read."""
        if isinstance(change, LISTED) and not live.members:
            return Access.READ in self._gateway.capabilities.claim(Aspect.MEMBERS).access
        return visible(change, live, self.names) is False

    async def _with_looks(self, work: GroupWork, live: ObservedGroup) -> ObservedGroup:
        """`live` with what takes a look of its own, anew where a change of it was answered and not seen yet."""
        before, jid = work.live, live.jid
        picture, requests = (None, None) if before is None else (before.picture, before.requests)
        if any(isinstance(change, PictureChange) for change in work.unproven):
            picture = await glimpse(self._gateway, jid)
        if any(isinstance(change, RequestApproval | RequestRejection) for change in work.unproven):
            requests = await who_asks(self._gateway, jid)
        return replace(live, picture=picture, requests=requests)

    async def _read(self, jid: GroupJid) -> Observed | str:
        """The read, or why there is none."""
        try:
            observed = await self._gateway.observe(Scope((jid,)))
        except SessionLost:
            raise
        except GatewayError as error:
            return reason_in(error.message)
        self.names = self._learn(observed)
        observed = recognised(observed, self.names)
        self.latest = observed if self.latest is None else self.latest.merged(observed)
        return observed

    async def shows(self, work: GroupWork, changes: Sequence[Change]) -> bool | None:
        """Whether the group shows `changes` after an answer was lost; `None` when no read can tell."""
        work.unproven += changes
        work.last_write = self._clock.now()
        await self.look_until_seen([work])
        if work.unread or work.live is None:
            return None
        seen = [visible(change, work.live, self.names) for change in changes]
        return False if False in seen else None if None in seen else True

    async def look_until_seen(self, works: Sequence[GroupWork], kinds: tuple[type[Change], ...] = ()) -> None:
        """Read the groups together until each shows everything that was answered, or the last look is over.

        With `kinds`, only changes of those kinds are waited for: some gateways show others minutes later.
        """
        pending = [work for work in works if work.jid is not None and _waits(work, kinds)]
        for number, after in enumerate(LOOKS):
            if not pending:
                return
            if number == len(LOOKS) - 1:
                await self.refresh()
            for work in pending:
                await self._wait(work, after)
                await self.look(work)
            pending = [work for work in pending if _waits(work, kinds)]

    async def _wait(self, work: GroupWork, after: timedelta) -> None:
        if work.last_write is None:
            return
        left = work.last_write + after - self._clock.now()
        if left > timedelta(0):
            await self._clock.sleep(left)

    async def refresh(self) -> None:
        """Have the gateway read everything anew, where it can and the budget allows.  Raises SessionLost."""
        if Access.WRITE not in self._gateway.capabilities.claim(Aspect.REFRESH).access:
            return
        try:
            await self._gateway.refresh()
        except SessionLost:
            raise
        except (NotYet, GatewayError):
            return  # one more plain read is still worth its call


async def glimpse(gateway: PacedGateway, jid: GroupJid) -> Glimpse:
    """Look at a group's picture, as one read.  What fails is told in the glimpse: a picture never stops a run."""
    found = await _shown(gateway.glimpse(jid))
    return Glimpse(trouble=found) if isinstance(found, str) else found


async def who_asks(gateway: PacedGateway, jid: GroupJid) -> Requests:
    """See who asks to join a group, as one read.  What fails is told in the answer."""
    found = await _shown(gateway.join_requests(jid))
    return Requests(trouble=found) if isinstance(found, str) else Requests(found)


async def _shown(answer: Awaitable[T]) -> T | str:
    """The answer to one read that a run can do without, or what stood in its way.

    Raises SessionLost, which holds for everything.
    """
    try:
        return await answer
    except SessionLost:
        raise
    except NotYet as later:
        return "reads are paused" if later.reason == RATE_LIMIT else "the budget for reads is used up"
    except GatewayError as error:
        return error.message


def observed_anew(observed: Observed, group: ObservedGroup) -> Observed:
    """`observed` with what is known of one group now."""
    return replace(observed, groups=MappingProxyType({**observed.groups, group.jid: group}))


def _waits(work: GroupWork, kinds: tuple[type[Change], ...]) -> bool:
    """Whether something that was answered, of one of `kinds` where any are given, was not seen yet."""
    return any(not kinds or isinstance(change, kinds) for change in work.unproven)
