"""What a plan says of declared things that are not so: one point for all that one obstacle keeps from being done.

Whoever reads “the account is not an admin of this group” also has to hear what is not as declared because of it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from wagroups.domain.change import (
    AdminDemotion,
    AdminPromotion,
    Arrival,
    Change,
    DescriptionChange,
    MemberInvitation,
    MemberRemoval,
    PictureChange,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.desired import DesiredGroup, Manage, Person
from wagroups.domain.identity import Identity
from wagroups.domain.memory import Memory
from wagroups.domain.observed import ObservedGroup, ObservedMember
from wagroups.domain.plan import Notice
from wagroups.domain.roster import Roster
from wagroups.planning.directory import Directory

_NAMED: Final = 3
"""Settings that one sentence names before it counts them.  Chosen."""


def covering(obstacle: Notice, changes: Iterable[Change]) -> Notice:
    """The obstacle with what it keeps from being made as declared."""
    differing = differences(changes)
    if not differing:
        return obstacle
    return obstacle.model_copy(update={"text": f"{obstacle.text}; not as declared: {differing}"})


def watched(group: DesiredGroup, changes: Iterable[Change]) -> Iterator[Notice]:
    """The point of a group that is only watched and differs."""
    differing = differences(changes)
    if differing:
        text = f"this group is only watched, and nothing is changed in it; not as declared: {differing}"
        yield Notice(code="watched", text=text, next=f"{group.key}: {{state: managed}}")


def differences(changes: Iterable[Change]) -> str:
    """What is not as declared, in words: `the subject, 2 people missing, 1 person too many`; `""` for nothing."""
    changes = tuple(changes)
    words = list(_values(changes))
    counted = Counter(_kind(change) for change in changes)
    for kind, one, many in (
        ("missing", "1 person missing", "{} people missing"),
        ("extra", "1 person too many", "{} people too many"),
        ("rights", "1 admin missing", "{} admins missing"),
        ("excess", "1 admin too many", "{} admins too many"),
    ):
        number = counted[kind]
        words += [one if number == 1 else many.format(number)] if number else []
    return ", ".join(words)


def _values(changes: Collection[Change]) -> Iterator[str]:
    if any(isinstance(change, SubjectChange) for change in changes):
        yield "the subject"
    if any(isinstance(change, DescriptionChange) for change in changes):
        yield "the description"
    if any(isinstance(change, PictureChange) for change in changes):
        yield "the picture"
    settings = [str(change.setting) for change in changes if isinstance(change, SettingChange)]
    if len(settings) > _NAMED:
        yield f"{len(settings)} settings"
    else:
        yield from settings


def _kind(change: Change) -> str:
    match change:
        case MemberRemoval():
            return "extra"
        case AdminPromotion():
            return "rights"
        case AdminDemotion():
            return "excess"
        case _ if isinstance(change, Arrival | MemberInvitation):
            return "missing"
        case _:
            return ""


def staying(
    group: DesiredGroup, extra: Iterable[ObservedMember], memory: Memory, directory: Directory
) -> Iterator[Notice]:
    """Who was declared at the last apply, is not now, and stays in the group because its list only adds."""
    applied = memory.applied.get(group.key)
    if applied is None or group.manage_members is not Manage.ADD_ONLY or not group.members_declared:
        return
    gone = applied.people - {_identity(person).name(memory.key) for person in group.members.people}
    if not gone:
        return
    stay = []
    for member in extra:
        phone = member.phone or (None if member.lid is None else memory.names.phone_of(member.lid))
        person = directory.by_phone(phone)
        who = Identity(phone=phone, lid=member.lid) if person is None else _identity(person)
        if phone is not None and who.name(memory.key) in gone:
            stay.append(who)
    if stay:
        count = "1 person who was" if len(stay) == 1 else f"{len(stay)} people who were"
        verb = "stays" if len(stay) == 1 else "stay"
        text = (
            f"{count} taken out of the list {verb} in the group, because its list only adds "
            "(`manage.members: add-only`): {people}; remove them on a phone, or let the list remove whoever it does "
            "not name"
        )
        yield Notice(code="stays", text=text, people=tuple(stay), next="manage: {members: exact}")


def uninvited(
    group: DesiredGroup, live: ObservedGroup | None, memory: Memory, directory: Directory
) -> Iterator[Notice]:
    """Who was invited and is declared no more: the group's link still lets them in."""
    keys = (group.key, *group.previous_keys)
    invited = sorted(phone for key, phone in memory.invitations if key in keys)
    if not invited:
        return
    declared = group.members.find([spelling for phone in invited for spelling in phone.variants()])
    inside = Roster((live.members or ()) if live is not None else (), memory.names)
    for phone in invited:
        if any(spelling in declared for spelling in phone.variants()) or inside.find(phone) is not None:
            continue
        person = directory.by_phone(phone)
        yield Notice(
            code="uninvited",
            person=Identity(phone=phone) if person is None else _identity(person),
            text="{person} was invited and is not declared here any more; the group's invite link still lets them in, "
            "until it is made void",
            next=f"wagroups link {group.key} --rotate",
        )


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
