"""What a reviewed plan covers of a fresh one."""

import dataclasses
from datetime import timedelta

from tests import builders as b
from wagroups.domain.declared.desired import DesiredMembers
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.identity import Role
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.plan import Plan
from wagroups.planning.planner import make_plan
from wagroups.planning.safety.approval import approve
from wagroups.planning.situation import Terms

DECLARED = b.group("chess", members=["anna", "ben"], admins=["ben"], id=b.JID, subject="Chess")
TERMS = Terms(safety=Safety(max_removals=100, max_removal_percent=100))


def plan(*live: object, declared: object = DECLARED) -> Plan:
    groups = [each for each in live if each is not None]
    situation = b.situation(b.observed(*groups))  # type: ignore[arg-type]
    return make_plan(b.desired(declared), {b.ACCOUNT: situation}, TERMS, b.NOW).plan  # type: ignore[arg-type]


def reviewed(of: Plan, **changed: object) -> Reviewed:
    values: dict[str, object] = {
        "digest": of.digest,
        "created_at": of.created_at,
        "actions": frozenset(action.id for _, action in of.actions()),
        "fingerprints": {group.key: group.desired_fingerprint for group in of.groups},
        **changed,
    }
    return Reviewed(**values)  # type: ignore[arg-type]


def test_what_was_reviewed_and_is_still_needed_is_done() -> None:
    fresh = plan(b.live(members=[b.seen("anna")]))
    cut = approve(fresh, reviewed(fresh), TERMS, b.NOW, "reviewed-only")
    assert cut.plan == fresh
    assert not cut.withheld


def test_what_appeared_since_the_review_waits() -> None:
    review = reviewed(plan(b.live(members=[b.seen("anna")])))
    fresh = plan(b.live(members=[b.seen("anna"), b.seen("carla"), b.seen("ben")]))
    cut = approve(fresh, review, TERMS, b.NOW, "reviewed-only")
    kinds = {action.change.kind for _, action in fresh.actions() if action.id in cut.withheld}
    assert kinds == {"member.remove"}
    assert [step.operation.kind for step in cut.plan.groups[0].steps] == ["promote-members"]
    assert not cut.plan.guards


def test_what_appeared_since_the_review_can_refuse_the_run() -> None:
    review = reviewed(plan(b.live(members=[b.seen("anna")])))
    fresh = plan(b.live(members=[b.seen("anna"), b.seen("carla")]))
    cut = approve(fresh, review, TERMS, b.NOW, "refuse")
    assert [guard.rule for guard in cut.plan.guards] == ["stale"]


def test_a_promotion_waits_with_the_addition_it_needs() -> None:
    fresh = plan(b.live(members=[b.seen("anna")]))
    promotion = {action.id for _, action in fresh.actions() if action.change.kind == "admin.promote"}
    cut = approve(fresh, reviewed(fresh, actions=frozenset(promotion)), TERMS, b.NOW, "reviewed-only")
    assert cut.withheld == {action.id for _, action in fresh.actions()}
    assert cut.plan.groups[0].steps == ()


def test_nothing_of_a_group_is_done_whose_creation_was_not_reviewed() -> None:
    declared = b.group("choir", members=["anna"], subject="Choir")
    fresh = plan(declared=declared)
    additions = frozenset(action.id for _, action in fresh.actions() if action.change.kind == "member.add")
    cut = approve(fresh, reviewed(fresh, actions=additions), TERMS, b.NOW, "reviewed-only")
    assert cut.withheld == {action.id for _, action in fresh.actions()}


def test_manifests_that_changed_since_the_review_refuse_the_run() -> None:
    fresh = plan(b.live(members=[b.seen("anna")]))
    cut = approve(fresh, reviewed(fresh, fingerprints={"chess": "another"}), TERMS, b.NOW, "reviewed-only")
    assert [guard.rule for guard in cut.plan.guards] == ["stale"]


def test_a_plan_that_was_first_applied_too_late_is_refused_unless_a_person_says_otherwise() -> None:
    fresh = plan(b.live(members=[b.seen("anna")]))
    old = reviewed(fresh, created_at=b.NOW - timedelta(hours=73))
    assert [guard.rule for guard in approve(fresh, old, TERMS, b.NOW, "reviewed-only").plan.guards] == ["plan-age"]
    anyway = TERMS.model_copy(update={"overrides": (Override(rule="plan-age", reason="holidays"),)})
    assert not approve(fresh, old, anyway, b.NOW, "reviewed-only").plan.guards


def test_an_actions_id_is_its_goal_whatever_was_before() -> None:
    one = plan(b.live(subject="Chess!", members=[b.seen("anna"), b.seen("ben", Role.ADMIN)]))
    other = plan(b.live(subject="Other", members=[b.seen("anna"), b.seen("ben", Role.ADMIN)]))
    assert [a.id for _, a in one.actions()] == [a.id for _, a in other.actions()]
    assert one.digest == other.digest


def test_an_old_number_and_an_old_admin_wait_with_what_they_wait_for() -> None:
    """Who was to come was not approved: whoever goes for them, by approval, stays."""
    declared = b.group("chess", members=["anna", "ben"], admins=["ben"], id=b.JID, subject="Chess")
    former = [
        entry._replace(person=dataclasses.replace(entry.person, former_phones=(b.phone(111),)))
        if entry.person.alias == "ben"
        else entry
        for entry in declared.members
    ]
    declared = dataclasses.replace(declared, members=DesiredMembers.of(former))
    live = b.live(members=[b.seen("anna", Role.ADMIN), b.seen("p11", Role.ADMIN)])
    fresh = plan(live, declared=declared)
    going = {a.id for _, a in fresh.actions() if a.change.kind in ("member.remove", "admin.demote")}
    assert len(going) == 2
    cut = approve(fresh, reviewed(fresh, actions=frozenset(going)), TERMS, b.NOW, "reviewed-only")
    assert going <= cut.withheld
    assert cut.plan.groups[0].steps == ()
