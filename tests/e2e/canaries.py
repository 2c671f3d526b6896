"""Values that exist nowhere else: whoever sees one in an output has found a leak."""

import re
from typing import Final, NamedTuple

PHONES: Final = {
    "office": "+15558172601",
    "amber": "+15558172635",
    "basil": "+15558172648",
    "cedar": "+15558172659",
    "basil once": "+15558172662",
    "bare": "+15558172673",
    "stranger-quokka": "+15558172684",
    "hidden-numbat": "+15558172696",
    "refusing-wombat": "+15558172707",
}
LIDS: Final = {name: f"27182818284{number:04}" for number, name in enumerate(PHONES, start=5901)}
PUSH_NAMES: Final = ("stranger-quokka", "hidden-numbat")
"""Names that strangers gave themselves."""

KEY: Final = "canary-key-b7Qx9"
PLAN_KEY: Final = "canary-plan-key-Zt4"
INVITE_CODE: Final = "CanaryInviteCodeXqWvPz"
SUBJECT: Final = "Zugzwang, call 0044 555 8172659"
"""A subject with somebody's number in it."""
LEGACY_ID: Final = "15558172635-1600000000@g.us"
"""A group id of the old kind begins with its creator's number."""

_SEPARATORS: Final = re.compile(r"[\s\u00a0\u2009\u202f()./\u2010-\u2015-]")
_FEWEST_DIGITS: Final = 5
"""So many last digits of a number, standing alone, are too many: `last4` shows four."""


class Leak(NamedTuple):
    """A canary that was seen, with what is around it."""

    canary: str
    around: str


def leaks(text: str, *, strict: bool = False) -> list[Leak]:
    """Every canary in `text`, however it is spelt.  `strict` also forbids subjects and aliases."""
    squeezed = _SEPARATORS.sub("", text)
    found = [leak for phone in PHONES.values() for leak in _phone(phone[1:], text, squeezed)]
    words = [*LIDS.values(), *PUSH_NAMES, KEY, PLAN_KEY, INVITE_CODE, *(["Zugzwang"] if strict else [])]
    return found + [Leak(word, _around(text, text.index(word))) for word in words if word in text]


def _phone(digits: str, text: str, squeezed: str) -> list[Leak]:
    """The number as a whole or without its country code, in any spacing; and its last digits standing alone."""
    for shown in (digits, digits[1:], digits[-7:]):
        if shown in squeezed:
            return [Leak(shown, _around(squeezed, squeezed.index(shown)))]
    tail = re.search(rf"(?<![0-9a-fA-F]){digits[-_FEWEST_DIGITS:]}(?![0-9a-fA-F])", text)
    return [] if tail is None else [Leak(tail.group(), _around(text, tail.start()))]


def _around(text: str, at: int) -> str:
    return text[max(0, at - 60) : at + 60]
