"""How things ended.  Participles; `Done` means answered, not true."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.identity import GroupJid, Identity
from wagroups.domain.plans.plan import Plan


class PersonResult(Value):
    """What an answer says became of one person."""

    person: Identity
    code: int
    """WhatsApp's code: 200 done, 403 privacy, 404 no account, 408 left recently, 409 already in, … (rules, part 6)."""
    invite_expires: datetime | None = None
    """403 only: until when the invitation that came with it can be used."""
    invite_sent: bool = False
    """403 only: the gateway wrote to them by itself (WAHA's WEBJS)."""


class Receipt(Value):
    """A gateway's answer to one edit.  Hearsay until a read shows it."""

    people: tuple[PersonResult, ...] = ()
    """Only what the gateway said; somebody who is missing was not spoken of."""


class Done(Value):
    """The gateway answered success."""

    kind: Literal["done"] = "done"
    receipt: Receipt = Receipt()
    jid: GroupJid | None = None
    """The new group's id, for a creation."""
    already: bool = False
    """A read showed the goal before the call, so the call was not made."""


class Refused(Value):
    """It was not done and will not be."""

    kind: Literal["refused"] = "refused"
    message: str
    code: int | None = None
    retryable: bool = False
    lacking: bool = False
    """The gateway has no way to do it, in this version, edition or engine."""


class Uncertain(Value):
    """No answer, or one that tells nothing.  The rest of the group waits for a look."""

    kind: Literal["uncertain"] = "uncertain"
    message: str


class Paused(Value):
    """Not asked: the budget, the active hours or a breaker say later."""

    kind: Literal["paused"] = "paused"
    until: datetime | None
    """`None` = never within this budget."""
    reason: str


class NotAttempted(Value):
    """Not asked, because of something before it."""

    kind: Literal["not-attempted"] = "not-attempted"
    because: str


StepOutcome: TypeAlias = Annotated[Done | Refused | Uncertain | Paused | NotAttempted, Field(discriminator="kind")]


class StepRecord(Value):
    """One step with its outcome and its times."""

    step: str
    outcome: StepOutcome
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Verdict(StrEnum):
    """What became of one action, after looking."""

    DONE = "done"
    ALREADY = "already"
    INVITED = "invited"
    PENDING = "pending"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    """Looked, and no read of this gateway can tell."""
    NOT_KNOWN = "not-known"
    """Asked for, and nothing could be read afterwards."""
    WITHHELD = "withheld"
    PAUSED = "paused"
    NOT_ATTEMPTED = "not-attempted"


class Failure(Value):
    """Why an action did not come about."""

    code: str
    """A word (`not-seen`, `refused`, `uncertain`, `locked`) or WhatsApp's number."""
    message: str
    retryable: bool = False


class ActionResult(Value):
    """One action of the plan with its verdict."""

    id: str
    verdict: Verdict
    error: Failure | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


class Run(Value):
    """One apply, whole.  Report and exit code are two pure functions of it."""

    plan: Plan
    results: tuple[ActionResult, ...]
    """One for each action of `plan`, in its order."""
    remaining: Plan | None
    """The plan made again from a read after the last write; `None` when that read failed."""
    remaining_error: str | None = None
    paused_until: datetime | None = None
    interrupted: int | None = None
    """The exit code of the signal, when one stopped the run."""
    session_lost: str | None = None
    broken: Failure | None = None
    """What ended the run in its middle beside a gateway: `ledger`, `locked`, or `error`, a mistake of this program."""
    created: tuple[tuple[str, GroupJid], ...] = ()
    """(group key, new id) of every group created or found again: apply prints the lines to write."""
    actor: str = ""
    ended_at: datetime

    @property
    def converged(self) -> bool:
        """No actions left, nothing open, no read held or incomplete, nothing failed, nothing refused."""
        return (
            self.remaining is not None
            and not self.plan.guards
            and self.remaining.empty
            and not self.remaining.left_alone
            and not self.remaining.open
            and self.remaining.live.complete
            and not any(result.verdict in (Verdict.FAILED, Verdict.NOT_KNOWN) for result in self.results)
        )
