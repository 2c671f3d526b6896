"""What is remembered of people who did not come ends when a read shows them in their group.

That holds for additions that were answered and never seen, and for invitations.  Such rows are few, so every group of
a read is looked at: somebody may be recognised in a list that did not change, by a pair of names learnt since.
"""

from typing import Final

from sqlalchemy import Connection, delete, select

from wagroups.domain.live.observed import Observed
from wagroups.state.repositories.names import names_of
from wagroups.state.sql.tables import bindings, invitations, unseen_additions

_WAITING: Final = (unseen_additions, invitations)


def end_waits(connection: Connection, observed: Observed) -> None:
    """Forget that anybody was waited for whom `observed` shows."""
    account = observed.account
    for table in _WAITING:
        same = (bindings.c.account == table.c.account) & (bindings.c.group_key == table.c.group_key)
        waiting = connection.execute(
            select(table.c.group_key, table.c.phone, bindings.c.jid)
            .join_from(table, bindings, same)
            .where(table.c.account == account)
        ).all()
        for group, phone, jid in waiting:
            live = observed.groups.get(jid)
            names = names_of(connection, account, phone) if live is not None and live.members else frozenset()
            if live is not None and any(m.phone in names or m.lid in names for m in live.members or ()):
                theirs = (table.c.account == account) & (table.c.group_key == group) & (table.c.phone == phone)
                connection.execute(delete(table).where(theirs))
