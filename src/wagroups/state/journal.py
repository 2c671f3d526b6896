"""The journal of the ledger, and what follows from a call, in the transaction that writes it down."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.live.memory import Intent
from wagroups.domain.live.warning_codes import signs_in
from wagroups.domain.plans.history import HistoryQuery, PastAction
from wagroups.domain.plans.operation import AddMembers, CreateGroup, RemoveMembers, SendInvitation
from wagroups.domain.plans.outcome import Done, NotAttempted, Refused, StepOutcome, Uncertain
from wagroups.state.lock import LedgerPart
from wagroups.state.repositories import groups, history, invitations, journal, last_reads, reads, warning_codes
from wagroups.state.repositories.journal import JournalEntry


class SqlJournal(LedgerPart):
    """A `domain.ledger.Journal`."""

    def intend(self, intent: Intent) -> int:
        with self._store.writing() as connection:
            self._prove(connection, intent.account)
            _foresee(connection, intent)
            last_reads.outdate(connection, intent.account)
            return journal.open_intent(connection, intent)

    def conclude(self, number: int, outcome: StepOutcome, at: datetime) -> None:
        # One transaction: a run that is killed between an answer and what follows from it would create again.
        with self._store.writing() as connection:
            intent = journal.conclude(connection, number, outcome, at)
            _draw(connection, intent, outcome, at)

    def settle(self, number: int, finding: str, at: datetime) -> None:
        with self._store.writing() as connection:
            journal.settle(connection, number, finding, at)

    def note_looks(self, numbers: Sequence[int]) -> None:
        with self._store.writing() as connection:
            journal.note_looks(connection, numbers)

    def abandon(self, account: AccountKey, group: GroupKey, now: datetime) -> int:
        """Give up a group's unsettled creations; returns how many there were."""
        with self._store.writing() as connection:
            return journal.abandon(connection, account, group, now)

    def recent(self, account: AccountKey, limit: int = 50) -> tuple[JournalEntry, ...]:
        """The last steps of the journal, newest first."""
        with self._store.reading() as connection:
            return journal.recent(connection, account, limit)

    def note_history(self, actions: Sequence[PastAction]) -> None:
        with self._store.writing() as connection:
            history.note(connection, actions)

    def history(self, account: AccountKey, query: HistoryQuery) -> tuple[PastAction, ...]:
        """What was done to the groups of an account, newest first."""
        with self._store.reading() as connection:
            return history.recall(connection, account, query)

    def approve(self, digest: str, actions: Sequence[str], now: datetime) -> datetime:
        with self._store.writing() as connection:
            return journal.approve(connection, digest, actions, now)

    def audit(self, run: str, at: datetime, actor: str, entries: Sequence[str]) -> None:
        with self._store.writing() as connection:
            journal.append_audit(connection, run, at, actor, entries)


def _foresee(connection: Connection, intent: Intent) -> None:
    """Count a text before it is sent: if the run is killed now, nobody knows whether it was."""
    if isinstance(intent.operation, SendInvitation) and intent.operation.person.phone is not None:
        invitations.count_text(connection, intent.account, intent.group, intent.operation.person.phone)


def _draw(connection: Connection, intent: Intent, outcome: StepOutcome, at: datetime) -> None:
    """Bind a group that was created, count people who were, or may have been, removed, uncount an unsent text.

    Additions are read for warning_codes.
    """
    match intent.operation, outcome:
        case CreateGroup() as creation, Done(jid=jid) if jid is not None:
            groups.bind(connection, intent.account, intent.group, jid, at, created=True)
            for setting, value in creation.settings.items():
                field = f"settings.{setting}"
                groups.note_blind(connection, intent.account, intent.group, field, value, refused=False)
        case RemoveMembers() as removal, Done() | Uncertain() if intent.jid is not None:
            reads.note_removals(connection, intent.account, intent.jid, removal, at)
        case SendInvitation(person=person), Refused() | NotAttempted() if person.phone is not None:
            invitations.take_back_text(connection, intent.account, intent.group, person.phone)
        case AddMembers() as addition, _:
            warning_codes.note(connection, intent.account, signs_in(addition, outcome), at)
        case _:
            pass
