"""A gateway that offers less: a claim without its method is taken back, and nothing is charged in vain."""

import ast
import asyncio
import inspect
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from tests import builders as b
from tests.execution.test_gateway_calls import CALLS
from tests.fake_clock import FakeClock
from wagroups.domain import ports
from wagroups.domain.errors import Unsupported
from wagroups.domain.identity import Identity
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.live.observed import EVERYTHING, Observed, Scope
from wagroups.domain.plans.budget import Allowance, CallClass, Pace
from wagroups.domain.plans.operation import AddMembers, PromoteMembers, WriteSubject
from wagroups.domain.plans.outcome import Receipt
from wagroups.domain.ports import Gateway, Health, WholeGateway
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.gateway_offers import founded, methods_for, needs_of, unfounded
from wagroups.execution.rate_limit import Pacer
from wagroups.state.volatile import volatile_ledger

OPTIONAL = sorted(set(CALLS) - {"observe", "health"})
FULL = Claim(access=Access.FULL | Access.CREATE)


class Reader:
    """A gateway that offers nothing but reading."""

    account, me = b.ACCOUNT, b.ME

    def __init__(self, **claims: Access) -> None:
        claimed = {Aspect[name.upper()]: Claim(access=access, source="a test") for name, access in claims.items()}
        self.capabilities = Capabilities(gateway="reader", claims=claimed)

    async def observe(self, scope: Scope) -> Observed:
        return b.observed()

    async def health(self) -> Health:
        return Health(True, "connected", None)

    async def close(self) -> None: ...


class Writer(Reader):
    """One that carries out edits besides, and counts them."""

    def __init__(self, **claims: Access) -> None:
        super().__init__(**claims)
        self.performed = 0

    async def perform(self, *_: object) -> Receipt:
        self.performed += 1
        return Receipt()


class Paced:
    def __init__(self, gateway: Gateway) -> None:
        self.ledger, clock = volatile_ledger(), FakeClock()
        pace = Pace(MappingProxyType({calls: Allowance() for calls in CallClass}))
        self.gateway = PacedGateway(gateway, Pacer(self.ledger, b.ACCOUNT, pace, clock), clock)

    def ask(self, call: Callable[[PacedGateway], Any]) -> Any:
        return asyncio.run(call(self.gateway))

    @property
    def charged(self) -> set[CallClass]:
        return {calls for calls, turns in self.ledger.standing(b.ACCOUNT, FakeClock().now()).spent.items() if turns}


def test_three_methods_are_a_gateway() -> None:
    paced = Paced(Reader(subject=Access.READ))
    assert paced.ask(lambda gateway: gateway.observe(EVERYTHING)) == b.observed()
    assert paced.ask(lambda gateway: gateway.health()).working
    assert paced.gateway.restrictions == ()
    required = {name for name, value in vars(Gateway).items() if inspect.iscoroutinefunction(value)}
    assert required == {"observe", "health", "close"}


@pytest.mark.parametrize("method", OPTIONAL)
@pytest.mark.parametrize("claims", [{}, {aspect.name.lower(): Access.FULL for aspect in Aspect}], ids=["none", "all"])
def test_what_is_not_offered_is_unsupported_and_charges_nothing(method: str, claims: dict[str, Access]) -> None:
    """Whether or not it is claimed."""
    paced = Paced(Reader(**claims))
    intended: list[str] = []
    with pytest.raises(Unsupported):
        paced.ask(CALLS[method])
    assert paced.charged == set()
    with pytest.raises(Unsupported):
        paced.ask(
            lambda gateway: gateway.perform(WriteSubject(text="Chess"), b.JID, before=lambda: intended.append("edit"))
        )
    assert (paced.charged, intended) == (set(), [])


def test_an_edit_is_made_only_where_just_that_is_claimed() -> None:
    writer = Writer(subject=Access.FULL, members_remove=Access.WRITE, admins=Access.READ)
    paced = Paced(writer)
    assert paced.ask(lambda gateway: gateway.perform(WriteSubject(text="Chess"), b.JID)) == Receipt()
    people = (Identity(phone=b.phone(1)),)
    with pytest.raises(Unsupported):
        paced.ask(lambda gateway: gateway.perform(AddMembers(people=people), b.JID))
    with pytest.raises(Unsupported):
        paced.ask(lambda gateway: gateway.perform(PromoteMembers(people=people), b.JID))
    assert (writer.performed, paced.charged) == (1, {CallClass.EDIT})


def test_a_claim_without_its_method_is_taken_back_with_a_note() -> None:
    reader = Reader(subject=Access.FULL, create=Access.WRITE, picture=Access.READ, members=Access.READ)
    claims = founded(reader).claims
    assert {aspect: claim.access for aspect, claim in claims.items()} == {
        Aspect.SUBJECT: Access.READ,
        Aspect.CREATE: Access.NONE,
        Aspect.PICTURE: Access.NONE,
        Aspect.MEMBERS: Access.READ,
    }
    assert claims[Aspect.SUBJECT].note == "the gateway “reader” claims this but has no method `perform` for it"
    assert claims[Aspect.MEMBERS] == reader.capabilities.claims[Aspect.MEMBERS]
    assert [(lacking.aspect, lacking.method) for lacking in unfounded(reader)] == [
        (Aspect.SUBJECT, "perform"),
        (Aspect.CREATE, "create"),
        (Aspect.PICTURE, "glimpse"),
    ]


def test_a_gateway_that_keeps_its_claims_is_believed_as_it_is() -> None:
    writer = Writer(subject=Access.FULL, members=Access.FULL)
    assert founded(writer) is writer.capabilities


def test_every_optional_method_is_needed_by_a_claim_and_every_claim_needs_a_method_of_the_port() -> None:
    """So that a method or an aspect that is added later cannot be forgotten."""
    tree = ast.parse(inspect.getsource(ports))
    offered = {
        function.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in {base.__name__ for base in WholeGateway.__mro__}
        for function in node.body
        if isinstance(function, ast.AsyncFunctionDef)
    }
    accesses = (Access.READ, Access.WRITE, Access.CREATE)
    needed = {method for aspect in Aspect for access in accesses for method in methods_for(aspect, access)}
    assert needed == offered - {"health", "close"}
    assert {method for method in offered if not needs_of(method)} == {"observe", "health", "close", "perform"}
