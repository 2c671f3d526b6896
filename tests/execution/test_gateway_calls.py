"""What is written once around the port: turns, repetitions, rests, a lost session; and that nobody goes round it."""

import ast
import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

import wagroups
from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.domain.errors import NotSent, NotYet, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import Identity, InviteLink
from wagroups.domain.ledger import Ledger
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim, ReadCost
from wagroups.domain.live.observed import EVERYTHING, Scope
from wagroups.domain.plans.budget import Allowance, CallClass, Pace
from wagroups.domain.plans.operation import AddMembers, CreateGroup, Edit, PromoteMembers, WriteSubject
from wagroups.domain.plans.outcome import PersonResult, Receipt
from wagroups.domain.ports import Lookup, WholeGateway
from wagroups.execution.gateway_calls import POLICIES, PacedGateway
from wagroups.execution.rate_limit import Pacer
from wagroups.state.volatile import volatile_ledger

LINK = InviteLink.of("https://chat.whatsapp.com/ChessInviteCode0000001")
ANNA, BEN = (Identity(phone=b.phone(number)) for number in (1, 2))
ADD = AddMembers(people=(ANNA,))
RENAME = WriteSubject(text="Chess club")
CREATE = CreateGroup(subject="Chess", first=ANNA)
LOST = SessionLost("logged out", restriction="logged-out")
BY_A_PROXY = NotSent("a proxy answered 503", may_have_happened=True)

Ask = Callable[[PacedGateway], Any]

CALLS: dict[str, Ask] = {
    "observe": lambda gateway: gateway.observe(EVERYTHING),
    "glimpse": lambda gateway: gateway.glimpse(b.JID),
    "join_requests": lambda gateway: gateway.join_requests(b.JID),
    "invite_link": lambda gateway: gateway.invite_link(b.JID),
    "behind": lambda gateway: gateway.behind(LINK),
    "restricted": lambda gateway: gateway.restricted(),
    "identify": lambda gateway: gateway.identify([b.phone(1)]),
    "health": lambda gateway: gateway.health(),
    "refresh": lambda gateway: gateway.refresh(),
    "perform": lambda gateway: gateway.perform(RENAME, b.JID),
    "create": lambda gateway: gateway.create(CREATE),
    "reset_invite_link": lambda gateway: gateway.reset_invite_link(b.JID),
    "join": lambda gateway: gateway.join(LINK),
    "send_text": lambda gateway: gateway.send_text(b.phone(1), "Hello"),
}
EVERYTHING_CLAIMED = dict.fromkeys(Aspect, Claim(access=Access.FULL))
CHARGED = {
    "observe": {CallClass.LIST},
    "identify": {CallClass.CHECK},
    "health": set(),
    "refresh": {CallClass.LIST},
    "perform": {CallClass.EDIT},
    "create": {CallClass.CREATE, CallClass.ADD},
    "reset_invite_link": {CallClass.EDIT},
    "join": {CallClass.EDIT},
    "send_text": {CallClass.MESSAGE},
}
READS = ("observe", "glimpse", "join_requests", "invite_link", "behind", "restricted", "identify", "health")
NEW = ("create", "reset_invite_link", "join", "send_text")


class Scripted:
    """A gateway whose every method gives the next answer, or raises it."""

    account, me, restrictions = b.ACCOUNT, b.ME, ()

    def __init__(self, *answers: object, cost: ReadCost) -> None:
        self.answers = list(answers)
        self.capabilities = Capabilities(gateway="scripted", claims=EVERYTHING_CLAIMED, read_cost=cost)
        self.asked: list[str] = []

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def answer(*_: object) -> Any:
            self.asked.append(method)
            said = self.answers.pop(0) if self.answers else Receipt() if method == "perform" else ()
            if isinstance(said, Exception):
                raise said
            return said

        return answer


class Desk:
    """One account, its ledger and its paced gateway."""

    def __init__(self, ledger: Ledger, *answers: object, cost: ReadCost | None = None, **limits: Allowance) -> None:
        self.ledger, self.clock = ledger, FakeClock()
        budget = {calls: limits.get(calls.value, Allowance()) for calls in CallClass}
        pacer = Pacer(ledger, b.ACCOUNT, Pace(MappingProxyType(budget)), self.clock)
        self.raw = Scripted(*answers, cost=cost or ReadCost())
        self.gateway = PacedGateway(cast(WholeGateway, self.raw), pacer, self.clock)

    def ask(self, method: str) -> Any:
        return asyncio.run(CALLS[method](self.gateway))

    def perform(self, edit: Edit, **fields: Any) -> Receipt:
        return asyncio.run(self.gateway.perform(edit, b.JID, **fields))

    @property
    def charged(self) -> dict[CallClass, int]:
        spent = self.ledger.standing(b.ACCOUNT, self.clock.now()).spent
        return {calls: len(turns) for calls, turns in spent.items() if turns}

    @property
    def rests(self) -> dict[CallClass | None, str]:
        return {rest.calls: rest.reason for rest in self.ledger.standing(b.ACCOUNT, self.clock.now()).breakers}


@pytest.fixture
def desk() -> Iterator[Callable[..., Desk]]:
    ledger = volatile_ledger()
    yield lambda *answers, **fields: Desk(ledger, *answers, **fields)
    ledger.close()


def port() -> set[str]:
    """The methods of the port that ask a gateway something."""
    methods = inspect.getmembers(WholeGateway, inspect.iscoroutinefunction)
    return {name for name, _ in methods if not name.startswith("_")} - {"close"}


def test_every_method_of_the_port_has_a_policy_and_is_tried_here() -> None:
    assert port() == set(POLICIES) == set(CALLS)


@pytest.mark.parametrize("method", CALLS)
def test_every_call_is_charged_to_its_class_once(desk: Callable[..., Desk], method: str) -> None:
    paced = desk()
    paced.ask(method)
    assert paced.raw.asked == [method]
    assert paced.charged == dict.fromkeys(CHARGED.get(method, {CallClass.READ}), 1)


@pytest.mark.parametrize(
    ("cost", "listing", "one"),
    [
        (ReadCost(), CallClass.LIST, CallClass.READ),
        (ReadCost(listing=0, group=0), CallClass.LOOK, CallClass.LOOK),
        (ReadCost(group_by_listing=True), CallClass.LIST, CallClass.LIST),
    ],
)
def test_a_read_is_charged_as_what_it_costs(
    desk: Callable[..., Desk], cost: ReadCost, listing: CallClass, one: CallClass
) -> None:
    for scope, calls in ((EVERYTHING, listing), (Scope((b.JID,)), one)):
        paced = desk(cost=cost)
        before = paced.charged.get(calls, 0)
        asyncio.run(paced.gateway.observe(scope))
        assert paced.charged[calls] == before + 1


def test_each_number_has_a_turn_of_its_own(desk: Callable[..., Desk]) -> None:
    answers = tuple(Lookup(b.phone(number), True, None, None) for number in (1, 2))
    paced = desk(*((answer,) for answer in answers))
    assert asyncio.run(paced.gateway.identify([b.phone(1), b.phone(2)])) == answers
    assert paced.charged == {CallClass.CHECK: 2}


@pytest.mark.parametrize("method", READS)
def test_a_read_without_an_answer_is_asked_again_and_charged_again(desk: Callable[..., Desk], method: str) -> None:
    paced = desk(Unanswered("?"), BY_A_PROXY)
    paced.ask(method)
    assert len(paced.raw.asked) == 3
    assert set(paced.charged.values()) <= {3}


@pytest.mark.parametrize("method", NEW)
def test_what_makes_something_new_is_asked_again_only_where_nothing_was_sent(
    desk: Callable[..., Desk], method: str
) -> None:
    paced = desk(NotSent("no connection"), BY_A_PROXY)
    with pytest.raises(Unanswered, match="proxy"):
        paced.ask(method)
    assert len(paced.raw.asked) == 2
    assert set(paced.charged.values()) == {1}


def test_a_value_is_written_again_where_twice_is_as_good_as_once_and_an_addition_is_not(
    desk: Callable[..., Desk],
) -> None:
    assert desk(BY_A_PROXY, Receipt()).perform(RENAME) == Receipt()
    with pytest.raises(Unanswered):
        desk(BY_A_PROXY, Receipt()).perform(ADD)


@pytest.mark.parametrize("method", [*NEW, "perform"])
def test_no_write_is_asked_again_after_no_answer(desk: Callable[..., Desk], method: str) -> None:
    paced = desk(Unanswered("?"))
    with pytest.raises(Unanswered):
        paced.ask(method)
    assert len(paced.raw.asked) == 1


def test_a_refresh_is_asked_for_once(desk: Callable[..., Desk]) -> None:
    paced = desk(NotSent("no connection"))
    with pytest.raises(NotSent):
        paced.ask("refresh")
    assert len(paced.raw.asked) == 1


@pytest.mark.parametrize("method", sorted(CALLS.keys() - {"health"}))
def test_too_fast_rests_the_class_of_every_call(desk: Callable[..., Desk], method: str) -> None:
    paced = desk(Throttled("too fast"))
    with pytest.raises(NotYet):
        paced.ask(method)
    assert len(paced.raw.asked) == 1
    assert set(paced.rests.values()) == {"rate-overlimit"}
    assert paced.rests.keys() <= CHARGED.get(method, {CallClass.READ})


def test_too_fast_by_a_proxy_rests_the_class_and_says_of_something_new_that_it_may_exist(
    desk: Callable[..., Desk],
) -> None:
    paced = desk(Throttled("a proxy answered 429", may_have_happened=True))
    with pytest.raises(Unanswered):
        paced.ask("create")
    assert paced.rests == {CallClass.CREATE: "rate-overlimit"}


def test_too_fast_for_some_of_the_people_rests_additions_and_keeps_the_answer(desk: Callable[..., Desk]) -> None:
    some = Receipt(people=(PersonResult(person=ANNA, code=200), PersonResult(person=BEN, code=429)))
    paced = desk(some)
    assert paced.perform(ADD) == some
    assert CallClass.ADD in paced.rests
    with pytest.raises(NotYet):
        desk(Receipt(people=(PersonResult(person=BEN, code=429),))).perform(ADD)


@pytest.mark.parametrize("method", sorted(CALLS))
def test_a_lost_session_is_written_down_whoever_meets_it(desk: Callable[..., Desk], method: str) -> None:
    paced = desk(LOST)
    with pytest.raises(SessionLost):
        paced.ask(method)
    assert paced.rests == {None: "logged-out"}


@pytest.mark.parametrize("method", sorted(CALLS.keys() - {"health"}))
def test_nothing_is_asked_of_an_account_that_is_lost(desk: Callable[..., Desk], method: str) -> None:
    paced = desk(LOST)
    with pytest.raises(SessionLost):
        paced.ask("glimpse")
    # Not NotYet, though all changes are paused: a person must act, and waiting helps nobody.
    with pytest.raises(SessionLost):
        paced.ask(method)
    assert paced.raw.asked == ["glimpse"]


def test_a_session_that_came_back_is_asked_again(desk: Callable[..., Desk]) -> None:
    paced = desk(SessionLost("the session is stopped"))
    with pytest.raises(SessionLost):
        paced.ask("glimpse")
    paced.ask("health")
    paced.ask("glimpse")
    assert paced.raw.asked == ["glimpse", "health", "glimpse"]


def test_a_gateway_at_fault_rests_nothing(desk: Callable[..., Desk]) -> None:
    paced = desk(SessionLost("the gateway rejected the API key"))
    with pytest.raises(SessionLost):
        paced.ask("perform")
    assert paced.rests == {}


def test_the_intent_is_written_when_the_turn_has_come(desk: Callable[..., Desk]) -> None:
    written: list[str] = []
    none = Allowance(day=0)
    with pytest.raises(NotYet):
        desk(role=none).perform(PromoteMembers(people=(ANNA,)), before=lambda: written.append("no turn"))
    desk(NotSent("no connection")).perform(RENAME, before=lambda: written.append("once"))
    assert written == ["once"]


def test_no_creation_is_spent_without_an_addition_for_its_first_person(desk: Callable[..., Desk]) -> None:
    paced = desk(add=Allowance(day=0))
    with pytest.raises(NotYet):
        paced.ask("create")
    assert paced.charged == {}
    assert paced.raw.asked == []


def test_a_run_without_its_ledger_reads_and_charges_nothing(desk: Callable[..., Desk]) -> None:
    paced = desk(Unanswered("?"))
    asyncio.run(paced.gateway.observe_without_ledger(Scope((b.JID,))))
    assert paced.charged == {}


# --- nobody goes round it

SOURCE = Path(wagroups.__file__).parent
CALLER = SOURCE / "execution" / "gateway_calls.py"
CLAIMS = SOURCE / "execution" / "gateway_offers.py"
"""Looks which methods a gateway has, and calls none."""
CONNECTS = SOURCE / "workflows" / "reconcile" / "session.py"


def outside() -> Iterator[tuple[Path, ast.Module]]:
    """Every module that may not call a gateway."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).parts
        if parts[0] not in ("gateways", "simulation", "contract.py") and path not in (CALLER, CLAIMS):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_no_module_but_the_one_caller_names_a_raw_gateway() -> None:
    naming = {
        path
        for path, module in outside()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        and node.module == "wagroups.domain.ports"
        and {"Gateway", "WholeGateway"} & {alias.name for alias in node.names}
    }
    assert naming == set()


def test_what_is_connected_is_paced_at_once() -> None:
    """`KIND.connect(…)` gives a raw gateway, so it stands nowhere but as what a `PacedGateway` is made of."""
    connecting, wrapped = [], []
    for path, module in outside():
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and node.func.attr == "connect" and "state" not in path.parts:
                connecting.append(path)
            if isinstance(node.func, ast.Name) and node.func.id == "PacedGateway":
                wrapped.append((path, ast.unparse(node.args[0])))
    assert connecting == [CONNECTS]
    assert wrapped == [(CONNECTS, "await kind.connect(connection)")]


def test_the_one_caller_calls_every_method_of_the_port_from_the_method_of_its_name() -> None:
    """A method that asked another one's question would be made under the wrong policy."""
    (paced,) = [
        node
        for node in ast.parse(CALLER.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == "PacedGateway"
    ]
    for method in paced.body:
        if not isinstance(method, ast.AsyncFunctionDef) or method.name not in port():
            continue
        raw = {
            node.attr
            for node in ast.walk(method)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self._gateway"
        }
        assert raw == {method.name}, method.name
