"""Fill in phones that a listing left out, from the pairs of phone and LID that WAHA has learnt.

`participants/v2` cannot tell more than a listing: on every engine it rewrites the same record (WAHA session.*.core.ts,
read 2026-07).  `/lids` can, on GOWS and NOWEB: it is a table of WAHA's own, filled from messages, contacts and answers
to additions, while a member who joined since the last refresh is listed without a number.  It asks WhatsApp nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from wagroups.domain.identity import Lid, Phone, member_id
from wagroups.domain.observed import ObservedGroup
from wagroups.gateways.payload import records, text

PAIRS_AT_ONCE: Final = 10_000
"""Chosen: more than the people of a large project, some 600 kB.  What lies beyond stays unresolved."""


def pairs(answer: object) -> Mapping[Lid, Phone]:
    """The pairs in `[{"lid": "…@lid", "pn": "…@c.us"}]`."""
    known: dict[Lid, Phone] = {}
    for item in records(answer):
        lid, phone = member_id(text(item, "lid") or ""), member_id(text(item, "pn") or "")
        if isinstance(lid, Lid) and isinstance(phone, Phone):
            known[lid] = phone
    return known


def undisclosed(group: ObservedGroup) -> bool:
    """Whether somebody is listed without a phone."""
    return any(member.phone is None for member in group.members or ())


def completed(group: ObservedGroup, known: Mapping[Lid, Phone]) -> ObservedGroup:
    """The group with the phones that `known` adds."""
    if not undisclosed(group):
        return group
    members = tuple(
        member._replace(phone=known.get(member.lid)) if member.phone is None and member.lid is not None else member
        for member in group.members or ()
    )
    return replace(group, members=members)
