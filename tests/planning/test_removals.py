"""Whom a guard names when it refuses removals."""

from tests import builders as b
from wagroups.domain.identity import GroupJid
from wagroups.domain.plans.change import MemberRemoval
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms


def test_somebody_who_would_lose_several_groups_is_named_once() -> None:
    jids = [GroupJid.of(f"12036300000000000{n}@g.us") for n in (1, 2)]
    people = ("anna", "ben", "carla", "dora")
    groups = [b.group(f"g{n}", members=people[1:], id=jid, manage_members=b.Manage.EXACT) for n, jid in enumerate(jids)]
    live = [b.live(jid, members=[b.seen(name) for name in people]) for jid in jids]
    situation = b.situation(b.observed(*live), b.memory())
    terms = Terms(safety=Terms().safety.model_copy(update={"max_removals": 1}))
    guards = make_plan(b.desired(*groups), {b.ACCOUNT: situation}, terms, b.NOW).plan.guards
    (guard,) = (guard for guard in guards if guard.rule == "max-removals" and guard.group is None)
    assert "2 to be removed" in guard.message
    assert [person.phone for person in guard.people] == [b.phone(b.number_of("anna"))]


def test_two_telephones_of_one_person_are_two_actions_with_ids_of_their_own() -> None:
    ben = b.person("ben", other_phones=(b.phone(111),))
    group = b.group("chess", members=("anna", "carla"), id=b.JID, manage_members=b.Manage.EXACT)
    live = b.live(members=[b.seen(name) for name in ("anna", "carla", "ben", "p11")])
    situation = b.situation(b.observed(live), b.memory())
    plan = make_plan(b.desired(group, people=[ben]), {b.ACCOUNT: situation}, Terms(), b.NOW).plan
    removals = plan.groups[0].actions
    people = [action.change.person for action in removals if isinstance(action.change, MemberRemoval)]
    assert {(person.alias, person.phone) for person in people} == {("ben", b.phone(2)), ("ben", b.phone(111))}
    assert len({action.id for action in removals}) == 2
