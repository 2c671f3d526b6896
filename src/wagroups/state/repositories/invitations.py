"""Who was invited to which group, until they come.

A text counts from the moment it is about to be sent: a run that is killed in between may have sent it, and nobody is
written to twice.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, delete, update

from wagroups.domain.identity import AccountKey, GroupKey, Phone
from wagroups.domain.live.invitation import Invitation
from wagroups.state.sql.tables import invitations
from wagroups.state.sql.transactions import rows_of, upsert


def invited(connection: Connection, account: AccountKey) -> Mapping[tuple[GroupKey, Phone], Invitation]:
    rows = rows_of(connection, invitations, account)
    return MappingProxyType(
        {
            (row.group_key, row.phone): Invitation(
                code=row.code,
                times=row.times,
                last_at=row.last_at,
                expires_at=row.expires_at,
                texts=row.texts,
            )
            for row in rows
        }
    )


def note(connection: Connection, account: AccountKey, group: GroupKey, phone: Phone, invitation: Invitation) -> None:
    """Remember an invitation in place of the one before."""
    upsert(connection, invitations, {"account": account, "group_key": group, "phone": phone, **invitation.model_dump()})


def count_text(connection: Connection, account: AccountKey, group: GroupKey, phone: Phone) -> None:
    """Count a text that is about to be sent."""
    mine = _of(account, group, phone)
    connection.execute(update(invitations).where(mine).values(texts=invitations.c.texts + 1))


def take_back_text(connection: Connection, account: AccountKey, group: GroupKey, phone: Phone) -> None:
    """Uncount a text that is known not to have been sent."""
    mine = _of(account, group, phone) & (invitations.c.texts > 0)
    connection.execute(update(invitations).where(mine).values(texts=invitations.c.texts - 1))


def withdraw(connection: Connection, account: AccountKey, people: Iterable[tuple[GroupKey, Phone]]) -> None:
    """Forget invitations."""
    for group, phone in people:
        connection.execute(delete(invitations).where(_of(account, group, phone)))


def _of(account: AccountKey, group: GroupKey, phone: Phone) -> ColumnElement[bool]:
    return (invitations.c.account == account) & (invitations.c.group_key == group) & (invitations.c.phone == phone)
