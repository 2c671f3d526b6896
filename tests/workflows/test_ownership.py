"""What files may not decide by themselves: to allow more than before, and to take another project's groups."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.identity import GroupKey, Role
from wagroups.domain.plans.plan import Plan
from wagroups.planning.situation import Terms

CROWD = ("anna", "ben", "carla")


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", *CROWD, "luis") as made:
        made.know(*CROWD, "luis")
        yield made


def passing(rule: str) -> Terms:
    return RELAXED.model_copy(update={"overrides": (Override(rule=rule, reason="agreed in the board"),)})


def rules(plan: Plan) -> list[str]:
    return [guard.rule for guard in plan.guards]


def notes(plan: Plan) -> list[str]:
    return [notice.code for notice in plan.notices]


def test_looser_settings_stop_the_run_until_one_override_and_then_are_what_holds(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
    account.apply(b.group("chess", id=jid, members=CROWD))
    account.safety = Safety(max_removals=1000, protect=())
    fewer = b.group("chess", id=jid, members=CROWD[:2])
    for _ in range(2):
        run = account.apply(fewer)
        assert rules(run.plan)[0] == "looser-settings"
        assert run.plan.refused
        assert run.plan.guards[0].message == (
            "the settings allow more than at the last apply: `safety.max_removals` from 10 to 1000"
        )
        assert "carla" in account.members("Chess")
    run = account.apply(fewer, terms=passing("looser-settings"))
    assert notes(run.plan)[0] == "looser-settings", "it is said first also where it is passed"
    assert account.members("Chess").keys() == set(CROWD[:2])
    assert not rules(account.plan(fewer))
    assert "looser-settings" not in notes(account.plan(fewer))


def test_tighter_settings_stop_nothing_and_are_what_is_compared_with(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
    group = b.group("chess", id=jid, members=CROWD)
    account.apply(group)
    account.safety = Safety(max_removals=5, min_admins=2)
    assert not rules(account.plan(group))
    account.apply(group)
    account.safety = Safety()
    assert rules(account.plan(group)) == ["looser-settings"]


def test_a_plan_alone_makes_nothing_hold(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
    group = b.group("chess", id=jid, members=CROWD)
    account.apply(group)
    account.safety = Safety(allow_dissolve=True)
    for _ in range(2):
        assert rules(account.plan(group)) == ["looser-settings"]


def test_whoever_is_denied_goes_beside_looser_settings(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys((*CROWD, "luis"), Role.MEMBER))
    account.apply(b.group("chess", id=jid, members=(*CROWD, "luis")))
    account.safety = Safety(max_removals=1000)
    denied = [b.person("luis", denied=b.NOW.date())]
    account.apply(b.group("chess", id=jid, members=CROWD), people=denied)
    assert "luis" not in account.members("Chess")


def test_a_group_of_another_project_in_the_same_ledger_is_not_touched(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
    account.project = "green-field"
    account.apply(b.group("chess", id=jid, members=CROWD))
    for name in ("mill-lane", None):
        account.project = name
        run = account.apply(b.group("chess", id=jid, members=CROWD[:2]))
        assert rules(run.plan) == ["claimed"]
        assert "green-field" in run.plan.guards[0].message
        assert account.members("Chess").keys() == set(CROWD)
    account.project = "green-field"
    assert not rules(account.plan(b.group("chess", id=jid, members=CROWD)))


def test_a_group_that_was_released_or_is_taken_over_by_override_belongs_to_the_other(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
    group = b.group("chess", id=jid, members=CROWD)
    account.project = "green-field"
    account.apply(group)
    account.project = "mill-lane"
    account.apply(group, terms=passing("claimed"))
    assert not rules(account.plan(group))
    account.ledger.release(b.ACCOUNT, GroupKey("chess"))
    account.project = "green-field"
    assert not rules(account.plan(group))
