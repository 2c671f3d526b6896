"""One member for each person, however often a live list names them.

After WhatsApp moved its groups to LIDs, gateways list one person by LID and by number, in two spellings, or under an
old number and a new one.  A list is therefore not trusted to be a set: two entries that share a name, or whose names
are known to be one person's, are one member.  (OpenWA issue 1510 and zapo pull request 146 show such lists.)
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from wagroups.domain.identity import Lid, Me, Phone, Role
from wagroups.domain.live.join_requests import JoinRequest, Requests
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember
from wagroups.domain.live.roster import Names

Entry = TypeVar("Entry", ObservedMember, JoinRequest)

_RANK = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}


def recognised(observed: Observed, names: Names) -> Observed:
    """`observed` with each person once in every list, and the account itself under both of its names."""
    me = observed.me
    if me.lid is None and me.phone is not None:
        me = me._replace(lid=names.lid_of(me.phone))
    groups = {jid: _group(group, names, me) for jid, group in observed.groups.items()}
    if me == observed.me and all(groups[jid] is group for jid, group in observed.groups.items()):
        return observed
    return replace(observed, me=me, groups=MappingProxyType(groups))


def _group(group: ObservedGroup, names: Names, me: Me) -> ObservedGroup:
    found = group
    if group.members and not _surely_distinct(group.members, names):
        clusters = _clusters(group.members, names, me)
        if len(clusters) < len(group.members):
            people = tuple(_member(entries, names) for entries in clusters)
            doubles = (entry for entries in clusters for entry in _telling(entries)[1:])
            found = replace(found, members=people, doubles=(*group.doubles, *doubles))
    if group.requests is not None and len(group.requests.waiting) > 1:
        asking = _clusters(group.requests.waiting, names, me)
        if len(asking) < len(group.requests.waiting):
            waiting = tuple(_request(entries, names) for entries in asking)
            found = replace(found, requests=Requests(waiting, group.requests.trouble))
    return found


def _surely_distinct(members: Sequence[ObservedMember], names: Names) -> bool:
    """Whether a look at the sets of names tells that nobody is listed twice; nearly every list is so."""
    phones = {member.phone for member in members}
    lids = [member.lid for member in members if member.lid is not None]
    if None in phones or len(phones) < len(members) or len(set(lids)) < len(lids):
        return False
    numbers = [phone for phone in phones if phone is not None]
    return names.shared.isdisjoint(numbers) and not any(phone.has_spellings for phone in numbers)


def _clusters(entries: Sequence[Entry], names: Names, me: Me) -> list[list[Entry]]:
    """The entries by person, in the order of the list."""
    clusters: list[list[Entry]] = []
    cluster_of: dict[Phone | Lid, int] = {}
    for entry in entries:
        known = tuple(_names(entry, names, me))
        found = sorted({cluster_of[name] for name in known if name in cluster_of})
        if not found:
            found = [len(clusters)]
            clusters.append([])
        first, *others = found
        for other in others:  # this entry tells that what looked like several people is one
            clusters[first] += clusters[other]
            clusters[other] = []
        if others:
            cluster_of = {name: first if at in others else at for name, at in cluster_of.items()}
        clusters[first].append(entry)
        cluster_of.update(dict.fromkeys(known, first))
    return list(filter(None, clusters))


def _names(entry: ObservedMember | JoinRequest, names: Names, me: Me) -> Iterator[Phone | Lid]:
    """Every name by which `entry` is the same as another; what the list says outranks what was learnt."""
    phone, lid = entry.phone, entry.lid
    if phone is not None:
        yield from phone.variants()
        lid = lid or names.lid_of(phone)
    if lid is not None:
        yield lid
    if me.phone is not None and me.lid is not None:
        if lid == me.lid:
            yield from me.phone.variants()
        elif phone is not None and phone in me.phone.variants():
            yield me.lid


def _member(entries: list[ObservedMember], names: Names) -> ObservedMember:
    if len(entries) == 1:
        return entries[0]
    phone, lid, by_lid = _joined(entries, names)
    role = max((entry.role for entry in entries), key=lambda role: _RANK[role])
    return ObservedMember(phone, lid, role, by_lid)


def _request(entries: list[JoinRequest], names: Names) -> JoinRequest:
    if len(entries) == 1:
        return entries[0]
    phone, lid, by_lid = _joined(entries, names)
    asked_at = min((entry.asked_at for entry in entries if entry.asked_at is not None), default=None)
    return JoinRequest(phone, lid, by_lid, asked_at)


def _joined(entries: Sequence[Entry], names: Names) -> tuple[Phone | None, Lid | None, bool]:
    """The names of one person, and whether they are asked for by LID."""
    entries = _telling(entries)
    phone = next((entry.phone for entry in entries if entry.phone is not None), None)
    listed = next((entry for entry in entries if entry.lid is not None), None)
    if listed is not None:
        return phone, listed.lid, listed.by_lid
    return phone, None if phone is None else names.lid_of(phone), False


def _telling(entries: Sequence[Entry]) -> list[Entry]:
    """The entries of one person; the one that says most comes first."""
    return sorted(entries, key=lambda e: (e.phone is None or e.lid is None, not e.by_lid, e.phone or b"", e.lid or b""))
