"""The JSON documents: what scripts read, and what a saved plan is.

The models are the format: the schemas in `schemas/` are generated from them.  Keys never come and go: where there is
nothing to say, the value is `null` or empty.  Within `format_version` 1 keys are only added, and readers ignore what
they do not know.
"""

from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Cause, Reason
from wagroups.domain.plans.points import PointClass
from wagroups.domain.problem import Problem
from wagroups.privacy.redactor import Redaction
from wagroups.reports.view.tally import Summary

FormatVersion: TypeAlias = Literal["1.0", "1.1"]
"""Plans that were saved with 1.0 are still read."""

FORMAT_VERSION: Final = "1.1"
"""What this program writes."""

Kind: TypeAlias = Literal[
    "group.create",
    "group.adopt",
    "group.release",
    "group.dissolve",
    "subject.set",
    "description.set",
    "picture.set",
    "setting.set",
    "member.add",
    "member.invite",
    "member.remove",
    "admin.promote",
    "admin.demote",
    "request.approve",
    "request.reject",
    "link.reset",
    "community.link",
    "community.unlink",
]
"""Every kind of action that format version 1 may hold; a version of the program need not plan all of them."""


class _Part(BaseModel):
    """Frozen and strict in what it holds; tolerant of keys of later minor versions."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class ExitPart(_Part):
    """How the process ends; `code` is its exit code."""

    code: int
    reason: Literal[
        "ok",
        "error",
        "changes",
        "open",
        "refused",
        "partial",
        "paused",
        "locked",
        "gateway",
        "usage",
        "invalid",
        "interrupted",
    ]

    @classmethod
    def of(cls, exit: Exit) -> "ExitPart":
        return cls.model_validate({"code": exit.code, "reason": exit.reason})


class ToolPart(_Part):
    """What wrote the document."""

    name: Literal["wagroups"] = "wagroups"
    version: str


class RedactionPart(_Part):
    """How people are named, and the fingerprint of the key their pseudonyms are made with."""

    mode: Redaction
    key_fingerprint: str


class LivePart(_Part):
    """How far the live state may be trusted."""

    source: Literal["gateway", "last-read", "snapshot"]
    read_at: datetime | None
    complete: bool
    why_not: tuple[str, ...] = ()


class ManifestsPart(_Part):
    """What was declared: a digest over the bytes of all files, and how many there were."""

    digest: str
    files: int


class PlacePart(_Part):
    """A line of a file; both as an editor counts them."""

    file: str
    line: int


class OriginPart(PlacePart):
    """Where a value was written, and the way from the group to it."""

    via: tuple[str, ...] = ()


class KnownPart(_Part):
    """What the files say about an open point that is known."""

    reason: str
    until: date


class PointPart(_Part):
    """A declared thing that is not so, or not known to be so.  `class` says what becomes of it."""

    point_class: Literal[PointClass.OPEN, PointClass.WAITING, PointClass.HELD, PointClass.UNSEEN] = Field(alias="class")
    code: str
    id: str | None = None
    """Of open points: what `drift --accept` takes."""
    person: str | None = None
    """As the redaction mode shows people."""
    people: tuple[str, ...] = ()
    section: str | None = None
    setting: str | None = None
    text: str
    next: str | None = None
    """What to do about it: a command, or a line to change, as it can be pasted."""
    since: datetime | None = None
    """When a look first found it."""
    until: datetime | None = None
    """When time will have changed it, or when it is asked for again."""
    known: KnownPart | None = None


class NoticePart(_Part):
    """What is worth knowing beside the actions: every point but the held, and remarks on no declared thing."""

    code: str
    text: str
    person: str | None = None
    setting: str | None = None


class ActionPart(_Part):
    """One change.  `id` is a hash over the goal: it is the same as long as the same thing is wanted."""

    id: str
    kind: Kind
    person: str | None = None
    """As the redaction mode shows people."""
    setting: str | None = None
    before: str | None = None
    after: str | None = None
    risk: Risk
    reason: Reason
    due_at: datetime | None = None
    """When the date came from which it follows, where it follows from one."""
    origin: OriginPart


class LaterPart(_Part):
    """Something that happens by its date alone.  Whoever approves the plan approves it."""

    at: datetime
    group: str
    kind: Literal["joins", "leaves", "becomes-admin", "stops-being-admin", "nobody-left"]
    person: str | None = None
    """As the redaction mode shows people."""
    origin: OriginPart


class DriftPart(ActionPart):
    """A difference that git did not make, with where it comes from."""

    group: str
    cause: Cause


class ErrorPart(_Part):
    """What went wrong.  `code` is a word, or WhatsApp's number."""

    code: str
    message: str
    retryable: bool = False


class ResultPart(ActionPart):
    """One action with what became of it."""

    outcome: Verdict
    error: ErrorPart | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class RemainingPointPart(PointPart):
    """A declared thing that a plan made after the run still finds not so."""

    group: str


class RemainingPart(ActionPart):
    """An action that a plan made after the run still holds."""

    group: str


class _GroupPart(_Part):
    key: str
    account: str
    subject: str | None
    """`null` where the redaction mode shows no subjects."""
    jid: str | None = None
    members_before: int | None = None
    members_after: int | None = None
    watched: bool = False
    desired_fingerprint: str
    live_fingerprint: str
    source: PlacePart


class HoldPart(_Part):
    """A read that may not be acted on."""

    rule: str
    message: str
    next: str | None = None
    """A command for whoever knows that the list is right."""


class GroupPart(_GroupPart):
    """One declared group of a plan."""

    actions: tuple[ActionPart, ...]
    points: tuple[PointPart, ...] = ()
    notices: tuple[NoticePart, ...]
    hold: HoldPart | None = None


class GroupReportPart(_GroupPart):
    """One declared group of a run."""

    actions: tuple[ResultPart, ...]
    points: tuple[PointPart, ...] = ()
    """Of the plan that the run followed."""
    notices: tuple[NoticePart, ...]
    hold: HoldPart | None = None


class RefusedPart(_Part):
    """A guard that stopped a group, or the run, before the first write."""

    rule: str
    message: str
    group: str | None = None
    scope: Literal["group", "run"] = "run"
    """What is refused: the group, while the others are done, or everything."""
    next: str | None = None
    """A command for whoever has looked and finds it right."""


class OverridePart(_Part):
    """A rule that an entry of `overrides.yaml` passes, until the end of a day."""

    rule: str
    group: str | None
    until: date
    reason: str
    source: PlacePart


class CostPart(_Part):
    """What one class of calls costs one account; `null` is no daily limit, or never within the budget."""

    needed: int
    left_today: int | None
    done_at: datetime | None


class PlanDocument(_Part):
    """A plan.  Saved, it can be reviewed elsewhere and given to `wagroups apply`."""

    format_version: FormatVersion = FORMAT_VERSION
    tool: ToolPart
    created_at: datetime
    redaction: RedactionPart
    live: LivePart
    manifests: ManifestsPart
    summary: Summary
    groups: tuple[GroupPart, ...]
    notices: tuple[NoticePart, ...]
    """About no declared group."""
    drift: tuple[DriftPart, ...]
    later: tuple[LaterPart, ...] = ()
    """In order of time, as far as `--ahead` looks."""
    refused: tuple[RefusedPart, ...]
    overrides: tuple[OverridePart, ...] = ()
    """Those of the files that hold; whoever approves the plan approves them."""
    cost: dict[str, dict[str, CostPart]]
    audience_notices: int
    """How many notices the members of groups will see in their chats."""
    digest: str = Field(pattern=r"^wg1-[0-9a-f]{12}$")
    exit: ExitPart

    def approved(self) -> frozenset[str]:
        """The ids of the actions that somebody who approves this plan approves."""
        return frozenset(action.id for group in self.groups for action in group.actions)

    def passing(self) -> frozenset[tuple[str, date | None]]:
        """The overrides that somebody who approves this plan approves, as `rule@group` and last day."""
        return frozenset((o.rule if o.group is None else f"{o.rule}@{o.group}", o.until) for o in self.overrides)

    def unremembered(self) -> frozenset[GroupKey]:
        """The groups that the plan says are not remembered: whoever approves it has read that."""
        return frozenset(GroupKey(part.group) for part in self.refused if part.rule == "new-ledger" and part.group)

    def fingerprints(self) -> dict[str, str]:
        """Group key → fingerprint of what was declared when the plan was made."""
        return {group.key: group.desired_fingerprint for group in self.groups}

    def emptied(self) -> dict[str, datetime]:
        """Group key → when nobody will be left in it."""
        return {later.group: later.at for later in self.later if later.kind == "nobody-left"}


class CreatedPart(_Part):
    """A group that was created or found again; `jid` is `null` where the redaction mode shows no ids."""

    group: str
    jid: str | None


class ReportDocument(_Part):
    """A run: the plan it followed, what became of every action, and what a plan made afterwards still holds."""

    format_version: FormatVersion = FORMAT_VERSION
    tool: ToolPart
    created_at: datetime
    """When the plan was made."""
    ended_at: datetime
    actor: str
    redaction: RedactionPart
    live: LivePart
    manifests: ManifestsPart
    summary: Summary
    """The totals of the plan; `open`, `new_open`, `known`, `waiting`, `unseen` and `held` are those after the run."""
    outcomes: dict[Verdict, int]
    """How many actions ended in each way."""
    groups: tuple[GroupReportPart, ...]
    refused: tuple[RefusedPart, ...]
    created: tuple[CreatedPart, ...]
    converged: bool
    remaining: tuple[RemainingPart, ...] | None
    """`null` when the read after the last write failed."""
    points: tuple[RemainingPointPart, ...] = ()
    """What is not so after the run, of every class; of the plan that was followed when the last read failed."""
    remaining_error: str | None
    paused_until: datetime | None
    digest: str = Field(pattern=r"^wg1-[0-9a-f]{12}$")
    exit: ExitPart


class ProblemsDocument(_Part):
    """What `validate` found."""

    format_version: FormatVersion = FORMAT_VERSION
    exit: ExitPart
    problems: tuple[Problem, ...]


class ErrorBody(_Part):
    """Why there is no other document."""

    code: str
    message: str
    hint: str


class ErrorDocument(_Part):
    """The one document of a command that failed before it had a result."""

    error: ErrorBody
    exit: ExitPart


def document_json(document: BaseModel) -> str:
    """The document as it is written: two blanks of indentation and a line end."""
    return document.model_dump_json(indent=2, by_alias=True) + "\n"
