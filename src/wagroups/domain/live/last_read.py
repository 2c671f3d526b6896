"""The last read of an account as the ledger keeps it: what a plan can be made from without asking anybody."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from wagroups.domain._base import Value
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.capability import Capabilities
from wagroups.domain.live.observed import Absence, Community, Observed, ObservedGroup

FRESH: Final = timedelta(minutes=5)
"""How old a read may be that stands in for a new one where a new one costs a question to WhatsApp (safety guide, 6)."""


class GroupFacts(Value):
    """A group as the read showed it, without its people: those are in its last good read."""

    jid: GroupJid
    subject: str | None
    description: str | None
    settings: dict[Setting, str]
    created_at: datetime | None
    community: Community | None
    suspended: bool
    hydrated: bool

    @classmethod
    def of(cls, group: ObservedGroup) -> Self:
        return cls(
            jid=group.jid,
            subject=group.subject,
            description=group.description,
            settings=dict(group.settings),
            created_at=group.created_at,
            community=group.community,
            suspended=group.suspended,
            hydrated=group.hydrated,
        )


class ReadFacts(Value):
    """Everything of a read but people."""

    capabilities: Capabilities
    """What the connection could do by which it was made."""
    groups: tuple[GroupFacts, ...]
    absent: dict[GroupJid, Absence]
    failed: dict[GroupJid, str]
    trouble: str | None

    @classmethod
    def of(cls, observed: Observed, capabilities: Capabilities) -> Self:
        return cls(
            capabilities=capabilities,
            groups=tuple(map(GroupFacts.of, observed.groups.values())),
            absent=dict(observed.absent),
            failed=dict(observed.failed),
            trouble=observed.trouble,
        )


class LastRead(NamedTuple):
    """The last time that all groups of an account were read."""

    read_at: datetime
    facts: ReadFacts
    outdated: bool
    """Whether a write was attempted after it.  Events need no mark: `watch` reads everything anew at each."""

    def stands_in(self, now: datetime) -> bool:
        """Whether a plan may use it instead of a read that asks WhatsApp."""
        return (
            not self.outdated
            and self.facts.trouble is None
            and bool(self.facts.capabilities.read_cost.listing)
            and timedelta(0) <= now - self.read_at <= FRESH
        )
