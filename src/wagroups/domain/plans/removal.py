"""Why somebody is removed, and which limits count it.

A removal that was announced, or that protects a group, must not use up what is there to catch mistakes; and a removal
without a reason must not hide behind one that has one.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class RemovalKind(StrEnum):
    """What is known about a removal."""

    UNDECLARED = "undeclared"
    """They are in no list, and nothing says why."""
    PAST_END = "past-end"
    """Their membership ended on a day that was first written when it was past."""
    FORESEEN_END = "foreseen-end"
    """Their membership ended on a day that was on record before it came."""
    FORMER_NUMBER = "former-number"
    """A number they had before; their present one is a member of its own."""
    DENIED = "denied"
    """They are on the deny list."""


class Limit(StrEnum):
    """A guard, or several, that counts removals."""

    NUMBER = "max-removals"
    """In a run and a day, of a group and of an account."""
    SHARE = "max-removal-percent"
    SMALL_GROUP = "small-group"
    EMPTIED = "emptied"
    DECLARED_SHRANK = "declared-shrank"
    """Undeclared people count where they were declared at the last apply."""
    EXCHANGE = "exchange"
    """Whether it is compared with declared people who are not seen in the group; by `identity-swap` too."""


COUNTS: Final[Mapping[RemovalKind, frozenset[Limit]]] = MappingProxyType(
    {
        RemovalKind.UNDECLARED: frozenset(Limit),
        RemovalKind.PAST_END: frozenset(Limit),
        # An approved plan may have said that nobody would be left; then the two floors do not count these either.
        RemovalKind.FORESEEN_END: frozenset({Limit.SMALL_GROUP, Limit.EMPTIED}),
        RemovalKind.FORMER_NUMBER: frozenset(),
        RemovalKind.DENIED: frozenset(),
    }
)
"""What counts each kind of removal.  `min-admins` is no column: it counts every admin who goes."""


def counts(kind: RemovalKind, limit: Limit, *, said_empty: bool = False) -> bool:
    """Whether `limit` counts a removal.  `said_empty`: an approved plan said that nobody would be left in the group."""
    if said_empty and kind is RemovalKind.FORESEEN_END:
        return False
    return limit in COUNTS[kind]
