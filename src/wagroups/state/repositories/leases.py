"""At most one run works on an account.

A lease is kept alive by a thread and belongs to one `hold`: its token is the proof.  A run that was suspended past
its lease and lost it to another must not write again, so the token is looked at in the very transactions
that charge a budget or open an intent.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from wagroups.domain.errors import LedgerError, Locked
from wagroups.domain.identity import AccountKey
from wagroups.state.sql.process import Holder, provably_dead, this_process
from wagroups.state.sql.tables import leases
from wagroups.state.sql.transactions import rows_of, upsert

LEASE: Final = timedelta(seconds=120)
"""How long a lease lasts without a sign of life.  Chosen: four heartbeats may fail, and nobody waits for long."""

HEARTBEAT: Final = timedelta(seconds=30)
"""Time between two signs of life."""


def take(connection: Connection, account: AccountKey, token: str, now: datetime) -> None:
    """Write down that `token` holds the account.  Raises Locked when somebody else still does."""
    row = rows_of(connection, leases, account).one_or_none()
    if row is not None:
        holder = Holder(row.host, row.boot, row.pid, row.started)
        if row.expires_at > now and not provably_dead(holder):
            where = "on this machine" if holder.host == this_process().host else "on another machine"
            raise Locked(
                f"Account {account} is held by another run: process {holder.pid} {where}, "
                f"since {row.taken_at:%Y-%m-%d %H:%M} UTC.",
                hint=f"Wait for it to end; if you are sure that it has ended, run `wagroups state unlock {account}`.",
            )
    me = this_process()
    upsert(
        connection,
        leases,
        {"account": account, "token": token, **me._asdict(), "taken_at": now, "expires_at": now + LEASE},
    )


def prolong(connection: Connection, account: AccountKey, token: str, now: datetime) -> bool:
    """Give a sign of life; false when the lease is no longer ours."""
    mine = (leases.c.account == account) & (leases.c.token == token)
    return connection.execute(update(leases).where(mine).values(expires_at=now + LEASE)).rowcount == 1


def give_back(connection: Connection, account: AccountKey, token: str) -> None:
    connection.execute(delete(leases).where(leases.c.account == account, leases.c.token == token))


def unlock(connection: Connection, account: AccountKey) -> bool:
    """Take the lease from whoever has it; false when nobody has."""
    return connection.execute(delete(leases).where(leases.c.account == account)).rowcount == 1


def prove(connection: Connection, account: AccountKey, token: str) -> None:
    """Raise Locked when the lease of `token` was lost."""
    if connection.execute(select(leases.c.token).where(leases.c.account == account)).scalar() != token:
        raise Locked(
            f"This run no longer holds account {account}: its lease expired, or it was unlocked.",
            hint="Nothing was sent after that.  Run the same command again.",
        )


class Heartbeat:
    """A thread that calls `beat` until it is stopped, or until `beat` says that the lease is gone."""

    def __init__(self, beat: Callable[[], bool], every: timedelta = HEARTBEAT) -> None:
        self._beat = beat
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wagroups-lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._every.total_seconds()):
            try:
                if not self._beat():
                    return
            except LedgerError:
                # A busy or unreachable store: three more beats fit into the lease.
                continue
