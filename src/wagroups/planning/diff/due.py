"""What is due: it follows from a date that came after somebody approved that date.

Whoever writes `until: 2027-01-31` into a reviewed change has said what happens on the day after; nobody has to say it
again.  What is due is judged person by person: an approval of somebody's dates holds as long as these are written so,
whatever else changes in the group.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from wagroups.domain.declared.desired import Desired, DesiredGroup, DesiredMember, State, Turn
from wagroups.domain.declared.period import Periods
from wagroups.domain.identity import AccountKey, GroupKey, Identity
from wagroups.domain.live.memory import Applied, Memory
from wagroups.domain.plans.approval import Approval, ApprovedDates, Due, Review, Reviewed
from wagroups.domain.plans.change import (
    AdminDemotion,
    Change,
    MemberRemoval,
)
from wagroups.domain.plans.change_kinds import kind_of
from wagroups.planning.diff.fingerprints import dates_of, fingerprint_of_desired, reach_of
from wagroups.planning.situation import Selection, Terms


class DueDates:
    """The dates of one group's people, as they are declared and as they were approved."""

    def __init__(self, group: DesiredGroup, memory: Memory, terms: Terms, now: datetime) -> None:
        self._now, self._key, self._reach = now, memory.key, reach_of(group)
        self._applied: Applied | None = memory.applied.get(group.key)
        self._approval = approval_in_force(group, memory, terms.reviewed)

    def behind(self, change: Change, member: DesiredMember | None) -> Due | None:
        """The date from which a change follows; `None` where it has another reason."""
        turn = kind_of(change).turn
        if turn is None or member is None:
            return None
        if isinstance(change, MemberRemoval | AdminDemotion) and change.evidence != "expired":
            return None
        return self.due(turn, member)

    def due(self, turn: Turn, member: DesiredMember) -> Due | None:
        """Whether a date has brought `turn` for somebody, and no run since then has seen it to be so."""
        at = _came(turn, member, self._now)
        if at is None or self._was_so(turn, member, at):
            return None
        review = self._review(member, at)
        return None if review is None else Due(at=at, review=review)

    def foreseen(self, member: DesiredMember) -> bool:
        """Whether the end of a membership was on record before it came."""
        end = _came(Turn.LEAVES, member, self._now)
        return end is not None and self._review(member, end) is Review.APPROVED

    def _review(self, member: DesiredMember, at: datetime) -> Review | None:
        """What was approved of a date; `None` for one that had come by then: that was no matter of time."""
        approval = self._approval
        if approval is None:
            return Review.NEVER
        approved = approval.people.get(_name(member, self._key))
        if approved is not None and approved.dates == dates_of(member) and approval.reach == self._reach:
            return Review.APPROVED if at > approved.since else None
        return Review.CHANGED if at > approval.at else None

    def _was_so(self, turn: Turn, member: DesiredMember, at: datetime) -> bool:
        """Whether the last apply found it to be so after the date had come: what differs since has another cause."""
        applied, name = self._applied, _name(member, self._key)
        if applied is None or applied.at < at or applied.absent is None or applied.demoted is None:
            return False
        match turn:
            case Turn.JOINS:
                return name not in applied.absent
            case Turn.LEAVES:
                return name in applied.absent
            case Turn.PROMOTED:
                return name not in applied.demoted
            case Turn.DEMOTED:
                return name in applied.demoted


def _came(turn: Turn, member: DesiredMember, now: datetime) -> datetime | None:
    """When the date came from which `turn` follows now."""
    match turn:
        case Turn.JOINS:
            return _start(member.member, now)
        case Turn.PROMOTED:
            return _start(member.admin, now)
        case Turn.LEAVES:
            return _end(member.member, now)
        case Turn.DEMOTED:
            return _end(member.admin, now) if now in member.member else None


def _start(periods: Periods, now: datetime) -> datetime | None:
    period = periods.period_at(now)
    return None if period is None else period.start


def _end(periods: Periods, now: datetime) -> datetime | None:
    if now in periods:
        return None
    return max((period.end for period in periods if period.end is not None and period.end <= now), default=None)


def _name(member: DesiredMember, key: bytes) -> str:
    return Identity(alias=member.person.alias, phone=member.person.phone).name(key)


# --- approvals -----------------------------------------------------------------------------------------------------


def approval_in_force(group: DesiredGroup, memory: Memory, reviewed: Reviewed | None) -> Approval | None:
    """What is approved of a group: as it was remembered, and by the reviewed plan that is applied now."""
    keys = (group.key, *group.previous_keys)
    known = next((found for key in keys if (found := memory.approvals.get(key)) is not None), None)
    if reviewed is None or group.key not in reviewed.fingerprints:
        return known
    fingerprint = fingerprint_of_desired(group, memory.key)
    if reviewed.fingerprints[group.key] != fingerprint:
        return known  # the plan is stale, and the run will be refused
    return renewed(known, group, memory.key, reviewed.created_at, reviewed.emptied.get(group.key))


def renewed(
    known: Approval | None, group: DesiredGroup, key: bytes, at: datetime, empty_at: datetime | None
) -> Approval:
    """What is approved of a group by a plan that was made `at`; dates that were approved before, are so since then."""
    fingerprint, reach = fingerprint_of_desired(group, key), reach_of(group)
    before = {} if known is None or known.reach != reach else known.people
    same = known is not None and known.fingerprint == fingerprint
    people = {}
    for member in group.members.limited():
        name, dates = _name(member, key), dates_of(member)
        old = before.get(name)
        since = min(old.since, at) if old is not None and old.dates == dates else at
        people[name] = ApprovedDates(dates=dates, since=since)
    return Approval(
        fingerprint=fingerprint,
        reach=reach,
        at=min(known.at, at) if known is not None and same else at,
        people=people,
        empty_at=empty_at or (known.empty_at if known is not None and same else None),
    )


def said_to_be_empty(group: DesiredGroup, memory: Memory, terms: Terms) -> bool:
    """Whether an approved plan said that nobody would be left in the group by now, or soon."""
    approval = approval_in_force(group, memory, terms.reviewed)
    if approval is None or approval.empty_at is None:
        return False
    return approval.fingerprint == fingerprint_of_desired(group, memory.key)


# --- a run that does only what is due -----------------------------------------------------------------------------


def groups_with_dates(
    desired: Desired, memories: Mapping[AccountKey, Memory], selection: Selection, now: datetime
) -> Iterator[GroupKey]:
    """The selected groups in which a date has come that no run has dealt with: only these have to be read."""
    terms = Terms()
    for key, group in sorted(desired.groups.items()):
        memory = memories.get(group.account)
        if memory is None or not selection.has_group(group) or not _exists(group, memory):
            continue
        dates = DueDates(group, memory, terms, now)
        members: Iterable[DesiredMember] = group.members.limited()
        if any(dates.due(turn, member) is not None for member in members for turn in Turn):
            yield key


def _exists(group: DesiredGroup, memory: Memory) -> bool:
    """Whether it is worked on: of a group that is yet to be created, nothing is due."""
    if group.state is not State.MANAGED:
        return False
    return group.id is not None or any(key in memory.bindings for key in (group.key, *group.previous_keys))
