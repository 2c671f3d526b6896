"""What git cannot do about somebody who goes: groups it does not declare, and links that let them come back.

Answered from the ledger's last good reads, without asking a gateway.
"""

from collections.abc import Iterator, Sequence

from wagroups.domain.declared.desired import Desired, DesiredGroup, Manage, Person, State
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Lid, Phone
from wagroups.domain.live.memory import Memory

NO_READS = (
    "The ledger knows of no group yet, so nothing is known about groups outside git: run `wagroups plan` first, "
    "where the ledger is."
)


def after_offboarding(desired: Desired, memories: Sequence[Memory], person: Person) -> Iterator[str]:
    """What is left to do by hand.  `desired` is the project as it was before the person was taken out."""
    if not any(memory.snapshots for memory in memories):
        yield NO_READS
    yield from _outside(desired, memories, person)
    theirs = [group for group in desired.groups.values() if _is_in(group, memories, person)]
    for group in theirs:
        if group.manage_members is Manage.IGNORE or group.state in (State.WATCHED, State.RELEASED):
            yield f"{group.key}: its members are not managed; remove them by hand."
    open_links = [group.key for group in theirs if group.settings.get(Setting.APPROVE_JOINS) != "yes"]
    if open_links:
        yield (
            f"Anyone who has the invite link of {', '.join(open_links)} can join again.  The apply that removes them "
            "resets it where the gateway can, and the plan says where it cannot: `wagroups link GROUP --rotate`."
        )


def _outside(desired: Desired, memories: Sequence[Memory], person: Person) -> Iterator[str]:
    """Live groups that no manifest declares and that the person was in."""
    declared = {group.id for group in desired.groups.values()}
    for memory in memories:
        ours = declared | {binding.jid for binding in memory.bindings.values()}
        for jid in sorted(memory.snapshots):
            if jid not in ours and _seen_in(memory, jid, person):
                day = memory.snapshots[jid].read_at.date()
                yield f"Not in git: on {day} they were in {jid} (account {memory.account}); remove them there by hand."


def _is_in(group: DesiredGroup, memories: Sequence[Memory], person: Person) -> bool:
    if group.members.find((person.phone,)):
        return True
    for memory in memories:
        binding = memory.bindings.get(group.key)
        jid = group.id if binding is None else binding.jid
        if memory.account == group.account and jid is not None and _seen_in(memory, jid, person):
            return True
    return False


def _seen_in(memory: Memory, jid: GroupJid, person: Person) -> bool:
    snapshot = memory.snapshots.get(jid)
    return snapshot is not None and any(name in snapshot.people for name in _names(memory, person))


def _names(memory: Memory, person: Person) -> Iterator[Phone | Lid]:
    for phone in (*person.phones, *person.former_phones):
        for spelling in phone.variants():
            yield spelling
            if spelling in memory.pairs:
                yield memory.pairs[spelling]
