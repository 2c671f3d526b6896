"""Waxum's webhooks.

Sources: waxum src/handlers/webhooks.rs and events at 0.9.1; the second signature and the times from the webhook page of
its documentation for 0.9.8 to 0.12 (all read 2026-11).
"""

import json
from datetime import timedelta
from typing import Final

from wagroups.domain.errors import SignatureError
from wagroups.domain.identity import GroupJid
from wagroups.gateways.shared.events import Delivery, Events, Hint, check_signature, event_id
from wagroups.gateways.shared.json_fields import record, text

SIGNATURE: Final = "x-webhook-signature"
VERSION: Final = "x-webhook-signature-version"
TIMESTAMP: Final = "x-webhook-timestamp"
PREFIX: Final = "sha256="

GROUP_UPDATE: Final = "group_update"
PICTURE_UPDATE: Final = "picture_update"
CONNECTED: Final = "connected"
"""Back again: whatever happened in between was told to nobody."""

_WHERE: Final = {GROUP_UPDATE: "group", PICTURE_UPDATE: "jid"}
"""Where an event names its group.  Pictures are people's too; theirs name no group."""

WINDOW: Final = timedelta(minutes=5)
"""How far a delivery's time may be from ours: what the documentation advises."""

_SECONDS_DIGITS: Final = 12
"""More digits are no time in seconds that lies within any window."""


def receive(delivery: Delivery) -> Hint | None:
    """The signature is HMAC-SHA256 of the raw body; in its second version of `<time>.<body>`, with a time that is new.

    `update` holds a debug text and the author is left out, so only the group is taken.  There is no id: a repeated
    delivery is the same body, whose own time sets it apart from others.
    """
    offered = delivery.headers.get(SIGNATURE, "")
    if not offered.startswith(PREFIX):
        raise SignatureError
    check_signature(delivery.secret, _signed(delivery), offered.removeprefix(PREFIX), "sha256")
    try:
        event = record(json.loads(delivery.body))
    except (ValueError, RecursionError):
        return None
    if event.get("session_id") != delivery.session:
        return None
    told = event_id(None, delivery.body)
    name = event.get("event")
    if name == CONNECTED:
        return Hint(told, None)
    where = _WHERE.get(name) if isinstance(name, str) else None
    group = None if where is None else GroupJid.parse(text(record(event.get("data")), where) or "")
    return None if group is None else Hint(told, group)


def _signed(delivery: Delivery) -> bytes:
    """What the signature is made over.  Raises SignatureError for an unknown version or a time outside the window."""
    match delivery.headers.get(VERSION, "v1"):
        case "v1":  # before 0.9.8, which sends no version
            return delivery.body
        case "v2":
            written = delivery.headers.get(TIMESTAMP, "")
            if not (written.isascii() and written.isdigit() and len(written) <= _SECONDS_DIGITS):
                raise SignatureError
            if abs(delivery.now.timestamp() - int(written)) > WINDOW.total_seconds():
                raise SignatureError
            return written.encode() + b"." + delivery.body
        case _:
            raise SignatureError


EVENTS: Final = Events(
    subscribe=(GROUP_UPDATE, PICTURE_UPDATE, CONNECTED),
    where="in Waxum, POST /api/v1/sessions/<session>/webhooks (`url`, `events`, `secret`)",
    receive=receive,
)
