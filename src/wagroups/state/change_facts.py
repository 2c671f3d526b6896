"""What the ledger remembers of changes and of the people in them."""

from collections.abc import Sequence
from datetime import datetime

from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, Phone
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.memory import PersonRefusal
from wagroups.domain.live.presence import Count
from wagroups.state.lock import LedgerPart
from wagroups.state.repositories import answers, groups, invitations, presences, tombstones


class SqlChangeFacts(LedgerPart):
    """A `domain.ledger.ChangeFacts`."""

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

    def note_unseen_addition(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None:
        with self._store.writing() as connection:
            groups.note_unseen_addition(connection, account, group, phone, now)

    def note_presence(
        self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime, code: int | None, count: Count | None
    ) -> None:
        with self._store.writing() as connection:
            presences.note_answer(connection, account, group, phone, now, (code, count))

    def note_fruitless(
        self, account: AccountKey, group: GroupKey, action: str, person: Identity | None, now: datetime
    ) -> int:
        with self._store.writing() as connection:
            return groups.note_fruitless(connection, account, group, action, person, now)

    def note_lack(self, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
        with self._store.writing() as connection:
            answers.note_lack(connection, account, aspect, version, now)
