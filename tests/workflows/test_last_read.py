"""A plan can be made from the last read, without any gateway: it says its age, and nothing is taken for known."""

from datetime import timedelta
from typing import Any

import pytest

from tests import builders as b
from tests.rig import DIALECTS, RELAXED, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import NeverRead
from wagroups.domain.identity import Role
from wagroups.domain.live.last_read import FRESH
from wagroups.domain.plans.plan import Plan
from wagroups.planning.situation import Selection
from wagroups.privacy.redactor import NamesIn, Redaction, Redactor
from wagroups.reports.view.plan_view import plan_view
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.reconcile.plan import can_be_recalled, preview_recalled

EACH = pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])

READS = (Call.LIST, Call.GET)


def recalled(account: Rig, *groups: DesiredGroup) -> Plan:
    return preview_recalled(account.session(b.desired(*groups)), RELAXED).plan


def stands_in(account: Rig, *groups: DesiredGroup) -> bool:
    return can_be_recalled(account.session(b.desired(*groups)), Selection())


def chess(account: Rig, *members: str, **fields: Any) -> DesiredGroup:
    jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla"), Role.MEMBER))
    return b.group("chess", id=jid, members=members, **fields)


@EACH
def test_the_last_read_gives_the_same_plan_and_asks_nobody(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as account:
        account.know("anna", "ben", "carla", "dora")
        settings = {Setting.EDIT_INFO: "admins"} if gateway == "waha" else {}
        group = chess(account, "anna", "ben", "dora", subject="Chess club", settings=settings)
        fresh = account.plan(group)
        asked = len(account.front.log)
        again = recalled(account, group)
        assert len(account.front.log) == asked
        assert again.live.source == "last-read"
        assert [action.id for _, action in again.actions()] == [action.id for _, action in fresh.actions()]
        assert again.digest == fresh.digest


@EACH
def test_it_stands_in_for_a_new_read_only_where_that_costs_and_nothing_happened_since(
    gateway: str, dialect: str
) -> None:
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as account:
        account.know("anna", "ben", "carla", "dora")
        group = chess(account, "anna", "ben", "carla", "dora")
        assert not stands_in(account, group)
        account.plan(group)
        assert stands_in(account, group) is (gateway == "waxum")
        account.clock.advance(FRESH + timedelta(seconds=1))
        assert not stands_in(account, group)
        account.plan(group)
        account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.ADD))
        account.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.GET, times=None))
        account.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.LIST, after=2, times=None))
        account.apply(group)
        last = account.ledger.last_read(b.ACCOUNT)
        assert last is not None
        assert last.outdated


def test_a_plan_that_asks_nobody_says_how_old_it_is_in_the_sentence_that_says_nothing_to_do() -> None:
    with rig("waha", "noweb", "anna", "ben", "carla") as account:
        group = chess(account, "anna", "ben", "carla")
        assert account.plan(group).empty
        account.clock.advance(timedelta(hours=3))
        view = plan_view(recalled(account, group), Redactor(Redaction.ALIAS, b"key", NamesIn(b.desired(group))))
        assert "nothing to do, by what was read 3 h ago." in view.totals
        assert "no gateway has been asked since" in view.live


def test_an_account_that_was_never_read_is_no_account_without_groups() -> None:
    with rig("waha", "noweb", "anna", "ben", "carla") as account:
        group = chess(account, "anna")
        with pytest.raises(NeverRead, match="was never read"):
            recalled(account, group)


def test_a_group_whose_last_list_could_not_be_trusted_is_held() -> None:
    crowd = tuple(f"p{number}" for number in range(1, 31))
    with rig("waha", "noweb", *crowd) as account:
        account.know(*crowd)
        jid = account.live_group("Chess", dict.fromkeys(crowd, Role.MEMBER))
        group = b.group("chess", id=jid, members=crowd[:25])
        account.plan(group)
        account.script(*(Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=call, times=None, keep=5) for call in READS))
        account.clock.advance(timedelta(hours=1))
        account.plan(group)
        plan = recalled(account, group)
        assert plan.groups[0].hold is not None
        assert not list(plan.actions())


def test_whom_only_a_look_up_could_tell_is_named_and_not_taken_for_absent() -> None:
    with rig("waha", "gows", "anna", "ben") as account:
        ben = account.world.people.called("ben")
        assert ben is not None
        ben.hidden_number = True
        jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
        group = b.group("chess", id=jid, members=["anna", "ben"])
        account.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.IDENTIFY, times=None))
        account.plan(group)
        plan = recalled(account, group)
        assert not list(plan.actions())
        assert any(notice.person and notice.person.alias == "ben" for notice in plan.groups[0].notices)
