"""An errand: what a person asked for about one group, beside plan and apply.

It spends the account's budget and writes the journal as a run does.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import Refusal
from wagroups.domain.identity import GroupJid
from wagroups.domain.ledger import Recall
from wagroups.domain.plans.history import SEEN
from wagroups.domain.plans.operation import JoinGroup, ResetInviteLink
from wagroups.domain.plans.outcome import StepOutcome
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.journalled_call import Asker, Call, JournalledRun
from wagroups.execution.verification import LOOKS
from wagroups.workflows.reconcile.session import ConnectedAccount, Session, WaitPolicy, connected


@dataclass(frozen=True)
class CallOptions:
    """Who asks, and how long they wait."""

    actor: str = ""
    patience: WaitPolicy = field(default_factory=WaitPolicy)


class ManualCall:
    """One declared group and its account, connected."""

    def __init__(self, session: Session, account: ConnectedAccount, group: DesiredGroup, actor: str) -> None:
        self.group = group
        self._session, self._account = session, account
        run = JournalledRun(uuid4().hex[:12], actor, account.key, ())
        self._asker = Asker(session.ledger, session.clock, run)

    @property
    def gateway(self) -> PacedGateway:
        return self._account.gateway

    @property
    def bound(self) -> GroupJid | None:
        """The group's id: the written one, or the one that the ledger knows."""
        return self.group.id or bound_in_ledger(self._session.ledger, self.group, self._session.clock.now())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the account meanwhile.  Raises Locked when another run does."""
        with self._session.ledger.hold(self._account.key, self._session.clock.now()):
            yield

    async def write(self, operation: ResetInviteLink | JoinGroup, jid: GroupJid, call: Call) -> StepOutcome:
        """Make one call between its intent and its outcome.  Raises NotYet, SessionLost."""
        return await self._asker.ask(self.group.key, jid, operation.kind, operation, call)

    async def looks(self) -> AsyncIterator[None]:
        """Yield at each of the times after a write at which it is worth looking."""
        start = self._session.clock.now()
        for after in LOOKS:
            await self._session.clock.sleep(max(start + after - self._session.clock.now(), LOOKS[0]))
            yield

    def settle(self) -> None:
        """Close what this errand wrote and what earlier ones left open: the group has been looked at since."""
        for number in self._asker.written:
            self._session.ledger.settle(number, SEEN, self._session.clock.now())
        memory = self._session.ledger.recall(self._account.key, self._session.clock.now())
        for entry in memory.unsettled:
            if entry.intent.group == self.group.key and isinstance(entry.intent.operation, ResetInviteLink | JoinGroup):
                self._session.ledger.settle(entry.number, SEEN, self._session.clock.now())


def bound_in_ledger(ledger: Recall, group: DesiredGroup, now: datetime) -> GroupJid | None:
    """The id that the ledger binds the group to, under its key or a previous one."""
    bindings = ledger.recall(group.account, now).bindings
    return next((bindings[key].jid for key in (group.key, *group.previous_keys) if key in bindings), None)


@asynccontextmanager
async def errand(session: Session, group: DesiredGroup, wishes: CallOptions) -> AsyncIterator[ManualCall]:
    """Connect the group's account.  Raises Refusal when another WhatsApp account stands behind its name."""
    async with connected(session, [group.account], wishes.patience) as (account,):
        known = session.ledger.recall(account.key, session.clock.now()).me
        if known is not None and not known.same_as(account.gateway.me):
            raise Refusal(
                "account-changed",
                f"account {account.key}: it is now connected to a different WhatsApp account",
                hint=f"If this is intended: wagroups state rebind {account.key}",
            )
        yield ManualCall(session, account, group, wishes.actor)
