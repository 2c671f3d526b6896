"""What will be done, what will not, and why: a value that exists before anything happens."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.declared.desired import Origin
from wagroups.domain.declared.members import Turn
from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity
from wagroups.domain.plans.approval import Due, Review
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import Change
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.operation import Operation
from wagroups.domain.plans.points import PointClass, class_of
from wagroups.domain.plans.rules import RULES, Level, override_of

DUE_LATE: Final = timedelta(hours=24)
"""After so long, what is due and not done is reported as drift: `apply --due` runs at least once a day."""


class Reason(StrEnum):
    """Why an action is planned.  For explaining; nothing steers by it."""

    MANIFEST = "manifest"
    DRIFT = "drift"
    DUE = "due"
    """A date came that was approved before."""
    EXPIRED = "expired"
    DENIED = "denied"
    FORMER_NUMBER = "former-number"
    ADOPT = "adopt"
    URGENT = "urgent"
    """A setting that closes a group that exists.  What is done about people who are denied is as urgent."""


class Cause(StrEnum):
    """Where a difference comes from, as far as the ledger tells."""

    GIT = "git"
    PHONE = "phone"
    EARLIER_RUN = "earlier-run"
    DUE = "due"
    """A date came, as it was approved."""
    UNKNOWN = "unknown"


class Acknowledgement(Value):
    """What the files say about an open point that is known."""

    reason: str
    until: date
    """The last day on which it counts as known."""


class Notice(Value):
    """What the plan does not do and why.

    `{person}` and `{people}` in the texts stand for `person` and `people`, shown as redaction allows.
    """

    code: str
    """One of `domain.plans.points.CLASSES`."""
    text: str
    person: Identity | None = None
    people: tuple[Identity, ...] = ()
    """Those of a point that is about several."""
    setting: str | None = None
    next: str | None = None
    """What to do about it: a command, or a line to change, as it can be pasted."""
    since: datetime | None = None
    """When a look first found it."""
    until: datetime | None = None
    """When time will have changed it, or when it is asked for again."""

    shown: str | None = None
    """What was read of the setting, where the files can be made to say it."""
    id: str = ""
    """Names an open point to `drift --accept`: a hash over its group, code, and person or setting."""
    new: bool = False
    """An open point that the last apply or drift did not meet."""
    known: Acknowledgement | None = None
    """Set where the files say that an open point is known."""

    @property
    def point_class(self) -> PointClass:
        """What becomes of the declared thing that this is about."""
        return class_of(self.code)

    @property
    def section(self) -> str | None:
        """The part of the group that it is about; `None` for the group as a whole."""
        if self.setting is not None:
            return self.setting.partition(".")[0]
        return "members" if self.person is not None or self.people else None


URGENT: Final = frozenset({Reason.DENIED, Reason.URGENT})
"""Why an action is done before everything else, whatever refuses the rest of the plan (safety guide, part 6)."""


class Action(Value):
    """One change with what a reviewer needs to judge it."""

    id: str
    """A hash over the goal: group, kind, person or setting, and the value after.  The old value is not part of it."""
    change: Change
    risk: Risk
    reason: Reason
    cause: Cause = Cause.UNKNOWN
    origin: Origin
    via: tuple[str, ...] = ()
    conditions: tuple[tuple[str, ...], ...] = ()
    """Of each of these sets of actions, a read must show one before this one is taken."""
    due: Due | None = None
    """Set where it follows from a date that came, and that no run has dealt with yet."""

    @property
    def urgent(self) -> bool:
        """Whether it is done before everything else, whatever refuses the rest of the plan."""
        return self.reason in URGENT

    @property
    def approved_by_date(self) -> bool:
        """Whether it may be done without another review."""
        return self.due is not None and self.due.review is Review.APPROVED

    def in_progress(self, now: datetime) -> bool:
        """Whether it is approved and not late yet."""
        return self.approved_by_date and self.due is not None and now - self.due.at <= DUE_LATE


class Later(Value):
    """Something that happens in a group by its date alone, after the plan."""

    at: datetime
    group: GroupKey
    turn: Turn | None
    """`None`: nobody will be left in the group."""
    person: Identity | None = None
    origin: Origin


class Step(Value):
    """One call, and the actions it realises."""

    id: str
    """`<group>/<number>`, in the order of execution."""
    operation: Operation
    realises: tuple[str, ...]
    urgent: bool = False
    """All that it realises is urgent.  Such steps come before the others of their group."""


class Hold(Value):
    """A read that may not be acted on: no change of membership is planned for the group."""

    rule: str
    message: str


class TrippedGuard(Value):
    """A guard that refuses a group or the whole run.

    `{people}` in the message stands for `people`, and `{0}`, `{1}` … for each of them.
    """

    rule: str
    message: str
    group: GroupKey | None = None
    people: tuple[Identity, ...] = ()
    place: Origin | None = None
    """The line that says it, where changing it is a way out."""
    passable: bool = True
    """False where an override does not help, though it passes the rule elsewhere."""

    @property
    def scope(self) -> Level:
        """What is refused: a group's rule that is tripped by no single group refuses the run."""
        return Level.RUN if self.group is None else RULES[self.rule].level

    @property
    def override(self) -> str | None:
        """The option that passes it; `None` where none does."""
        return override_of(self.rule, self.group) if self.passable else None

    @property
    def next(self) -> str | None:
        """A command for whoever has looked and finds it right."""
        if self.rule == "stale":
            return "wagroups plan --out FILE"
        return None if self.override is None else f"wagroups apply {self.override}"


class GroupPlan(Value):
    """Everything about one declared group, in the order it will happen."""

    key: GroupKey
    account: AccountKey
    gateway: str = ""
    """The kind of the account's gateway, and its engine where it has one: `waha NOWEB`."""
    subject: str
    jid: GroupJid | None = None
    members_before: int | None = None
    members_after: int | None = None
    actions: tuple[Action, ...] = ()
    steps: tuple[Step, ...] = ()
    notices: tuple[Notice, ...] = ()
    hold: Hold | None = None
    watched: bool = False
    """Differences are shown and never acted on: there are actions, and no steps."""
    left_alone: int = 0
    """Further actions, which a plan of what is due leaves out."""
    desired_fingerprint: str
    live_fingerprint: str
    source: Origin

    def urgent_only(self) -> "GroupPlan":
        """The same plan, of which only what is urgent is done."""
        return self.model_copy(update={"steps": tuple(step for step in self.steps if step.urgent)})

    @property
    def in_sync(self) -> bool:
        """Nothing to do and nothing hidden by a hold."""
        return not self.actions and self.hold is None

    def points(self, point_class: PointClass) -> tuple[Notice, ...]:
        """The notices of one class."""
        return tuple(notice for notice in self.notices if notice.point_class is point_class)


class Cost(Value):
    """What one class of calls costs one account."""

    needed: int
    left_today: int | None
    """`None` = no daily limit."""
    done_at: datetime | None
    """When the last of them is expected to be made; `None` = never within this budget."""


class Live(Value):
    """How far the live state may be trusted."""

    source: Literal["gateway", "last-read"] = "gateway"
    """`last-read`: nobody was asked; the plan is made from what the ledger kept."""
    read_at: datetime | None
    complete: bool
    why_not: tuple[str, ...] = ()


class Plan(Value):
    """Ordered data: it can be saved, hashed, compared and reviewed elsewhere."""

    created_at: datetime
    live: Live
    manifests_digest: str
    manifests_files: int
    groups: tuple[GroupPlan, ...] = ()
    """Sorted by key; groups that are as declared are here too, without actions."""
    notices: tuple[Notice, ...] = ()
    """About no declared group: orphans, groups in no manifest."""
    guards: tuple[TrippedGuard, ...] = ()
    overrides: tuple[Override, ...] = ()
    """Those that stand in the files and hold today: whoever approves the plan approves them."""
    cost: dict[AccountKey, dict[CallClass, Cost]] = Field(default_factory=dict)
    audience_notices: int = 0
    """How many notices the members of groups will see in their chats."""
    later: tuple[Later, ...] = ()
    """What follows by date, in order of time."""
    due_alone: bool = False
    """Whether it is about nothing but what is due by date."""

    def actions(self) -> Iterator[tuple[GroupPlan, Action]]:
        """Every action with its group, in order."""
        for group in self.groups:
            for action in group.actions:
                yield group, action

    @property
    def open(self) -> tuple[Notice, ...]:
        """Every declared thing that is not so and needs someone to act."""
        return tuple(notice for group in self.groups for notice in group.points(PointClass.OPEN))

    @property
    def empty(self) -> bool:
        """Whether nothing is left to do.  Differences of watched groups are not to be done."""
        return not any(group.actions and not group.watched for group in self.groups)

    @property
    def in_progress(self) -> int:
        """How many of the actions are due, approved, and not late yet."""
        ours = (action for group, action in self.actions() if not group.watched)
        return sum(action.in_progress(self.created_at) for action in ours)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do but what is in progress."""
        return self.in_progress == sum(not group.watched for group, _ in self.actions())

    @property
    def left_alone(self) -> int:
        """How many actions a plan of what is due leaves out."""
        return sum(group.left_alone for group in self.groups)

    @property
    def refused(self) -> bool:
        """Whether a guard refuses the whole of it."""
        return any(guard.scope is Level.RUN for guard in self.guards)

    @property
    def urgent(self) -> tuple[Step, ...]:
        """The steps that are taken before all others, whatever is refused."""
        return tuple(step for group in self.groups for step in group.steps if step.urgent)

    @property
    def refused_groups(self) -> dict[GroupKey, TrippedGuard]:
        """The groups that a guard of their own refuses, each with the first of them; what is urgent is done."""
        refusing = {guard.group: guard for guard in reversed(self.guards) if guard.scope is Level.GROUP}
        return {key: guard for key, guard in refusing.items() if key is not None}

    @property
    def held(self) -> bool:
        """Whether a read that may not be acted on hides a part of the truth."""
        return any(group.hold for group in self.groups)

    @property
    def digest(self) -> str:
        """`wg1-` and 12 hex digits over the goals and the overrides only: no times, costs or live values."""
        lines = sorted(action.id for _, action in self.actions())
        lines += sorted(f"{group.key}={group.desired_fingerprint}" for group in self.groups)
        lines += sorted(f"override {override}={override.until}={override.reason}" for override in self.overrides)
        return "wg1-" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
