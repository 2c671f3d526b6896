"""Since when declared things have been not so and need a person, and which of them an apply or a drift has met.

A point is remembered by the hash that names it, so nobody's number is kept here.
"""

from collections.abc import Mapping, Set
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, delete, update

from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.live.memory import OpenPoint
from wagroups.state.sql.tables import open_points
from wagroups.state.sql.transactions import rows_of, upsert


def note(
    connection: Connection, account: AccountKey, found: Mapping[GroupKey, Set[str]], now: datetime, *, met: bool
) -> None:
    """Remember the open points of these groups in place of those of an earlier look; what is new begins `now`."""
    known = recalled(connection, account)
    fresh = [
        {"account": account, "group_key": group, "point": point, "since": now, "met": met}
        for group, points in sorted(found.items())
        for point in sorted(points)
        if (group, point) not in known
    ]
    if fresh:
        upsert(connection, open_points, fresh)
    for group, point in sorted(known):
        row = (open_points.c.account == account) & (open_points.c.group_key == group) & (open_points.c.point == point)
        if group not in found:
            continue
        if point not in found[group]:
            connection.execute(delete(open_points).where(row))
        elif met and not known[group, point].met:
            connection.execute(update(open_points).where(row).values(met=True))


def recalled(connection: Connection, account: AccountKey) -> Mapping[tuple[GroupKey, str], OpenPoint]:
    rows = rows_of(connection, open_points, account)
    return MappingProxyType({(row.group_key, row.point): OpenPoint(row.since, row.met) for row in rows})
