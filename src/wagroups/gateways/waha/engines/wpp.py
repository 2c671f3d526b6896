"""WPP: wa-js in a browser.

Refusals are raised before WhatsApp is asked, as prose: the errors' own string codes do not survive the way out of the
browser.  Promoting an admin or demoting a member is an error here, so those two are read as “done before”.
"""

import re
from types import MappingProxyType
from typing import Final

from wagroups.gateways.shared.json_fields import Record, text
from wagroups.gateways.waha.engines import browser
from wagroups.gateways.waha.engines.engine import Engine

_PROSE: Final = (
    ("you are not admin", 403),
    ("you are not allowed", 403),
    ("chat not found", 404),
    ("participant not exists", 404),
    ("no valid participants found", 404),
    ("is not a group member", 404),
)
"""Sentences of wa-js (src/group/functions and src/assert, read 2026-11)."""

_PARTICIPANT_NOT_FOUND: Final = re.compile(r"participant '.*' not found")


def _code(exception: Record) -> int | None:
    known = browser.code(exception)
    if known is not None:
        return known
    words = (text(exception, "message") or "").lower()
    if _PARTICIPANT_NOT_FOUND.search(words):
        return 404
    return next((code for phrase, code in _PROSE if phrase in words), None)


WPP: Final = Engine(
    name="WPP",
    read_timeout=browser.BROWSER_READ_TIMEOUT,
    shape=browser.SHAPE,
    member=browser.entry,
    group=browser.group,
    behind=browser.behind,
    created=browser.created,
    told=browser.told,
    code=_code,
    not_held=re.compile(r"chat not found", re.IGNORECASE),
    already=MappingProxyType(
        {
            "promote-members": re.compile(r"already a group admin"),
            # wa-js says this of the owner too, whom nobody can demote; the read that follows tells.
            "demote-members": re.compile(r"already not a group admin"),
        }
    ),
)
