"""Law 5, for replacements: linked changes happen together or not at all, whatever fails between them.

On every dialect a former number goes only once the new one is seen, and an old admin only once a new one is there:
with an answer that lies, a refusal, a lost answer, and a run that ends between any two calls.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pytest

from tests import builders as b
from tests.laws.effort import on_every_dialect
from tests.laws.stage import A_DAY
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers
from wagroups.domain.declared.safety import Override
from wagroups.domain.errors import GatewayError, NotYet
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.plans.outcome import Run
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.reconcile.session import WaitPolicy

FOLK: Final = ("anna", "ben", "carla", "p11")
"""`p11` is Ben's former number."""


@contextmanager
def club(gateway: str, dialect: str, **live: Role) -> Iterator[tuple[Rig, GroupJid]]:
    with rig(gateway, dialect, *FOLK) as account:
        account.know(*FOLK)
        yield account, account.live_group("Chess", live)


def renumbered(jid: GroupJid) -> DesiredGroup:
    """Ben is declared under a new number."""
    return _renumbered(b.group("chess", members=["anna", "ben"], id=jid))


def renumbered_admin(jid: GroupJid) -> DesiredGroup:
    """The same, and an admin's right goes along with him."""
    return _renumbered(b.group("chess", members=["anna", "ben"], admins=["ben"], id=jid))


def _renumbered(declared: DesiredGroup) -> DesiredGroup:
    members = [
        entry._replace(person=replace(entry.person, former_phones=(b.phone(111),)))
        if entry.person.alias == "ben"
        else entry
        for entry in declared.members
    ]
    return replace(declared, members=DesiredMembers.of(members))


def replaced(jid: GroupJid) -> DesiredGroup:
    """Ben follows Anna as the admin."""
    return b.group("chess", members=["carla"], admins=["ben"], id=jid)


FAULTS: Final = {
    "an addition that lies": Fault(kind=FaultKind.LIE, on=Call.ADD, times=None),
    "an addition that is refused": Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, code=403, times=None),
    "an addition of an unknown fate": Fault(kind=FaultKind.DROP_BEFORE, on=Call.ADD, times=None),
    "a promotion that lies": Fault(kind=FaultKind.LIE, on=Call.PROMOTE, times=None),
    "a promotion that is refused": Fault(kind=FaultKind.REFUSE_PERSON, on=Call.PROMOTE, code=404, times=None),
}


def tried(account: Rig, group: DesiredGroup, **orders: Any) -> Run | None:
    with suppress(GatewayError, NotYet):
        return account.apply(group, **orders)
    return None


def holds(members: dict[str, str], declared: DesiredGroup) -> bool:
    """Whether the one who goes is still there, or the one who comes is, with the right."""
    if not declared.admins_declared:
        return "p11" in members or "ben" in members
    return "p11" in members or Role.ADMIN in (members.get("anna"), members.get("ben"))


@on_every_dialect
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_nobody_goes_before_their_successor_is_seen(gateway: str, dialect: str, fault: Fault) -> None:
    for declare, live in (
        (renumbered, {"anna": Role.MEMBER, "p11": Role.MEMBER}),
        (renumbered_admin, {"anna": Role.MEMBER, "p11": Role.ADMIN}),
        (replaced, {"anna": Role.ADMIN, "carla": Role.MEMBER}),
    ):
        with club(gateway, dialect, **live) as (account, jid):
            account.script(replace(fault, seen=0))
            for _ in range(2):
                tried(account, declare(jid))
                assert holds(account.members("Chess"), declare(jid))
                account.clock.advance(A_DAY)


@on_every_dialect
def test_a_run_that_ends_between_any_two_calls_leaves_nobody_without_a_seat(gateway: str, dialect: str) -> None:
    for declare, live, end in (
        (renumbered, {"anna": Role.MEMBER, "p11": Role.MEMBER}, {"anna": "member", "ben": "member"}),
        (renumbered_admin, {"anna": Role.MEMBER, "p11": Role.ADMIN}, {"anna": "member", "ben": "admin"}),
        (replaced, {"anna": Role.ADMIN, "carla": Role.MEMBER}, {"ben": "admin", "carla": "member"}),
    ):
        with club(gateway, dialect, **live) as (account, jid):
            for _ in range(4):
                tried(account, declare(jid), patience=WaitPolicy(max_ops=1))
                assert holds(account.members("Chess"), declare(jid))
                account.clock.advance(A_DAY)
            assert account.members("Chess") == end


def replaced_and_kept(jid: GroupJid) -> DesiredGroup:
    """The same, and Anna stays as a member."""
    return b.group("chess", members=["anna", "carla"], admins=["ben"], id=jid)


class Exchange(NamedTuple):
    """What is declared, what is there before, and what has to be in the end."""

    declared: Callable[[GroupJid], DesiredGroup]
    live: dict[str, Role]
    end: dict[str, str]
    writes: tuple[Call, ...]


EXCHANGES: Final = {
    "a new number": Exchange(
        renumbered,
        {"anna": Role.MEMBER, "p11": Role.MEMBER},
        {"anna": "member", "ben": "member"},
        (Call.ADD, Call.REMOVE),
    ),
    "a new number of an admin": Exchange(
        renumbered_admin,
        {"anna": Role.MEMBER, "p11": Role.ADMIN},
        {"anna": "member", "ben": "admin"},
        (Call.ADD, Call.PROMOTE, Call.REMOVE),
    ),
    "another admin": Exchange(
        replaced,
        {"anna": Role.ADMIN, "carla": Role.MEMBER},
        {"ben": "admin", "carla": "member"},
        (Call.ADD, Call.PROMOTE, Call.REMOVE),
    ),
    "another admin, and the former stays": Exchange(
        replaced_and_kept,
        {"anna": Role.ADMIN, "carla": Role.MEMBER},
        {"anna": "member", "ben": "admin", "carla": "member"},
        (Call.ADD, Call.PROMOTE, Call.DEMOTE),
    ),
}
ONE_THAT_TELLS_AND_ONE_THAT_DOES_NOT: Final = pytest.mark.parametrize(
    ("gateway", "dialect"), [("waha", "noweb"), ("waxum", "waxum")], ids=["noweb", "waxum"]
)
"""Whether a gateway says what became of each person is what differs here."""


class Killed(BaseException):
    """The process is gone: nothing catches it, and nothing is noted after it."""


def killed_after(write: int, account: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process die between a write, counted from one, and the note of its answer."""
    conclude, writes = account.ledger.conclude, iter(range(1, 1000))

    def dying(*said: Any) -> None:
        if next(writes) == write:
            raise Killed
        conclude(*said)

    monkeypatch.setattr(account.ledger, "conclude", dying)


def finished(account: Rig, jid: GroupJid, exchange: Exchange) -> bool:
    """Whether runs, a day apart, come to the end, and leave no seat empty on the way."""
    for _ in range(4):
        run = tried(account, exchange.declared(jid))
        assert holds(account.members("Chess"), exchange.declared(jid))
        if run is not None and run.converged:
            break
        account.clock.advance(A_DAY)
    return account.members("Chess") == exchange.end


@ONE_THAT_TELLS_AND_ONE_THAT_DOES_NOT
@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
def test_an_exchange_without_an_answer_to_any_of_its_writes_is_finished_later(
    gateway: str, dialect: str, exchange: Exchange
) -> None:
    for call in exchange.writes:
        with club(gateway, dialect, **exchange.live) as (account, jid):
            account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=call))
            assert finished(account, jid, exchange)
            assert call in {entry.call for entry in account.front.writes}


@ONE_THAT_TELLS_AND_ONE_THAT_DOES_NOT
@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
def test_an_exchange_whose_run_is_killed_at_any_of_its_writes_is_finished_later(
    gateway: str, dialect: str, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    for write in range(1, len(exchange.writes) + 1):
        with club(gateway, dialect, **exchange.live) as (account, jid):
            with monkeypatch.context() as dying:
                killed_after(write, account, dying)
                with pytest.raises(Killed):
                    tried(account, exchange.declared(jid))
            assert holds(account.members("Chess"), exchange.declared(jid))
            account.clock.advance(A_DAY)
            assert finished(account, jid, exchange)


@on_every_dialect
def test_what_is_not_approved_keeps_back_what_depends_on_it(gateway: str, dialect: str) -> None:
    """Only the removal was reviewed; the addition appeared since."""
    from tests.planning.test_approval import reviewed

    with club(gateway, dialect, anna=Role.MEMBER, p11=Role.ADMIN) as (account, jid):
        group = renumbered_admin(jid)
        plan = account.plan(group)
        removals = frozenset(action.id for _, action in plan.actions() if action.change.kind == "member.remove")
        assert removals
        account.apply(group, reviewed=reviewed(plan, actions=removals, created_at=account.clock.now()))
        assert account.members("Chess") == {"anna": "member", "p11": "admin"}


@on_every_dialect
@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.LIE, on=Call.REMOVE, times=None),
        Fault(kind=FaultKind.REFUSE_PERSON, on=Call.REMOVE, code=404, person="ben", times=None),
    ],
    ids=["a removal that lies", "a removal that is refused"],
)
def test_a_group_with_people_in_it_is_not_left(gateway: str, dialect: str, fault: Fault) -> None:
    """They would stay behind without an admin."""
    with club(gateway, dialect, anna=Role.MEMBER, ben=Role.MEMBER) as (account, jid):
        group = b.group("chess", id=jid, state=b.State.DISSOLVED)
        account.script(replace(fault, seen=0))
        terms = RELAXED.model_copy(
            update={
                "safety": RELAXED.safety.model_copy(update={"allow_dissolve": True}),
                "overrides": (Override(rule="dissolve", group=group.key, reason="closed"),),
            }
        )
        tried(account, group, terms=terms)
        assert account.world.me in account.group("Chess").members
        account.clear_faults()
        account.clock.advance(A_DAY)
        tried(account, group, terms=terms)
        assert account.members("Chess") == {}
