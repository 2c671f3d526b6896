"""Whose number nobody knows, and which numbers might be theirs.

WhatsApp tells the LID of a number and never the number of a LID, so hidden people are found by asking for candidates.
"""

from collections.abc import Iterable

from wagroups.domain.identity import GroupJid, Lid, Phone
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import is_me
from wagroups.domain.live.roster import Names
from wagroups.planning.situation import Situation


def unnamed(situation: Situation, jids: Iterable[GroupJid]) -> frozenset[Lid]:
    """Everybody in these groups whose number nobody knows."""
    names = Names(situation.memory.pairs)
    groups = situation.observed.groups
    listed = (member for jid in jids if jid in groups for member in groups[jid].members or ())
    return frozenset(
        member.lid
        for member in listed
        if member.phone is None
        and member.lid is not None
        and names.phone_of(member.lid) is None
        and not is_me(member, situation.observed.me)
    )


def own_lookup(situation: Situation) -> tuple[Phone, ...]:
    """The account's own number, where its LID is what tells whether it is in a group, and can be asked for."""
    phone = situation.observed.me.phone
    can = situation.capabilities.can(Aspect.LID_LOOKUP, Access.READ)
    return worth_asking(situation, (phone,)) if can and phone is not None else ()


def worth_asking(situation: Situation, phones: Iterable[Phone]) -> tuple[Phone, ...]:
    """The numbers, once each, whose LID is not known and was not asked for of late."""
    memory = situation.memory
    names = Names(memory.pairs)
    silent = memory.no_lid.keys() | {phone for phone, check in memory.checks.items() if not check.exists}
    return tuple(
        phone
        for phone in dict.fromkeys(phones)
        if names.lid_of(phone) is None and not any(spelling in silent for spelling in phone.variants())
    )
