"""One person and one group, as files and memory know them: what is reviewed and explained."""

from datetime import datetime
from typing import NamedTuple

from wagroups.domain.declared.desired import DesiredMember
from wagroups.domain.declared.members import Consent, Entry, Exclusion
from wagroups.domain.declared.period import Period
from wagroups.domain.identity import AccountKey, GroupKey, Identity, Role
from wagroups.domain.live.tombstone import Tombstone
from wagroups.domain.plans.change import PersonChange
from wagroups.domain.plans.plan import Notice


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
    at: datetime
    """The moment that is asked about."""
    change: PersonChange | None = None
    """What the next apply does about them, or about their role."""
    notices: tuple[Notice, ...] = ()
    """What it does not do, and why."""
    left: Tombstone | None = None
    """Set when they left by themselves."""

    @property
    def consent(self) -> Consent | None:
        """Why the person may be added, where they are declared."""
        return None if self.entry is None else self.entry.person.consent

    @property
    def period(self) -> Period | None:
        """The declared time that is meant: the present one, else the next, else the last."""
        return None if self.entry is None else self.entry.period_about(self.at)

    @property
    def line(self) -> Entry | None:
        """The line that counts in that time."""
        return None if self.entry is None else self.entry.entry_at(self.at, admin=self.is_admin)

    @property
    def exclusion(self) -> Exclusion | None:
        """The exception that keeps somebody out at that moment."""
        found = () if self.entry is None else self.entry.exclusions
        return next((exclusion for exclusion in found if self.at in exclusion.periods), None)

    @property
    def is_admin(self) -> bool:
        """Whether they are declared an admin in that time."""
        return self.entry is not None and self.entry.is_admin_about(self.at)

    @property
    def is_in(self) -> bool:
        """Whether they are declared a member at that moment."""
        return self.entry is not None and self.at in self.entry.member

    @property
    def is_over(self) -> bool:
        """Whether all their declared time is over."""
        return self.entry is not None and (not self.entry.member or self.entry.member.over_at(self.at))

    @property
    def ends(self) -> datetime | None:
        """When the declared time ends, or ended; `None` = it does not."""
        return None if self.period is None else self.period.end

    @property
    def right_ends(self) -> datetime | None:
        """When an admin becomes a plain member; `None` = never, or only by leaving."""
        right = None if self.entry is None else self.entry.admin.period_at(self.at)
        return None if right is None or right.end is None or right.end == self.ends else right.end
