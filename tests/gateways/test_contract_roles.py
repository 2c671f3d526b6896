"""What an answer says of a person means one thing for an addition and another for a role: contract of every dialect."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.simulation.world.faults import Call, Fault, FaultKind

LIVE = {"anna": Role.ADMIN, "ben": Role.ADMIN, "carla": Role.MEMBER, "dora": Role.MEMBER}


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, *LIVE, "emil") as made:
        made.know(*LIVE, "emil")
        yield made


def chess(account: Rig, *, admins: list[str], members: list[str]) -> DesiredGroup:
    return b.group("chess", id=account.live_group("Chess", LIVE), admins=admins, members=members)


def verdicts(run: Run) -> dict[str, Verdict]:
    kinds = {action.id: action.change.kind for _, action in run.plan.actions()}
    return {kinds[result.id]: result.verdict for result in run.results}


REFUSED = {
    Call.PROMOTE: (["anna", "ben", "carla"], ["anna", "ben", "carla", "dora"], "admin.promote"),
    Call.DEMOTE: (["anna"], ["anna", "ben", "carla", "dora"], "admin.demote"),
    Call.REMOVE: (["anna", "ben"], ["anna", "ben", "carla"], "member.remove"),
}


@pytest.mark.parametrize("code", [403, 404, 417, 421])
@pytest.mark.parametrize("call", REFUSED, ids=str)
def test_nobody_is_called_invited_who_is_refused_a_role_or_stays(account: Rig, call: Call, code: int) -> None:
    admins, members, kind = REFUSED[call]
    group = chess(account, admins=admins, members=members)
    account.script(Fault(kind=FaultKind.REFUSE_PERSON, on=call, code=code, times=None))
    run = account.apply(group)
    assert verdicts(run) == {kind: Verdict.FAILED}
    assert not run.converged
    assert "no account" not in str([result.error for result in run.results])


@pytest.mark.parametrize("code", [403, 408, 421])
def test_whoever_is_invited_or_refused_is_not_asked_to_be_made_an_admin(account: Rig, code: int) -> None:
    if not account.tells_about_people:
        pytest.skip("this gateway says nothing of single people")
    group = chess(account, admins=["anna", "ben", "emil"], members=list(LIVE))
    account.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, person="emil", code=code, times=None))
    run = account.apply(group)
    assert verdicts(run)["admin.promote"] is Verdict.NOT_ATTEMPTED
    assert not [entry for entry in account.front.writes if entry.call == Call.PROMOTE]
