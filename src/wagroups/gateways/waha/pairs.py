"""The pairs of phone and LID that WAHA has learnt: one by one, and to fill in phones that a listing left out.

`participants/v2` cannot tell more than a listing: on every engine it rewrites the same record (WAHA session.*.core.ts,
read 2026-07).  `/lids` can: it is a table of WAHA's own, filled from messages, contacts and answers to additions, while
GOWS and NOWEB list a member who joined since the last refresh without a number, and the browser engines list LIDs
alone.  It asks WhatsApp nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from wagroups.domain.errors import GatewayError, SessionLost
from wagroups.domain.identity import GroupJid, Lid, Phone, member_id
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.json_fields import record, records, text
from wagroups.gateways.waha.failures import failure

PAIRS_AT_ONCE: Final = 10_000
"""Chosen: more than the people of a large project, some 600 kB.  What lies beyond stays unresolved."""


async def known_pairs(http: Http, session: str) -> Mapping[Lid, Phone] | None:
    """The pairs in `[{"lid": "…@lid", "pn": "…@c.us"}]`.  A read is good without them: only SessionLost is raised.

    `None` when this connection will never have any: NOWEB without its store, or a version older than the route.
    """
    query, doing = {"limit": str(PAIRS_AT_ONCE), "offset": "0"}, "read the known LIDs"
    try:
        answer = await http.ask("GET", f"/api/{session}/lids", doing=doing, query=query)
        if answer.status in _NEVER:
            return None
        if not answer.ok:
            raise failure(http, None, answer, doing)
    except SessionLost:
        raise
    except GatewayError:
        return {}
    known: dict[Lid, Phone] = {}
    for item in records(answer.body):
        lid, phone = member_id(text(item, "lid") or ""), member_id(text(item, "pn") or "")
        if isinstance(lid, Lid) and isinstance(phone, Phone):
            known[lid] = phone
    # GOWS before 2026.10.1 gave the account's own number to foreign LIDs (release notes): a number has one LID.
    times = Counter(known.values())
    return {lid: phone for lid, phone in known.items() if times[phone] == 1}


_NEVER: Final = frozenset({400, 403, 404, 501})


class LidPair(NamedTuple):
    """What WAHA says of one number: the LID it knows for it, and the number that this LID has."""

    lid: Lid | None
    phone: Phone | None


UNKNOWN: Final = LidPair(None, None)


async def pair_of(http: Http, session: str, phone: Phone) -> LidPair:
    """The pair that WAHA knows for `phone`.

    Nothing on a connection that has no such table: older versions, NOWEB without store.  Any other failure is raised:
    who could not be asked about is not somebody without a LID.
    """
    doing = "look up a LID"
    answer = await http.ask("GET", f"/api/{session}/lids/pn/{phone.digits()}@c.us", doing=doing)
    if answer.status in _NEVER:
        return UNKNOWN
    if not answer.ok:
        raise failure(http, None, answer, doing)
    said = record(answer.body)
    lid, number = member_id(text(said, "lid") or ""), member_id(text(said, "pn") or "")
    return LidPair(lid if isinstance(lid, Lid) else None, number if isinstance(number, Phone) else None)


def completed(
    groups: Mapping[GroupJid, ObservedGroup], undisclosed: Iterable[ObservedMember], known: Mapping[Lid, Phone]
) -> Mapping[GroupJid, ObservedGroup]:
    """The groups with the phones that `known` adds to those of `undisclosed`."""
    now = {
        member: member._replace(phone=known[member.lid])
        for member in undisclosed
        if member.lid is not None and member.lid in known
    }
    return {jid: _with(group, now) for jid, group in groups.items()} if now else groups


def _with(group: ObservedGroup, now: Mapping[ObservedMember, ObservedMember]) -> ObservedGroup:
    if group.members is None or now.keys().isdisjoint(group.members):
        return group
    return replace(group, members=tuple([now.get(member, member) for member in group.members]))
