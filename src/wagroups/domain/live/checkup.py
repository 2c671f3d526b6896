"""What `doctor` and `status` found: plain findings that a report can show and an exit code can be read from."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wagroups.domain._base import Value
from wagroups.domain.identity import AccountKey, GroupKey, Identity
from wagroups.domain.live.capability import Capabilities
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.warning_codes import Codes
from wagroups.domain.plans.budget import Breaker, CallClass, Pace
from wagroups.domain.plans.history import PastAction


class CheckLevel(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Finding(Value):
    """One sentence about an account or a group.  `{person}` in the text stands for `person`."""

    level: CheckLevel
    code: str
    text: str
    group: GroupKey | None = None
    person: Identity | None = None


class Checkup(Value):
    """One account, looked at."""

    account: AccountKey
    capabilities: Capabilities | None
    """`None` when the account could not be connected."""
    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        return not any(finding.level is CheckLevel.BAD for finding in self.findings)


class Balance(NamedTuple):
    """What is left of one class's budget."""

    calls: CallClass
    left_today: int | None
    next_free: datetime | None
    """`None` = never within this budget."""


class OpenStep(NamedTuple):
    """A call of an earlier run whose end is not known."""

    group: GroupKey
    kind: str
    intended_at: datetime


class Wait(NamedTuple):
    """Somebody who is waited for, or not invited again before a day."""

    group: GroupKey
    person: Identity
    code: int
    until: datetime


class Invited(NamedTuple):
    """Somebody who was invited and has not come yet."""

    group: GroupKey
    person: Identity
    invitation: Invitation
    declared: bool = True
    """Whether the files still name them in the group: nobody else is asked again, and the link lets them in."""


class AccountStanding(NamedTuple):
    """One account as the ledger knows it; nothing was asked of any gateway."""

    account: AccountKey
    bound: int
    """Groups that are bound to a live one."""
    balances: tuple[Balance, ...]
    breakers: tuple[Breaker, ...]
    lessons: tuple[Breaker, ...]
    """Rests that ended, and still teach how much may be asked in an hour."""
    additions: Codes
    """The latest answers to additions."""
    pace: Pace
    profile: str
    open_steps: tuple[OpenStep, ...]
    waits: tuple[Wait, ...]
    invited: tuple[Invited, ...]
    past: tuple[PastAction, ...]
    """What was done last, newest first."""
