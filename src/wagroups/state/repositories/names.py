"""Who an account has met: every phone with the LID it goes with, as reads and look-ups showed them.

There may be a quarter of a million people.  They cross the border to the database as one text each way, and the
database takes it apart or puts it together: as many rows, one by one, would cost seconds.
"""

import json
from collections.abc import Collection, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from wagroups.domain.identity import AccountKey, Lid, Phone
from wagroups.state.sql.tables import acquaintances
from wagroups.state.sql.transactions import inserting


def introduce(connection: Connection, account: AccountKey, met: Mapping[Phone, Lid | None], *, seen: bool) -> None:
    """Write down who was met.  A LID that was not shown, and a sight that was had before, are not forgotten.

    Everybody goes in one text that the database takes apart: as many rows, one by one, would cost seconds.
    """
    if not met:
        return
    text = json.dumps([[phone.reveal(), None if lid is None else lid.reveal()] for phone, lid in met.items()])
    phone, lid, each = _parts(connection, text)
    rows = select(literal(account), phone, lid, literal(seen)).select_from(each).where(true())
    new = inserting(connection, acquaintances).from_select(["account", "phone", "lid", "seen"], rows)
    old, latest = acquaintances.c, new.excluded
    connection.execute(
        new.on_conflict_do_update(
            index_elements=[old.account, old.phone],
            set_={"lid": func.coalesce(latest.lid, old.lid), "seen": or_(old.seen, latest.seen)},
            where=or_(
                and_(latest.lid.is_not(None), latest.lid.is_distinct_from(old.lid)),
                and_(latest.seen, not_(old.seen)),
            ),
        )
    )


def dispute(
    connection: Connection, account: AccountKey, lid: Lid, phone: Phone, own: Collection[Phone], *, again: bool
) -> bool:
    """Whether the answer that `phone` has `lid` contradicts what was learnt before; then neither side is kept.

    `own` are all numbers of the person, in every spelling.  An answer that was disputed before (`again`) is believed
    only when a read has shown the same since.
    """
    mine, learnt = acquaintances.c.account == account, acquaintances.c.lid
    spellings = phone.variants()
    others = mine & (learnt == lid) & acquaintances.c.phone.not_in(own)
    before = mine & acquaintances.c.phone.in_(spellings) & learnt.is_not(None)
    known = set(connection.execute(select(learnt).where(before)).scalars())
    if lid in known and len(known) == 1 and not _any(connection, others):
        return False
    if not (again or known - {lid} or _any(connection, others)):
        return False
    connection.execute(update(acquaintances).where(others | before).values(lid=None))
    return True


def _any(connection: Connection, where: ColumnElement[bool]) -> bool:
    return connection.execute(select(acquaintances.c.phone).where(where).limit(1)).first() is not None


class Acquaintances(NamedTuple):
    """Everybody an account has met."""

    pairs: Mapping[Phone, Lid]
    """Phone → the LID that was last met with it."""
    seen: frozenset[Phone]
    """Phones that some read has shown in a group."""


def acquainted(connection: Connection, account: AccountKey) -> Acquaintances:
    """Recall everybody."""
    pairs = _pairs(connection, account, _SEEN_PAIRS)
    seen = frozenset(chain(pairs, map(Phone, _gathered(connection, account, _SEEN_WITHOUT_LID))))
    pairs.update(_pairs(connection, account, _UNSEEN_PAIRS))
    return Acquaintances(MappingProxyType(pairs), seen)


def _pairs(connection: Connection, account: AccountKey, wanted: "Gathering") -> dict[Phone, Lid]:
    names = _gathered(connection, account, wanted)
    return dict(zip(map(Phone, names[::2]), map(Lid, names[1::2]), strict=True))


def names_of(connection: Connection, account: AccountKey, phone: Phone) -> frozenset[Phone | Lid]:
    """Every spelling of a number, and the LIDs that were met with one."""
    lids = select(acquaintances.c.lid).where(
        acquaintances.c.account == account,
        acquaintances.c.phone.in_(phone.variants()),
        acquaintances.c.lid.is_not(None),
    )
    return frozenset((*phone.variants(), *connection.execute(lids).scalars()))


Gathering: TypeAlias = Select[str]
"""One column of many rows, gathered in the database: a quarter of a million rows would cost most of a second."""


def _gathering(names: ColumnElement[str], *where: ColumnElement[bool]) -> Gathering:
    mine = acquaintances.c.account == bindparam("account")
    return select(func.aggregate_strings(names, " ")).where(mine, *where)


_PHONE: Final = type_coerce(acquaintances.c.phone, Text)
_PAIR: Final = _PHONE + " " + type_coerce(acquaintances.c.lid, Text)
_SEEN_PAIRS: Final = _gathering(_PAIR, acquaintances.c.seen, acquaintances.c.lid.is_not(None))
_UNSEEN_PAIRS: Final = _gathering(_PAIR, not_(acquaintances.c.seen), acquaintances.c.lid.is_not(None))
_SEEN_WITHOUT_LID: Final = _gathering(_PHONE, acquaintances.c.seen, acquaintances.c.lid.is_(None))


def _gathered(connection: Connection, account: AccountKey, wanted: Gathering) -> list[bytes]:
    text: str | None = connection.execute(wanted, {"account": account}).scalar()
    return text.encode().split() if text else []


def _parts(connection: Connection, text: str) -> tuple[ColumnElement[str], ColumnElement[str | None], TableValuedAlias]:
    """The two columns of a JSON text `[[phone, lid], …]`, and the rows that they are columns of."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        each = func.jsonb_array_elements(cast(literal(text, Text), postgresql.JSONB)).table_valued(
            Column("value", postgresql.JSONB)
        )
        return each.c.value[0].astext, each.c.value[1].astext, each
    each = func.json_each(text).table_valued("value")
    return func.json_extract(each.c.value, "$[0]"), func.json_extract(each.c.value, "$[1]"), each
