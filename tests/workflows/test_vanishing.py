"""Groups that a gateway does not show: what is asked for, what that costs, and what is said of it."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.reports.samples import redactor
from tests.rig import DIALECTS, Rig, rig
from wagroups.cli.ui.exits import exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.plans.plan import Plan
from wagroups.reports.render.text import run_text
from wagroups.simulation.world.faults import Call, Fault, FaultKind

GROUPS = 12
EMPTY = Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST, times=None)


@pytest.fixture(params=["store", "no store", "gows"])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    dialect = "gows" if request.param == "gows" else "noweb"
    options = {} if dialect == "gows" else {"noweb_store": request.param == "store"}
    with rig("waha", dialect, "anna", **options) as made:
        yield made


@pytest.fixture
def clubs(account: Rig) -> list[DesiredGroup]:
    """Groups that were read before."""
    made = [
        b.group(
            f"club-{n}",
            id=account.live_group(f"Club {n}", {"anna": Role.MEMBER}),
            subject=f"Club {n}",
            members=["anna"],
        )
        for n in range(GROUPS)
    ]
    assert account.plan(*made).live.complete
    account.front.log.clear()
    return made


def reads(account: Rig) -> int:
    """Questions about groups, one or all."""
    return sum(entry.call in (Call.LIST, Call.GET, Call.REFRESH) for entry in account.front.log)


def holds(plan: Plan) -> set[str]:
    return {group.hold.rule if group.hold else "" for group in plan.groups}


def test_an_empty_listing_holds_the_account_and_costs_a_few_calls(account: Rig, clubs: list[DesiredGroup]) -> None:
    account.script(EMPTY, Fault(kind=FaultKind.REFUSE, code=404, on=Call.GET, times=None))
    plan = account.plan(*clubs)
    assert holds(plan) == {"read-empty"}
    assert reads(account) <= 5
    assert plan.empty


def test_a_new_group_is_not_created_meanwhile(account: Rig, clubs: list[DesiredGroup]) -> None:
    account.script(EMPTY, Fault(kind=FaultKind.REFUSE, code=404, on=Call.GET, times=None))
    plan = account.plan(*clubs, b.group("new", subject="New", members=["anna"]))
    assert plan.empty


def test_a_listing_that_is_empty_once_is_asked_for_again(account: Rig, clubs: list[DesiredGroup]) -> None:
    account.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST))
    plan = account.plan(*clubs)
    assert plan.live.complete
    assert not plan.held


def test_several_groups_that_vanish_at_once_are_the_gateways_trouble(account: Rig, clubs: list[DesiredGroup]) -> None:
    account.script(
        Fault(kind=FaultKind.TRUNCATE_LIST, on=Call.LIST, keep=4, times=None),
        Fault(kind=FaultKind.REFUSE, code=404, on=Call.GET, times=None),
    )
    plan = account.plan(*clubs)
    lost = [group.hold for group in plan.groups if group.hold is not None]
    assert len(lost) == GROUPS - 4
    assert {(hold.rule, "problem of the gateway" in hold.message) for hold in lost} == {("not-shown", True)}
    assert [why for why in plan.live.why_not if why.startswith("account")] == ["account office: not-shown"]


def test_one_group_that_is_not_shown_speaks_for_itself(account: Rig, clubs: list[DesiredGroup]) -> None:
    account.script(
        Fault(kind=FaultKind.TRUNCATE_LIST, on=Call.LIST, keep=GROUPS - 1, times=None),
        Fault(kind=FaultKind.REFUSE, code=404, on=Call.GET, times=None),
    )
    (hold,) = [group.hold for group in account.plan(*clubs).groups if group.hold is not None]
    assert hold.message.startswith("the group was not shown this time")


def test_without_a_store_a_group_that_is_missing_costs_one_more_listing() -> None:
    with rig("waha", "noweb", "anna", noweb_store=False) as account:
        made = [
            b.group(
                f"club-{n}",
                id=account.live_group(f"Club {n}", {"anna": Role.MEMBER}),
                subject=f"Club {n}",
                members=["anna"],
            )
            for n in range(GROUPS)
        ]
        account.plan(*made)
        account.front.log.clear()
        account.script(Fault(kind=FaultKind.TRUNCATE_LIST, on=Call.LIST, keep=2, times=None))
        account.plan(*made)
        assert [entry.call for entry in account.front.log if entry.call in (Call.LIST, Call.GET)] == [Call.LIST] * 2


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS)
@pytest.mark.parametrize("kind", [FaultKind.TRUNCATE_LIST, FaultKind.EMPTY_LIST])
def test_nothing_is_called_converged_that_ends_with_another_code(gateway: str, dialect: str, kind: FaultKind) -> None:
    """Where every declared group was read by its id, a listing that may not be believed is still a read that failed."""
    with rig(gateway, dialect, "anna") as account:
        made = [
            b.group(name, id=account.live_group(name.title(), {"anna": Role.MEMBER}), members=["anna"])
            for name in ("chess", "choir")
        ]
        assert account.apply(*made).converged
        account.script(Fault(kind=kind, on=Call.LIST, keep=1, times=None))
        run = account.apply(*made)
        written = run_text(run, redactor())
        assert run.converged is (exit_of_run(run) is Exit.OK)
        assert ("\nConverged" in written) is run.converged
        assert run.remaining is not None
        assert run.converged or "the last read was incomplete" in written or "could not be checked" in written
