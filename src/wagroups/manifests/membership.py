"""The same person twice is one membership: the longest wins, and a warning names both places.

People who come twice through teams and rosters alone, for the same time, are no mistake: a parent may sit on the board,
and have two children in a class.  Nor is an entry of a generator, which is one line for many groups.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from wagroups.domain.identity import Phone
from wagroups.domain.members import Batch, DesiredMember
from wagroups.manifests.declared import GENERATOR
from wagroups.manifests.entries import ROSTER
from wagroups.manifests.findings import Findings, place
from wagroups.manifests.rules import Rule

_LISTS: Final = ("team ", ROSTER)
"""Begin the steps of a way whose author did not name the person."""


def gather(batches: Sequence[Batch], where: str, findings: Findings) -> list[Batch]:
    """One list's people, each once.  `where` names the list in warnings: “the team board”."""
    twice = _twice(batches)
    if not twice:
        return list(batches)
    chosen: dict[Phone, DesiredMember] = {}
    for member in _of(batches, twice):
        phone = member.person.phone
        earlier = chosen.setdefault(phone, member)
        if earlier is not member:
            deliberate = (_by_list(earlier) and _by_list(member)) or _generated(earlier) or _generated(member)
            chosen[phone] = _longest(earlier, member, where, findings, warn=not deliberate)
    return [*_without(batches, twice), *map(Batch.of, chosen.values())]


def unite(admins: Sequence[Batch], members: Sequence[Batch], where: str, findings: Findings) -> list[Batch]:
    """Both lists of a group.  Somebody in both is an admin, which is no mistake unless the dates differ."""
    if not _twice([*admins, *members]):
        return [*admins, *members]
    admins, members = gather(admins, where, findings), gather(members, where, findings)
    both = _twice([*admins, *members])
    ruling = {member.person.phone: member for member in _of(admins, both)}
    chosen = [
        _longest(ruling[member.person.phone], member, where, findings, warn=False)._replace(admin=True)
        for member in _of(members, both)
    ]
    return [*_without(admins, both), *_without(members, both), *map(Batch.of, chosen)]


def _twice(batches: Sequence[Batch]) -> Collection[Phone]:
    """Whoever is in the batches more than once."""
    phones = [person.phone for batch in batches for person in batch.people]
    if len(set(phones)) == len(phones):
        return ()
    return {phone for phone, times in Counter(phones).items() if times > 1}


def _of(batches: Sequence[Batch], phones: Collection[Phone]) -> list[DesiredMember]:
    return [member for batch in batches for member in batch.members(phones)]


def _without(batches: Sequence[Batch], phones: Collection[Phone]) -> list[Batch]:
    return [batch.without(phones) for batch in batches]


def _by_list(member: DesiredMember) -> bool:
    return any(step.startswith(_LISTS) for step in member.via)


def _generated(member: DesiredMember) -> bool:
    """Whether the entry was made for many groups, and suits most of them."""
    return any(step.startswith(GENERATOR) for step in member.via)


def _longest(
    first: DesiredMember, second: DesiredMember, where: str, findings: Findings, *, warn: bool
) -> DesiredMember:
    differ = (first.starts, first.until) != (second.starts, second.until)
    if warn or differ:
        earlier, later = sorted((first.origin, second.origin))
        findings.add(
            Rule.TWICE,
            later,
            f"{_name(first)} is twice in {where}; also at {place(earlier)}.",
            "The longest membership counts; delete the other entry." if differ else "Delete one of the two entries.",
        )
    return max(first, second, key=_length) if differ else first


def _length(member: DesiredMember) -> tuple[date, int]:
    """Sorts memberships by their end, then by how early they start."""
    return member.until or date.max, -(member.starts or date.min).toordinal()


def _name(member: DesiredMember) -> str:
    return "This number" if member.person.alias is None else f"“{member.person.alias}”"
