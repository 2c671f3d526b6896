"""What a server answered: the body read leniently, the advice in its headers, and what may be quoted of it."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from pydantic_core import from_json

from wagroups.privacy.mask import Strictness, mask

MAX_RETRY_AFTER: Final = timedelta(days=1)
"""Advice beyond this is cut: the rests of `domain.plans.budget` take over."""

MAX_EXCERPT: Final = 200
"""Characters of a gateway's own words that enter a message."""

_NODE: Final = re.compile(r"<(\w+)> node\b")
"""Prose of WhatsApp's libraries, which says what is missing and is no markup: “missing <group> node”."""
_TAG: Final = re.compile(r"<[^>]*>")


class Response(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: object
    """`None` when empty, the JSON value when it parses, else the text as it came."""
    received_at: datetime

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> timedelta | None:
        """The server's advice, given in seconds or as a date (RFC 9110, 10.2.3)."""
        advice = self.headers.get("retry-after", "").strip()
        if advice.isascii() and advice.isdigit():
            return timedelta(seconds=min(int(advice[:9]), MAX_RETRY_AFTER.total_seconds()))
        until = http_date(advice)
        if until is None:
            return None
        return min(max(until - (self.date or self.received_at), timedelta(0)), MAX_RETRY_AFTER)

    @property
    def date(self) -> datetime | None:
        """The server's clock."""
        return http_date(self.headers.get("date", ""))


def http_date(written: str) -> datetime | None:
    if not written:
        return None
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def parsed(raw: bytearray, encoding: str) -> object:
    """The body leniently: gateways send empty bodies, bare words and HTML with any content type."""
    if not raw.strip():
        return None
    try:
        return json_value(raw)
    except (ValueError, RecursionError):
        pass
    try:
        return raw.decode(encoding, errors="replace")
    except LookupError:
        return raw.decode(errors="replace")


def json_value(raw: bytes | bytearray) -> object:
    """The value of a JSON text.  Raises ValueError or RecursionError when it is none."""
    try:
        # Faster than `json`, which is asked only about what this one finds fault with: half a character, deep nesting.
        return from_json(raw, cache_strings="keys")
    except ValueError:
        return json.loads(raw)


def excerpt(words: str) -> str:
    """A gateway's own words as they may enter a message: no number, id, link or markup, on one line, cut."""
    # Cut before the patterns too, so that a page of megabytes costs nothing; with room, as tags and ids shrink.
    words = _TAG.sub(" ", _NODE.sub(r"“\1” node", words[: MAX_EXCERPT * 10]))
    words = " ".join(mask(words, Strictness.FOREIGN).split())
    return words if len(words) <= MAX_EXCERPT else words[: MAX_EXCERPT - 1] + "…"
