"""Since when somebody's former number waits in a group for the new one."""

from collections.abc import Mapping, Set
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, delete, insert

from wagroups.domain.identity import AccountKey, GroupKey, Phone
from wagroups.state.sql.tables import exchanges
from wagroups.state.sql.transactions import rows_of


def waiting(connection: Connection, account: AccountKey) -> Mapping[tuple[GroupKey, Phone], datetime]:
    rows = rows_of(connection, exchanges, account)
    return MappingProxyType({(GroupKey(row.group_key), row.phone): row.since for row in rows})


def note(connection: Connection, account: AccountKey, waits: Mapping[GroupKey, Set[Phone]], now: datetime) -> None:
    """Remember the new numbers that are waited for in some groups, and forget those that are not any more."""
    known = waiting(connection, account)
    over = [(group, phone) for group, phone in known if group in waits and phone not in waits[group]]
    for group, phone in over:
        same = (exchanges.c.account == account, exchanges.c.group_key == group, exchanges.c.phone == phone)
        connection.execute(delete(exchanges).where(*same))
    begun = [(group, phone) for group, phones in waits.items() for phone in phones if (group, phone) not in known]
    if begun:
        rows = [{"account": account, "group_key": group, "phone": phone, "since": now} for group, phone in begun]
        connection.execute(insert(exchanges), rows)
