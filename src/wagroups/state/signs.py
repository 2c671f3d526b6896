"""The latest answers to additions, and the rest that follows from them in the same transaction."""

import json
from datetime import datetime

from sqlalchemy import Connection, delete, select

from wagroups.domain.budget import Breaker
from wagroups.domain.identity import AccountKey
from wagroups.domain.signs import ADDITIONS, ADDS_REST, WATCHED_ADDS, Codes, warning_in
from wagroups.state import budgets
from wagroups.state.schema import additions
from wagroups.state.store import upsert


def note(connection: Connection, account: AccountKey, codes: Codes, now: datetime) -> None:
    """Remember answers, and let additions rest once they say so; the same answers then count no more."""
    seen = (*latest(connection, account), *codes)[-WATCHED_ADDS:]
    warning = warning_in(seen)
    if warning is None:
        upsert(connection, additions, {"account": account, "codes": json.dumps(seen)})
        return
    for calls in ADDITIONS:
        budgets.trip(connection, account, Breaker(calls=calls, until=now + ADDS_REST, reason=warning))
    forget(connection, account)


def latest(connection: Connection, account: AccountKey) -> Codes:
    """The answers since the last rest that they led to, at most `WATCHED_ADDS`, oldest first."""
    codes = connection.execute(select(additions.c.codes).where(additions.c.account == account)).scalar()
    return () if codes is None else tuple(json.loads(codes))


def forget(connection: Connection, account: AccountKey) -> None:
    connection.execute(delete(additions).where(additions.c.account == account))
