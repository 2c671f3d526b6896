"""What somebody approved: the actions of a reviewed plan, and of every group the dates that were declared then.

Dates are reviewed once, with the change that wrote them, and what follows from them is done when they come.  An
approval does not age; of each person it ends when their dates are written otherwise.
"""

from datetime import date, datetime
from enum import StrEnum

from wagroups.domain._base import Value
from wagroups.domain.identity import GroupKey


class ApprovedDates(Value):
    """When one person is to be in a group, and since when somebody has approved that."""

    dates: str
    """The periods of the membership and of the right to be admin, as `planning.diff.due` writes them."""
    since: datetime


class Approval(Value):
    """What was approved of one group."""

    fingerprint: str
    """Of everything that was declared of it."""
    reach: str
    """How far its lists reached: an end that removes nobody is not approved as a removal."""
    at: datetime
    """When these declarations were first approved."""
    people: dict[str, ApprovedDates]
    """Name (alias or pseudonym) → dates, of those whose membership or right is limited."""
    empty_at: datetime | None = None
    """When nobody will be left, as far as an approved plan said so."""


class Reviewed(Value):
    """What a saved plan approves.  It holds goals only, so it can be kept where others read it."""

    digest: str
    created_at: datetime
    actions: frozenset[str]
    fingerprints: dict[str, str]
    """Group key → fingerprint of what was declared when the plan was made."""
    overrides: frozenset[tuple[str, date | None]] = frozenset()
    """Those of the files that the plan showed, as `rule@group` and last day."""
    unremembered: frozenset[GroupKey] = frozenset()
    """Groups of which it said that the ledger does not remember who left: whoever approves it has seen that."""
    emptied: dict[str, datetime] = {}  # noqa: RUF012 — pydantic copies it
    """Group key → when nobody will be left in it, as the plan said."""


class Review(StrEnum):
    """Whether what a date brings was approved before the date came."""

    APPROVED = "approved"
    CHANGED = "changed"
    """Something was approved of the group, and these dates, or the reach of its lists, are others now."""
    NEVER = "never"
    """The ledger knows of no approval of the group."""


class Due(Value):
    """Why an action is needed that no change in git or on a phone has caused: a date came."""

    at: datetime
    """When it came."""
    review: Review
