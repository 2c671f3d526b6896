"""The budgets of the ledger: what is charged, each charge in a transaction of its own."""

from collections.abc import Mapping
from datetime import datetime

from wagroups.domain.identity import AccountKey
from wagroups.domain.ledger import Deferred, Granted, Standing
from wagroups.domain.live.warning_codes import ADDITIONS
from wagroups.domain.plans.budget import Allowance, Breaker, CallClass
from wagroups.state.lock import LedgerPart
from wagroups.state.repositories import budgets, warning_codes


class SqlBudgets(LedgerPart):
    """A `domain.ledger.Budgets`."""

    def reserve(
        self,
        account: AccountKey,
        calls: CallClass,
        allowance: Allowance,
        now: datetime,
        stretch: float,
        *,
        urgent: bool = False,
    ) -> Granted | Deferred:
        if not self.writable and not calls.writes:
            return Granted()
        with self._store.writing() as connection:
            self._prove(connection, account)
            return budgets.charge(connection, account, calls, allowance, now, stretch, urgent=urgent)

    def standing(self, account: AccountKey, now: datetime) -> Standing:
        with self._store.reading() as connection:
            return budgets.standing(connection, account, now)

    def trip(self, account: AccountKey, breaker: Breaker) -> None:
        if self.writable:
            with self._store.writing() as connection:
                budgets.trip(connection, account, breaker)

    def note_pause(self, account: AccountKey, calls: CallClass, until: datetime) -> None:
        with self._store.writing() as connection:
            budgets.note_pause(connection, account, calls, until)

    def reset_breaker(self, account: AccountKey, calls: CallClass | None) -> None:
        with self._store.writing() as connection:
            budgets.reset(connection, account, calls)
            if calls is None or calls in ADDITIONS:
                warning_codes.forget(connection, account)

    def note_spent(self, account: AccountKey, attempts: Mapping[CallClass, int], at: datetime) -> None:
        """Count attempts that this ledger did not see."""
        with self._store.writing() as connection:
            budgets.note_spent(connection, account, attempts, at)
