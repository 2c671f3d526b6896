"""What is said about communities, which no gateway can make."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from tests import builders as b
from wagroups.domain.declared.desired import DesiredCommunity, DesiredMembers
from wagroups.domain.live.capability import Access, Aspect, Claim
from wagroups.domain.live.observed import Community
from wagroups.domain.plans.plan import Plan
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

SCHOOL = DesiredCommunity(
    key="school", origin=b.PLACE, subject="Our school", admins=DesiredMembers.of([b.member("anna", admin=True)])
)


def plan_of(place: Community | None, access: Access = Access.READ) -> Plan:
    group = b.group("chess", members=["anna"], community="school", id=b.JID)
    desired = replace(b.desired(group), communities=MappingProxyType({"school": SCHOOL}))
    said = b.capabilities()
    claims = {**said.claims, Aspect.COMMUNITY: Claim(access=access, note="link it on a phone")}
    live = b.observed(b.live(members=[b.seen("anna")], community=place))
    situation = b.situation(live, capabilities_=said.model_copy(update={"claims": claims}))
    return make_plan(desired, {b.ACCOUNT: situation}, Terms(), b.NOW).plan


def test_a_group_in_a_community_needs_no_word() -> None:
    plan = plan_of(Community.LINKED)
    assert (plan.groups[0].notices, plan.notices) == ((), ())


@pytest.mark.parametrize(
    ("place", "access", "words"),
    [
        (Community.NONE, Access.READ, "not linked to the community “school”: link it on a phone"),
        (None, Access.READ, "whether it is linked to the community “school” cannot be seen: link it on a phone"),
        (None, Access.NONE, "whether it is linked to the community “school” cannot be seen: link it on a phone"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(place: Community | None, access: Access, words: str) -> None:
    plan = plan_of(place, access)
    [notice] = plan.groups[0].notices
    assert (notice.setting, notice.text) == ("community", words)
    assert [notice.text for notice in plan.notices] == [
        "community school: make it on a phone as “Our school” with the admins anna; "
        "who is in it follows from its groups and is never a list"
    ]
    assert plan.groups[0].actions == ()
