"""What a group was when it was last applied: the base against which later differences are explained.

A change that a reader of a drift report asks about happened since the group was last made so, not since somebody last
looked: a cause that depended on the last read would be another one at the second look.
"""

from datetime import datetime
from typing import NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity, Me
from wagroups.domain.live.memory import Applied
from wagroups.domain.live.observed import ObservedGroup, ObservedMember, is_me
from wagroups.domain.live.roster import Names, Roster
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.fields import declared_values, live_values
from wagroups.planning.diff.shortcut import as_declared


class Namer(NamedTuple):
    """Names people as actions do: by alias where the project has one, else by pseudonym."""

    directory: Directory
    names: Names
    key: bytes

    def of_person(self, person: Person) -> str:
        return Identity(alias=person.alias, phone=person.phone).name(self.key)

    def of_member(self, member: ObservedMember) -> str:
        phone = member.phone or (self.names.phone_of(member.lid) if member.lid is not None else None)
        known = None if phone is None else self.directory.by_phone(phone) or self.directory.by_former_phone(phone)
        return Identity(alias=None if known is None else known.alias, phone=phone, lid=member.lid).name(self.key)


def applied_of(group: DesiredGroup, live: ObservedGroup | None, me: Me, namer: Namer, at: datetime) -> Applied:
    """What is declared of `group` now, and how far `live`, the last read of the run, shows it to be so.

    `live` is `None` where no read showed the group: then nothing is known to be so.
    """
    values = declared_values(group)
    seen = {} if live is None else live_values(live)
    declared = Applied(
        at=at,
        values=values,
        people=frozenset(map(namer.of_person, group.members.people)),
        admins=frozenset(map(namer.of_person, group.members.admins)),
        unset=frozenset(name for name, value in values.items() if seen.get(name) != value),
    )
    if live is None or live.members is None:
        return declared.model_copy(update={"absent": declared.people, "demoted": declared.admins})
    if as_declared(group, live, me):
        nobody: frozenset[str] = frozenset()
        return declared.model_copy(
            update={"absent": nobody, "demoted": nobody, "others": nobody, "other_admins": nobody}
        )
    return declared.model_copy(update=_people(group, live, me, namer))


def _people(group: DesiredGroup, live: ObservedGroup, me: Me, namer: Namer) -> dict[str, frozenset[str]]:
    """Who differs from what is declared, by the names that actions have."""
    roster = Roster(live.members or (), namer.names)
    found = [(person, roster.find(person.phone)) for person in group.members.people]
    admins = {person.phone for person in group.members.admins}
    known = {member: person for person, member in found if member is not None}
    strangers = [m for m in roster.members if m not in known and not is_me(m, me)]
    rulers = [m for m in roster.members if m.role.is_admin and not is_me(m, me)]
    return {
        "absent": frozenset(namer.of_person(person) for person, member in found if member is None),
        "demoted": frozenset(
            namer.of_person(person)
            for person, member in found
            if person.phone in admins and (member is None or not member.role.is_admin)
        ),
        "others": frozenset(map(namer.of_member, strangers)),
        "other_admins": frozenset(
            namer.of_person(known[member]) if member in known else namer.of_member(member)
            for member in rulers
            if member not in known or known[member].phone not in admins
        ),
    }
