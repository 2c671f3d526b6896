"""One person and one group, as files and memory know them: what is reviewed and explained."""

from datetime import date, datetime
from typing import NamedTuple

from wagroups.domain.change import PersonChange
from wagroups.domain.desired import DesiredMember
from wagroups.domain.identity import AccountKey, GroupKey, Identity, Role
from wagroups.domain.plan import Notice
from wagroups.domain.tombstone import Tombstone


class Membership(NamedTuple):
    """One person and one group."""

    group: GroupKey
    account: AccountKey
    person: Identity
    entry: DesiredMember | None
    """Where they are declared; `None` when they are not."""
    role: Role | None
    """What they were in the last good read; `None` when it did not show them, or there is none."""
    read_at: datetime | None
    """The time of that read; `None` = the group was never read."""
    change: PersonChange | None = None
    """What the next apply does about them, or about their role."""
    notices: tuple[Notice, ...] = ()
    """What it does not do, and why."""
    left: Tombstone | None = None
    """Set when they left by themselves."""

    @property
    def ends(self) -> date | None:
        """The last day of the declared membership, or of everything that is declared of the person."""
        if self.entry is None:
            return None
        return min((day for day in (self.entry.until, self.entry.person.until) if day is not None), default=None)
