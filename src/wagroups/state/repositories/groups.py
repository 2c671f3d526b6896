"""What is remembered under a declared group's key: its live group, and what came of working on it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, delete, select, update

from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, Phone
from wagroups.domain.live.memory import Applied, Binding, Fruitless, PersonRefusal, UnseenAddition
from wagroups.domain.plans.approval import Approval
from wagroups.state.sql.tables import (
    applied,
    bindings,
    blind,
    claims,
    dates,
    exchanges,
    fruitless,
    invitations,
    memory_since,
    open_points,
    pictures,
    presences,
    refusals,
    tombstones,
    unseen_additions,
)
from wagroups.state.sql.transactions import rows_after, rows_of, upsert

UNSEEN_COUNTED: Final = timedelta(days=7)
"""Additions that were answered and never seen are counted over so long (safety guide, part 5)."""

UNSEEN_KEPT: Final = timedelta(days=30)
"""How long one is remembered: on a gateway that tells of nobody the next one is an invitation.  Chosen, so that a
project that is applied once a month does not ask on without end."""

_BY_KEY: Final = (
    bindings,
    applied,
    blind,
    pictures,
    refusals,
    invitations,
    tombstones,
    unseen_additions,
    exchanges,
    presences,
    fruitless,
    open_points,
    dates,
)


def bind(
    connection: Connection, account: AccountKey, group: GroupKey, jid: GroupJid, now: datetime, *, created: bool
) -> None:
    """Tie a key to a live group, whose picture is then unknown.  Raises LedgerError when another key has it."""
    for other in bound(connection, account).values():
        if other.jid == jid and other.group == group:
            return
        if other.jid == jid:
            raise LedgerError(
                f"{group} and {other.group} would be the same live group.",
                hint=f"Remove one of the two ids, or write `previous_keys: [{other.group}]` if the key was renamed.",
            )
    connection.execute(delete(pictures).where(pictures.c.account == account, pictures.c.group_key == group))
    row = {"account": account, "group_key": group, "jid": jid, "bound_at": now, "created": created}
    upsert(connection, bindings, row)
    if created:
        remember(connection, account, [jid], now, "created")


def remember(connection: Connection, account: AccountKey, jids: Iterable[GroupJid], now: datetime, how: str) -> None:
    """Believe from now on that what this ledger does not know of these groups did not happen."""
    known = remembered(connection, account)
    rows = [{"account": account, "jid": jid, "since": now, "how": how} for jid in jids if jid not in known]
    if rows:
        upsert(connection, memory_since, rows)


def remembered(connection: Connection, account: AccountKey) -> Mapping[GroupJid, datetime]:
    rows = rows_of(connection, memory_since, account)
    return MappingProxyType({row.jid: row.since for row in rows})


def rename(connection: Connection, account: AccountKey, before: GroupKey, after: GroupKey) -> None:
    """Move every row to the new key.

    A rename that was done before is done again without effect: `previous_keys` stays in the manifests.
    Raises LedgerError when both keys have a live group.
    """
    known = bound(connection, account)
    if after in known and before not in known:
        return
    if after in known:
        raise LedgerError(
            f"{after} cannot take over from {before}: it has a live group of its own.",
            hint=f"Remove {before} from its `previous_keys`.",
        )
    for table in _BY_KEY:
        connection.execute(delete(table).where(table.c.account == account, table.c.group_key == after))
        mine = (table.c.account == account) & (table.c.group_key == before)
        connection.execute(update(table).where(mine).values(group_key=after))


_CLAIMS: Final = select(claims)


def claimed(connection: Connection) -> Mapping[GroupJid, str]:
    """Which project each live group belongs to."""
    return MappingProxyType({row.jid: row.project for row in connection.execute(_CLAIMS)})


def claim(connection: Connection, project: str, jids: Iterable[GroupJid]) -> None:
    """Let live groups belong to `project`, whoever had them before."""
    rows = [{"jid": jid, "project": project} for jid in jids]
    if rows:
        upsert(connection, claims, rows)


def release(connection: Connection, account: AccountKey, group: GroupKey) -> None:
    binding = bound(connection, account).get(group)
    if binding is not None:
        mine = (memory_since.c.account == account) & (memory_since.c.jid == binding.jid)
        connection.execute(delete(memory_since).where(mine))
        connection.execute(delete(claims).where(claims.c.jid == binding.jid))
    for table in _BY_KEY:
        connection.execute(delete(table).where(table.c.account == account, table.c.group_key == group))


def note_applied(connection: Connection, account: AccountKey, declared: Mapping[GroupKey, Applied]) -> None:
    rows = [
        {"account": account, "group_key": group, "declared": what.model_dump_json()} for group, what in declared.items()
    ]
    upsert(connection, applied, rows)


def note_approvals(connection: Connection, account: AccountKey, approved: Mapping[GroupKey, Approval]) -> None:
    """Remember what was approved of groups, in place of what was approved before."""
    rows = [
        {"account": account, "group_key": group, "approval": what.model_dump_json()} for group, what in approved.items()
    ]
    upsert(connection, dates, rows)


def approved(connection: Connection, account: AccountKey) -> Mapping[GroupKey, Approval]:
    rows = rows_of(connection, dates, account)
    return MappingProxyType({GroupKey(row.group_key): Approval.model_validate_json(row.approval) for row in rows})


def note_blind(
    connection: Connection, account: AccountKey, group: GroupKey, field: str, value: str, *, refused: bool
) -> None:
    """Remember a write, which ends an earlier refusal; or a refusal, which leaves the last write as it was."""
    row = {"account": account, "group_key": group, "field": field, "refused": refused, "value": value}
    upsert(connection, blind, row)
    if not refused:
        same = (blind.c.account == account) & (blind.c.group_key == group) & (blind.c.field == field)
        connection.execute(delete(blind).where(same, blind.c.refused))


def note_picture(connection: Connection, account: AccountKey, group: GroupKey, picture: PictureMemory) -> None:
    upsert(connection, pictures, {"account": account, "group_key": group, "memory": picture.model_dump_json()})


def note_refusal(
    connection: Connection, account: AccountKey, group: GroupKey, phone: Phone, refusal: PersonRefusal
) -> None:
    upsert(connection, refusals, {"account": account, "group_key": group, "phone": phone, **refusal.model_dump()})


def note_unseen_addition(
    connection: Connection, account: AccountKey, group: GroupKey, phone: Phone, now: datetime
) -> None:
    """Count one more, or begin anew when the last one is too long ago."""
    before = unseen(connection, account, now).get((group, phone))
    if before is not None and before.last_at <= now - UNSEEN_COUNTED:
        before = None
    row = {
        "account": account,
        "group_key": group,
        "phone": phone,
        "times": before.times + 1 if before else 1,
        "last_at": now,
    }
    upsert(connection, unseen_additions, row)


def note_fruitless(
    connection: Connection, account: AccountKey, group: GroupKey, action: str, person: Identity | None, now: datetime
) -> int:
    """Count one more; one that is too long ago is forgotten."""
    before = fruitless_of(connection, account, now).get((group, action))
    times = before.times + 1 if before else 1
    row = {"account": account, "group_key": group, "action": action, "times": times, "last_at": now}
    upsert(connection, fruitless, {**row, "person": None if person is None else person.phone or person.lid})
    return times


def fruitless_of(
    connection: Connection, account: AccountKey, now: datetime
) -> Mapping[tuple[GroupKey, str], Fruitless]:
    """What was asked for in vain in the days before `now`."""
    rows = rows_after(connection, fruitless.c.last_at, account, now - UNSEEN_COUNTED)
    return MappingProxyType({(GroupKey(row.group_key), row.action): Fruitless(row.times, row.last_at) for row in rows})


def bound(connection: Connection, account: AccountKey) -> Mapping[GroupKey, Binding]:
    rows = rows_of(connection, bindings, account)
    return MappingProxyType(
        {
            row.group_key: Binding(group=row.group_key, jid=row.jid, bound_at=row.bound_at, created=row.created)
            for row in rows
        }
    )


def last_applied(connection: Connection, account: AccountKey) -> Mapping[GroupKey, Applied]:
    rows = rows_of(connection, applied, account)
    return MappingProxyType({row.group_key: Applied.model_validate_json(row.declared) for row in rows})


def written_blind(connection: Connection, account: AccountKey, *, refused: bool) -> Mapping[tuple[GroupKey, str], str]:
    rows = rows_of(connection, blind, account)
    return MappingProxyType({(row.group_key, row.field): row.value for row in rows if row.refused == refused})


def put_up(connection: Connection, account: AccountKey) -> Mapping[GroupKey, PictureMemory]:
    rows = rows_of(connection, pictures, account)
    return MappingProxyType({row.group_key: PictureMemory.model_validate_json(row.memory) for row in rows})


def refused(
    connection: Connection, account: AccountKey, now: datetime
) -> Mapping[tuple[GroupKey, Phone], PersonRefusal]:
    """Refusals that hold at `now`."""
    rows = rows_after(connection, refusals.c.until, account, now)
    return MappingProxyType(
        {(row.group_key, row.phone): PersonRefusal(code=row.code, at=row.at, until=row.until) for row in rows}
    )


def unseen(
    connection: Connection, account: AccountKey, now: datetime
) -> Mapping[tuple[GroupKey, Phone], UnseenAddition]:
    """Unseen additions that are remembered at `now`."""
    rows = rows_after(connection, unseen_additions.c.last_at, account, now - UNSEEN_KEPT)
    return MappingProxyType(
        {(row.group_key, row.phone): UnseenAddition(times=row.times, last_at=row.last_at) for row in rows}
    )
