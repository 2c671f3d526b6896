"""The ledger's other accounts, as far as one account has to know of them: who they are and what they are bound to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, bindparam, select

from wagroups.domain.identity import AccountKey, GroupKey, Me
from wagroups.domain.live.memory import Neighbour
from wagroups.domain.plans.operation import CreateGroup
from wagroups.state.repositories import journal
from wagroups.state.sql.tables import accounts, bindings

_OTHERS: Final = select(accounts).where(accounts.c.account != bindparam("account"))
_BINDINGS_OF_OTHERS: Final = select(bindings).where(bindings.c.account != bindparam("account"))


def of(connection: Connection, account: AccountKey) -> Mapping[AccountKey, Neighbour]:
    """Every account but `account` that was ever read or bound to a group."""
    but = {"account": account}
    known = {AccountKey(row.account): Me(row.phone, row.lid) for row in connection.execute(_OTHERS, but)}
    groups: dict[AccountKey, set[GroupKey]] = {}
    for row in connection.execute(_BINDINGS_OF_OTHERS, but):
        groups.setdefault(AccountKey(row.account), set()).add(GroupKey(row.group_key))
    for name in known:
        open_ends = journal.unsettled(connection, name)
        creations = {entry.intent.group for entry in open_ends if isinstance(entry.intent.operation, CreateGroup)}
        groups.setdefault(name, set()).update(creations)
    return MappingProxyType(
        {
            name: Neighbour(known.get(name), frozenset(groups.get(name, ())))
            for name in sorted(known.keys() | groups.keys())
        }
    )
