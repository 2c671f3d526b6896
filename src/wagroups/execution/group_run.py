"""One group on its way through its steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from wagroups.domain.identity import GroupJid
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import Change
from wagroups.domain.plans.operation import CreateGroup, RemoveMembers
from wagroups.domain.plans.outcome import Done, NotAttempted, StepOutcome, StepRecord, Uncertain
from wagroups.domain.plans.plan import Action, GroupPlan, Step


@dataclass
class GroupWork:
    """What has been asked, what is left, and what the latest read showed."""

    plan: GroupPlan
    jid: GroupJid | None
    live: ObservedGroup | None
    """The latest read of the group; `None` before it exists."""
    records: list[StepRecord] = field(default_factory=list)
    unproven: list[Change] = field(default_factory=list)
    """Changes that were answered, or may have happened, and that no read has shown yet."""
    last_write: datetime | None = None
    looked: int = 0
    """How many of the records a read was made after."""
    unread: str = ""
    """Why the last look at the group failed; empty where it did not."""
    barred: str = ""
    """Why nothing more is asked for in the group once what is urgent was; empty where nothing speaks against it."""
    gone: bool = False
    """A read said that the account is no longer in the group."""
    planned_on: ObservedGroup | None = field(init=False)
    """The read that the plan was made of; `None` for a group that did not exist."""

    def __post_init__(self) -> None:
        self.planned_on = self.live

    @property
    def next_step(self) -> Step | None:
        done = len(self.records)
        return self.plan.steps[done] if done < len(self.plan.steps) else None

    def changes_of(self, step: Step) -> list[Change]:
        return [action.change for action in self.actions_of(step)]

    def actions_of(self, step: Step) -> Iterable[Action]:
        return (action for action in self.plan.actions if action.id in step.realises)

    @property
    def removed(self) -> int:
        """How many people were put out of the group, as far as the gateway answered."""
        return sum(
            len(step.operation.people)
            for step, record in zip(self.plan.steps, self.records, strict=False)
            if isinstance(step.operation, RemoveMembers)
            and isinstance(record.outcome, Done)
            and not record.outcome.already
        )

    def record(self, step: Step, outcome: StepOutcome, started: datetime | None, ended: datetime | None) -> None:
        self.records.append(StepRecord(step=step.id, outcome=outcome, started_at=started, ended_at=ended))
        if isinstance(outcome, Done | Uncertain) and started is not None:
            self.unproven += self.changes_of(step)
            self.last_write = ended

    def abandon_urgent(self, outcome: StepOutcome) -> None:
        """Give every urgent step that is left the same outcome; the rest may still be free."""
        while (step := self.next_step) is not None and step.urgent:
            self.records.append(StepRecord(step=step.id, outcome=outcome))

    def abandon(self, outcome: StepOutcome) -> None:
        """Give every step that is left the same outcome."""
        while (step := self.next_step) is not None:
            self.records.append(StepRecord(step=step.id, outcome=outcome))

    @property
    def unanswered_creation(self) -> bool:
        """Whether the group was to be created, and nobody knows whether it was."""
        return any(
            isinstance(step.operation, CreateGroup) and isinstance(record.outcome, Uncertain)
            for step, record in zip(self.plan.steps, self.records, strict=False)
        )

    def found(self, live: ObservedGroup, at: datetime) -> None:
        """Go on with a group whose creation was not answered, now that it was found: the rest may be asked for."""
        self.jid, self.live = live.jid, live
        created, outcome = self.records[0], Done(jid=live.jid)
        self.records[:] = [created.model_copy(update={"outcome": outcome, "ended_at": at})]

    def not_found(self, why: str) -> None:
        """Say what looking for the group told; the next run looks again."""
        created = self.records[0]
        assert isinstance(created.outcome, Uncertain)
        outcome = Uncertain(message=f"{created.outcome.message}; {why}")
        self.records[0] = created.model_copy(update={"outcome": outcome})

    def bar(self, because: str) -> None:
        """Leave what is not urgent in the group for another run."""
        self.barred = self.barred or because

    def block(self, because: str) -> None:
        """Leave the rest of the group for another run."""
        self.abandon(NotAttempted(because=because))
