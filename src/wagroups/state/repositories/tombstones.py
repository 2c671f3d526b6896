"""Who left a declared group by themselves, under keyed hashes of their names.

The hashes are made with the ledger's own key, whatever key a run names people with: they must be recognised for ever.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, delete

from wagroups.domain.identity import AccountKey, GroupKey, Identity, Lid, Phone
from wagroups.domain.live.tombstone import Farewell, Tombstone, Tombstones, Turnover, mark
from wagroups.state.repositories.names import names_of
from wagroups.state.sql.migrations import pseudonym_key
from wagroups.state.sql.tables import invitations, presences, refusals, tombstones, unseen_additions
from wagroups.state.sql.transactions import inserting, rows_of


def recalled(connection: Connection, account: AccountKey) -> Tombstones:
    stones: dict[GroupKey, dict[str, Tombstone]] = {}
    for row in rows_of(connection, tombstones, account):
        stones.setdefault(GroupKey(row.group_key), {})[row.mark] = Tombstone(row.left_at, Farewell(row.how))
    return Tombstones(pseudonym_key(connection), MappingProxyType(stones))


def note_turnover(
    connection: Connection, account: AccountKey, turnover: Mapping[GroupKey, Turnover], at: datetime
) -> None:
    """Remember who left, and forget that those who came back ever did."""
    for group, moved in turnover.items():
        _lift(connection, account, group, moved.back)
        _note(connection, account, group, moved.left, Tombstone(at, Farewell.GONE))
        _note(connection, account, group, moved.lost, Tombstone(at, Farewell.UNKNOWN))


def note_departure(connection: Connection, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None:
    """Remember that somebody left, on WhatsApp's word."""
    names = names_of(connection, account, phone)
    _note(connection, account, group, names, Tombstone(now, Farewell.REFUSED))


def readmit(connection: Connection, account: AccountKey, group: GroupKey, person: Identity) -> bool:
    """Forget that somebody left, was refused, invited or added in vain; false when there was nothing to forget."""
    names = set(() if person.phone is None else names_of(connection, account, person.phone))
    names.update(() if person.lid is None else (person.lid,))
    lifted = _lift(connection, account, group, names)
    phones = [name for name in names if isinstance(name, Phone)]
    for table in (refusals, invitations, unseen_additions, presences):
        mine = (table.c.account == account) & (table.c.group_key == group) & table.c.phone.in_(phones)
        lifted += connection.execute(delete(table).where(mine)).rowcount
    return lifted > 0


def _note(
    connection: Connection, account: AccountKey, group: GroupKey, names: Iterable[Phone | Lid], stone: Tombstone
) -> None:
    """Under every name.  A departure that is known keeps its first time."""
    key = pseudonym_key(connection)
    row = {"account": account, "group_key": group, "left_at": stone.left_at, "how": stone.how.value}
    rows = [{**row, "mark": mark(key, name)} for name in names]
    if rows:
        connection.execute(inserting(connection, tombstones).on_conflict_do_nothing(), rows)


def _lift(connection: Connection, account: AccountKey, group: GroupKey, names: Iterable[Phone | Lid]) -> int:
    key = pseudonym_key(connection)
    marks = [mark(key, name) for name in names]
    if not marks:
        return 0
    mine = (tombstones.c.account == account) & (tombstones.c.group_key == group) & tombstones.c.mark.in_(marks)
    return connection.execute(delete(tombstones).where(mine)).rowcount
