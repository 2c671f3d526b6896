"""Requests to join on WAHA, the same shape on every engine; only NOWEB tells the number beside the id.

`[{"requesterId": "900000000000004@lid", "requesterPn": "447700900004@c.us", "timestamp": 1790000000, …}]`, and answers
`[{"requesterId", "success": false, "error": 404}]` (WAHA 2026.8.2: groups.dto.ts and the engines' sessions, read
2026-09).  An id goes back as it came.
"""

from collections.abc import Iterator

from wagroups.domain.identity import Lid, Phone, member_id
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.gateways.shared.json_fields import epoch, flag, number, records, text
from wagroups.gateways.waha.engines.engine import PersonAnswer

ANSWERED = 200


def waiting(listed: object) -> tuple[JoinRequest, ...] | None:
    """Who asks, in the order of their ids; `None` when the answer is no list, or names somebody we cannot read."""
    if not isinstance(listed, list):
        return None
    found: list[JoinRequest] = []
    for item in records(listed):
        name, beside = member_id(text(item, "requesterId") or ""), member_id(text(item, "requesterPn") or "")
        lid = name if isinstance(name, Lid) else None
        phone = name if isinstance(name, Phone) else beside if isinstance(beside, Phone) else None
        if name is None:
            return None
        found.append(JoinRequest(phone, lid, by_lid=lid is not None, asked_at=epoch(item, "timestamp")))
    return tuple(sorted(found, key=lambda request: (request.lid or b"", request.phone or b"")))


def told(answer: object) -> Iterator[PersonAnswer]:
    """What became of each request that was answered."""
    for item in records(answer):
        name = member_id(text(item, "requesterId") or "")
        code = ANSWERED if flag(item, "success") else number(item, "error")
        if name is None or code is None:
            continue
        yield PersonAnswer(None, name, code) if isinstance(name, Lid) else PersonAnswer(name, None, code)
