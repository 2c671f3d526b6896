"""Who was in which group at its last good read, and how many we have removed since.

A listing may hold a quarter of a million memberships and mostly repeats the last one.  So each group has a digest
of its list, and only what changed since the last good read is taken apart.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from wagroups.domain.identity import AccountKey, GroupJid, Lid, Phone, Role
from wagroups.domain.live.memory import Snapshot
from wagroups.domain.live.observed import Observed, ObservedGroup, ObservedMember
from wagroups.domain.plans.budget import DAY
from wagroups.domain.plans.operation import RemoveMembers
from wagroups.domain.plans.removal import RemovalKind
from wagroups.state.repositories.names import introduce, names_of
from wagroups.state.sql.tables import (
    bindings,
    good_reads,
    invitations,
    removals,
    snapshots,
    undemotable,
    unseen_additions,
)
from wagroups.state.sql.transactions import rows_after, upsert
from wagroups.state.sql.types import LID_ENDING

STILL_SHOWN: Final = DAY
"""How long a gateway may go on showing somebody whom we removed.  Chosen: stale lists last minutes, and nobody who is
removed and added again the same day is worth a mistake."""

_WAITING: Final = (unseen_additions, invitations)
"""Tables of people who were asked in and did not come yet."""


def note_read(connection: Connection, observed: Observed, good: frozenset[GroupJid]) -> None:
    """Remember the pairs and phones of a read, and who was in the groups of `good`."""
    account = observed.account
    before: dict[GroupJid, bytes] = {
        row.jid: row.digest
        for row in connection.execute(
            select(good_reads.c.jid, good_reads.c.digest).where(good_reads.c.account == account)
        )
    }
    digests = {jid: group.roll for jid, group in observed.groups.items() if group.members is not None}
    changed = [jid for jid, digest in digests.items() if before.get(jid) != digest]
    _learn(connection, account, observed.people(changed))
    remembered = [jid for jid in digests if jid in good]
    _remember(connection, observed, {jid: digests[jid] for jid in remembered if before.get(jid) != digests[jid]})
    _touch(connection, observed, [jid for jid in remembered if before.get(jid) == digests[jid]])


def end_waits(connection: Connection, observed: Observed) -> None:
    """Forget that anybody was waited for whom `observed` shows: after an invitation, or an addition that was answered.

    Such rows are few, so every group of a read is looked at: somebody may be recognised in a list that did not change,
    by a pair of names learnt since.
    """
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


def note_removals(
    connection: Connection, account: AccountKey, jid: GroupJid, removal: RemoveMembers, now: datetime
) -> None:
    names = [name for person in removal.people for name in (person.phone, person.lid) if name is not None]
    row = {"account": account, "jid": jid, "at": now, "people": len(removal.people), "why": removal.why}
    connection.execute(insert(removals), {**row, "names": b"\n".join(names)})


class PeopleOfRead(Set[Phone | Lid]):
    """The people of one good read, taken apart when asked for: a run looks at those of few groups of a thousand."""

    def __init__(self, names: bytes) -> None:
        self._written = names

    @cached_property
    def _names(self) -> frozenset[Phone | Lid]:
        return frozenset(map(_name, self._written.split(b"\n") if self._written else ()))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[Phone | Lid]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Snapshots(Mapping[GroupJid, Snapshot]):
    """Last good reads."""

    def __init__(self, rows: Mapping[GroupJid, tuple[datetime, int, bytes, bytes, bytes, bytes]]) -> None:
        self._rows = rows

    def __getitem__(self, jid: GroupJid) -> Snapshot:
        read_at, size, people, admins, owners, digest = self._rows[jid]
        return Snapshot(read_at, size, PeopleOfRead(people), PeopleOfRead(admins), PeopleOfRead(owners), digest)

    def __iter__(self) -> Iterator[GroupJid]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


_LAST_GOOD: Final = (
    select(
        good_reads.c.jid,
        good_reads.c.read_at,
        good_reads.c.size,
        snapshots.c.people,
        snapshots.c.admins,
        snapshots.c.owners,
        good_reads.c.digest,
    )
    .join_from(
        good_reads,
        snapshots,
        (good_reads.c.account == snapshots.c.account) & (good_reads.c.jid == snapshots.c.jid),
    )
    .where(good_reads.c.account == bindparam("account"))
)
_READ_OF_REMOVAL: Final = (good_reads.c.account == removals.c.account) & (good_reads.c.jid == removals.c.jid)
_REMOVED_SINCE_READ: Final = (
    select(removals.c.jid, removals.c.people)
    .join_from(removals, good_reads, _READ_OF_REMOVAL, isouter=True)
    .where(
        removals.c.account == bindparam("account"),
        good_reads.c.read_at.is_(None) | (removals.c.at >= good_reads.c.read_at),
    )
)
_REMOVED_LATELY: Final = (
    select(removals.c.jid, removals.c.at, removals.c.names, good_reads.c.read_at)
    .join_from(removals, good_reads, _READ_OF_REMOVAL)
    .where(removals.c.account == bindparam("account"), removals.c.names.is_not(None))
)


def last_good(connection: Connection, account: AccountKey) -> Snapshots:
    rows = connection.execute(_LAST_GOOD, {"account": account})
    return Snapshots({r.jid: (r.read_at, r.size, r.people, r.admins or b"", r.owners or b"", r.digest) for r in rows})


def removed_today(
    connection: Connection, account: AccountKey, now: datetime
) -> Mapping[GroupJid, Mapping[RemovalKind, int]]:
    """Our removals of the rolling day by what they were, and any that a clock set back has put into the future."""
    counts: dict[GroupJid, Counter[RemovalKind]] = {}
    for row in rows_after(connection, removals.c.at, account, now - DAY):
        # A row from before kinds were written counts for everything.
        why = RemovalKind.UNDECLARED if row.why is None else RemovalKind(row.why)
        counts.setdefault(row.jid, Counter())[why] += row.people
    return MappingProxyType(counts)


def removed_since_read(connection: Connection, account: AccountKey) -> Mapping[GroupJid, int]:
    """Our removals in each group since its last good read; in a group without one, all of them."""
    rows = connection.execute(_REMOVED_SINCE_READ, {"account": account})
    counts: dict[GroupJid, int] = {}
    for row in rows:
        counts[row.jid] = counts.get(row.jid, 0) + row.people
    return MappingProxyType(counts)


def removed_lately(connection: Connection, account: AccountKey) -> Mapping[GroupJid, Set[Phone | Lid]]:
    """Every name of those we removed from each group since its last good read, or shortly before it."""
    rows = connection.execute(_REMOVED_LATELY, {"account": account})
    names: dict[GroupJid, list[bytes]] = {}
    for row in rows:
        if row.at >= row.read_at - STILL_SHOWN:
            names.setdefault(row.jid, []).append(row.names)
    return MappingProxyType({jid: PeopleOfRead(b"\n".join(filter(None, theirs))) for jid, theirs in names.items()})


def forget_group(connection: Connection, account: AccountKey, jid: GroupJid) -> None:
    """Erase what hangs on a live group's id."""
    for table in (good_reads, snapshots, undemotable, removals):
        connection.execute(delete(table).where(table.c.account == account, table.c.jid == jid))


_LID_ENDING: Final = LID_ENDING.encode()


def _name(text: bytes) -> Phone | Lid:
    return Lid(text) if text.endswith(_LID_ENDING) else Phone(text)


def _learn(connection: Connection, account: AccountKey, people: Sequence[ObservedMember]) -> None:
    met: dict[Phone, Lid | None] = {}
    for phone, lid, _role, _by_lid in people:
        if phone is not None and (lid is not None or phone not in met):
            met[phone] = lid
    introduce(connection, account, met, seen=True)


def _remember(connection: Connection, observed: Observed, digests: Mapping[GroupJid, bytes]) -> None:
    account = observed.account
    names = {
        jid: [member.lid or member.phone or b"" for member in observed.groups[jid].members or ()] for jid in digests
    }
    upsert(
        connection,
        good_reads,
        [
            {
                "account": account,
                "jid": jid,
                "read_at": observed.read_at,
                "size": len(names[jid]),
                "digest": digest,
            }
            for jid, digest in digests.items()
        ],
    )
    rows = [
        {
            "account": account,
            "jid": jid,
            "people": b"\n".join(sorted(people)),
            "admins": _ranked(observed.groups[jid], Role.ADMIN, Role.OWNER),
            "owners": _ranked(observed.groups[jid], Role.OWNER),
        }
        for jid, people in names.items()
    ]
    upsert(connection, snapshots, rows)


def _ranked(group: ObservedGroup, *roles: Role) -> bytes:
    """The names of those with one of these roles, one a line."""
    return b"\n".join(
        sorted(member.lid or member.phone or b"" for member in group.members or () if member.role in roles)
    )


def _touch(connection: Connection, observed: Observed, unchanged: Sequence[GroupJid]) -> None:
    if unchanged:
        same = (good_reads.c.account == observed.account) & (good_reads.c.jid == bindparam("same_jid"))
        statement = update(good_reads).where(same).values(read_at=observed.read_at)
        connection.execute(statement, [{"same_jid": jid} for jid in unchanged])
