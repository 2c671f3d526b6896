"""Ask a gateway for one change: write the intent, make the call, write the outcome.

Whatever happens between the first and the last, the journal knows that the call may have been made.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from wagroups.domain.budget import CallClass
from wagroups.domain.capability import Aspect
from wagroups.domain.errors import (
    GatewayError,
    NotSent,
    NotYet,
    Rejected,
    SessionLost,
    Throttled,
    Unanswered,
    Unsupported,
)
from wagroups.domain.identity import AccountKey, GroupJid
from wagroups.domain.memory import Intent
from wagroups.domain.operation import CreateGroup, Operation, aspect_of, call_class, is_repeatable
from wagroups.domain.outcome import Done, NotAttempted, Receipt, Refused, StepOutcome, Uncertain
from wagroups.domain.plan import Step
from wagroups.domain.ports import Clock, Ledger
from wagroups.domain.signs import TOO_FAST
from wagroups.execution.pacing import Pacer
from wagroups.execution.retry import persistently
from wagroups.execution.work import GroupWork


class Journal(NamedTuple):
    """What every entry of the journal has in common in one run."""

    run: str
    actor: str
    account: AccountKey
    known: tuple[GroupJid, ...]
    """Every group that was listed or bound when the run began, so that a new one can be told from them."""


def rest(pacer: Pacer, calls: CallClass, error: Throttled) -> NotYet:
    """Let a class of calls rest after “too fast”, and say when it is free again."""
    pacer.trip_rate_limit(calls, error.retry_after)
    return NotYet(pacer.peek(calls), "rate-overlimit")


def _too_fast(receipt: Receipt) -> Throttled | None:
    """The rate limit that an answer tells of one person by one."""
    told = any(result.code == TOO_FAST for result in receipt.people)
    return Throttled("WhatsApp answered 429 for somebody", code=TOO_FAST) if told else None


class Asker:
    """Makes the writes of one account's run, each between its two lines of the journal."""

    def __init__(self, ledger: Ledger, pacer: Pacer, clock: Clock, journal: Journal) -> None:
        self._ledger, self._pacer, self._clock = ledger, pacer, clock
        self.journal = journal
        self._known = set(journal.known)
        self._lacking: dict[Aspect, Refused] = {}
        self.unwritten: StepOutcome | None = None
        """What is known of a call that was made and whose outcome is not written down."""

    async def ask(
        self,
        work: GroupWork,
        step: Step,
        operation: Operation,
        call: Callable[[], Awaitable[Receipt | GroupJid]],
    ) -> StepOutcome:
        """How the call ended.  Raises NotYet after a rate limit, SessionLost as the gateway does.

        A call that may not be made twice is `Uncertain` after every answer that does not prove that the gateway itself
        refused it, whatever the status: only looking tells.
        """
        number = self._ledger.intend(
            Intent(
                account=self.journal.account,
                group=work.plan.key,
                jid=work.jid,
                run=self.journal.run,
                step=step.id,
                operation=operation,
                intended_at=self._clock.now(),
                seen_before=self.journal.known if isinstance(operation, CreateGroup) else (),
                actor=self.journal.actor,
            )
        )
        self.unwritten = Uncertain(message="the run broke off while it was asked")
        try:
            answer = await persistently(call, self._clock, repeatable=is_repeatable(operation))
        except GatewayError as error:
            return self._failed(number, error, operation)
        outcome = Done(receipt=answer) if isinstance(answer, Receipt) else self._created(answer)
        told = _too_fast(answer) if isinstance(answer, Receipt) else None
        if isinstance(answer, Receipt) and told is not None:
            later = rest(self._pacer, call_class(operation), told)
            if all(result.code == TOO_FAST for result in answer.people):
                self._conclude(number, NotAttempted(because="rate limit"))
                raise later
        self._conclude(number, outcome)
        return outcome

    def _failed(self, number: int, error: GatewayError, operation: Operation) -> StepOutcome:
        """Write down what `error` says of the call, and draw its consequences for the class or the account."""
        outcome = self._outcome_of(error, operation)
        self._conclude(number, outcome)
        # Whoever refused a call that may not be made twice: its group waits for a look, and a refusal that holds for
        # the account will be met again by the next call.
        doubtful = error.may_have_happened and not is_repeatable(operation)
        if isinstance(error, Throttled):
            later = rest(self._pacer, call_class(operation), error)
            if not doubtful:
                raise later from error
        if isinstance(error, SessionLost) and not doubtful:
            raise error
        return outcome

    def _conclude(self, number: int, outcome: StepOutcome) -> None:
        self.unwritten = outcome
        self._ledger.conclude(number, outcome, self._clock.now())
        self.unwritten = None

    def lacking(self, operation: Operation) -> Refused | None:
        """The refusal of an earlier call of this run that holds for this one too."""
        aspect = aspect_of(operation)
        return None if aspect is None else self._lacking.get(aspect)

    def _outcome_of(self, error: GatewayError, operation: Operation) -> StepOutcome:
        """What an error says of the call that met it."""
        if error.may_have_happened and not is_repeatable(operation):
            return Uncertain(message=error.message)
        match error:
            case Throttled():
                return NotAttempted(because="rate limit")
            case Unanswered() | NotSent(may_have_happened=True) | SessionLost(may_have_happened=True):
                return Uncertain(message=error.message)
            case NotSent():
                return Refused(message=error.message, code=error.code, retryable=True)
            case Rejected():
                return self._refused(error, operation)
            case _:
                return NotAttempted(because=error.message)

    def _refused(self, error: Rejected, operation: Operation) -> Refused:
        outcome = Refused(message=error.message, code=error.code, lacking=isinstance(error, Unsupported))
        aspect = aspect_of(operation)
        if outcome.lacking and aspect is not None:
            self._lacking[aspect] = outcome
        return outcome

    def _created(self, jid: GroupJid) -> Done | Uncertain:
        """A group that was there before is not the new one, and may be another declared one."""
        if jid in self._known:
            return Uncertain(
                message="the gateway answered with a group that was there before; whether there is a new one is open"
            )
        self._known.add(jid)
        return Done(jid=jid)
