"""Whether a group is as declared, by sets alone.

Nearly every group is, on nearly every run, and there may be a quarter of a million memberships: so nothing is made or
asked for a membership until two sets differ.
"""

from typing import Final

from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, Person
from wagroups.domain.declared.period import ALWAYS
from wagroups.domain.identity import Me, Role
from wagroups.domain.live.observed import ObservedGroup
from wagroups.planning.situation import Moment

_MEMBER: Final = Role.MEMBER
"""Looked up once: a member of an enumeration costs more to name than a membership to look at."""


def declared_people(group: DesiredGroup, moment: Moment) -> tuple[Person, ...]:
    """Everybody who should be in the group now, in order."""
    return tuple([person for person in group.members.people_at(moment.now) if person.denied is None])


def yet_to_come(group: DesiredGroup, moment: Moment) -> tuple[DesiredMember, ...]:
    """The memberships of those who are to join later, for the first time or again."""
    return tuple(
        member
        for member in group.members.limited()
        if member.person.denied is None
        and moment.now not in member.member
        and member.member.next_start(moment.now) is not None
    )


def as_declared(group: DesiredGroup, live: ObservedGroup, me: Me) -> bool:
    """Whether the list shows everybody by number, exactly the declared people, and exactly the declared admins.

    Then the rules of `planning.diff.people` have nothing to say; they look at each person.  Anything unusual (dates, a
    denied person, somebody without a number) is left to them.
    """
    members, listed = group.members, live.members or ()
    if members.several or any(batch.clause.dated for batch in members.batches):
        return False
    declared = {person.phone for person in members.people if person.denied is None and person.periods is ALWAYS}
    shown = {member.phone for member in listed}
    if len(declared) != len(members) or len(shown) != len(listed):
        return False
    ours = () if me.phone is None else me.phone.variants()
    if not (declared ^ shown).issubset(ours):
        return False
    if not group.admins_declared:
        return True
    admins = {person.phone for person in members.admins}
    rulers = {member.phone for member in listed if member.role is not _MEMBER}
    return not (rulers.difference(admins, ours) or admins - rulers)
