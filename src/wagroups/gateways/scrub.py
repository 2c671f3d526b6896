"""What of a gateway's own words may enter a message: no number, id, link or page, and not many of them."""

import re
from typing import Final

MAX_SAID: Final = 200
"""Characters of a gateway's own words that enter a message."""

_LINK: Final = re.compile(r"(?:https?(?:://|%3A%2F%2F))?chat\.whatsapp\.com(?:/|%2F)[^\s'\"<>]*", re.IGNORECASE)
_JID: Final = re.compile(r"[\w.+:-]+@[a-z][a-z.]*", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\+?\d(?:[\s()./-]{0,2}\d){5,}")
_NODE: Final = re.compile(r"<(\w+)> node\b")
"""Prose of WhatsApp's libraries, which says what is missing and is no markup: “missing <group> node”."""
_TAG: Final = re.compile(r"<[^>]*>")


def scrub(said: str) -> str:
    """A gateway's words without links, JIDs and long numbers, on one line, cut to `MAX_SAID`."""
    # Cut before the patterns too, so that a page of megabytes costs nothing; with room, as tags and ids shrink.
    said = _TAG.sub(" ", _NODE.sub(r"“\1” node", said[: MAX_SAID * 10]))
    said = _LINK.sub("(link)", said)
    said = _JID.sub("(id)", said)
    said = _DIGITS.sub("(number)", said)
    said = " ".join(said.split())
    return said if len(said) <= MAX_SAID else said[: MAX_SAID - 1] + "…"
