"""What the ledger remembers of reads and of answers about numbers."""

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from types import MappingProxyType

from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Me, Phone
from wagroups.domain.live.last_read import LastRead, ReadFacts
from wagroups.domain.live.observed import Observed
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.ports import Lookup
from wagroups.state.lock import LedgerPart
from wagroups.state.repositories import answers, exchanges, last_reads, open_points, presences, reads, tombstones


class SqlAnswerFacts(LedgerPart):
    """A `domain.ledger.AnswerFacts`."""

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
                reads.end_waits(connection, observed)

    def note_last_read(self, account: AccountKey, facts: ReadFacts, read_at: datetime) -> None:
        """Keep a read of all groups, for plans that ask nobody."""
        if self.writable:
            with self._store.writing() as connection:
                last_reads.note(connection, account, facts, read_at)

    def last_read(self, account: AccountKey) -> LastRead | None:
        """The last read of all groups of an account; `None` when there was none."""
        with self._store.reading() as connection:
            return last_reads.of(connection, account)

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

    def note_doubts(self, account: AccountKey, doubts: Mapping[GroupKey, Mapping[Phone, bool]], now: datetime) -> None:
        if self.writable:
            with self._store.writing() as connection:
                presences.note_doubts(connection, account, doubts, now)

    def note_open(self, account: AccountKey, found: Mapping[GroupKey, Set[str]], now: datetime, *, met: bool) -> None:
        if self.writable:
            with self._store.writing() as connection:
                open_points.note(connection, account, found, now, met=met)
