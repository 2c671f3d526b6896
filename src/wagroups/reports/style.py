"""What a renderer may ask a terminal for, by meaning; colours themselves are the command line's concern."""

from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a piece of text means."""

    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"
    CREATE = "create"
    HEADING = "heading"
    PLACE = "place"
    ATTENTION = "attention"
    GOOD = "good"
    BAD = "bad"


class Style(Protocol):
    """Marks text by its meaning, without changing how wide it is."""

    def __call__(self, role: Role, text: str) -> str: ...


def plain(role: Role, text: str) -> str:
    """No marks at all."""
    return text


SYMBOL_ROLES = {
    "+": Role.ADD,
    "^": Role.ADD,
    "@": Role.ADD,
    "-": Role.REMOVE,
    "v": Role.REMOVE,
    "x": Role.REMOVE,
    "~": Role.CHANGE,
    "o": Role.CHANGE,
    "?": Role.CHANGE,
    "*": Role.CREATE,
}
