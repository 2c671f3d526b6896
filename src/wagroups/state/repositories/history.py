"""What was done and what a look said of it; beside it, what the journal knows of runs that nobody judged."""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select

from wagroups.domain.identity import REVEAL, AccountKey
from wagroups.domain.live.memory import Intent
from wagroups.domain.plans.change import Change
from wagroups.domain.plans.history import SEEN, HistoryQuery, PastAction, changes_of
from wagroups.domain.plans.outcome import NotAttempted, StepOutcome, Verdict
from wagroups.domain.plans.plan import Reason
from wagroups.state.repositories.journal import OUTCOME
from wagroups.state.sql.tables import history, journal

CHANGE: Final[TypeAdapter[Change]] = TypeAdapter(Change)


def note(connection: Connection, actions: Sequence[PastAction]) -> None:
    """Write down what became of a run's actions."""
    if actions:
        connection.execute(insert(history), [_row(action) for action in actions])


def recall(connection: Connection, account: AccountKey, query: HistoryQuery) -> tuple[PastAction, ...]:
    """Newest first."""
    found = [*_judged(connection, account, query), *_unjudged(connection, account, query)]
    newest = sorted(found, key=lambda action: action.at, reverse=True)
    return tuple(newest if query.limit is None else newest[: query.limit])


def _row(action: PastAction) -> dict[str, object]:
    person = action.person
    return {
        "account": action.account,
        "group_key": action.group,
        "run": action.run,
        "at": action.at,
        "actor": action.actor,
        "revision": action.revision,
        "change": CHANGE.dump_json(action.change, context=REVEAL).decode(),
        "alias": None if person is None else person.alias,
        "phone": None if person is None else person.phone,
        "lid": None if person is None else person.lid,
        "reason": action.reason,
        "verdict": action.verdict,
        "error": action.error,
    }


def _judged(connection: Connection, account: AccountKey, query: HistoryQuery) -> Iterator[PastAction]:
    wanted = select(history).where(history.c.account == account).order_by(history.c.id.desc())
    if query.groups:
        wanted = wanted.where(history.c.group_key.in_(query.groups))
    if query.since is not None:
        wanted = wanted.where(history.c.at >= query.since)
    if query.limit is not None and not query.people:
        wanted = wanted.limit(query.limit)
    return filter(query.includes, map(_action, connection.execute(wanted)))


def _action(row: Row[tuple[object, ...]]) -> PastAction:
    return PastAction(
        account=row.account,
        group=row.group_key,
        run=row.run,
        at=row.at,
        actor=row.actor,
        revision=row.revision,
        change=CHANGE.validate_json(row.change),
        reason=None if row.reason is None else Reason(row.reason),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        error=row.error,
    )


def _unjudged(connection: Connection, account: AccountKey, query: HistoryQuery) -> Iterator[PastAction]:
    """The steps of runs that ended before anybody looked, of verbs of their own, and of older programs."""
    judged = select(history.c.run).where(history.c.account == account)
    wanted = select(journal).where(journal.c.account == account, journal.c.run.not_in(judged) | journal.c.run.is_(None))
    if query.groups:
        wanted = wanted.where(journal.c.group_key.in_(query.groups))
    wanted = wanted.order_by(journal.c.number.desc())
    if query.limit is not None and not query.people:
        wanted = wanted.limit(query.limit)
    for row in connection.execute(wanted):
        intent = Intent.model_validate_json(row.intent)
        outcome = None if row.outcome is None else OUTCOME.validate_json(row.outcome)
        if isinstance(outcome, NotAttempted):
            continue
        for change in changes_of(intent.operation):
            action = PastAction(
                account=account,
                group=row.group_key,
                run=intent.run,
                at=row.concluded_at or intent.intended_at,
                actor=intent.actor,
                change=change,
                verdict=Verdict.DONE if row.finding == SEEN else None,
                error=None if row.finding == SEEN else _answer(outcome),
            )
            if query.includes(action):
                yield action


def _answer(outcome: StepOutcome | None) -> str:
    match outcome:
        case None:
            return "the run ended before an answer came"
        case _ if outcome.kind == "done":
            return "the gateway reported success, but no later read is recorded"
        case _:
            return getattr(outcome, "message", outcome.kind)
