"""What the ledger remembers of declared groups."""

from collections.abc import Collection, Mapping
from datetime import datetime

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.live.memory import Applied, Binding, MemoryGround
from wagroups.domain.plans.approval import Approval
from wagroups.state.lock import LedgerPart
from wagroups.state.repositories import answers, groups, journal, reads


class SqlDeclaredFacts(LedgerPart):
    """A `domain.ledger.DeclaredFacts`."""

    def bindings(self, account: AccountKey) -> Mapping[GroupKey, Binding]:
        """The live groups of an account's declared ones, without the rest of what is remembered."""
        with self._store.reading() as connection:
            return groups.bound(connection, account)

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

    def claim(self, project: str, jids: Collection[GroupJid]) -> None:
        with self._store.writing() as connection:
            groups.claim(connection, project, jids)

    def remember(self, account: AccountKey, jids: Collection[GroupJid], now: datetime, how: MemoryGround) -> None:
        if self.writable and jids:
            with self._store.writing() as connection:
                groups.remember(connection, account, jids, now, how)

    def note_applied(self, account: AccountKey, applied: Mapping[GroupKey, Applied]) -> None:
        with self._store.writing() as connection:
            groups.note_applied(connection, account, applied)

    def note_approvals(self, account: AccountKey, approved: Mapping[GroupKey, Approval]) -> None:
        with self._store.writing() as connection:
            groups.note_approvals(connection, account, approved)

    def note_permissions(self, account: AccountKey, held: Permissions) -> None:
        with self._store.writing() as connection:
            answers.note_permissions(connection, account, held)
