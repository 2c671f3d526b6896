"""Who left a group by themselves: the difference between a good read and the last one.

Only somebody who was seen can have left.  Whoever we removed did not leave, and whoever may stand behind a new name
that nobody can tell (a group that begins to list people by LID) may be there still.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Final

from wagroups.domain.identity import GroupJid, GroupKey, Lid, Me, Phone
from wagroups.domain.live.memory import Memory, Snapshot
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.roster import Names, Roster
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.operation import RemoveMembers
from wagroups.planning.situation import Situation

VANISHED_PEOPLE: Final = 2
VANISHED_SHARE: Final = 0.25
"""More people than this, and more than this share of a group, do not leave by themselves between two reads (safety
guide, part 5)."""


def turnover_of(
    situation: Situation, bound: Mapping[GroupKey, GroupJid], good: Set[GroupJid]
) -> Mapping[GroupKey, Turnover]:
    """Who left, and who came back, in each of the `bound` groups whose read is `good`; quiet groups are left out."""
    # A key that is about to be renamed is still remembered under its old name.
    known_as = {binding.jid: key for key, binding in situation.memory.bindings.items()}
    found = {
        known_as.get(jid, key): _turnover(known_as.get(jid, key), situation.observed.groups[jid], situation)
        for key, jid in bound.items()
        if jid in good and jid in situation.observed.groups
    }
    return MappingProxyType({key: moved for key, moved in found.items() if any(moved)})


def confirmed(
    first: Mapping[GroupKey, Turnover], second: Mapping[GroupKey, Turnover], read_twice: Set[GroupKey]
) -> Mapping[GroupKey, Turnover]:
    """What two reads agree on, the second of which was of the group by its id; all others are in doubt.

    One lying listing, in which two groups have changed their ids, has no lasting consequence.
    """
    nothing = Turnover()
    found = {
        key: first.get(key, nothing).confirmed_by(second.get(key, nothing))
        if key in read_twice
        else second.get(key, nothing).in_doubt()
        for key in {*first, *second}
    }
    return MappingProxyType({key: moved for key, moved in found.items() if any(moved)})


def _turnover(key: GroupKey, live: ObservedGroup, situation: Situation) -> Turnover:
    memory = situation.memory
    snapshot = memory.snapshots.get(live.jid)
    if snapshot is not None and snapshot.roll == live.roll:
        return Turnover()
    here = frozenset(_present(live, memory.names)) if memory.tombstones.in_group(key) else frozenset[Phone | Lid]()
    back = frozenset(name for name in here if memory.tombstones.of(key, (name,)) is not None)
    if snapshot is None:
        return Turnover(back=back)
    ours = {*memory.removed_lately.get(live.jid, ()), *_perhaps_removed(live.jid, memory)}
    me = situation.observed.me
    gone = tuple(_left(live, snapshot.people, memory.names, me, ours))
    names = frozenset(name for person in gone for name in person)
    if _is_unexplained(gone, live, snapshot, me):
        return Turnover(back=back, lost=names)
    return Turnover(names, back)


def _is_unexplained(gone: Sequence[object], live: ObservedGroup, snapshot: Snapshot, me: Me) -> bool:
    """Whether somebody else may have taken these people out: the account lost its rights, or many went at once."""
    spellings = () if me.phone is None else me.phone.variants()
    ruled = any(name in snapshot.admins for name in (me.lid, *spellings) if name is not None)
    role = live.role_of(me)
    if ruled and (role is None or not role.is_admin):
        return True
    return len(gone) > VANISHED_PEOPLE and len(gone) > VANISHED_SHARE * snapshot.size


def _present(live: ObservedGroup, names: Names) -> Iterator[Phone | Lid]:
    """Every name of everybody in the group."""
    for member in live.members or ():
        for name in (member.phone, member.lid):
            if name is not None:
                yield from names.of(name)


def _left(
    live: ObservedGroup, before: Set[Phone | Lid], names: Names, me: Me, ours: Set[Phone | Lid]
) -> Iterator[tuple[Phone | Lid, ...]]:
    """Those who were in the group `before` and are not now, each with every name."""
    members = live.members or ()
    shown = {member.lid for member in members} | {member.phone for member in members}
    gone = [name for name in before if name not in shown]
    if not gone:
        return
    roster = Roster(members, names)
    strangers_by_lid = any(
        m.phone is None and m.lid is not None and m.lid not in before and names.phone_of(m.lid) is None for m in members
    )
    strangers_by_phone = any(
        m.lid is None and m.phone is not None and m.phone not in before and names.lid_of(m.phone) is None
        for m in members
    )
    untouchable = {*ours, me.lid, *(() if me.phone is None else me.phone.variants())}
    for name in gone:
        theirs = names.of(name)
        phones = [each for each in theirs if isinstance(each, Phone)]
        lids = [each for each in theirs if isinstance(each, Lid)]
        if any(roster.find(phone) for phone in phones) or any(roster.find(None, lid) for lid in lids):
            continue
        may_be_here = (not lids and strangers_by_lid) or (not phones and strangers_by_phone)
        if not may_be_here and untouchable.isdisjoint(theirs):
            yield theirs


def _perhaps_removed(jid: GroupJid, memory: Memory) -> Iterable[Phone | Lid]:
    """Everybody whose removal from the group was asked for by a run that did not live to hear the answer."""
    for entry in memory.unsettled:
        operation = entry.intent.operation
        if entry.intent.jid == jid and isinstance(operation, RemoveMembers):
            for person in operation.people:
                yield from (name for name in (person.phone, person.lid) if name is not None)
