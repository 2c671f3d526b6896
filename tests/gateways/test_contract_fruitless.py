"""What does not come about is not asked for in every run, on every gateway and engine."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.simulation.world.faults import Call, Fault, FaultKind

RUNS = 6


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def hourly(account: Rig, *groups: DesiredGroup) -> None:
    for _ in range(RUNS):
        account.apply(*groups)
        account.clock.advance(timedelta(hours=1))


def asked(account: Rig, call: Call) -> int:
    return sum(entry.call == call for entry in account.front.writes)


def notices(account: Rig, group: DesiredGroup) -> dict[str, str]:
    return {notice.code: notice.text for notice in account.plan(group).groups[0].notices}


def test_a_write_that_never_takes_is_made_three_times(account: Rig) -> None:
    jid = account.live_group("Ops 2026", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    account.script(*(Fault(kind=FaultKind.LIE, on=call, times=None) for call in (Call.SUBJECT, Call.PROMOTE)))
    ops = b.group("ops", id=jid, subject="Ops  2026", members=["anna", "ben"], admins=["anna", "ben"])
    hourly(account, ops)
    assert (asked(account, Call.SUBJECT), asked(account, Call.PROMOTE)) == (3, 3)
    said = [notice for notice in account.plan(ops).groups[0].notices if notice.code == "never-takes"]
    assert "the server shows “Ops 2026” instead (U+0020 after “Ops”)" in said[0].text
    assert said[1].person is not None
    account.clear_faults()
    account.clock.advance(timedelta(days=8))
    assert account.apply(ops).converged


def test_another_value_is_asked_for_at_once(account: Rig) -> None:
    jid = account.live_group("Ops", {"anna": Role.ADMIN})
    account.script(Fault(kind=FaultKind.LIE, on=Call.SUBJECT, times=RUNS))
    hourly(account, b.group("ops", id=jid, subject="Ops 2026", members=["anna"]))
    account.clear_faults()
    assert account.apply(b.group("ops", id=jid, subject="Ops 26", members=["anna"])).converged


def test_a_setting_that_is_answered_and_never_set_is_named(account: Rig) -> None:
    if not account.can(Aspect.of(Setting.SEND_MESSAGES), Access.FULL):
        pytest.skip("the gateway cannot set it")
    jid = account.live_group("Ops", {"anna": Role.ADMIN})
    account.script(Fault(kind=FaultKind.LIE, on=Call.SETTING, times=None))
    ops = b.group("ops", id=jid, subject="Ops", members=["anna"], settings={Setting.SEND_MESSAGES: "admins"})
    hourly(account, ops)
    assert asked(account, Call.SETTING) == 3
    assert "the server shows everyone instead" in notices(account, ops)["never-takes"]


def test_a_riddle_about_one_person_is_remembered_of_that_person(account: Rig) -> None:
    if not account.tells_about_people:
        pytest.skip("the gateway says nothing of single people")
    jid = account.live_group("Chess", {"anna": Role.ADMIN})
    account.script(Fault(kind=FaultKind.REFUSE_PERSON, on=Call.ADD, person="ben", code=412, times=None))
    hourly(account, b.group("chess", id=jid, members=["anna", "ben"]))
    assert asked(account, Call.ADD) == 3
    everybody = b.group("chess", id=jid, members=["anna", "ben", "carla", "dora"])
    account.apply(everybody)
    assert account.members("Chess") == {"anna": "admin", "carla": "member", "dora": "member"}
    assert "412" in notices(account, everybody)["refused-before"]


def test_a_refusal_that_contradicts_the_read_holds_the_group(account: Rig) -> None:
    jid = account.live_group("Ops", {"anna": Role.ADMIN})
    other = account.live_group("Other", {"anna": Role.ADMIN})
    account.script(Fault(kind=FaultKind.REFUSE, on=Call.SUBJECT, group="Ops", code=403, times=None))
    groups = (
        b.group("ops", id=jid, subject="Ops 26", members=["anna"]),
        b.group("other", id=other, subject="Other 26", members=["anna"]),
    )
    run = account.apply(*groups)
    if "403" not in {result.error.code for result in run.results if result.error is not None}:
        pytest.skip("its refusals name no code")
    account.clock.advance(timedelta(hours=1))
    again = account.apply(*groups)
    assert [group.hold.rule for group in again.plan.groups if group.hold] == ["rights-refused"]
    assert not again.converged
    assert asked(account, Call.SUBJECT) == 2, "one for each group, and none again"
    account.clear_faults()
    account.clock.advance(timedelta(days=1))
    assert account.apply(*groups).converged
