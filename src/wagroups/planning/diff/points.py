"""What a plan says of declared things that are not so: one point for all that one obstacle keeps from being done.

Whoever reads “the account is not an admin of this group” also has to hear what is not as declared because of it.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup, Manage, Person
from wagroups.domain.declared.known import Known
from wagroups.domain.identity import GroupKey, Identity
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.change import (
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
from wagroups.domain.plans.plan import Acknowledgement, Notice
from wagroups.domain.plans.points import PointClass
from wagroups.planning.diff.directory import Directory

ID_DIGITS: Final = 12
"""Hex digits of a point's id: as many as an action's."""

_NAMED: Final = 3
"""Settings that one sentence names before it counts them.  Chosen."""


MISSING: Final = frozenset(
    {
        *("left", "gone-unknown", "gone-unconfirmed", "not-on-whatsapp", "full", "never-seen", "may-be-present"),
        *("not-looked-up", "invitation-over", "invited", "pending", "refused-before", "join-by-link"),
    }
)
"""Codes of people who are declared and not in the group."""


def covering(obstacle: Notice, said: Iterable[Change | Notice]) -> Notice:
    """The obstacle with what it keeps from being made as declared, and with what would be open without it."""
    differing = differences(said)
    if not differing:
        return obstacle
    return obstacle.model_copy(update={"text": f"{obstacle.text}; not as declared: {differing}"})


def watched(group: DesiredGroup, changes: Iterable[Change]) -> Iterator[Notice]:
    """The point of a group that is only watched and differs; what stands in the way of changes has its own points."""
    differing = differences(changes)
    if differing:
        text = f"this group is only watched, so nothing is changed in it; not as declared: {differing}"
        yield Notice(code="watched", text=text, next=f"{group.key}: {{state: managed}}")


def differences(said: Iterable[Change | Notice]) -> str:
    """What is not as declared, in words: `the subject, 2 people missing, 1 person too many`; `""` for nothing."""
    said = tuple(said)
    words = list(_values(said))
    counted = Counter(map(_kind, said))
    for kind, one, many in (
        ("missing", "1 person missing", "{} people missing"),
        ("extra", "1 person too many", "{} people too many"),
        ("rights", "1 admin missing", "{} admins missing"),
        ("excess", "1 admin too many", "{} admins too many"),
    ):
        number = counted[kind]
        words += [one if number == 1 else many.format(number)] if number else []
    return ", ".join(words)


def _values(said: Collection[Change | Notice]) -> Iterator[str]:
    fixed = {str(one.setting) for one in said if isinstance(one, Notice) and one.code == "cannot-be-set"}
    for name, kind in (("subject", SubjectChange), ("description", DescriptionChange), ("picture", PictureChange)):
        if name in fixed or any(isinstance(one, kind) for one in said):
            yield f"the {name}"
    settings = [str(one.setting) for one in said if isinstance(one, SettingChange)]
    settings += sorted(name.removeprefix("settings.") for name in fixed if name.startswith("settings."))
    if len(settings) > _NAMED:
        yield f"{len(settings)} settings"
    else:
        yield from settings


def _kind(change: Change | Notice) -> str:
    match change:
        case Notice(code=code):
            return "missing" if code in MISSING else "extra" if code == "not-declared" else ""
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


def dated(notices: tuple[Notice, ...], group: DesiredGroup, memory: Memory, now: datetime) -> tuple[Notice, ...]:
    """The notices, of which the open ones have an id and say since when they are open."""
    return tuple(
        _dated(notice, group, memory, now) if notice.point_class is PointClass.OPEN else notice for notice in notices
    )


def _dated(notice: Notice, group: DesiredGroup, memory: Memory, now: datetime) -> Notice:
    who = "" if notice.person is None else notice.person.name(memory.key)
    subject = ":".join(filter(None, (notice.setting, who)))
    # What is remembered moves to a new key in the run that finds the key renamed, under the name it had.
    keys = (group.key, *group.previous_keys)
    known = (memory.open_points.get((key, _id(named, notice.code, subject))) for key in keys for named in keys)
    before = next((point for point in known if point is not None), None)
    since = now if before is None else before.since
    name = _id(group.key, notice.code, subject)
    todo = None if notice.next is None else notice.next.replace("{id}", name)
    return notice.model_copy(update={"id": name, "since": since, "new": before is None or not before.met, "next": todo})


def _id(key: GroupKey, code: str, subject: str) -> str:
    """What names a point: its group, what it is, and about whom or what; a run that changes its words keeps it."""
    return hashlib.sha256("\0".join((key, code, subject)).encode()).hexdigest()[:ID_DIGITS]


def acknowledged(
    notices: tuple[Notice, ...], group: GroupKey, known: Collection[Known], today: date
) -> tuple[Notice, ...]:
    """The notices, of which those open ones that the files say are known say so."""
    ours = [entry for entry in known if entry.group == group and entry.holds(today)]
    return tuple(_known(notice, ours) for notice in notices) if ours else notices


def _known(notice: Notice, known: Collection[Known]) -> Notice:
    if notice.point_class is not PointClass.OPEN:
        return notice
    alias = None if notice.person is None else notice.person.alias
    entry = next((e for e in known if e.point in (notice.code, notice.id) or (alias and e.person == alias)), None)
    if entry is None:
        return notice
    return notice.model_copy(update={"known": Acknowledgement(reason=entry.reason, until=entry.until)})


def staying(
    group: DesiredGroup, extra: Iterable[ObservedMember], memory: Memory, directory: Directory
) -> Iterator[Notice]:
    """Who was declared at the last apply, is not now, and stays: the list only adds, or there is none any more."""
    applied = memory.applied.get(group.key)
    whole = group.manage_members is Manage.EXACT and group.members_declared
    if applied is None or whole or group.manage_members is Manage.IGNORE:
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
        if group.members_declared:
            why, way = (
                "its list only adds people (`manage.members: add-only`)",
                "let the list remove anyone it does not name",
            )
        else:
            why, way = "it no longer has a list of members (`members:`)", "write the list again, without them"
        text = f"{count} taken out of the list {verb} in the group, because {why}: {{people}}; "
        text += f"remove them on a phone, or {way}"
        next = "manage: {members: exact}" if group.members_declared else f"wagroups who {group.key}"
        yield Notice(code="stays", text=text, people=tuple(stay), next=next)


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
            text="{person} was invited but is no longer declared here; the group's invite link still lets them in "
            "until "
            "it is reset",
            next=f"wagroups link {group.key} --rotate",
        )


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
