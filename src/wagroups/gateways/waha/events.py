"""WAHA's webhooks.

Source: WAHA documentation, “Events” and “Webhooks”, and the group event structures of 2026.8 (read 2026-08).
"""

import json
from types import MappingProxyType
from typing import Final

from wagroups.domain.errors import SignatureError
from wagroups.domain.identity import GroupJid
from wagroups.gateways.shared.events import Delivery, Events, Hint, check_signature, event_id
from wagroups.gateways.shared.json_fields import record, text
from wagroups.gateways.waha.versions import MEMBERSHIP_APPROVAL

SIGNATURE: Final = "x-webhook-hmac"
ALGORITHM: Final = "x-webhook-hmac-algorithm"
_SHA512: Final = "sha512"

JOIN_REQUEST: Final = "group.v2.participants.join-request"
GROUP_EVENTS: Final = (
    "group.v2.join",
    "group.v2.leave",
    "group.v2.update",
    "group.v2.participants",
    JOIN_REQUEST,
)
SESSION_STATUS: Final = "session.status"
_UNSETTLED: Final = "STARTING"
"""A session on its way: the next status says where it came to."""


def receive(delivery: Delivery) -> Hint | None:
    """The signature is HMAC-SHA512 of the raw body; the timestamp header is not part of it, so repeats are told by id.

    A global webhook (`WHATSAPP_HOOK_URL`) also delivers what happens to other sessions, which is not ours.
    """
    if delivery.headers.get(ALGORITHM, "").lower() != _SHA512:
        raise SignatureError
    check_signature(delivery.secret, delivery.body, delivery.headers.get(SIGNATURE, ""), _SHA512)
    try:
        event = record(json.loads(delivery.body))
    except (ValueError, RecursionError):
        return None
    if event.get("session") != delivery.session:
        return None
    payload = record(event.get("payload"))
    name, told = text(event, "event"), event_id(event.get("id"), delivery.body)
    if name in GROUP_EVENTS:
        group = GroupJid.parse(text(record(payload.get("group")), "id") or "")
        return None if group is None else Hint(told, group)
    if name == SESSION_STATUS and payload.get("status") != _UNSETTLED:
        return Hint(told, None)
    return None


EVENTS: Final = Events(
    subscribe=(*GROUP_EVENTS, SESSION_STATUS),
    where="in WAHA, `webhooks` of the session's config (`hmac.key`), or WHATSAPP_HOOK_URL, _EVENTS and _HMAC_KEY",
    receive=receive,
    later=MappingProxyType({JOIN_REQUEST: f"WAHA {'.'.join(map(str, MEMBERSHIP_APPROVAL))}"}),
)
