"""Law 5, for replacements: linked changes happen together or not at all, whatever fails between them.

On every dialect a former number goes only once the new one is seen, and an old admin only once a new one is there:
with an answer that lies, a refusal, a lost answer, and a run that ends between any two calls.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final

import pytest

from tests import builders as b
from tests.laws.effort import on_every_dialect
from tests.laws.stage import A_DAY
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.desired import DesiredGroup, DesiredMembers
from wagroups.domain.errors import GatewayError
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.outcome import Run
from wagroups.domain.safety import Override
from wagroups.execution.pacing import NotYet
from wagroups.simulation.faults import Call, Fault, FaultKind
from wagroups.workflows.session import Patience

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
    if declared.members.find((b.phone(b.number_of("anna")),)):
        return "p11" in members or members.get("ben") == Role.ADMIN
    return members.get("anna") == Role.ADMIN or members.get("ben") == Role.ADMIN


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
                tried(account, declare(jid), patience=Patience(max_ops=1))
                assert holds(account.members("Chess"), declare(jid))
                account.clock.advance(A_DAY)
            assert account.members("Chess") == end


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
