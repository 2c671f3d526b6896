"""Every membership of a group as files and memory know it: declared, seen, and what the next apply would do about it.

The last good read takes the place of a new one, and the planner's own rules say what follows, so that an explanation
never differs from the plan that it explains.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, State
from wagroups.domain.identity import GroupJid, Identity, Lid, Me, Phone, Role
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.live.last_read import LastRead
from wagroups.domain.live.memory import Memory, Snapshot
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember, is_me
from wagroups.domain.live.roster import Roster
from wagroups.domain.live.tombstone import Tombstone
from wagroups.domain.membership import Membership
from wagroups.domain.plans.change import PersonChange
from wagroups.domain.plans.plan import Notice
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.people import NOTHING, PeoplePlan, diff_people
from wagroups.planning.diff.points import dated, uninvited
from wagroups.planning.holds import HandsOff
from wagroups.planning.situation import Moment, Situation, Terms

T = TypeVar("T")

ANY_GATEWAY: Final = Capabilities(
    gateway="",
    claims={aspect: Claim(access=Access.FULL, source="nobody was asked") for aspect in Aspect},
)
"""What cannot be known without asking is taken for possible."""


def memberships(group: DesiredGroup, situation: Situation, directory: Directory, moment: Moment) -> list[Membership]:
    """Everybody who is declared in `group` or was in it at its last good read: the declared first, each in order.

    `situation.observed` is what `remembered` makes of the memory.
    """
    memory, me = situation.memory, situation.observed.me
    jid = bound_jid(group, memory)
    live = None if jid is None else situation.observed.groups.get(jid)
    roster = Roster(live.members or () if live is not None else (), memory.names)
    planned = _Planned(_people_plan(group, jid, live, situation, directory, moment))
    read_at = None if live is None or jid is None else memory.snapshots[jid].read_at
    present: set[ObservedMember] = set()

    def made(person: Identity, entry: DesiredMember | None, role: Role | None) -> Membership:
        change, notices = planned.about(person)
        stone = _stone(group, person, memory)
        return Membership(group.key, group.account, person, entry, role, read_at, moment.now, change, notices, stone)

    rows: list[Membership] = []
    for entry in group.members:
        here = roster.find_all(entry.person.phones)
        present.update(here)
        # Of somebody who is there with two telephones, the one with more rights.
        member = max(here, key=lambda member: member.role.is_admin, default=None)
        phone = entry.person.phone
        if member is not None:
            phone = next(own for own in entry.person.phones if roster.find(own) is member)
        lid = memory.names.lid_of(phone) if member is None else member.lid
        person = Identity(alias=entry.person.alias, phone=phone, lid=lid)
        rows.append(made(person, entry, None if member is None else member.role))
    for member in sorted(roster.members, key=lambda member: member.order):
        if member not in present and not is_me(member, me):
            known = directory.by_phone(member.phone) or directory.by_former_phone(member.phone)
            alias = None if known is None else known.alias
            rows.append(made(Identity(alias=alias, phone=member.phone, lid=member.lid), None, member.role))
    return rows


def absent_one(group: DesiredGroup, person: Identity, situation: Situation, now: datetime) -> Membership:
    """Somebody who is neither declared in `group` nor was in it."""
    memory = situation.memory
    jid = bound_jid(group, memory)
    snapshot = None if jid is None else memory.snapshots.get(jid)
    read_at = None if snapshot is None else snapshot.read_at
    stone = _stone(group, person, memory)
    spellings = () if person.phone is None else person.phone.variants()
    notices = tuple(
        notice.model_copy(update={"person": person})
        for notice in uninvited(group, None, memory, Directory(()))
        if notice.person is not None and notice.person.phone in spellings
    )
    return Membership(group.key, group.account, person, None, None, read_at, now, notices=notices, left=stone)


def remembered(memory: Memory, now: datetime) -> Observed:
    """The account's groups as their last good reads showed them; `now` for an account without any."""
    groups = {jid: _group(jid, snapshot, memory) for jid, snapshot in sorted(memory.snapshots.items())}
    read_at = max((snapshot.read_at for snapshot in memory.snapshots.values()), default=now)
    return Observed(account=memory.account, me=memory.me or Me(None, None), read_at=read_at, groups=groups)


def recalled(memory: Memory, last: LastRead) -> Observed:
    """The account's groups as its last read showed them.

    Where that read could not be trusted about a group's people, the group counts as not read.
    """
    groups, failed = dict[GroupJid, ObservedGroup](), dict(last.facts.failed)
    for facts in last.facts.groups:
        snapshot = memory.snapshots.get(facts.jid)
        if snapshot is None or snapshot.read_at < last.read_at:
            failed[facts.jid] = "its last read could not be trusted"
            continue
        groups[facts.jid] = replace(
            _group(facts.jid, snapshot, memory),
            subject=facts.subject,
            description=facts.description,
            settings=facts.settings,
            created_at=facts.created_at,
            community=facts.community,
            suspended=facts.suspended,
            hydrated=facts.hydrated,
        )
    return Observed(
        account=memory.account,
        me=memory.me or Me(None, None),
        read_at=last.read_at,
        groups=dict(sorted(groups.items())),
        absent=last.facts.absent,
        failed=failed,
        listing=True,
        recalled=True,
        trouble=last.facts.trouble,
    )


def bound_jid(group: DesiredGroup, memory: Memory) -> GroupJid | None:
    """The live group of a declared one, as far as files and memory tell."""
    keys = (group.key, *group.previous_keys)
    return group.id or next((memory.bindings[key].jid for key in keys if key in memory.bindings), None)


def _group(jid: GroupJid, snapshot: Snapshot, memory: Memory) -> ObservedGroup:
    return ObservedGroup(jid=jid, members=tuple(_member(name, snapshot, memory) for name in snapshot.people))


def _member(name: Phone | Lid, snapshot: Snapshot, memory: Memory) -> ObservedMember:
    role = Role.OWNER if name in snapshot.owners else Role.ADMIN if name in snapshot.admins else Role.MEMBER
    if isinstance(name, Lid):
        return ObservedMember(memory.names.phone_of(name), name, role, by_lid=True)
    return ObservedMember(name, memory.names.lid_of(name), role)


def _people_plan(
    group: DesiredGroup,
    jid: GroupJid | None,
    live: ObservedGroup | None,
    situation: Situation,
    directory: Directory,
    moment: Moment,
) -> PeoplePlan:
    """What follows for the people of a group; nothing for one that is left alone, or was never read."""
    if group.state not in (State.MANAGED, State.WATCHED) or (jid is not None and live is None):
        return NOTHING
    hands_off = None if live is None else HandsOff(group, live, situation, Terms())
    found = diff_people(group, live, situation, hands_off, directory, Terms(), moment)
    return found._replace(notices=dated(found.notices, group, situation.memory, moment.now))


def _stone(group: DesiredGroup, person: Identity, memory: Memory) -> Tombstone | None:
    names = [name for known in (person.phone, person.lid) if known is not None for name in memory.names.of(known)]
    keys = (group.key, *group.previous_keys)
    return next((stone for key in keys if (stone := memory.tombstones.of(key, names))), None)


class _Planned:
    """What a plan says of single people, findable by every name it uses."""

    def __init__(self, plan: PeoplePlan) -> None:
        self._changes = _by_name((change.person, change) for change in plan.changes)
        self._notices = _by_name((n.person, n) for n in plan.notices if n.person is not None)

    def about(self, person: Identity) -> tuple[PersonChange | None, tuple[Notice, ...]]:
        """The first change and every notice: somebody who is added and promoted is added first."""
        names = [*(person.phone.variants() if person.phone else ()), *((person.lid,) if person.lid else ())]
        change = next((self._changes[name][0] for name in names if name in self._changes), None)
        return change, next((tuple(self._notices[name]) for name in names if name in self._notices), ())


def _by_name(said: Iterable[tuple[Identity, T]]) -> Mapping[Phone | Lid, list[T]]:
    found: dict[Phone | Lid, list[T]] = {}
    for person, one in said:
        name = person.phone or person.lid
        if name is not None:
            found.setdefault(name, []).append(one)
    return found
