"""What a project allows: the brakes of its `safety:` section, as values for the guards."""

from datetime import date, timedelta
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.identity import Alias, GroupKey
from wagroups.domain.origin import Origin

SHRINK_PERCENT: Final = 10
SHRINK_PEOPLE: Final = 5
"""A list that lost more than both of these since the last good read may not be acted on.  Chosen."""

PERCENT_FROM_MEMBERS: Final = 5
"""`max_removal_percent` is not applied to groups with fewer members: one of four is 25 %.  `small_group_limit` is."""

DECLARED_SHRANK_PERCENT: Final = 20
"""A group that loses more than this share of those who were declared at its last apply is refused.  Chosen."""


def small_group_limit(before: int) -> int:
    """How many of a group of fewer than PERCENT_FROM_MEMBERS may go in a run and a day: half of them, at least one."""
    return max(1, before // 2)


def declared_shrank_limit(declared: int) -> float:
    """How many of those who were declared at the last apply may go without a reason."""
    if declared < PERCENT_FROM_MEMBERS:
        return small_group_limit(declared)
    return max(1, declared * DECLARED_SHRANK_PERCENT / 100)


SWAP_SHARE: Final = 0.5
SWAP_PEOPLE: Final = 5
"""A plan that replaces more than this share of a group, and at least so many people, is refused.  Chosen."""


class Safety(Value):
    """Thresholds.  Flags may only tighten them; loosening takes `--override`, one rule at a time."""

    max_removals: int = 10
    """People removed from one group, and from one account's groups together, per run and per rolling day."""
    max_removal_percent: float = 20
    """Share of one group's members, and of all seats in an account's groups, removed per run and per rolling day."""
    min_admins: int = 1
    """Admins a group keeps, the own account included; checked where a plan demotes or removes an admin."""
    protect: tuple[Alias, ...] = ()
    """People who are never removed or demoted."""
    allow_dissolve: bool = False
    max_plan_age: timedelta = timedelta(hours=72)


class Override(Value):
    """A rule that a person chose to pass, for one group or wherever it trips, with the reason for the audit log."""

    rule: str
    group: GroupKey | None = None
    """`None` passes it for every group, and for what concerns a whole account or run."""
    reason: str
    until: date | None = None
    """The last day of one that stands in the files."""
    origin: Origin | None = None
    """Where it stands in the files; `None` for one of the command line, or typed."""

    def passes(self, rule: str, group: GroupKey | None) -> bool:
        return self.rule == rule and (self.group is None or self.group == group)

    def __str__(self) -> str:
        return self.rule if self.group is None else f"{self.rule}@{self.group}"
