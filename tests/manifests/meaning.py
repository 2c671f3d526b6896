"""What a project declares, without the places where it says so."""

from dataclasses import replace
from types import MappingProxyType

from wagroups.domain.declared.desired import Desired, DesiredGroup, DesiredMember, DesiredMembers, Entry, Origin, Person

NOWHERE = Origin("", 0, 0)


def meaning(desired: Desired) -> Desired:
    """The same declarations, comparable across files."""
    return replace(
        desired,
        groups=MappingProxyType({key: _group(group) for key, group in desired.groups.items()}),
        people=tuple(map(_person, desired.people)),
        digest="",
        files=0,
    )


def _group(group: DesiredGroup) -> DesiredGroup:
    members = DesiredMembers.of(map(_member, group.members))
    return replace(group, origin=NOWHERE, origins=MappingProxyType({}), members=members)


def _member(member: DesiredMember) -> DesiredMember:
    return member._replace(person=_person(member.person), entries=tuple(map(_entry, member.entries)))


def _entry(entry: Entry) -> Entry:
    exclusions = tuple(exclusion._replace(origin=NOWHERE) for exclusion in entry.exclusions)
    return entry._replace(origin=NOWHERE, exclusions=exclusions)


def _person(person: Person) -> Person:
    return replace(person, origin=NOWHERE)
