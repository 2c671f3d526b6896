"""One gateway, several shapes: what was seen on real servers, and what their documentation shows, both work whole."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.rig import VARIANTS, Rig, rig
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Verdict
from wagroups.simulation.world.account import account_of
from wagroups.simulation.world.faults import Call, Fault, FaultKind

GATEWAYS = {"waxum-as-documented": "waxum", "noweb-of-2026.7": "waha"}


@pytest.fixture(params=VARIANTS)
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with rig(GATEWAYS[request.param], request.param, "anna", "ben", "carla", "dora") as made:
        yield made


def test_a_drifted_world_converges(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.ADMIN, "dora": Role.MEMBER})
    account.know("anna", "ben", "dora")
    chess = b.group("chess", id=jid, subject="Chess club", members=["anna", "ben", "carla"], admins=["anna"])
    run = account.apply(chess)
    assert [r for r in run.results if r.verdict not in (Verdict.DONE, Verdict.ALREADY)] == []
    assert run.converged
    assert account.members("Chess club") == {"anna": "admin", "ben": "member", "carla": "member"}
    assert account.plan(chess).empty


def test_a_new_group_is_created_once_and_filled(account: Rig) -> None:
    chess = b.group("chess", members=["anna", "ben"], admins=["anna"], description="Room 12")
    assert account.apply(chess).converged
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}
    assert account.apply(chess).converged
    assert len(account.world.groups) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_OFF])
def test_an_unanswered_creation_is_found_again(account: Rig, kind: FaultKind) -> None:
    chess = b.group("chess", members=["anna"], admins=["anna"])
    account.script(Fault(kind=kind, on=Call.CREATE))
    account.apply(chess)
    run = account.apply(chess)
    assert len(account.world.groups) == 1
    assert run.converged
    assert account.members("Chess") == {"anna": "admin"}


def test_a_list_of_people_that_is_cut_changes_nobody(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora"), Role.MEMBER))
    chess = b.group("chess", id=jid, members=["anna", "ben", "carla", "dora"])
    account.know("anna", "ben", "carla", "dora")
    account.script(
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.LIST, keep=3, times=None),
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=3, times=None),
    )
    plan = account.plan(chess)
    assert plan.held
    assert plan.empty


def test_a_second_description_is_a_notice_where_it_cannot_be_written(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    account.know("anna")
    first, second = (b.group("chess", id=jid, members=["anna"], description=text) for text in ("Room 12", "Room 13"))
    assert account.apply(first).converged
    run = account.apply(second)
    if account.gateway == "waha":
        assert account.group("Chess").description.text == "Room 13"
        return
    assert [r.verdict for r in run.results] == []
    assert [n.code for n in run.plan.groups[0].notices] == ["cannot-be-set"]
    assert account.group("Chess").description.text == "Room 12"


def test_where_descriptions_are_shown_another_one_is_seen(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    account.know("anna")
    chess = b.group("chess", id=jid, members=["anna"], description="Room 12")
    assert account.apply(chess).converged
    with account.world.lock:
        account_of(account.world, "default").overwrite_description(jid.reveal(), "Room 99")
    assert not account.plan(chess).empty or account.plan(chess).groups[0].notices
