"""Assemble what is remembered of one account."""

from datetime import datetime

from sqlalchemy import Connection

from wagroups.domain.identity import AccountKey
from wagroups.domain.live.memory import Memory
from wagroups.state.repositories import (
    answers,
    budgets,
    exchanges,
    groups,
    invitations,
    journal,
    learnt_limits,
    names,
    open_points,
    other_accounts,
    presences,
    reads,
    tombstones,
    warning_codes,
)


def recall(connection: Connection, account: AccountKey, now: datetime, *, key: bytes, writable: bool) -> Memory:
    """Everything that still holds at `now`.  Empty for an account that was never seen."""
    acquaintances = names.acquainted(connection, account)
    standing = budgets.standing(connection, account, now)
    return Memory(
        account=account,
        key=key,
        me=answers.identity_of(connection, account),
        bindings=groups.bound(connection, account),
        permissions=answers.permissions_of(connection, account),
        claims=groups.claimed(connection),
        since=groups.remembered(connection, account),
        neighbours=other_accounts.of(connection, account),
        unsettled=journal.unsettled(connection, account),
        pairs=acquaintances.pairs,
        checks=answers.checks(connection, account, now),
        no_lid=answers.without_lid(connection, account, now),
        snapshots=reads.last_good(connection, account),
        seen=acquaintances.seen,
        applied=groups.last_applied(connection, account),
        blind=groups.written_blind(connection, account, refused=False),
        blind_refused=groups.written_blind(connection, account, refused=True),
        pictures=groups.put_up(connection, account),
        open_points=open_points.recalled(connection, account),
        lacks=learnt_limits.lacking(connection, account, now),
        refusals=groups.refused(connection, account, now),
        invitations=invitations.invited(connection, account),
        undemotable=answers.undemotable_in(connection, account, now),
        unseen_additions=groups.unseen(connection, account, now),
        approvals=groups.approved(connection, account),
        exchanges=exchanges.waiting(connection, account),
        presences=presences.recalled(connection, account),
        fruitless=groups.fruitless_of(connection, account, now),
        tombstones=tombstones.recalled(connection, account),
        removed_lately=reads.removed_lately(connection, account),
        removed_today=reads.removed_today(connection, account, now),
        removed_since_read=reads.removed_since_read(connection, account),
        spent=standing.spent,
        breakers=tuple(rest for rest in standing.breakers if rest.until > now),
        lessons=tuple(rest for rest in standing.breakers if rest.until <= now),
        additions=warning_codes.latest(connection, account),
        writable=writable,
    )
