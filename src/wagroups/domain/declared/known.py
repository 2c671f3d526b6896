"""Open points that the files say are known."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from wagroups.domain.identity import Alias, GroupKey
from wagroups.domain.origin import Origin

LONGEST: Final = timedelta(days=90)
"""How far ahead the last day may be (safety guide, part 9)."""


class Known(NamedTuple):
    """One entry: about one person, or about one point, of one group.  Exactly one of `person` and `point` is set."""

    group: GroupKey
    person: Alias | None
    point: str | None
    """A point's code, for every such point of the group, or its id."""
    reason: str
    until: date
    """The last day on which it counts."""
    origin: Origin

    def holds(self, today: date) -> bool:
        """Whether it counts; an entry that reaches too far never does."""
        return today <= self.until <= today + LONGEST
