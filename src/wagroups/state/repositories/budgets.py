"""What an account has spent, and the rests it must take.

Rows are attempts, not balances: a balance would have to trust the clock, while an attempt that lies in the
future simply counts as made now (`domain.plans.budget.next_free`), so setting a clock back frees nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from wagroups.domain.identity import AccountKey
from wagroups.domain.ledger import Deferred, Granted, Standing
from wagroups.domain.plans.budget import (
    ABOUT_NEW_PEOPLE,
    DAY,
    LESSON,
    Allowance,
    Breaker,
    CallClass,
    Spent,
    holding_urgent,
    lessened,
    next_free,
)
from wagroups.state.sql.tables import breakers, pauses, spent
from wagroups.state.sql.transactions import rows_after, rows_of, upsert

KEPT: Final = timedelta(days=30)
"""How long an attempt is kept after it stopped to count.  Chosen: a clock that was days ahead is set back some day."""


_NEW_PEOPLE: Final = "new people"
"""In place of a class: rests of every write that keep the account from new people alone."""


def _row_key(breaker: Breaker) -> str:
    """A rest replaces another one of its kind.  A lock about new people must not hide that everything rests."""
    if breaker.calls is not None:
        return breaker.calls.value
    return _NEW_PEOPLE if breaker.reason in ABOUT_NEW_PEOPLE else ""


def charge(
    connection: Connection,
    account: AccountKey,
    calls: CallClass,
    allowance: Allowance,
    now: datetime,
    stretch: float,
    *,
    urgent: bool,
) -> Granted | Deferred:
    """Charge one attempt if the budget allows.  The caller's transaction must exclude others."""
    # A gap of more than a day can only come from a budget that somebody wrote.
    made = _attempts(connection, account, now - max(DAY, allowance.gap * 2), calls).get(calls, ())
    rests = _remembered(connection, account, now)
    rests = holding_urgent(rests) if urgent else rests
    free = next_free(allowance, made, rests, calls, now)
    if free is None or free > now:
        return Deferred(free, _reason(lessened(allowance, rests, calls), made, rests, calls, now, free))
    connection.execute(
        insert(spent), {"account": account, "calls": calls.value, "at": now, "gap": allowance.gap * stretch}
    )
    mine = (spent.c.account == account) & (spent.c.calls == calls.value)
    connection.execute(delete(spent).where(mine, spent.c.at < now - KEPT))
    return Granted()


def note_spent(connection: Connection, account: AccountKey, attempts: Mapping[CallClass, int], at: datetime) -> None:
    rows = [
        {"account": account, "calls": calls.value, "at": at, "gap": timedelta(0)}
        for calls, number in sorted(attempts.items())
        for _ in range(number)
    ]
    if rows:
        connection.execute(insert(spent), rows)


def standing(connection: Connection, account: AccountKey, now: datetime) -> Standing:
    return Standing(
        MappingProxyType(_attempts(connection, account, now - DAY)),
        _remembered(connection, account, now),
        _paused(connection, account, now),
    )


def note_pause(connection: Connection, account: AccountKey, calls: CallClass, until: datetime) -> None:
    upsert(connection, pauses, {"account": account, "calls": calls.value, "until": until})


def _paused(connection: Connection, account: AccountKey, now: datetime) -> Mapping[CallClass, datetime]:
    told = rows_after(connection, pauses.c.until, account, now)
    return MappingProxyType({CallClass(row.calls): row.until for row in told})


def trip(connection: Connection, account: AccountKey, breaker: Breaker) -> None:
    """Write a rest down, unless one of the same class lasts longer."""
    for rest in _rests(connection, account):
        if _row_key(rest) == _row_key(breaker) and rest.until > breaker.until:
            return
    upsert(
        connection,
        breakers,
        {
            "account": account,
            "calls": _row_key(breaker),
            "until": breaker.until,
            "reason": breaker.reason,
            "strikes": breaker.strikes,
            "hourly": breaker.hourly,
        },
    )


def reset(connection: Connection, account: AccountKey, calls: CallClass | None) -> None:
    """Lift the rest of one class, or every rest with `None`; strikes are forgotten with it."""
    lifted = delete(breakers).where(breakers.c.account == account)
    connection.execute(lifted if calls is None else lifted.where(breakers.c.calls == calls.value))
    ended = delete(pauses).where(pauses.c.account == account)
    connection.execute(ended if calls is None else ended.where(pauses.c.calls == calls.value))


_ATTEMPTS: Final = (
    select(spent.c.calls, spent.c.at, spent.c.gap)
    .where(spent.c.account == bindparam("account"), spent.c.at > bindparam("since"))
    .order_by(spent.c.at, spent.c.id)
)
_ATTEMPTS_OF_A_CLASS: Final = _ATTEMPTS.where(spent.c.calls == bindparam("calls"))


def _attempts(
    connection: Connection, account: AccountKey, since: datetime, calls: CallClass | None = None
) -> dict[CallClass, tuple[Spent, ...]]:
    wanted = {"account": account, "since": since, "calls": calls.value if calls is not None else None}
    by_class: dict[CallClass, list[Spent]] = defaultdict(list)
    for row in connection.execute(_ATTEMPTS if calls is None else _ATTEMPTS_OF_A_CLASS, wanted):
        by_class[CallClass(row.calls)].append(Spent(row.at, row.gap))
    return {kind: tuple(attempts) for kind, attempts in by_class.items()}


def _remembered(connection: Connection, account: AccountKey, now: datetime) -> tuple[Breaker, ...]:
    """The rests that hold, and those that ended so lately that they still teach something."""
    return tuple(rest for rest in _rests(connection, account) if rest.until > now - LESSON)


def _rests(connection: Connection, account: AccountKey) -> tuple[Breaker, ...]:
    rows = rows_of(connection, breakers, account)
    return tuple(
        Breaker(
            calls=CallClass(row.calls) if row.calls not in ("", _NEW_PEOPLE) else None,
            until=row.until,
            reason=row.reason,
            strikes=row.strikes,
            hourly=row.hourly,
        )
        for row in rows
    )


def _reason(
    allowance: Allowance,
    made: tuple[Spent, ...],
    rests: tuple[Breaker, ...],
    calls: CallClass,
    now: datetime,
    free: datetime | None,
) -> str:
    """The word for what keeps the call until `free`; of several, the one that a person can do most about."""
    if free is None:
        return "day" if allowance.day == 0 else "hour"
    for rest in rests:
        if next_free(Allowance(), (), (rest,), calls, now) == free:
            return f"breaker:{rest.reason}"
    if next_free(Allowance(), made, (), calls, now) == free:
        return "gap"
    hourly = Allowance(hour=allowance.hour)
    return "hour" if next_free(hourly, made, (), calls, now) == free else "day"
