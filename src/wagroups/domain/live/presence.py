"""Whether somebody declared may be one of a group's members whose number WhatsApp hides, as far as answers told."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wagroups.domain.identity import Lid, Me
from wagroups.domain.live.observed import ObservedGroup, is_me
from wagroups.domain.live.roster import Names

BELIEVED: Final = timedelta(days=30)
"""How long an answer that somebody is in a group is believed (safety guide, part 9)."""

IS_MEMBER: Final = 409
"""WhatsApp's answer to an addition of somebody who is already in the group."""


class Count(NamedTuple):
    """How many a read showed, with the account itself."""

    size: int
    hidden: int
    """Those whose number nobody knows."""


class Presence(NamedTuple):
    """What is remembered of one person, declared in a group that does not show them by a name that is known."""

    since: datetime
    """When they were first found to be declared there and not told from its hidden members."""
    known: bool = False
    """They were seen in the group, or added to it, before: if they are out, they may have left."""
    vanished: bool = False
    """Somebody hidden is gone since then, who may have been them."""
    asked_at: datetime | None = None
    """When their addition was answered; `None` while it was not asked for."""
    code: int | None = None
    """The answer about them, where the gateway gives one."""
    shown: Count | None = None
    """What the group was when the answer told that they are in it; `None` where it did not tell."""

    def holds(self, count: Count, now: datetime) -> bool:
        """Whether they are one of the hidden members: the answer is young, and the group as it was."""
        return self._is_young(now) and not self.vanished and self.shown == count and count.hidden > 0

    def settled(self) -> bool:
        """Whether they were asked about by adding them beside hidden members, which is done once."""
        return self.asked_at is not None and (self.shown is None or self.shown.hidden > 0)

    def in_the_group_by_some_name(self, now: datetime) -> bool:
        """Whether WhatsApp said of late that they are a member."""
        return self.code == IS_MEMBER and self._is_young(now)

    def _is_young(self, now: datetime) -> bool:
        return self.asked_at is not None and now - self.asked_at < BELIEVED


def hidden_in(live: ObservedGroup, names: Names, me: Me) -> frozenset[Lid]:
    """The members whose number nobody knows."""
    return frozenset(
        member.lid
        for member in live.members or ()
        if member.lid is not None
        and member.phone is None
        and names.phone_of(member.lid) is None
        and not is_me(member, me)
    )


def counted(live: ObservedGroup, names: Names, me: Me) -> Count:
    return Count(len(live.members or ()), len(hidden_in(live, names, me)))
