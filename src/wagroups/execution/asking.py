"""Ask a gateway for one change: write the intent, make the call, write the outcome.

Whatever happens between the first and the last, the journal knows that the call may have been made.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from wagroups.domain.budget import CallClass
from wagroups.domain.capability import Aspect
from wagroups.domain.errors import Lacking, NotSent, Refused, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import AccountKey, GroupJid
from wagroups.domain.memory import Intent
from wagroups.domain.operation import CreateGroup, Operation, aspect_of, call_class
from wagroups.domain.outcome import Done, NotAttempted, Receipt, StepOutcome, Uncertain
from wagroups.domain.outcome import Refused as RefusedStep
from wagroups.domain.plan import Step
from wagroups.domain.ports import Clock, Ledger
from wagroups.domain.signs import TOO_FAST
from wagroups.execution.pacing import NotYet, Pacer
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
        self._lacking: dict[Aspect, RefusedStep] = {}

    async def ask(
        self,
        work: GroupWork,
        step: Step,
        operation: Operation,
        call: Callable[[], Awaitable[Receipt | GroupJid]],
    ) -> StepOutcome:
        """How the call ended.  Raises NotYet after a rate limit, SessionLost as the gateway does."""
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
        try:
            answer = await persistently(call, self._clock)
        except Throttled as error:
            self._ledger.conclude(number, NotAttempted(because="rate limit"), self._clock.now())
            raise rest(self._pacer, call_class(operation), error) from error
        except SessionLost as error:
            # A refusal of the whole account is known not to have been carried out.
            self._ledger.conclude(number, NotAttempted(because=error.message), self._clock.now())
            raise
        except Unanswered as error:
            outcome: StepOutcome = Uncertain(message=error.message)
        except NotSent as error:
            outcome = RefusedStep(message=error.message, code=error.code, retryable=True)
        except Refused as error:
            outcome = self._refused(error, operation)
        else:
            outcome = Done(receipt=answer) if isinstance(answer, Receipt) else self._created(answer)
            told = _too_fast(answer) if isinstance(answer, Receipt) else None
            if isinstance(answer, Receipt) and told is not None:
                later = rest(self._pacer, call_class(operation), told)
                if all(result.code == TOO_FAST for result in answer.people):
                    self._ledger.conclude(number, NotAttempted(because="rate limit"), self._clock.now())
                    raise later
        self._ledger.conclude(number, outcome, self._clock.now())
        return outcome

    def lacking(self, operation: Operation) -> RefusedStep | None:
        """The refusal of an earlier call of this run that holds for this one too."""
        aspect = aspect_of(operation)
        return None if aspect is None else self._lacking.get(aspect)

    def _refused(self, error: Refused, operation: Operation) -> RefusedStep:
        outcome = RefusedStep(message=error.message, code=error.code, lacking=isinstance(error, Lacking))
        aspect = aspect_of(operation)
        if outcome.lacking and aspect is not None:
            self._lacking[aspect] = outcome
        return outcome

    def _created(self, jid: GroupJid) -> StepOutcome:
        """A group that was there before is not the new one, and may be another declared one."""
        if jid in self._known:
            return Uncertain(
                message="the gateway answered with a group that was there before; whether there is a new one is open"
            )
        self._known.add(jid)
        return Done(jid=jid)
