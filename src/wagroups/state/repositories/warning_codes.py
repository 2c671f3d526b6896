"""The latest answers to additions, and the rest that follows from them in the same transaction."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete

from wagroups.domain.identity import AccountKey
from wagroups.domain.live.tombstone import mark
from wagroups.domain.live.warning_codes import ADDITIONS, ADDS_REST, WATCHED_ADDS, Codes, Sign, warning_in
from wagroups.domain.plans.budget import Breaker
from wagroups.state.repositories import budgets
from wagroups.state.sql.migrations import pseudonym_key
from wagroups.state.sql.tables import additions
from wagroups.state.sql.transactions import rows_of, upsert

_SUCCESS: Final = 200


def note(connection: Connection, account: AccountKey, signs: Sequence[Sign], now: datetime) -> None:
    """Remember answers, and let additions rest once they say so; the same answers then count no more."""
    seen = _entries(connection, account)
    for sign in signs:
        entry = [sign.code, "" if sign.person is None else mark(pseudonym_key(connection), sign.person)]
        if sign.code != _SUCCESS and sign.person is not None:
            # Asked about the same person again, WhatsApp said the same: that is no second sign.
            seen = [earlier for earlier in seen if earlier != entry]
        seen.append(entry)
    seen = seen[-WATCHED_ADDS:]
    warning = warning_in([code for code, _ in seen])
    if warning is None:
        upsert(connection, additions, {"account": account, "codes": json.dumps(seen)})
        return
    for calls in ADDITIONS:
        budgets.trip(connection, account, Breaker(calls=calls, until=now + ADDS_REST, reason=warning))
    forget(connection, account)


def latest(connection: Connection, account: AccountKey) -> Codes:
    """The answers since the last rest that they led to, at most `WATCHED_ADDS`, oldest first."""
    return tuple(code for code, _ in _entries(connection, account))


def _entries(connection: Connection, account: AccountKey) -> list[list[Any]]:
    """Pairs of a code and the keyed hash of a number; older ledgers have codes alone."""
    row = rows_of(connection, additions, account).first()
    entries = [] if row is None else json.loads(row.codes)
    return [entry if isinstance(entry, list) else [entry, ""] for entry in entries]


def forget(connection: Connection, account: AccountKey) -> None:
    connection.execute(delete(additions).where(additions.c.account == account))
