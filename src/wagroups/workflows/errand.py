"""An errand: what a person asked for about one group, beside plan and apply.

It spends the account's budget and writes the journal as a run does, and it makes its one call once: nobody looks at
a plan before it, so nothing may be repeated behind their back.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

from wagroups.domain.budget import CallClass
from wagroups.domain.desired import DesiredGroup
from wagroups.domain.errors import GatewayError, NotYet, Refusal, SessionLost, Throttled
from wagroups.domain.history import SEEN
from wagroups.domain.identity import GroupJid
from wagroups.domain.memory import Intent
from wagroups.domain.operation import JoinGroup, ResetInviteLink, call_class
from wagroups.domain.outcome import Done, NotAttempted, Refused, StepOutcome, Uncertain
from wagroups.domain.ports import Gateway
from wagroups.execution.looking import LOOKS
from wagroups.execution.paced_reads import paced_read
from wagroups.workflows.session import ConnectedAccount, Patience, Session, connected

T = TypeVar("T")


@dataclass(frozen=True)
class Wishes:
    """Who asks, and how long they wait."""

    actor: str = ""
    patience: Patience = field(default_factory=Patience)


class Errand:
    """One declared group and its account, connected."""

    def __init__(self, session: Session, account: ConnectedAccount, group: DesiredGroup, actor: str) -> None:
        self.group = group
        self._session, self._account, self._actor = session, account, actor
        self._written: list[int] = []

    @property
    def gateway(self) -> Gateway:
        return self._account.gateway

    @property
    def bound(self) -> GroupJid | None:
        """The group's id: the written one, or the one that the ledger knows."""
        return self.group.id or bound_in_ledger(self._session, self.group)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the account meanwhile.  Raises Locked when another run does."""
        with self._session.ledger.hold(self._account.key, self._session.clock.now()):
            yield

    async def read(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask once the `read` budget allows it; a question may be asked again.  Raises NotYet, GatewayError."""
        return await paced_read(ask, CallClass.READ, self._account.pacer, self._session.clock)

    async def write(
        self, operation: ResetInviteLink | JoinGroup, jid: GroupJid, call: Callable[[], Awaitable[object]]
    ) -> StepOutcome:
        """Make one call, once, between its intent and its outcome.  Raises NotYet, SessionLost."""
        calls, ledger, clock = call_class(operation), self._session.ledger, self._session.clock
        await self._account.pacer.turn(calls)
        number = ledger.intend(self._intent(operation, jid))
        self._written.append(number)
        outcome: StepOutcome = Done()
        try:
            await call()
        except (Throttled, SessionLost) as error:
            doubtful = error.may_have_happened
            ended = Uncertain(message=error.message) if doubtful else NotAttempted(because=error.message)
            ledger.conclude(number, ended, clock.now())
            if isinstance(error, SessionLost):
                self._account.pacer.note_lost(error)
            raise (self._resting(calls, error) if isinstance(error, Throttled) else error) from error
        except GatewayError as error:
            doubtful = error.may_have_happened
            outcome = Uncertain(message=error.message) if doubtful else Refused(message=error.message, code=error.code)
        ledger.conclude(number, outcome, clock.now())
        return outcome

    def _intent(self, operation: ResetInviteLink | JoinGroup, jid: GroupJid) -> Intent:
        return Intent(
            account=self._account.key,
            group=self.group.key,
            jid=jid,
            run=uuid4().hex[:12],
            step=operation.kind,
            operation=operation,
            intended_at=self._session.clock.now(),
            actor=self._actor,
        )

    def _resting(self, calls: CallClass, error: Throttled) -> NotYet:
        self._account.pacer.trip_rate_limit(calls, error.retry_after)
        return NotYet(self._account.pacer.peek(calls), "rate-overlimit")

    async def looks(self) -> AsyncIterator[None]:
        """Yield at each of the times after a write at which it is worth looking."""
        start = self._session.clock.now()
        for after in LOOKS:
            await self._session.clock.sleep(max(start + after - self._session.clock.now(), LOOKS[0]))
            yield

    def settle(self) -> None:
        """Close what this errand wrote and what earlier ones left open: the group has been looked at since."""
        for number in self._written:
            self._session.ledger.settle(number, SEEN, self._session.clock.now())
        memory = self._session.ledger.recall(self._account.key, self._session.clock.now())
        for entry in memory.unsettled:
            if entry.intent.group == self.group.key and isinstance(entry.intent.operation, ResetInviteLink | JoinGroup):
                self._session.ledger.settle(entry.number, SEEN, self._session.clock.now())


def bound_in_ledger(session: Session, group: DesiredGroup) -> GroupJid | None:
    """The id that the ledger binds the group to, under its key or a previous one."""
    bindings = session.ledger.recall(group.account, session.clock.now()).bindings
    return next((bindings[key].jid for key in (group.key, *group.previous_keys) if key in bindings), None)


@asynccontextmanager
async def errand(session: Session, group: DesiredGroup, wishes: Wishes) -> AsyncIterator[Errand]:
    """Connect the group's account.  Raises Refusal when another WhatsApp account stands behind its name."""
    async with connected(session, [group.account], wishes.patience) as (account,):
        known = session.ledger.recall(account.key, session.clock.now()).me
        if known is not None and not known.same_as(account.gateway.me):
            raise Refusal(
                "account-changed",
                f"account {account.key}: another WhatsApp account is connected than the one it stood for",
                hint=f"If that is meant: wagroups state rebind {account.key}",
            )
        yield Errand(session, account, group, wishes.actor)
