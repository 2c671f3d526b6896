"""Ask a gateway about a number, and believe only what is about that number.

Everything that is learnt of single numbers comes through `ask_about`: an answer is compared with its question, because
gateways mix them up, and a stranger's number in the place of somebody's own puts the stranger into the group.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.errors import GatewayError, Rejected, SessionLost
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.ledger import AnswerFacts
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.memory import Check
from wagroups.domain.ports import Clock, Lookup
from wagroups.execution.gateway_calls import PacedGateway

ABOUT_ANOTHER: Final = "when asked about their number, the gateway answered about another one"
MISPAIRED: Final = "when asked for their LID, the gateway gave the LID of another number"
CONTRADICTED: Final = "what the gateway says about their LID contradicts what was learnt before, so neither is trusted"


class Answered(NamedTuple):
    """What came of a question about one number."""

    lookup: Lookup
    """As far as it is about the number that was asked about."""
    doubt: str | None
    """What of the answer is not believed, in words that follow a name and a colon."""


async def ask_about(
    gateway: PacedGateway, facts: AnswerFacts, clock: Clock, phone: Phone, former: Collection[Phone] = ()
) -> Answered:
    """Whether a number exists, how WhatsApp spells it, and its LID; the ledger learns what is believed of it.

    `former` are earlier numbers of the same person, which have the same LID.  Raises NotYet and the gateway's errors.
    """
    (answer,) = await gateway.identify([phone])
    contradicted = facts.note_lookups(gateway.account, [answer], clock.now(), MappingProxyType({phone: former}))
    usable = answer.usable()
    if answer.about_another:
        return Answered(usable, ABOUT_ANOTHER)
    if answer.mispaired:
        return Answered(usable, MISPAIRED)
    if phone in contradicted:
        return Answered(usable._replace(lid=None, paired=None), CONTRADICTED)
    return Answered(usable, None)


class Numbers:
    """The exists-check of one account, with the answers that are still fresh.

    Asking in vain costs the scarce budget of additions; a look-up costs that of look-ups, and its answer is kept.
    """

    def __init__(self, gateway: PacedGateway, facts: AnswerFacts, clock: Clock, checks: Mapping[Phone, Check]) -> None:
        self._gateway, self._facts, self._clock = gateway, facts, clock
        self._checks = {phone: check for phone, check in checks.items() if _about(phone, check)}

    async def confirmed(self, person: Identity) -> Identity | None:
        """`person` with the number as WhatsApp spells it; `None` when it has no account there.

        Raises Rejected when the gateway answered about somebody else: nobody is dialled on such an answer.
        """
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
        try:
            answered = await ask_about(self._gateway, self._facts, self._clock, phone)
        except SessionLost:
            raise
        except GatewayError:
            return
        lookup = answered.lookup
        if answered.doubt == ABOUT_ANOTHER:
            raise Rejected(
                f"account {self._gateway.account}: {ABOUT_ANOTHER}, so no number is used",
                hint="Check the gateway; or write the number as WhatsApp spells it, if it has a new form.",
            )
        if lookup.exists is not None:
            self._checks[phone] = Check(lookup.exists, lookup.dial, self._clock.now())


def _about(phone: Phone, check: Check) -> bool:
    """Whether a remembered answer is about its number: until this was compared, any other was remembered as well."""
    return check.dial is None or check.dial in phone.variants()
