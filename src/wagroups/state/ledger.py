"""The ledger itself: which of the state package's doings share a transaction, and who may write.

Every method is one transaction.  What it does is written in the module of its concern; here stands only where
transactions begin and end, and that a run which lost its lease is stopped before it writes.
"""

import secrets
import time
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, Me, Phone
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.last_read import LastRead, ReadFacts
from wagroups.domain.live.memory import Applied, Binding, Intent, Memory, MemoryGround, PersonRefusal
from wagroups.domain.live.observed import Observed
from wagroups.domain.live.presence import Count
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.live.warning_codes import ADDITIONS
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.budget import Allowance, Breaker, CallClass
from wagroups.domain.plans.history import HistoryQuery, PastAction
from wagroups.domain.plans.outcome import StepOutcome
from wagroups.domain.ports import Deferred, Granted, Lookup, Standing
from wagroups.state import backup, restore
from wagroups.state.repositories import (
    account_rename,
    answers,
    budgets,
    consequences,
    erasure,
    exchanges,
    groups,
    history,
    invitations,
    joined_events,
    journal,
    last_reads,
    learnt_limits,
    leases,
    open_points,
    presences,
    reads,
    tombstones,
    warning_codes,
)
from wagroups.state.repositories.journal import JournalEntry
from wagroups.state.repositories.recall import recall
from wagroups.state.sql.transactions import Store


class SqlLedger:
    """A `domain.ports.Ledger` over one store.

    On a read-only or absent ledger what read verbs write (names, reads, rests, spend on reads) is dropped, and
    every other change raises LedgerError.
    """

    def __init__(self, store: Store, key: bytes) -> None:
        self._store = store
        self._key = key
        self._tokens: dict[AccountKey, str] = {}

    @property
    def writable(self) -> bool:
        return self._store.writable

    @property
    def key(self) -> bytes:
        return self._key

    def recall(self, account: AccountKey, now: datetime) -> Memory:
        with self._store.reading() as connection:
            return recall(connection, account, now, key=self._key, writable=self.writable)

    def bindings(self, account: AccountKey) -> Mapping[GroupKey, Binding]:
        """The live groups of an account's declared ones, without the rest of what is remembered."""
        with self._store.reading() as connection:
            return groups.bound(connection, account)

    @contextmanager
    def hold(self, account: AccountKey, now: datetime) -> Iterator[None]:
        token = secrets.token_hex(16)
        began = time.time()

        def beat() -> bool:
            # The caller's clock, carried on by this machine's, which goes on while the machine sleeps.
            with self._store.writing() as connection:
                return leases.prolong(connection, account, token, now + timedelta(seconds=time.time() - began))

        with self._store.writing() as connection:
            leases.take(connection, account, token, now)
        outer = self._tokens.get(account)
        self._tokens[account] = token
        heartbeat = leases.Heartbeat(beat)
        heartbeat.start()
        try:
            yield
        finally:
            heartbeat.stop()
            if outer is None:
                del self._tokens[account]
            else:
                self._tokens[account] = outer
            # A lease that cannot be given back ends by itself; what happened meanwhile matters more.
            with suppress(LedgerError), self._store.writing() as connection:
                leases.give_back(connection, account, token)

    def unlock(self, account: AccountKey) -> bool:
        """Take the lease from whoever has it; false when nobody has.  A living holder stops at its next write."""
        with self._store.writing() as connection:
            return leases.unlock(connection, account)

    def reserve(
        self,
        account: AccountKey,
        calls: CallClass,
        allowance: Allowance,
        now: datetime,
        stretch: float,
        *,
        urgent: bool = False,
    ) -> Granted | Deferred:
        if not self.writable and not calls.writes:
            return Granted()
        with self._store.writing() as connection:
            self._prove(connection, account)
            return budgets.charge(connection, account, calls, allowance, now, stretch, urgent=urgent)

    def standing(self, account: AccountKey, now: datetime) -> Standing:
        with self._store.reading() as connection:
            return budgets.standing(connection, account, now)

    def trip(self, account: AccountKey, breaker: Breaker) -> None:
        if self.writable:
            with self._store.writing() as connection:
                budgets.trip(connection, account, breaker)

    def note_pause(self, account: AccountKey, calls: CallClass, until: datetime) -> None:
        with self._store.writing() as connection:
            budgets.note_pause(connection, account, calls, until)

    def reset_breaker(self, account: AccountKey, calls: CallClass | None) -> None:
        with self._store.writing() as connection:
            budgets.reset(connection, account, calls)
            if calls is None or calls in ADDITIONS:
                warning_codes.forget(connection, account)

    def intend(self, intent: Intent) -> int:
        with self._store.writing() as connection:
            self._prove(connection, intent.account)
            consequences.foresee(connection, intent)
            last_reads.outdate(connection, intent.account)
            return journal.open_intent(connection, intent)

    def conclude(self, number: int, outcome: StepOutcome, at: datetime) -> None:
        # One transaction: a run that is killed between an answer and what follows from it would create again.
        with self._store.writing() as connection:
            intent = journal.conclude(connection, number, outcome, at)
            consequences.draw(connection, intent, outcome, at)

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

    def note_account(self, account: AccountKey, me: Me, now: datetime) -> None:
        if self.writable:
            with self._store.writing() as connection:
                answers.note_account(connection, account, me, now)

    def forget_identity(self, account: AccountKey, now: datetime) -> None:
        """Forget which WhatsApp account the name stands for; the next one that is connected takes its place.

        Its number counts as new to WhatsApp for a while (`fresh_until`).
        """
        with self._store.writing() as connection:
            answers.forget_identity(connection, account, now)

    def fresh_until(self, account: AccountKey, now: datetime) -> datetime | None:
        """Until when the account's number is new to WhatsApp; `None` when it is not."""
        with self._store.reading() as connection:
            return answers.fresh_until(connection, account, now)

    def rename_account(self, before: AccountKey, after: AccountKey, now: datetime) -> None:
        """Let an account's new name stand for all that is remembered of it.

        Raises Locked when a run holds one of the names, LedgerError when the new one has groups of its own.
        """
        with self.hold(before, now), self.hold(after, now), self._store.writing() as connection:
            account_rename.rename_account(connection, before, after, now)

    def note_read(
        self,
        observed: Observed,
        good: frozenset[GroupJid],
        turnover: Mapping[GroupKey, Turnover] = MappingProxyType({}),
    ) -> None:
        if self.writable:
            # One transaction: once the list is remembered, nobody can tell any more who is missing from the last one.
            with self._store.writing() as connection:
                tombstones.note_turnover(connection, observed.account, turnover, observed.read_at)
                presences.note_vanished(connection, observed.account, turnover)
                reads.note_read(connection, observed, good)
                joined_events.end_waits(connection, observed)

    def note_lookups(
        self,
        account: AccountKey,
        lookups: Sequence[Lookup],
        now: datetime,
        former: Mapping[Phone, Collection[Phone]] = MappingProxyType({}),
    ) -> frozenset[Phone]:
        if not self.writable:
            return frozenset()
        with self._store.writing() as connection:
            return answers.note_lookups(connection, account, lookups, now, former)

    def note_exchanges(self, account: AccountKey, waits: Mapping[GroupKey, Set[Phone]], now: datetime) -> None:
        if self.writable:
            with self._store.writing() as connection:
                exchanges.note(connection, account, waits, now)

    def note_last_read(self, account: AccountKey, facts: ReadFacts, read_at: datetime) -> None:
        """Keep a read of all groups, for plans that ask nobody."""
        if self.writable:
            with self._store.writing() as connection:
                last_reads.note(connection, account, facts, read_at)

    def last_read(self, account: AccountKey) -> LastRead | None:
        """The last read of all groups of an account; `None` when there was none."""
        with self._store.reading() as connection:
            return last_reads.of(connection, account)

    def note_doubts(self, account: AccountKey, doubts: Mapping[GroupKey, Mapping[Phone, bool]], now: datetime) -> None:
        if self.writable:
            with self._store.writing() as connection:
                presences.note_doubts(connection, account, doubts, now)

    def note_presence(
        self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime, code: int | None, count: Count | None
    ) -> None:
        with self._store.writing() as connection:
            presences.note_answer(connection, account, group, phone, now, (code, count))

    def remember(self, account: AccountKey, jids: Collection[GroupJid], now: datetime, how: MemoryGround) -> None:
        if self.writable and jids:
            with self._store.writing() as connection:
                groups.remember(connection, account, jids, now, how)

    def note_permissions(self, account: AccountKey, held: Permissions) -> None:
        with self._store.writing() as connection:
            answers.note_permissions(connection, account, held)

    def claim(self, project: str, jids: Collection[GroupJid]) -> None:
        with self._store.writing() as connection:
            groups.claim(connection, project, jids)

    def note_spent(self, account: AccountKey, attempts: Mapping[CallClass, int], at: datetime) -> None:
        """Count attempts that this ledger did not see."""
        with self._store.writing() as connection:
            budgets.note_spent(connection, account, attempts, at)

    def bind(self, account: AccountKey, group: GroupKey, jid: GroupJid, now: datetime, *, created: bool) -> None:
        with self._store.writing() as connection:
            groups.bind(connection, account, group, jid, now, created=created)

    def rename(self, account: AccountKey, before: GroupKey, after: GroupKey) -> None:
        with self._store.writing() as connection:
            groups.rename(connection, account, before, after)
            journal.rename(connection, account, before, after)

    def release(self, account: AccountKey, group: GroupKey) -> None:
        with self._store.writing() as connection:
            groups.release(connection, account, group)

    def forget_group(self, account: AccountKey, group: GroupKey, now: datetime) -> None:
        """Release a group, give up its open intents and erase what was read of it.  The journal keeps its past."""
        with self._store.writing() as connection:
            binding = groups.bound(connection, account).get(group)
            journal.abandon(connection, account, group, now, creations_only=False)
            groups.release(connection, account, group)
            if binding is not None:
                reads.forget_group(connection, account, binding.jid)

    def note_applied(self, account: AccountKey, applied: Mapping[GroupKey, Applied]) -> None:
        with self._store.writing() as connection:
            groups.note_applied(connection, account, applied)

    def note_approvals(self, account: AccountKey, approved: Mapping[GroupKey, Approval]) -> None:
        with self._store.writing() as connection:
            groups.note_approvals(connection, account, approved)

    def note_blind(self, account: AccountKey, group: GroupKey, field: str, value: str, *, refused: bool) -> None:
        with self._store.writing() as connection:
            groups.note_blind(connection, account, group, field, value, refused=refused)

    def note_picture(self, account: AccountKey, group: GroupKey, picture: PictureMemory) -> None:
        with self._store.writing() as connection:
            groups.note_picture(connection, account, group, picture)

    def note_refusal(self, account: AccountKey, group: GroupKey, phone: Phone, refusal: PersonRefusal) -> None:
        with self._store.writing() as connection:
            groups.note_refusal(connection, account, group, phone, refusal)

    def note_departure(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None:
        with self._store.writing() as connection:
            tombstones.note_departure(connection, account, group, phone, now)

    def readmit(self, account: AccountKey, group: GroupKey, person: Identity) -> bool:
        """Let somebody be added to a group again, whatever came of it before; false when nothing stood against it."""
        with self._store.writing() as connection:
            return tombstones.readmit(connection, account, group, person)

    def forget_person(self, person: Identity) -> int:
        """Erase a person from every account's memory; returns how many rows spoke of them.  Tombstones stay."""
        with self._store.writing() as connection:
            return erasure.forget_person(connection, person)

    def restore(self, document: Mapping[str, object]) -> int:
        """Fill this ledger, in which nothing has happened yet, from a backup; returns the number of rows."""
        with self._store.writing() as connection:
            return restore.restore(connection, document)

    def note_invitation(self, account: AccountKey, group: GroupKey, phone: Phone, invitation: Invitation) -> None:
        with self._store.writing() as connection:
            invitations.note(connection, account, group, phone, invitation)

    def withdraw_invitations(self, account: AccountKey, people: Sequence[tuple[GroupKey, Phone]]) -> None:
        with self._store.writing() as connection:
            invitations.withdraw(connection, account, people)

    def note_undemotable(
        self, account: AccountKey, jid: GroupJid, person: Identity, now: datetime, until: datetime | None = None
    ) -> None:
        with self._store.writing() as connection:
            answers.note_undemotable(connection, account, jid, person, now, until)

    def note_open(self, account: AccountKey, found: Mapping[GroupKey, Set[str]], now: datetime, *, met: bool) -> None:
        if self.writable:
            with self._store.writing() as connection:
                open_points.note(connection, account, found, now, met=met)

    def note_lack(self, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
        with self._store.writing() as connection:
            learnt_limits.note(connection, account, aspect, version, now)

    def note_fruitless(
        self, account: AccountKey, group: GroupKey, action: str, person: Identity | None, now: datetime
    ) -> int:
        with self._store.writing() as connection:
            return groups.note_fruitless(connection, account, group, action, person, now)

    def note_unseen_addition(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None:
        with self._store.writing() as connection:
            groups.note_unseen_addition(connection, account, group, phone, now)

    def approve(self, digest: str, actions: Sequence[str], now: datetime) -> datetime:
        with self._store.writing() as connection:
            return journal.approve(connection, digest, actions, now)

    def audit(self, run: str, at: datetime, actor: str, entries: Sequence[str]) -> None:
        with self._store.writing() as connection:
            journal.append_audit(connection, run, at, actor, entries)

    def export(self, account: AccountKey | None = None, *, reveal: bool = False) -> backup.Document:
        """The whole ledger, or one account's part, as JSON-able data; redacted unless `reveal`."""
        with self._store.reading() as connection:
            return backup.export(connection, account, reveal=reveal)

    def close(self) -> None:
        self._store.close()

    def _prove(self, connection: Connection, account: AccountKey) -> None:
        if (token := self._tokens.get(account)) is not None:
            leases.prove(connection, account, token)
