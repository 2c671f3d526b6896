"""The lock of an account, and what proves to the other parts of the ledger that this run still has it."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey
from wagroups.state.repositories import leases
from wagroups.state.sql.transactions import Store


class LedgerPart:
    """What every part of the ledger has in common: the store, and the proofs of the leases that this process holds."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._store = store
        self._key = key
        self._tokens: dict[AccountKey, str] = {}

    @property
    def writable(self) -> bool:
        return self._store.writable

    def _prove(self, connection: Connection, account: AccountKey) -> None:
        if (token := self._tokens.get(account)) is not None:
            leases.prove(connection, account, token)


class SqlLock(LedgerPart):
    """A `domain.ledger.Lock`."""

    @contextmanager
    def hold(self, account: AccountKey, now: datetime) -> Iterator[None]:
        token = secrets.token_hex(16)
        began = time.time()

        def beat() -> bool:
            # The caller's clock, carried on by this machine's, which goes on while the machine sleeps.
            with self._store.writing() as connection:
                return leases.prolong(connection, account, token, now + timedelta(seconds=time.time() - began))

        with self._store.writing() as connection:
            leases.take(connection, account, token, now)
        outer = self._tokens.get(account)
        self._tokens[account] = token
        heartbeat = leases.Heartbeat(beat)
        heartbeat.start()
        try:
            yield
        finally:
            heartbeat.stop()
            if outer is None:
                del self._tokens[account]
            else:
                self._tokens[account] = outer
            # A lease that cannot be given back ends by itself; what happened meanwhile matters more.
            with suppress(LedgerError), self._store.writing() as connection:
                leases.give_back(connection, account, token)

    def unlock(self, account: AccountKey) -> bool:
        """Take the lease from whoever has it; false when nobody has.  A living holder stops at its next write."""
        with self._store.writing() as connection:
            return leases.unlock(connection, account)
