"""Mask phone numbers, ids and links inside text that nobody typed for us: messages, tracebacks, descriptions.

People and groups are redacted by their types.  This is the second belt, for text that already exists: it would
rather mask a harmless number than show a phone.
"""

import re
from typing import Final

_LINK: Final = re.compile(
    r"(?:https?(?:://|%3A%2F%2F))?(?:chat\.whatsapp\.com|wa\.me)(?:/|%2F)[^\s\"'<>)\]}]+", re.IGNORECASE
)
"""Also as a part of another address, where its slashes are written as `%2F`."""

_JID: Final = re.compile(
    r"\+?[0-9][0-9.:_]{4,}@(?:c\.us|s\.whatsapp\.net|hosted\.lid|hosted|lid)\b"
    r"|[0-9]{5,25}(?=-[0-9]{5,15}@g\.us\b)",  # only the creator's number in a legacy group id
    re.IGNORECASE,
)

_GAP: Final = "[\\s\u00a0\u2009\u202f().\\-\u2010-\u2015/]"
_PHONE: Final = re.compile(
    rf"\+{_GAP}{{0,2}}[0-9](?:{_GAP}{{0,3}}[0-9]){{6,17}}"  # international, however it is spaced
    r"|(?<![0-9A-Za-z.])0[0-9]{2,5}[ /-]?[0-9]{3,}(?:[ -]?[0-9]{2,}){0,3}(?![0-9A-Za-z])"  # national: 07700 900123
    r"|(?<![0-9A-Za-z])[0-9]{9,15}(?![0-9A-Za-z])"  # bare digits, as ids and requests write them
    r"|(?<![0-9A-Za-z])%2[Bb][0-9]{7,15}"  # a plus in a URL
)
_LEAST_DIGITS: Final = 7
"""Shorter runs are times, sizes and years.  Chosen: below the shortest numbers in use on WhatsApp."""


def scrub(text: str) -> str:
    """Return `text` without phone numbers, people's ids and invite links.

    Group ids that contain no phone number stay: they are what a person searches for.
    """
    text = _LINK.sub("<link>", text)
    text = _JID.sub("<id>", text)
    return _PHONE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    found = match.group()
    return "<number>" if sum(map(str.isdigit, found)) >= _LEAST_DIGITS else found
