"""Sets of time: half-open periods between instants, which can be joined, cut and taken away.

A set is kept as what it is before its first edge, and the edges at which it changes.  So periods that touch are one
period, two sets are equal when they hold the same time, and “always” is one shared value that costs nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple


class Period(NamedTuple):
    """A time without a gap.  `None` is no limit."""

    start: datetime | None
    """The first instant that belongs to it."""
    end: datetime | None
    """The first instant that does not."""


@dataclass(frozen=True, slots=True)
class Periods:
    """A set of periods that neither touch nor overlap, in order; false when there is none.

    Instants carry a time zone.  The operators are those of Python's sets: `|`, `&`, `-` and `<=`.
    """

    since_ever: bool
    """Whether the time before the first edge belongs to it."""
    edges: tuple[datetime, ...]

    @classmethod
    def of(cls, start: datetime | None, end: datetime | None) -> "Periods":
        """One period; a set without any when it would end before it starts."""
        if start is None and end is None:
            return ALWAYS
        if start is not None and end is not None and end <= start:
            return NEVER
        return cls(start is None, tuple(edge for edge in (start, end) if edge is not None))

    @classmethod
    def union(cls, sets: Iterable["Periods"]) -> "Periods":
        """All the time of some sets."""
        joined = NEVER
        for one in sets:
            joined |= one
        return joined

    def __contains__(self, instant: object) -> bool:
        assert isinstance(instant, datetime)
        return self.since_ever ^ bool(bisect_right(self.edges, instant) % 2)

    def __bool__(self) -> bool:
        return self.since_ever or bool(self.edges)

    def __or__(self, other: "Periods") -> "Periods":
        if self is ALWAYS or other is NEVER:
            return self
        return other if other is ALWAYS else _combined(self, other, lambda one, two: one or two)

    def __and__(self, other: "Periods") -> "Periods":
        if self is ALWAYS or other is ALWAYS:
            return other if self is ALWAYS else self
        return _combined(self, other, lambda one, two: one and two)

    def __sub__(self, other: "Periods") -> "Periods":
        return self if other is NEVER else _combined(self, other, lambda one, two: one and not two)

    def __le__(self, other: "Periods") -> bool:
        """Whether `other` holds all of this time."""
        return other is ALWAYS or not self - other

    def __iter__(self) -> Iterator[Period]:
        edges: list[datetime | None] = [*([None] if self.since_ever else []), *self.edges]
        if len(edges) % 2:
            edges.append(None)
        return map(Period, edges[::2], edges[1::2])

    def ended_by(self, instant: datetime) -> bool:
        """Whether any of the periods ended at `instant` or before."""
        return bool(self.edges) and bisect_right(self.edges, instant) > (0 if self.since_ever else 1)

    def over_at(self, instant: datetime) -> bool:
        """Whether there was such a time, and there is none from `instant` on."""
        return bool(self) and len(self.edges) == bisect_right(self.edges, instant) and instant not in self

    def period_at(self, instant: datetime) -> Period | None:
        """The period that holds `instant`."""
        return next((period for period in self if _holds(period, instant)), None)

    def next_start(self, instant: datetime) -> datetime | None:
        """When the next period after `instant` starts."""
        return next((period.start for period in self if period.start is not None and period.start > instant), None)


def _holds(period: Period, instant: datetime) -> bool:
    return (period.start is None or period.start <= instant) and (period.end is None or instant < period.end)


def _combined(one: Periods, two: Periods, holds: Callable[[bool, bool], bool]) -> Periods:
    """The time for which `holds` says so, of whether it is in the one set and in the other."""
    since_ever = inside = holds(one.since_ever, two.since_ever)
    edges = []
    for edge in sorted({*one.edges, *two.edges}):
        if holds(edge in one, edge in two) != inside:
            inside = not inside
            edges.append(edge)
    if not edges:
        return ALWAYS if since_ever else NEVER
    return Periods(since_ever, tuple(edges))


ALWAYS: Final = Periods(True, ())
NEVER: Final = Periods(False, ())
