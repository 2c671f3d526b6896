"""Assemble what is remembered of one account."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, bindparam, select

from wagroups.domain.identity import AccountKey, GroupKey, Me
from wagroups.domain.live.memory import Memory, Neighbour
from wagroups.domain.plans.operation import CreateGroup
from wagroups.state.repositories import (
    answers,
    budgets,
    exchanges,
    groups,
    invitations,
    journal,
    names,
    open_points,
    presences,
    reads,
    tombstones,
    warning_codes,
)
from wagroups.state.sql.tables import accounts, bindings

_OTHERS: Final = select(accounts).where(accounts.c.account != bindparam("account"))
_BINDINGS_OF_OTHERS: Final = select(bindings).where(bindings.c.account != bindparam("account"))


def recall(connection: Connection, account: AccountKey, now: datetime, *, key: bytes, writable: bool) -> Memory:
    """Everything that still holds at `now`.  Empty for an account that was never seen."""
    acquaintances = names.acquainted(connection, account)
    standing = budgets.standing(connection, account, now)
    return Memory(
        account=account,
        key=key,
        me=answers.identity_of(connection, account),
        bindings=groups.bound(connection, account),
        permissions=answers.permissions_of(connection, account),
        claims=groups.claimed(connection),
        since=groups.remembered(connection, account),
        neighbours=_other_accounts(connection, account),
        unsettled=journal.unsettled(connection, account),
        pairs=acquaintances.pairs,
        checks=answers.checks(connection, account, now),
        no_lid=answers.without_lid(connection, account, now),
        snapshots=reads.last_good(connection, account),
        seen=acquaintances.seen,
        applied=groups.last_applied(connection, account),
        blind=groups.written_blind(connection, account, refused=False),
        blind_refused=groups.written_blind(connection, account, refused=True),
        pictures=groups.put_up(connection, account),
        open_points=open_points.recalled(connection, account),
        lacks=answers.lacking(connection, account, now),
        refusals=groups.refused(connection, account, now),
        invitations=invitations.invited(connection, account),
        undemotable=answers.undemotable_in(connection, account, now),
        unseen_additions=groups.unseen(connection, account, now),
        approvals=groups.approved(connection, account),
        exchanges=exchanges.waiting(connection, account),
        presences=presences.recalled(connection, account),
        fruitless=groups.fruitless_of(connection, account, now),
        tombstones=tombstones.recalled(connection, account),
        removed_lately=reads.removed_lately(connection, account),
        removed_today=reads.removed_today(connection, account, now),
        removed_since_read=reads.removed_since_read(connection, account),
        spent=standing.spent,
        breakers=tuple(rest for rest in standing.breakers if rest.until > now),
        lessons=tuple(rest for rest in standing.breakers if rest.until <= now),
        additions=warning_codes.latest(connection, account),
        writable=writable,
    )


def _other_accounts(connection: Connection, account: AccountKey) -> Mapping[AccountKey, Neighbour]:
    """Who the other accounts are and what they are bound to, for all that were ever read or bound to a group."""
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
