"""What single answers taught: about numbers, the account itself, admins who cannot be demoted, and the gateway."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, delete, select

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.identity import AccountKey, GroupJid, Identity, Lid, Me, Phone
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.memory import Check, Lack
from wagroups.domain.plans.budget import DAY, FRESH_FOR
from wagroups.domain.ports import Lookup
from wagroups.state.repositories.names import dispute, introduce
from wagroups.state.sql.tables import accounts, fresh, lacks, lookups, permissions, undemotable
from wagroups.state.sql.transactions import rows_after, rows_of, upsert

YES_KEPT: Final = timedelta(days=30)
NO_KEPT: Final = DAY
"""How long the exists-check's answers are believed (safety guide, part 2): a number can be registered any day."""

NO_LID_KEPT: Final = timedelta(days=7)
"""How long it is believed that a LID cannot be learnt.  Chosen: asking daily would eat the budget for checks."""

LACKS_KEPT: Final = timedelta(days=7)
"""How long it is believed that a gateway cannot do something.  Chosen: an update that changes the version counts at
once, others within a week, and one call a week costs nothing."""


def note_lookups(
    connection: Connection,
    account: AccountKey,
    answers: Sequence[Lookup],
    now: datetime,
    former: Mapping[Phone, Collection[Phone]],
) -> frozenset[Phone]:
    """Remember answers about numbers; returns those whose LID contradicts what was learnt before.

    What an answer does not speak of stays as it was, and of one about another number nothing is kept.
    """
    contradicted: set[Phone] = set()
    for answer in answers:
        if answer.about_another:
            continue
        known = connection.execute(
            select(lookups).where(lookups.c.account == account, lookups.c.phone == answer.asked)
        ).one_or_none()
        lid, disputed = answer.usable().lid, known.disputed if known else None
        if lid is not None:
            own = {spelling for each in (answer.asked, *former.get(answer.asked, ())) for spelling in each.variants()}
            if dispute(connection, account, lid, answer.asked, own, again=lid == disputed):
                contradicted.add(answer.asked)
                lid, disputed = None, lid
            else:
                introduce(connection, account, {answer.dial or answer.asked: lid}, seen=False)
                disputed = None
        doubted = answer.mispaired or answer.asked in contradicted
        row: dict[str, object] = {
            "account": account,
            "phone": answer.asked,
            "on_whatsapp": known.on_whatsapp if known else None,
            "dial": known.dial if known else None,
            "checked_at": known.checked_at if known else None,
            # Not to have learnt it is not to know that there is none.
            "no_lid_at": now if lid is None and answer.exists is not False and not doubted else None,
            "disputed": disputed,
        }
        if answer.exists is not None:
            row |= {"on_whatsapp": answer.exists, "dial": answer.dial, "checked_at": now}
        upsert(connection, lookups, row)
    return frozenset(contradicted)


def forget_identity(connection: Connection, account: AccountKey, now: datetime) -> None:
    """Let the name stand for whoever is connected next, whose number is new to WhatsApp for `FRESH_FOR`."""
    connection.execute(delete(accounts).where(accounts.c.account == account))
    # What one number was used for says nothing of another.
    connection.execute(delete(permissions).where(permissions.c.account == account))
    upsert(connection, fresh, {"account": account, "until": now + FRESH_FOR})


def fresh_until(connection: Connection, account: AccountKey, now: datetime) -> datetime | None:
    """Until when the account's number is new to WhatsApp; `None` when it is not, or nobody said so."""
    until: datetime | None = connection.execute(select(fresh.c.until).where(fresh.c.account == account)).scalar()
    return until if until is not None and until > now else None


def note_account(connection: Connection, account: AccountKey, me: Me, now: datetime) -> None:
    """Remember who is behind the account's name: the first identity stays, its missing name is filled in."""
    first = identity_of(connection, account)
    if first is None:
        first, same = me, True
    else:
        same = (me.phone is not None and me.phone == first.phone) or (me.lid is not None and me.lid == first.lid)
        if not same or (first.phone and first.lid):
            return
    row = {"phone": first.phone or me.phone, "lid": first.lid or me.lid, "first_used_at": now}
    upsert(connection, accounts, {"account": account, **row})


def note_undemotable(
    connection: Connection,
    account: AccountKey,
    jid: GroupJid,
    person: Identity,
    now: datetime,
    until: datetime | None,
) -> None:
    """Under both names: the next read may show the other one."""
    row = {"account": account, "jid": jid, "at": now, "until": until}
    names = [name for name in (person.lid, person.phone) if name is not None]
    upsert(connection, undemotable, [{**row, "name": name} for name in names])


def identity_of(connection: Connection, account: AccountKey) -> Me | None:
    row = rows_of(connection, accounts, account).one_or_none()
    return None if row is None else Me(row.phone, row.lid)


def checks(connection: Connection, account: AccountKey, now: datetime) -> Mapping[Phone, Check]:
    """Answers that are still believed."""
    rows = rows_after(connection, lookups.c.checked_at, account, now - YES_KEPT)
    return MappingProxyType(
        {
            row.phone: Check(row.on_whatsapp, row.dial, row.checked_at)
            for row in rows
            if row.on_whatsapp or row.checked_at > now - NO_KEPT
        }
    )


def without_lid(connection: Connection, account: AccountKey, now: datetime) -> Mapping[Phone, datetime]:
    rows = rows_after(connection, lookups.c.no_lid_at, account, now - NO_LID_KEPT)
    return MappingProxyType({row.phone: row.no_lid_at for row in rows})


def undemotable_in(
    connection: Connection, account: AccountKey, now: datetime
) -> frozenset[tuple[GroupJid, Phone | Lid]]:
    rows = rows_of(connection, undemotable, account)
    return frozenset((row.jid, row.name) for row in rows if row.until is None or row.until > now)


def note_permissions(connection: Connection, account: AccountKey, held: Permissions) -> None:
    upsert(connection, permissions, {"account": account, "held": held.model_dump_json()})


def permissions_of(connection: Connection, account: AccountKey) -> Permissions | None:
    row = rows_of(connection, permissions, account).first()
    return None if row is None else Permissions.model_validate_json(row.held)


def note_lack(connection: Connection, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
    """Remember what a gateway answered that it cannot do, with its version, which may be empty."""
    upsert(connection, lacks, {"account": account, "aspect": aspect.value, "version": version, "at": now})


def lacking(connection: Connection, account: AccountKey, now: datetime) -> Mapping[Aspect, Lack]:
    """Answers of that kind that are believed at `now`."""
    rows = rows_after(connection, lacks.c.at, account, now - LACKS_KEPT)
    return MappingProxyType({Aspect(row.aspect): Lack(row.version, row.at) for row in rows})
