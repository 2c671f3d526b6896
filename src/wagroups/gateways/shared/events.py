"""What a gateway's webhook tells: that something may have happened, and at most in which group.

An event is a hint and never data.  Gateways miss events, send them twice, out of order, and with values that are
wrong on some engines; so nothing but the group's id is taken out of one, and what is true is read again.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.errors import SignatureError
from wagroups.domain.identity import GroupJid, Secret

ID_CHARS: Final = 100
"""Longest id of an event that is believed.  Chosen: they are remembered, and ours have thirty."""


class Hint(NamedTuple):
    """Something may have happened."""

    id: str
    """The same for every delivery of one event."""
    group: GroupJid | None
    """Where; `None` = to the account as a whole."""


class Delivery(NamedTuple):
    """One request to a webhook, as it came in."""

    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    """Raw: signatures are made over the very bytes."""
    secret: Secret
    session: str
    """The session that this webhook is for."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Events:
    """How one kind of gateway tells of events."""

    subscribe: tuple[str, ...]
    """The events to subscribe to, by the gateway's own names."""
    where: str
    """Where in the gateway that is done, for the person who does it."""
    receive: Callable[[Delivery], Hint | None]
    """Check the signature, then read; `None` for an event that is none of ours.  Raises SignatureError first of all."""
    later: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Events of `subscribe` that older versions do not know, each with the first one that does.  A server that is asked
    for one it does not know may refuse them all (WAHA, seen 2026-12-01)."""

    def everywhere(self) -> tuple[str, ...]:
        """The events of `subscribe` that every version knows."""
        return tuple(event for event in self.subscribe if event not in self.later)


def check_signature(secret: Secret, signed: bytes, offered: str, digest: str) -> None:
    """Raises SignatureError unless `offered` is the lower-case hex HMAC of `signed`; takes the same time either way."""
    expected = hmac.new(bytes(secret), signed, digest).hexdigest()
    if not secret or not hmac.compare_digest(expected.encode(), offered.encode("utf-8", "replace")):
        raise SignatureError


def event_id(written: object, body: bytes) -> str:
    """The id that the gateway gave, else a digest of the delivery, which is the same when it is repeated."""
    if isinstance(written, str) and 0 < len(written) <= ID_CHARS:
        return written
    return hashlib.sha256(body).hexdigest()
