"""The whole ledger: its parts together, and what is done to all of it at once.

In the module of each part stands which of the repositories' doings share a transaction.  Every method is one.
"""

from collections.abc import Mapping
from datetime import datetime

from wagroups.domain.identity import AccountKey, Identity
from wagroups.domain.live.memory import Memory
from wagroups.state import backup, restore
from wagroups.state.answer_facts import SqlAnswerFacts
from wagroups.state.budgets import SqlBudgets
from wagroups.state.change_facts import SqlChangeFacts
from wagroups.state.declared_facts import SqlDeclaredFacts
from wagroups.state.journal import SqlJournal
from wagroups.state.lock import SqlLock
from wagroups.state.repositories import account_rename, erasure
from wagroups.state.repositories.recall import recall


class SqlLedger(SqlLock, SqlBudgets, SqlJournal, SqlDeclaredFacts, SqlAnswerFacts, SqlChangeFacts):
    """A `domain.ledger.Ledger` over one store.

    On a read-only or absent ledger what read verbs write (names, reads, rests, spend on reads) is dropped, and
    every other change raises LedgerError.
    """

    @property
    def key(self) -> bytes:
        return self._key

    def recall(self, account: AccountKey, now: datetime) -> Memory:
        with self._store.reading() as connection:
            return recall(connection, account, now, key=self._key, writable=self.writable)

    def rename_account(self, before: AccountKey, after: AccountKey, now: datetime) -> None:
        """Let an account's new name stand for all that is remembered of it.

        Raises Locked when a run holds one of the names, LedgerError when the new one has groups of its own.
        """
        with self.hold(before, now), self.hold(after, now), self._store.writing() as connection:
            account_rename.rename_account(connection, before, after, now)

    def forget_person(self, person: Identity) -> int:
        """Erase a person from every account's memory; returns how many rows spoke of them.  Tombstones stay."""
        with self._store.writing() as connection:
            return erasure.forget_person(connection, person)

    def export(self, account: AccountKey | None = None, *, reveal: bool = False) -> backup.Document:
        """The whole ledger, or one account's part, as JSON-able data; redacted unless `reveal`."""
        with self._store.reading() as connection:
            return backup.export(connection, account, reveal=reveal)

    def restore(self, document: Mapping[str, object]) -> int:
        """Fill this ledger, in which nothing has happened yet, from a backup; returns the number of rows."""
        with self._store.writing() as connection:
            return restore.restore(connection, document)

    def close(self) -> None:
        self._store.close()
