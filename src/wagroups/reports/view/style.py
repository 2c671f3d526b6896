"""What a renderer may ask a terminal for, by meaning; colours themselves are the command line's concern."""

from enum import StrEnum
from typing import Protocol


class TextRole(StrEnum):
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

    def __call__(self, role: TextRole, text: str) -> str: ...


def plain(role: TextRole, text: str) -> str:
    """No marks at all."""
    return text


SYMBOL_ROLES = {
    "+": TextRole.ADD,
    "^": TextRole.ADD,
    "@": TextRole.ADD,
    "-": TextRole.REMOVE,
    "v": TextRole.REMOVE,
    "x": TextRole.REMOVE,
    "~": TextRole.CHANGE,
    "o": TextRole.CHANGE,
    "?": TextRole.CHANGE,
    "*": TextRole.CREATE,
}
