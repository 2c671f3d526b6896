"""Ask a gateway for one change: write the intent, make the call, write the outcome.

Whatever happens between the first and the last, the journal knows that the call may have been made.  How the call
itself is made stands in `gateway_calls`.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from wagroups.domain.errors import GatewayError, NotSent, NotYet, Rejected, SessionLost, Unanswered, Unsupported
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.ledger import Journal
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.memory import Intent
from wagroups.domain.plans.operation import CreateGroup, Journalled, aspect_of
from wagroups.domain.plans.outcome import Done, NotAttempted, Receipt, Refused, StepOutcome, Uncertain
from wagroups.domain.ports import Clock


class JournalledRun(NamedTuple):
    """What every entry of the journal has in common in one run."""

    run: str
    actor: str
    account: AccountKey
    known: tuple[GroupJid, ...]
    """Every group that was listed or bound when the run began, so that a new one can be told from them."""


Call = Callable[[Callable[[], None]], Awaitable[Receipt | GroupJid | None]]
"""Makes one write, and calls what it is given when the turn for it has come."""


class Asker:
    """Makes the writes of one account's run, each between its two lines of the journal."""

    def __init__(self, journal: Journal, clock: Clock, run: JournalledRun) -> None:
        self._journal, self._clock = journal, clock
        self.run = run
        self._known = set(run.known)
        self._lacking: dict[Aspect, Refused] = {}
        self.written: list[int] = []
        """The numbers of what was written into the journal."""
        self.unwritten: StepOutcome | None = None
        """What is known of a call that was made and whose outcome is not written down."""

    async def ask(
        self, group: GroupKey, jid: GroupJid | None, step: str, operation: Journalled, call: Call
    ) -> StepOutcome:
        """How the call ended.  Raises NotYet when its turn does not come or “too fast” was answered, and SessionLost.

        The intent is written when the turn has come: what waited for one and was never asked is not in the journal.
        """
        number: int | None = None

        def intend() -> None:
            nonlocal number
            number = self._journal.intend(self._intent(group, jid, step, operation))
            self.written.append(number)
            self.unwritten = Uncertain(message="the run broke off during this call")

        try:
            answer = await call(intend)
        except NotYet:
            if number is not None:
                self._conclude(number, NotAttempted(because="rate limit"))
            raise
        except GatewayError as error:
            if number is None:
                raise
            outcome = self._outcome_of(error, operation)
            self._conclude(number, outcome)
            if isinstance(error, SessionLost):
                raise
            return outcome
        assert number is not None
        outcome = self._created(answer) if isinstance(answer, GroupJid) else Done(receipt=answer or Receipt())
        self._conclude(number, outcome)
        return outcome

    def _intent(self, group: GroupKey, jid: GroupJid | None, step: str, operation: Journalled) -> Intent:
        return Intent(
            account=self.run.account,
            group=group,
            jid=jid,
            run=self.run.run,
            step=step,
            operation=operation,
            intended_at=self._clock.now(),
            seen_before=self.run.known if isinstance(operation, CreateGroup) else (),
            actor=self.run.actor,
        )

    def _conclude(self, number: int, outcome: StepOutcome) -> None:
        self.unwritten = outcome
        self._journal.conclude(number, outcome, self._clock.now())
        self.unwritten = None

    def lacking(self, operation: Journalled) -> Refused | None:
        """The refusal of an earlier call of this run that holds for this one too."""
        aspect = aspect_of(operation)
        return None if aspect is None else self._lacking.get(aspect)

    def _outcome_of(self, error: GatewayError, operation: Journalled) -> StepOutcome:
        """What an error says of the call that met it."""
        match error:
            case Unanswered() | NotSent(may_have_happened=True) | SessionLost(may_have_happened=True):
                return Uncertain(message=error.message)
            case NotSent():
                return Refused(message=error.message, code=error.code, retryable=True)
            case Rejected():
                return self._refused(error, operation)
            case _:
                return NotAttempted(because=error.message)

    def _refused(self, error: Rejected, operation: Journalled) -> Refused:
        outcome = Refused(message=error.message, code=error.code, lacking=isinstance(error, Unsupported))
        aspect = aspect_of(operation)
        if outcome.lacking and aspect is not None:
            self._lacking[aspect] = outcome
        return outcome

    def _created(self, jid: GroupJid) -> Done | Uncertain:
        """A group that was there before is not the new one, and may be another declared one."""
        if jid in self._known:
            return Uncertain(
                message="the gateway answered with a group that existed before; it is not known whether there is a "
                "new one"
            )
        self._known.add(jid)
        return Done(jid=jid)
