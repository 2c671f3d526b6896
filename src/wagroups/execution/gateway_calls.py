"""The only caller of a gateway: each call in its turn, asked again only where that is safe, and its lessons kept.

WhatsApp bans for less than a duplicate group.  So a repetition needs proof that the first attempt had no effect, a
limit of speed rests a whole class of calls instead of being waited out, and a lost session is written down at once and
met by every later call without asking.  What a gateway does not offer, or does not claim, is never called and costs
nothing.  What differs between the methods stands in one table, `POLICIES`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar, cast

from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.errors import GatewayError, NotSent, NotYet, SessionLost, Throttled, Unanswered, Unsupported
from wagroups.domain.identity import GroupJid, InviteLink, Phone
from wagroups.domain.live.capability import NO_CLAIM, Access, Aspect
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.observed import Observed, ObservedGroup, Scope
from wagroups.domain.live.warning_codes import TOO_FAST
from wagroups.domain.plans.budget import CallClass, Restriction
from wagroups.domain.plans.operation import CreateGroup, Edit, aspect_of, call_class, is_repeatable
from wagroups.domain.plans.outcome import Receipt
from wagroups.domain.ports import Clock, Gateway, Health, Lookup, WholeGateway
from wagroups.execution.gateway_offers import founded, needs_of
from wagroups.execution.rate_limit import RATE_LIMIT, Pacer

T = TypeVar("T")

Needs = tuple[tuple[Aspect, Access], ...]
"""What must be claimed before a call is made: one of these, or nothing."""

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (2, 4, 8))
"""Time before each further attempt, where the gateway gives no advice.  Chosen: a gateway restarts in less."""

ATTEMPTS: Final = len(PAUSES) + 1

LONGEST_ADVICE: Final = timedelta(minutes=1)
"""Advice to wait for longer is left to the caller, who has other things to do meanwhile.  Chosen."""


class Retry(NamedTuple):
    """When a call is asked again.  What is known not to have been sent always is, as often as there are attempts."""

    attempts: int = ATTEMPTS
    doubtful: bool = False
    """Also where an answer leaves open whether the gateway itself refused: twice is the same as once."""
    unanswered: bool = False
    """Also where no answer came: the call is a look itself."""
    charged: bool = False
    """Each repetition waits its turn and is charged like the first attempt.  The repetitions of a write are not: its
    one line in the journal is written when its turn has come."""

    def allows(self, error: GatewayError) -> bool:
        """Whether the call that met `error` may be asked again."""
        match error:
            case Throttled():
                return False
            case NotSent():
                long = error.retry_after is not None and error.retry_after > LONGEST_ADVICE
                return not long and (self.doubtful or not error.may_have_happened)
            case Unanswered():
                return self.unanswered
            case _:
                return False

    def is_doubtful(self, error: GatewayError) -> bool:
        """Whether only looking tells what became of the call, whatever `error` says of the account."""
        return error.may_have_happened and not self.doubtful


READ: Final = Retry(doubtful=True, unanswered=True, charged=True)
VALUE: Final = Retry(doubtful=True)
"""For writes after which twice is the same as once."""
NEW: Final = Retry()
"""For writes that make something new each time."""
ONCE: Final = Retry(attempts=1, doubtful=True)


class CallPolicy(NamedTuple):
    """How the calls of one method of the port are made."""

    doing: str
    """What such a call does, in words that follow “account NAME: ”."""
    retry: Retry
    calls: CallClass | None = None
    """The budget that they are charged to; `None` where what is asked for decides, or nothing is charged."""


POLICIES: Final[Mapping[str, CallPolicy]] = MappingProxyType(
    {
        "observe": CallPolicy("read the groups", READ),  # charged by what the gateway's reads cost
        "glimpse": CallPolicy("read the picture", READ, CallClass.READ),
        "join_requests": CallPolicy("read the requests to join", READ, CallClass.READ),
        "invite_link": CallPolicy("read the invite link", READ, CallClass.READ),
        "behind": CallPolicy("read where an invite link leads", READ, CallClass.READ),
        "restricted": CallPolicy("ask for restrictions", READ, CallClass.READ),
        "identify": CallPolicy("look up a number", READ, CallClass.CHECK),
        "health": CallPolicy("read the session", READ),  # the gateway answers by itself
        # A plain read is still worth its call where a refresh failed.
        "refresh": CallPolicy("refresh the groups", ONCE, CallClass.LIST),
        "perform": CallPolicy("change a group", VALUE),  # charged by the edit; an addition makes something new
        "create": CallPolicy("create a group", NEW, CallClass.CREATE),
        "reset_invite_link": CallPolicy("reset the invite link", NEW, CallClass.EDIT),
        "join": CallPolicy("join a group", NEW, CallClass.EDIT),
        "send_text": CallPolicy("send a text", NEW, CallClass.MESSAGE),
    }
)


async def retried(ask: Callable[[], Awaitable[T]], retry: Retry, clock: Clock) -> T:
    """The answer, asked for at most `retry.attempts` times.

    Waits for the gateway's own `retry_after` when it gives one, else 2, 4, 8 seconds.  Raises the last error when
    attempts run out, and at once any error after which `retry` does not allow another.
    """
    for pause in PAUSES[: retry.attempts - 1]:
        try:
            return await ask()
        except GatewayError as error:
            if not retry.allows(error):
                raise
            advice = error.retry_after if isinstance(error, NotSent) else None
            await clock.sleep(pause if advice is None else advice)
    return await ask()


def _needs_of(edit: Edit) -> Needs:
    aspect = aspect_of(edit)
    return () if aspect is None else ((aspect, Access.WRITE),)


def _nothing() -> None:
    pass


class PacedGateway:
    """One account's gateway as everything but the gateways themselves meets it: the port, and `POLICIES` around it.

    It has every method that a gateway may offer.  Each raises what the port's does, and two errors besides:
    Unsupported, before any turn, where the gateway does not claim it or has no method for it; and NotYet when its turn
    would take too long or, after “too fast”, its class has to rest.  A write that may have happened and may not be made
    twice raises Unanswered, whatever was answered.  `before` is called when a write's turn has come, right before the
    first attempt.
    """

    def __init__(self, gateway: Gateway, pacer: Pacer, clock: Clock) -> None:
        # Only what `_require` lets through is ever looked up on it.
        self._gateway, self._pacer, self._clock = cast(WholeGateway, gateway), pacer, clock
        self._lost: SessionLost | None = None
        self.account = gateway.account
        self.capabilities = founded(gateway)
        self.me = gateway.me
        self.restrictions: tuple[Restriction, ...] = getattr(gateway, "restrictions", ())

    # --- reads -------------------------------------------------------------------------------------------

    async def observe(self, scope: Scope) -> Observed:
        # One turn, however many pages: they are cut from the gateway's own store.
        cost = self.capabilities.read_cost
        calls = cost.listing_class if scope.everything else cost.group_class
        return await self._call("observe", partial(self._gateway.observe, scope), calls)

    async def observe_without_ledger(self, scope: Scope) -> Observed:
        """Read for a run whose ledger fails: nothing can be charged, and no rest be written down."""
        return await retried(partial(self._gateway.observe, scope), READ, self._clock)

    async def glimpse(self, group: GroupJid) -> Glimpse:
        return await self._call("glimpse", lambda: self._gateway.glimpse(group))

    async def join_requests(self, group: GroupJid) -> tuple[JoinRequest, ...]:
        return await self._call("join_requests", lambda: self._gateway.join_requests(group))

    async def invite_link(self, group: GroupJid) -> InviteLink:
        return await self._call("invite_link", lambda: self._gateway.invite_link(group))

    async def behind(self, link: InviteLink) -> ObservedGroup:
        return await self._call("behind", lambda: self._gateway.behind(link))

    async def restricted(self) -> tuple[Restriction, ...]:
        return await self._call("restricted", lambda: self._gateway.restricted())

    async def identify(self, phones: Sequence[Phone]) -> tuple[Lookup, ...]:
        """The port's, with a turn for each number: a list of them asked at once looks like a spammer's."""

        def question(phone: Phone) -> Callable[[], Awaitable[tuple[Lookup, ...]]]:
            return lambda: self._gateway.identify([phone])

        return tuple([answer for phone in phones for answer in await self._call("identify", question(phone))])

    async def health(self) -> Health:
        """The port's; asked also after the session was lost, to see whether it came back."""
        self._lost = None
        return await self._call("health", self._gateway.health)

    async def refresh(self) -> None:
        await self._call("refresh", lambda: self._gateway.refresh())

    # --- writes ------------------------------------------------------------------------------------------

    async def create(self, operation: CreateGroup, *, before: Callable[[], None] = _nothing) -> GroupJid:
        """The port's.  A first person costs an addition too."""
        also = None if operation.first is None else CallClass.ADD
        return await self._call("create", lambda: self._gateway.create(operation), also=also, before=before)

    async def perform(
        self, edit: Edit, group: GroupJid, *, urgent: bool = False, before: Callable[[], None] = _nothing
    ) -> Receipt:
        """The port's.  Additions rest where the answer says “too fast” of somebody, and of everybody raises NotYet."""
        calls, retry = call_class(edit), VALUE if is_repeatable(edit) else NEW
        receipt = await self._call(
            "perform",
            lambda: self._gateway.perform(edit, group),
            calls,
            needs=_needs_of(edit),
            retry=retry,
            urgent=urgent,
            before=before,
        )
        too_fast = [result.code == TOO_FAST for result in receipt.people]
        if any(too_fast):
            later = self._rest(calls)
            if all(too_fast):
                raise later
        return receipt

    async def reset_invite_link(
        self, group: GroupJid, *, urgent: bool = False, before: Callable[[], None] = _nothing
    ) -> InviteLink:
        return await self._call(
            "reset_invite_link", lambda: self._gateway.reset_invite_link(group), urgent=urgent, before=before
        )

    async def join(self, link: InviteLink, *, before: Callable[[], None] = _nothing) -> GroupJid | None:
        return await self._call("join", lambda: self._gateway.join(link), before=before)

    async def send_text(self, to: Phone | GroupJid, text: str, *, before: Callable[[], None] = _nothing) -> None:
        await self._call("send_text", lambda: self._gateway.send_text(to, text), before=before)

    async def close(self) -> None:
        await self._gateway.close()

    # --- the one sequence --------------------------------------------------------------------------------

    async def _call(
        self,
        method: str,
        ask: Callable[[], Awaitable[T]],
        calls: CallClass | None = None,
        *,
        also: CallClass | None = None,
        needs: Needs | None = None,
        retry: Retry | None = None,
        urgent: bool = False,
        before: Callable[[], None] = _nothing,
    ) -> T:
        policy = POLICIES[method]
        retry, calls = retry or policy.retry, calls or policy.calls
        self._require(method, needs_of(method) if needs is None else needs)
        if self._lost is not None:
            raise self._lost

        async def turn() -> None:
            if also is not None:
                # Without it the call would not be made, and there are few creations a day.
                self._pacer.expect(also)
            for charged in (calls, also):
                if charged is not None:
                    await self._pacer.turn(charged, urgent=urgent)

        async def attempt() -> T:
            await turn()
            return await ask()

        try:
            if retry.charged:
                return await retried(attempt, retry, self._clock)
            await turn()
            before()
            return await retried(ask, retry, self._clock)
        except GatewayError as error:
            raised = self._consequence(error, retry, calls)
            if raised is error:
                raise
            raise raised from error

    def _require(self, method: str, needs: Needs) -> None:
        """Raises Unsupported where the gateway claims none of `needs`: asking would cost a turn and fail."""
        if needs and not any(self.capabilities.can(aspect, access) for aspect, access in needs):
            why = self.capabilities.claim(needs[0][0]).note or NO_CLAIM.note
            raise Unsupported(
                f"account {self.account}: {POLICIES[method].doing}: {why}",
                hint="`wagroups doctor` lists what this gateway can do.",
            )

    def _consequence(self, error: GatewayError, retry: Retry, calls: CallClass | None) -> Exception:
        """What the caller meets of `error`, after what follows from it for the class or the account."""
        doubtful = retry.is_doubtful(error)
        later = self._rest(calls, error.retry_after) if isinstance(error, Throttled) and calls is not None else None
        if doubtful:
            # What holds for the account will be met again by the next call.
            return Unanswered(error.message, hint=error.hint, code=error.code)
        if isinstance(error, SessionLost):
            self._pacer.note_lost(error)
            self._lost = error
        return later or error

    def _rest(self, calls: CallClass, advice: timedelta | None = None) -> NotYet:
        """Let a class of calls rest after “too fast”, and say when it is free again."""
        self._pacer.trip_rate_limit(calls, advice)
        return NotYet(self._pacer.peek(calls), RATE_LIMIT)
