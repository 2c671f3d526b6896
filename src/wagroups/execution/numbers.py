"""Make sure that a number exists before somebody is added by it, and dial it as WhatsApp spells it.

Asking in vain costs the scarce budget of additions; a look-up costs that of look-ups, and its answer is kept.
"""

from collections.abc import Mapping

from wagroups.domain.budget import CallClass
from wagroups.domain.capability import Access, Aspect
from wagroups.domain.errors import GatewayError, SessionLost, Throttled
from wagroups.domain.identity import AccountKey, Identity, Phone
from wagroups.domain.memory import Check
from wagroups.domain.ports import Clock, Gateway, Ledger
from wagroups.execution.asking import rest
from wagroups.execution.pacing import Pacer
from wagroups.execution.retry import persistently


class Numbers:
    """The exists-check of one account, with the answers that are still fresh."""

    def __init__(
        self,
        gateway: Gateway,
        ledger: Ledger,
        pacer: Pacer,
        clock: Clock,
        account: AccountKey,
        checks: Mapping[Phone, Check],
    ) -> None:
        self._gateway, self._ledger, self._pacer, self._clock = gateway, ledger, pacer, clock
        self._account = account
        self._checks = dict(checks)

    async def confirmed(self, person: Identity) -> Identity | None:
        """`person` with the number as WhatsApp spells it; `None` when it has no account there."""
        phone = person.phone
        if phone is None or Access.READ not in self._gateway.capabilities.claim(Aspect.EXISTS_CHECK).access:
            return person
        if phone not in self._checks:
            await self._check(phone)
        check = self._checks.get(phone)
        if check is None:
            return person
        return person.model_copy(update={"phone": check.dial or phone}) if check.exists else None

    async def _check(self, phone: Phone) -> None:
        """Ask whether a number exists.  No answer leaves it unknown, and the declared spelling is dialled."""
        await self._pacer.turn(CallClass.CHECK)
        try:
            lookups = await persistently(lambda: self._gateway.identify([phone]), self._clock, idempotent_read=True)
        except Throttled as error:
            raise rest(self._pacer, CallClass.CHECK, error) from error
        except SessionLost:
            raise
        except GatewayError:
            return
        now = self._clock.now()
        self._ledger.note_lookups(self._account, lookups, now)
        for lookup in lookups:
            if lookup.exists is not None:
                self._checks[phone] = Check(lookup.exists, lookup.dial, now)
