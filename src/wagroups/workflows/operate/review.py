"""Who is in which group, from the files and the ledger; no gateway is asked."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.wall_clock import end_of
from wagroups.domain.identity import AccountKey, Identity
from wagroups.domain.membership import Membership
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import MemberAddition
from wagroups.planning.diff.directory import Directory
from wagroups.planning.explain.memberships import ANY_GATEWAY, absent_one, memberships, remembered
from wagroups.planning.situation import Moment, Situation
from wagroups.workflows.reconcile.session import Session


class MembershipReview:
    """One look at the memberships of a project."""

    def __init__(self, session: Session, on: datetime | None = None) -> None:
        """`on` is the moment that is asked about; now, where it is not given."""
        self._session = session
        self.now = on or session.clock.now()
        self._moment = Moment.of(self.now, session.project.desired.timezone)
        self._situations: dict[AccountKey, Situation] = {}

    def of_groups(self, groups: Iterable[DesiredGroup]) -> Iterator[Membership]:
        """Everybody who is declared in these groups or was in them."""
        for group in groups:
            yield from memberships(group, self._situation(group.account), self._directory, self._moment)

    def of_person(self, person: Identity, groups: Iterable[DesiredGroup]) -> Iterator[Membership]:
        """The memberships of one person."""
        return (one for one in self.of_groups(groups) if same_person(one.person, person))

    def of_one(self, person: Identity, group: DesiredGroup) -> Membership:
        """One person in one group, whether or not they have anything to do with it."""
        found = next(self.of_person(person, [group]), None)
        return found or absent_one(group, person, self._situation(group.account), self.now)

    def expiring(self, groups: Iterable[DesiredGroup], within: timedelta) -> list[Membership]:
        """Memberships and rights that end within a time, the first to end first.

        Memberships that are over are among them while the files name them.
        """
        last = end_of((self._moment.today + within).isoformat(), self._moment.zone)
        ending = ((min(filter(None, (one.ends, one.right_ends)), default=None), one) for one in self.of_groups(groups))
        due = [(end, one) for end, one in ending if end is not None and (last is None or end <= last)]
        return [one for _, one in sorted(due, key=lambda pair: (pair[0], pair[1].group))]

    def ended(self, groups: Iterable[DesiredGroup]) -> list[Membership]:
        """Memberships of which all time is over, the first to end first: lines that may be deleted."""
        over = [one for one in self.of_groups(groups) if one.is_over]
        return sorted(over, key=lambda one: (one.ends or self.now, one.group))

    def turn_of(self, one: Membership) -> datetime | None:
        """When the budget lets the next apply add somebody, if that is later than now."""
        if not isinstance(one.change, MemberAddition):
            return None
        memory, pace = self._situation(one.account).memory, self._session.pace(one.account)
        calls = CallClass.ADD_UNSEEN if one.change.unseen else CallClass.ADD
        free = pace.next_free(calls, memory.spent.get(calls, ()), (*memory.breakers, *memory.lessons), self.now)
        return free if free is not None and free > self.now else None

    @cached_property
    def _directory(self) -> Directory:
        return Directory(self._session.project.desired.people)

    def _situation(self, account: AccountKey) -> Situation:
        if account not in self._situations:
            memory = self._session.ledger.recall(account, self.now)
            observed = remembered(memory, self.now)
            self._situations[account] = Situation(observed, memory, ANY_GATEWAY, self._session.pace(account))
        return self._situations[account]


def same_person(one: Identity, other: Identity) -> bool:
    return one.same_as(other) or (one.alias is not None and one.alias == other.alias)
