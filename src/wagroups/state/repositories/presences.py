"""Who of the declared people may be a hidden member of a group, and what WhatsApp answered about it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, delete, insert, select, update

from wagroups.domain.identity import AccountKey, GroupKey, Lid, Phone
from wagroups.domain.live.presence import Count, Presence
from wagroups.domain.live.tombstone import Turnover
from wagroups.state.sql.tables import acquaintances, presences
from wagroups.state.sql.transactions import rows_of, upsert


def recalled(connection: Connection, account: AccountKey) -> Mapping[tuple[GroupKey, Phone], Presence]:
    rows = rows_of(connection, presences, account)
    return MappingProxyType(
        {
            (GroupKey(row.group_key), row.phone): Presence(
                since=row.since,
                known=row.known,
                vanished=row.vanished,
                asked_at=row.asked_at,
                code=row.code,
                shown=None if row.size is None else Count(row.size, row.hidden),
            )
            for row in rows
        }
    )


def note_doubts(
    connection: Connection, account: AccountKey, doubts: Mapping[GroupKey, Mapping[Phone, bool]], now: datetime
) -> None:
    """Remember who may be hidden in the groups of `doubts`, and forget whoever is not in doubt there any more."""
    known = recalled(connection, account)
    for group, phone in known:
        mine = (presences.c.account == account, presences.c.group_key == group, presences.c.phone == phone)
        if group in doubts and phone not in doubts[group]:
            connection.execute(delete(presences).where(*mine))
        elif group in doubts and doubts[group][phone] and not known[group, phone].known:
            connection.execute(update(presences).where(*mine).values(known=True))
    rows = [
        {
            "account": account,
            "group_key": group,
            "phone": phone,
            "since": now,
            "known": was_there,
            "vanished": False,
        }
        for group, people in doubts.items()
        for phone, was_there in people.items()
        if (group, phone) not in known
    ]
    if rows:
        connection.execute(insert(presences), rows)


def note_answer(
    connection: Connection,
    account: AccountKey,
    group: GroupKey,
    phone: Phone,
    now: datetime,
    answer: tuple[int | None, Count | None],
) -> None:
    """Remember what an addition told: the code about the person, and the group in which they are for that."""
    code, count = answer
    before = recalled(connection, account).get((group, phone), Presence(now))
    row = {
        "account": account,
        "group_key": group,
        "phone": phone,
        "since": before.since,
        "known": before.known,
        "vanished": before.vanished,
        "asked_at": now,
        "code": code,
        "size": None if count is None else count.size,
        "hidden": None if count is None else count.hidden,
    }
    upsert(connection, presences, row)


def note_vanished(connection: Connection, account: AccountKey, turnover: Mapping[GroupKey, Turnover]) -> None:
    """Remember where somebody is gone whose number nobody knows: any who was in doubt there may have been them."""
    for group, moved in turnover.items():
        for lid in [name for name in moved.left | moved.lost if isinstance(name, Lid)]:
            met = (acquaintances.c.account == account) & (acquaintances.c.lid == lid)
            if connection.execute(select(acquaintances.c.phone).where(met).limit(1)).first() is None:
                mine = (presences.c.account == account, presences.c.group_key == group)
                connection.execute(update(presences).where(*mine).values(vanished=True))
                break
