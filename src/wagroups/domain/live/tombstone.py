"""Who left a group by themselves, and stays out until a person says otherwise.

Only a keyed hash of each name is kept: it recognises somebody who is declared again, names nobody, and so outlives
the erasure of everything else that is known of a person.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.identity import GroupKey, Lid, Phone

MARK_DIGITS: Final = 32
"""Hex digits of a mark: chosen; 128 bits, so that two people never share one."""


class Farewell(StrEnum):
    """How it became known that somebody left."""

    GONE = "gone"
    """A good read did not show them any more, and we had not removed them.  An unknown cause counts as their own."""
    REFUSED = "refused"
    """WhatsApp said so when they were to be added (code 408)."""
    UNKNOWN = "unknown"
    """They were gone when the account had lost its rights, or many at once: nobody knows who took them out.  Not a
    departure, but a person has to say whether they come back."""
    DOUBTFUL = "doubtful"
    """One read misses them and a second one was not to be had.  Never kept."""


class Tombstone(NamedTuple):
    """One departure."""

    left_at: datetime
    """When it was noticed."""
    how: Farewell


class Turnover(NamedTuple):
    """What one read shows of a group's comings and goings."""

    left: frozenset[Phone | Lid] = frozenset()
    """Every name of everybody who left by themselves."""
    back: frozenset[Phone | Lid] = frozenset()
    """Every name of those present who had left before."""
    lost: frozenset[Phone | Lid] = frozenset()
    """Every name of those who are gone, nobody knows why."""
    doubtful: frozenset[Phone | Lid] = frozenset()
    """Every name of those who are missing from one read alone."""

    def confirmed_by(self, later: "Turnover") -> "Turnover":
        """What two reads agree on; the rest of what is missing is in doubt."""
        left, lost = self.left & later.left, self.lost & later.lost
        missing = later.left | later.lost | later.doubtful
        return Turnover(left, self.back & later.back, lost, missing - left - lost)

    def in_doubt(self) -> "Turnover":
        """The same as one read alone shows it, which is no reason to remember anything."""
        return Turnover(doubtful=self.left | self.lost | self.doubtful)


def mark(key: bytes, name: Phone | Lid) -> str:
    """The keyed hash under which a departure is kept."""
    return hmac.digest(key, name, "sha256").hex()[:MARK_DIGITS]


@dataclass(frozen=True)
class Tombstones:
    """Everybody who left one of an account's groups."""

    key: bytes = field(default=b"", repr=False, compare=False)
    """What the marks are made with."""
    stones: Mapping[GroupKey, Mapping[str, Tombstone]] = field(default_factory=lambda: MappingProxyType({}))

    def __bool__(self) -> bool:
        return any(self.stones.values())

    def in_group(self, group: GroupKey) -> bool:
        """Whether anybody left `group`."""
        return bool(self.stones.get(group))

    def of(self, group: GroupKey, names: Iterable[Phone | Lid]) -> Tombstone | None:
        """The departure of the person with these names; `None` when they never left, or came back."""
        stones = self.stones.get(group)
        if not stones:
            return None
        return next((stones[found] for name in names if (found := mark(self.key, name)) in stones), None)

    def after(self, turnover: Mapping[GroupKey, Turnover], at: datetime) -> "Tombstones":
        """What is known once a read at `at` has shown `turnover`.  A departure keeps its first time."""
        stones = {group: dict(known) for group, known in self.stones.items()}
        for group, moved in turnover.items():
            known = stones.setdefault(group, {})
            for name in moved.back:
                known.pop(mark(self.key, name), None)
            kinds = ((moved.left, Farewell.GONE), (moved.lost, Farewell.UNKNOWN), (moved.doubtful, Farewell.DOUBTFUL))
            for names, how in kinds:
                for name in names:
                    known.setdefault(mark(self.key, name), Tombstone(at, how))
        return Tombstones(self.key, MappingProxyType(stones))
