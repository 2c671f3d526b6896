"""Carry out a plan's steps for one account: one write at a time, whatever is free first.

Before each call the intent is written down, after it the outcome.  A doubt about one step stops its group, not
the others; a rate limit stops its class; a lost session stops the account.  Nothing is ever asked twice unless
it is known not to have happened.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

from wagroups.domain.errors import NotYet, Rejected, SessionLost
from wagroups.domain.identity import GroupJid, Identity
from wagroups.domain.ledger import AnswerFacts, ChangeFacts, Journal
from wagroups.domain.live.memory import RIGHTS, Memory
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import (
    Arrival,
    Change,
    MemberAddition,
    MemberRemoval,
    PersonChange,
    RequestApproval,
)
from wagroups.domain.plans.operation import (
    AddMembers,
    CreateGroup,
    DemoteMembers,
    Edit,
    LeaveGroup,
    PromoteMembers,
    RemoveMembers,
    ResetInviteLink,
    SendInvitation,
    call_class,
)
from wagroups.domain.plans.outcome import (
    Done,
    NotAttempted,
    Paused,
    PersonResult,
    Receipt,
    Refused,
    StepOutcome,
    Uncertain,
)
from wagroups.domain.plans.plan import Step
from wagroups.domain.ports import Clock
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.group_run import GroupWork
from wagroups.execution.invitations import Inviter
from wagroups.execution.journalled_call import Asker, JournalledRun
from wagroups.execution.judge import ADDED, person_code
from wagroups.execution.number_checks import Numbers
from wagroups.execution.rate_limit import Pacer
from wagroups.execution.recovery import Recovery
from wagroups.execution.restrictions import RestrictionCheck
from wagroups.execution.verification import Verifier
from wagroups.execution.visibility import visible

NO_RIGHT = frozenset({401, 403})
"""Codes by which WhatsApp refuses a whole call for lack of rights (rules, part 5): the group is left alone."""

NO_ACCOUNT = 404
CONFLICT = 409


class Watcher(Protocol):
    """Somebody who is told of progress: a progress bar, a log, nobody."""

    def concluded(self, group: str, step: Step, outcome: StepOutcome) -> None: ...


class RunLedger(Journal, AnswerFacts, ChangeFacts, Protocol):
    """The parts of a ledger that a run needs; budgets are the pacer's, and the lock is the caller's."""


class Executor:
    """Works through the groups of one account.  Never raises: what ended the work is told beside its records."""

    def __init__(
        self,
        gateway: PacedGateway,
        ledger: RunLedger,
        pacer: Pacer,
        clock: Clock,
        looker: Verifier,
        run: JournalledRun,
        memory: Memory,
        watcher: Watcher,
        stopped: Callable[[], bool],
        *,
        fail_fast: bool = False,
    ) -> None:
        self._gateway, self._ledger, self._pacer, self._clock = gateway, ledger, pacer, clock
        self._looker, self._watcher, self._stopped = looker, watcher, stopped
        self._account = run.account
        self._asker = Asker(ledger, clock, run)
        self._numbers = Numbers(gateway, ledger, clock, memory.checks)
        self._inviter = Inviter(gateway, clock, self._asker, self._numbers)
        self._sentry = RestrictionCheck(gateway, pacer, clock)
        self._recovery = Recovery(gateway, clock)
        self._fail_fast = fail_fast
        self._unsettled = memory.unsettled
        self._refreshed = False
        self.broken: Exception | None = None
        """What else ended the run: the ledger's failure, or a mistake of this program."""
        self.session_lost: str | None = None
        self.paused: Paused | None = None

    async def protect(self, works: Sequence[GroupWork]) -> None:
        """Take the urgent steps, which come first in their groups: no trouble of one keeps the others waiting."""
        await self._run(works, urgent=True)

    async def run(self, works: Sequence[GroupWork]) -> None:
        """Take steps until none is left or nothing may be asked; every step of `works` then has a record."""
        for work in works:
            if work.barred:
                work.block(work.barred)
        await self._run(works, urgent=False)

    async def _run(self, works: Sequence[GroupWork], *, urgent: bool) -> None:
        while (work := self._next(works, urgent=urgent)) is not None:
            if self._stopped():
                return _abandon(works, NotAttempted(because="the run was stopped"))
            step = work.next_step
            assert step is not None
            started = self._clock.now()
            outcome: StepOutcome | None = None
            try:
                await self._sentry.look()
                outcome = await self._take(work, step)
                if _is_fault(outcome):
                    outcome = await self._recovered(work, step, outcome)
                else:
                    self._recovery.succeeded()
                work.record(step, outcome, started, self._clock.now())
                self._watcher.concluded(work.plan.key, step, outcome)
                await self._after(work, step, outcome)
                if self._fail_fast and isinstance(outcome, Refused | Uncertain):
                    return _abandon(
                        works,
                        NotAttempted(because=f"{step.id} failed, and the run was set to stop at the first failure"),
                    )
            except NotYet as later:
                # Every class that is free now was served first, so what is left of this one has to wait as well.
                self._pause(works, step, later)
            except SessionLost as error:
                self._keep_doubt(work, step, outcome, started)
                return self._lose(works, error)
            except Exception as error:
                # Because the ledger, or this program, failed.
                self.broken = error
                self._keep_doubt(work, step, self._asker.unwritten or outcome, started)
                return _abandon(works, NotAttempted(because="the run broke off before this"))
        return None

    def _keep_doubt(self, work: GroupWork, step: Step, known: StepOutcome | None, started: datetime) -> None:
        """Record what is known of a call that was made, where the run ends before its record was written.

        What may have happened is not called untried; what was not sent is.
        """
        sent = isinstance(known, Done | Uncertain) or known is self._asker.unwritten
        if known is not None and sent and work.next_step is step:
            work.record(step, known, started, self._clock.now())

    def _next(self, works: Sequence[GroupWork], *, urgent: bool) -> GroupWork | None:
        """The group whose next call is free first; the plan's order among equals."""
        open_works = [work for work in works if (step := work.next_step) is not None and (step.urgent or not urgent)]
        far = self._clock.now() + timedelta(days=3650)
        return min(open_works, key=lambda work: self._free(work) or far, default=None)

    def _free(self, work: GroupWork) -> datetime | None:
        step = work.next_step
        assert step is not None
        return self._pacer.peek(call_class(step.operation), urgent=step.urgent)

    def _pause(self, works: Sequence[GroupWork], step: Step, later: NotYet) -> None:
        """Leave every group whose next call is of the class that has to wait."""
        calls = call_class(step.operation)
        self._pacer.note_pause(later, calls)
        outcome = Paused(until=later.until, reason=later.reason)
        for work in works:
            ahead = work.next_step
            if ahead is None or call_class(ahead.operation) is not calls:
                continue
            if not step.urgent:
                work.abandon(outcome)
            elif ahead.urgent:
                work.abandon_urgent(outcome)
        if self.paused is None or (later.until and self.paused.until and later.until < self.paused.until):
            self.paused = outcome

    def _lose(self, works: Sequence[GroupWork], error: SessionLost) -> None:
        self.session_lost = error.message
        _abandon(works, NotAttempted(because=error.message))

    async def _after(self, work: GroupWork, step: Step, outcome: StepOutcome) -> None:
        """What follows from `outcome` for the rest of the group; for what is urgent nothing does."""
        block = work.bar if step.urgent else work.block
        match outcome:
            case Uncertain():
                words = step.operation.kind.replace("-", " ")
                block(f"an earlier change of this group ({words}) was never answered, and has to be checked first")
            case Refused() if isinstance(step.operation, CreateGroup):
                block("the group could not be created")
            # Removing or demoting is refused with the same codes when the person is the group's owner.
            case Refused(code=code) if code in NO_RIGHT and not isinstance(
                step.operation, RemoveMembers | DemoteMembers
            ):
                await self._doubt_rights(work)
                block("the account lacks the right to change this group")
            case Done() if isinstance(step.operation, CreateGroup):
                with suppress(NotYet):  # a group that cannot be read yet is written as planned
                    await self._looker.look(work)
            case _:
                pass

    async def _doubt_rights(self, work: GroupWork) -> None:
        """A refusal that contradicts the read: refresh once in a run, look again, and remember what still disagrees."""
        if not self._rules(work):
            return
        with suppress(NotYet):
            if not self._refreshed:
                self._refreshed = True
                await self._looker.refresh()
            await self._looker.look(work)
        if self._rules(work):
            self._ledger.note_fruitless(self._account, work.plan.key, RIGHTS, None, self._clock.now())

    def _rules(self, work: GroupWork) -> bool:
        """Whether the latest read calls the account an admin of the group."""
        role = None if work.live is None or work.gone else work.live.role_of(self._gateway.me)
        return role is not None and role.is_admin

    # --- one step ----------------------------------------------------------------------------------------

    async def _take(self, work: GroupWork, step: Step) -> StepOutcome:
        operation = step.operation
        if self._is_so(work, step):
            return Done(already=True)
        lacking = self._asker.lacking(operation)
        if lacking is not None:
            return lacking
        match operation:
            case CreateGroup():
                return await self._create(work, step, operation)
            case AddMembers():
                return await self._add(work, step, operation)
            case PromoteMembers():
                await self._prove(work, MemberAddition, RequestApproval)
                if self._did_not_come(work, step):
                    return NotAttempted(because="they are not in the group yet")
                if await self._unmet(work, step) is not None:
                    return NotAttempted(because="no read shows them in the group under a known name")
            case DemoteMembers() | RemoveMembers():
                because = await self._unmet(work, step)
                if because is not None:
                    return NotAttempted(because=because)
            case LeaveGroup():
                await self._prove(work, MemberRemoval)
                if self._is_somebody_left(work):
                    return NotAttempted(because="people are still in the group, and would be left without an admin")
            case SendInvitation():
                return await self._inviter.write_to(work, step, operation)
            case ResetInviteLink():
                return await self._inviter.reset_link(work, step, operation)
            case _:
                pass
        return await self._edit(work, step, operation)

    async def _recovered(self, work: GroupWork, step: Step, outcome: StepOutcome) -> StepOutcome:
        """After a fault of the connection: wait, look, and ask once more for what a read shows not to be done.

        What may not be made twice is not asked for again, but whoever is next finds the connection well.
        """
        once = isinstance(step.operation, CreateGroup | SendInvitation | ResetInviteLink | LeaveGroup)
        if not await self._recovery.wait() or once:
            return outcome
        try:
            if isinstance(outcome, Uncertain):
                shown = await self._looker.shows(work, work.changes_of(step))
                if shown is not False:
                    return Done() if shown else outcome
            again = await self._take(work, step)
        except NotYet:
            return outcome  # what became of the first call is what is left to say
        if not _is_fault(again):
            self._recovery.succeeded()
        return again

    def _is_so(self, work: GroupWork, step: Step) -> bool:
        """Whether the latest read shows the step's goals: a new group may come with what is declared."""
        live = work.live
        return live is not None and all(visible(change, live, self._looker.names) for change in work.changes_of(step))

    async def _unmet(self, work: GroupWork, step: Step) -> str | None:
        """What has to be seen before somebody may lose a seat or a right, and is not; `None` when all of it is."""
        for action in work.actions_of(step):
            for alternatives in action.conditions:
                needed = [other.change for other in work.plan.actions if other.id in alternatives]
                await self._prove(work, *{type(change) for change in needed})
                if not any(self._is_seen(work, change, action.change) for change in needed):
                    return _WAITS[any(isinstance(change, Arrival) for change in needed)]
        unexplained = any(
            isinstance(change, MemberRemoval) and change.evidence not in ("denied", "expired")
            for change in work.changes_of(step)
        )
        if unexplained and self._somebody_is_there_unknown(work):
            return "someone who was to be added is in the group under an unknown name, so everyone stays"
        return None

    def _did_not_come(self, work: GroupWork, step: Step) -> bool:
        """Whether the step is about somebody who was to come in this run, and was invited or refused instead."""
        people = [change.person for change in work.changes_of(step) if isinstance(change, PersonChange)]
        return any(
            not _was_let_in(change, record.outcome)
            for taken, record in zip(work.plan.steps, work.records, strict=False)
            for change in work.changes_of(taken)
            if isinstance(change, Arrival) and any(change.person.same_as(person) for person in people)
        )

    def _is_seen(self, work: GroupWork, needed: Change, waiting: Change) -> bool:
        """Whether the latest read shows `needed`, and shows it apart from the person whom `waiting` is about."""
        live, names = work.live, self._looker.names
        if live is None or not live.members or not visible(needed, live, names):
            return False
        if not isinstance(needed, Arrival) or not isinstance(waiting, MemberRemoval):
            return True
        roster = Roster(live.members, names)
        return roster.find_identity(needed.person) is not roster.find_identity(waiting.person)

    def _is_somebody_left(self, work: GroupWork) -> bool:
        """Whether somebody who was to be put out is in the group as far as anybody saw: also after a refusal."""
        live, names = work.live, self._looker.names
        removals = [action.change for action in work.plan.actions if isinstance(action.change, MemberRemoval)]
        return any(live is None or not visible(change, live, names) for change in removals)

    def _somebody_is_there_unknown(self, work: GroupWork) -> bool:
        """Whether WhatsApp said of somebody that they are a member already (409), and no read shows them.

        They are listed under a number or a LID that is not known to be theirs: whoever is to be removed may be them.
        """
        there = [result.person for record in work.records for result in _results(record.outcome, CONFLICT)]
        if not there:
            return False
        roster = Roster((work.live.members if work.live is not None else None) or (), self._looker.names)
        return any(roster.find_identity(person) is None for person in there)

    async def _prove(self, work: GroupWork, *kinds: type[Change]) -> None:
        """Read the group back when something of `kinds` was answered and not seen."""
        if any(isinstance(change, kinds) for change in work.unproven):
            await self._looker.look_until_seen([work], kinds)

    async def _create(self, work: GroupWork, step: Step, operation: CreateGroup) -> StepOutcome:
        first = await self._first_confirmed(work, operation)
        operation = operation.model_copy(update={"first": first})

        async def create(intend: Callable[[], None]) -> GroupJid:
            return await self._gateway.create(operation, before=intend)

        outcome = await self._asker.ask(work.plan.key, work.jid, step.id, operation, create)
        if isinstance(outcome, Done):
            work.jid = outcome.jid
        return outcome

    async def _first_confirmed(self, work: GroupWork, operation: CreateGroup) -> Identity | None:
        """The first person who has an account on WhatsApp, the planned one before all others."""
        if operation.first is None:
            return None
        others = [c.person for c in (a.change for a in work.plan.actions) if isinstance(c, MemberAddition)]
        for person in (operation.first, *others):
            with suppress(Rejected):  # an answer about somebody else: another one comes first
                confirmed = await self._numbers.confirmed(person)
                if confirmed is not None:
                    return confirmed
        return None

    async def _add(self, work: GroupWork, step: Step, operation: AddMembers) -> StepOutcome:
        asked: list[Identity] = []
        nowhere: list[Identity] = []
        for person in operation.people:
            try:
                confirmed = await self._numbers.confirmed(person)
            except Rejected as error:
                return Refused(message=error.message, retryable=True)
            nowhere.append(person) if confirmed is None else asked.append(confirmed)
        results = [PersonResult(person=person, code=NO_ACCOUNT) for person in nowhere]
        if not asked:
            return Done(receipt=Receipt(people=tuple(results)))
        outcome = await self._edit(work, step, operation.model_copy(update={"people": tuple(asked)}))
        if not isinstance(outcome, Done):
            return outcome
        return Done(receipt=Receipt(people=(*results, *outcome.receipt.people)))

    async def _edit(self, work: GroupWork, step: Step, edit: Edit) -> StepOutcome:
        assert work.jid is not None
        jid = work.jid
        if work.live is not None and work.live.members:
            edit = _as_listed(edit, Roster(work.live.members, self._looker.names))

        async def perform(intend: Callable[[], None]) -> Receipt:
            return await self._gateway.perform(edit, jid, urgent=step.urgent, before=intend)

        outcome = await self._asker.ask(work.plan.key, jid, step.id, edit, perform)
        if isinstance(outcome, Refused) and outcome.code == CONFLICT and self._wrote_before(work, edit):
            return Done()
        return outcome

    def _wrote_before(self, work: GroupWork, edit: Edit) -> bool:
        """Whether an unanswered writing of the same text must be what this one conflicts with."""
        return any(entry.intent.group == work.plan.key and entry.intent.operation == edit for entry in self._unsettled)


_WAITS: Final = {
    True: "the new number is not seen in the group yet, so the old one stays",
    False: "no new admin is seen in the group yet, so the old ones stay",
}
"""Whether somebody's arrival is waited for → why the step is not taken."""


def _results(outcome: StepOutcome, code: int) -> list[PersonResult]:
    return [r for r in outcome.receipt.people if r.code == code] if isinstance(outcome, Done) else []


def _was_let_in(arrival: Arrival, outcome: StepOutcome) -> bool:
    """Whether the answer leaves it possible that somebody came: they were neither invited nor refused."""
    return isinstance(outcome, Done) and person_code(arrival, outcome) in (None, ADDED, CONFLICT)


def _is_fault(outcome: StepOutcome) -> bool:
    """Whether the connection may be at fault: no answer came, or nothing could be sent."""
    return isinstance(outcome, Uncertain) or (isinstance(outcome, Refused) and outcome.retryable)


def _abandon(works: Sequence[GroupWork], outcome: StepOutcome) -> None:
    for work in works:
        work.abandon(outcome)


def _class_of(work: GroupWork) -> CallClass:
    step = work.next_step
    assert step is not None
    return call_class(step.operation)


def _as_listed(edit: Edit, roster: Roster) -> Edit:
    """Name people as the group lists them: a removal or a role asked for under another name does nothing."""
    match edit:
        case RemoveMembers() | PromoteMembers() | DemoteMembers():
            return edit.model_copy(update={"people": tuple(roster.listed(person) for person in edit.people)})
        case _:
            return edit
