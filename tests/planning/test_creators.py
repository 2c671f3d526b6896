"""Whoever created a group is never removed or demoted, by whichever of their names the gateway tells of them."""

import pytest

from tests import builders as b
from wagroups.domain.identity import Identity, Phone, Role
from wagroups.domain.live.observed import ObservedMember
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

RIO_NEW, RIO_OLD = Phone.of("+5521998765432"), Phone.of("+552198765432")
PAIRS = {b.phone(3): b.lid(3)}

CREATORS = {
    "by number": (Identity(phone=b.phone(3)), ObservedMember(b.phone(3), None, Role.ADMIN)),
    "by LID": (Identity(lid=b.lid(3)), ObservedMember(None, b.lid(3), Role.ADMIN, by_lid=True)),
    "by a LID that was learnt": (Identity(lid=b.lid(3)), ObservedMember(b.phone(3), None, Role.ADMIN)),
    "by a number that was learnt": (
        Identity(phone=b.phone(3)),
        ObservedMember(None, b.lid(3), Role.ADMIN, by_lid=True),
    ),
    "by another spelling": (Identity(phone=RIO_OLD), ObservedMember(RIO_NEW, None, Role.ADMIN)),
}


@pytest.mark.parametrize(("creator", "member"), CREATORS.values(), ids=CREATORS)
def test_the_creator_stays_an_admin_and_a_member(creator: Identity, member: ObservedMember) -> None:
    live = b.live(members=[member, b.seen("anna", Role.ADMIN), b.seen("ben")], creator=creator, myself=Role.ADMIN)
    group = b.group(members=["anna", "ben"], admins=["anna"], id=b.JID)
    situation = b.situation(b.observed(live), b.memory(pairs=PAIRS))
    (plan,) = make_plan(b.desired(group), {b.ACCOUNT: situation}, Terms(), b.NOW).plan.groups
    assert not plan.actions
