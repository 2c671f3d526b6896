"""What a plan tells of the time after it: everything that its dates will bring, as long as nobody writes them anew.

Whoever approves the plan approves these too, so they are told before they happen.
"""

from collections.abc import Iterator
from datetime import datetime

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import Boundary, DesiredGroup, Manage, State, Turn
from wagroups.domain.identity import Identity, Me, Phone
from wagroups.domain.plans.plan import Later
from wagroups.planning.situation import Selection

_OF_MEMBERS = frozenset({Turn.JOINS, Turn.LEAVES})


def later_in(group: DesiredGroup, me: Me, selection: Selection, now: datetime, until: datetime) -> Iterator[Later]:
    """What happens in one group by its dates after `now` and up to `until`, in order of time."""
    if group.state is not State.MANAGED or not group.members.dated:
        return
    for boundary in group.boundaries():
        if not now < boundary.at <= until or _is_me(boundary, me) or boundary.person.denied is not None:
            continue
        if _reaches(group, boundary.turn, selection):
            person = Identity(alias=boundary.person.alias, phone=boundary.person.phone)
            yield Later(at=boundary.at, group=group.key, turn=boundary.turn, person=person, origin=boundary.origin)
    empty_at = emptied_at(group, me, now, until)
    if empty_at is not None and _reaches(group, Turn.LEAVES, selection):
        yield Later(at=empty_at, group=group.key, turn=None, origin=group.origin_of("members"))


def emptied_at(group: DesiredGroup, me: Me, now: datetime, until: datetime) -> datetime | None:
    """The first time in that span from which nobody is to be in the group, of those whom its lists name."""
    left = _people_at(group, me, now)
    ahead = (b.at for b in group.boundaries() if now < b.at <= until and b.turn in _OF_MEMBERS)
    for instant in dict.fromkeys(ahead):
        before, left = left, _people_at(group, me, instant)
        if before and not left:
            return instant
    return None


def _people_at(group: DesiredGroup, me: Me, instant: datetime) -> frozenset[Phone]:
    people = (person for person in group.members.people_at(instant) if person.denied is None)
    return frozenset(person.phone for person in people if me.phone is None or me.phone not in person.spellings)


def _is_me(boundary: Boundary, me: Me) -> bool:
    return me.phone is not None and me.phone in boundary.person.spellings


def _reaches(group: DesiredGroup, turn: Turn, selection: Selection) -> bool:
    """Whether the lists say enough for a run to act on it."""
    if turn in _OF_MEMBERS:
        declared = group.members_declared or (turn is Turn.JOINS and group.admins_declared)
        return declared and group.manage_members is not Manage.IGNORE and selection.has_section(Section.MEMBERS)
    return group.admins_declared and group.manage_admins is not Manage.IGNORE and selection.has_section(Section.ADMINS)
