"""What was about to be asked, and how it ended.  Also the audit log: rows are added, never changed back.

A journal is never replayed.  An intent without a conclusion is *unsettled* until somebody has looked.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import REVEAL, AccountKey, GroupKey
from wagroups.domain.live.memory import Intent, Unsettled
from wagroups.domain.plans.operation import CreateGroup
from wagroups.domain.plans.outcome import StepOutcome, Uncertain
from wagroups.state.sql.tables import approvals, audit, journal
from wagroups.state.sql.transactions import upsert

OUTCOME: Final[TypeAdapter[StepOutcome]] = TypeAdapter(StepOutcome)

ABANDONED: Final = "abandoned"


class JournalEntry(NamedTuple):
    """One step of the past, for `status`."""

    number: int
    intent: Intent
    outcome: StepOutcome | None
    """`None`: the run ended before it was written down."""
    concluded_at: datetime | None
    finding: str | None
    """What a later look said: `seen`, `not-seen`, `adopted`, `abandoned`."""
    settled_at: datetime | None


def open_intent(connection: Connection, intent: Intent) -> int:
    """Write an intent down; returns its number."""
    row = {
        "account": intent.account,
        "group_key": intent.group,
        "intent": intent.model_dump_json(context=REVEAL),
        "unsettled": True,
        "run": intent.run,
    }
    key = connection.execute(insert(journal).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def conclude(connection: Connection, number: int, outcome: StepOutcome, at: datetime) -> Intent:
    """Write an outcome down, and return what was intended; only an `Uncertain` one leaves the intent unsettled."""
    _change(
        connection,
        number,
        outcome=OUTCOME.dump_json(outcome, context=REVEAL).decode(),
        concluded_at=at,
        unsettled=isinstance(outcome, Uncertain),
    )
    written = connection.execute(select(journal.c.intent).where(journal.c.number == number)).scalar_one()
    return Intent.model_validate_json(written)


def settle(connection: Connection, number: int, finding: str, at: datetime) -> None:
    """Write down what a look said."""
    _change(connection, number, finding=finding, settled_at=at, unsettled=False)


def abandon(
    connection: Connection, account: AccountKey, group: GroupKey, at: datetime, *, creations_only: bool = True
) -> int:
    """Give up a group's unsettled intents; returns how many there were."""
    given_up = [
        entry.number
        for entry in unsettled(connection, account)
        if entry.intent.group == group and (isinstance(entry.intent.operation, CreateGroup) or not creations_only)
    ]
    for number in given_up:
        settle(connection, number, ABANDONED, at)
    return len(given_up)


_UNSETTLED: Final = (
    select(journal).where(journal.c.account == bindparam("account"), journal.c.unsettled).order_by(journal.c.number)
)


def unsettled(connection: Connection, account: AccountKey) -> tuple[Unsettled, ...]:
    """Oldest first."""
    rows = connection.execute(_UNSETTLED, {"account": account})
    return tuple(Unsettled(row.number, _intent(row), row.looks or 0) for row in rows)


def note_looks(connection: Connection, numbers: Sequence[int]) -> None:
    """Count one more look that showed nothing new."""
    one_more = func.coalesce(journal.c.looks, 0) + 1
    connection.execute(update(journal).where(journal.c.number.in_(numbers)).values(looks=one_more))


def recent(connection: Connection, account: AccountKey, limit: int) -> tuple[JournalEntry, ...]:
    """Newest first."""
    mine = select(journal).where(journal.c.account == account).order_by(journal.c.number.desc()).limit(limit)
    return tuple(
        JournalEntry(
            row.number,
            _intent(row),
            None if row.outcome is None else OUTCOME.validate_json(row.outcome),
            row.concluded_at,
            row.finding,
            row.settled_at,
        )
        for row in connection.execute(mine)
    )


def rename(connection: Connection, account: AccountKey, before: GroupKey, after: GroupKey) -> None:
    """Let the unsettled intents follow their group; the past keeps the name that it happened under."""
    mine = (journal.c.account == account) & (journal.c.group_key == before) & journal.c.unsettled
    connection.execute(update(journal).where(mine).values(group_key=after))


def approve(connection: Connection, digest: str, actions: Sequence[str], now: datetime) -> datetime:
    """Remember an approval; returns the time of the first one for the same digest."""
    first = connection.execute(select(approvals.c.first_applied_at).where(approvals.c.digest == digest)).scalar()
    row = {"digest": digest, "first_applied_at": first or now, "actions": json.dumps(sorted(actions))}
    upsert(connection, approvals, row)
    return first or now


def append_audit(connection: Connection, run: str, at: datetime, actor: str, entries: Sequence[str]) -> None:
    if entries:
        connection.execute(insert(audit), [{"run": run, "at": at, "actor": actor, "entry": entry} for entry in entries])


def _intent(row: Row[tuple[object, ...]]) -> Intent:
    return Intent.model_validate_json(row.intent).model_copy(update={"account": row.account, "group": row.group_key})


def _change(connection: Connection, number: int, **values: object) -> None:
    if connection.execute(update(journal).where(journal.c.number == number).values(values)).rowcount != 1:
        raise LedgerError(
            f"The journal has no entry {number}.", hint="The ledger was replaced during the run; run again."
        )
