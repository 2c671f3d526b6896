"""A reviewed plan: what was approved, and what of a fresh plan that covers.

A plan is reviewed in a pull request and applied later, when the groups have moved on.  What is executed is what
is both in the fresh plan and approved: goals that were reached in between fall away, and what appeared since the
review waits for the next one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.approval import Review, Reviewed
from wagroups.domain.plans.change import AdminPromotion, Arrival, GroupCreation
from wagroups.domain.plans.outcome import Failure
from wagroups.domain.plans.plan import Action, GroupPlan, Plan, TrippedGuard
from wagroups.domain.plans.rules import Level
from wagroups.planning.safety.new_ledger import RULE as NEW_LEDGER
from wagroups.planning.situation import Terms

OnStale = Literal["reviewed-only", "refuse"]


class Approved(NamedTuple):
    """A fresh plan as far as it was approved."""

    plan: Plan
    withheld: frozenset[str]
    """Ids of actions that appeared since the review, of those that depend on them, and of those of refused groups."""


def approve(plan: Plan, reviewed: Reviewed, terms: Terms, first_applied: datetime, on_stale: OnStale) -> Approved:
    """Cut `plan` down to what `reviewed` covers, and add the guards of a plan that is too old or does not fit."""
    approved = reviewed.actions | {action.id for _, action in plan.actions() if action.approved_by_date}
    withheld = frozenset(action_id for group in plan.groups for action_id in _not_approved(group.actions, approved))
    groups = tuple(_without(group, withheld) for group in plan.groups)
    guards = [*plan.guards, *_stale(plan, reviewed, terms, first_applied)]
    if withheld and on_stale == "refuse":
        guards.append(
            TrippedGuard(
                rule="stale",
                message=f"{len(withheld)} actions are needed now that are not in the reviewed plan; plan again",
            )
        )
    found = approve_all(plan.model_copy(update={"groups": groups, "guards": tuple(guards)}))
    return found._replace(withheld=withheld | found.withheld)


def as_reviewed(terms: Terms, reviewed: Reviewed | None) -> Terms:
    """The terms without overrides of the files that the reviewed plan did not show."""
    if reviewed is None:
        return terms
    kept = (o for o in terms.overrides if o.origin is None or (str(o), o.until) in reviewed.overrides)
    seen = (
        Override(rule=NEW_LEDGER, group=group, reason=f"approved plan {reviewed.digest}")
        for group in sorted(reviewed.unremembered)
    )
    return terms.model_copy(update={"overrides": (*kept, *seen)})


def approve_all(plan: Plan) -> Approved:
    """The whole plan but for what a guard refuses: of a refused run, and of refused groups, what is urgent."""
    if plan.refused:
        stranger = any(guard.rule == "account-changed" for guard in plan.guards)
        groups = (group.model_copy(update={"steps": ()}) if stranger else group.urgent_only() for group in plan.groups)
        plan = plan.model_copy(update={"groups": tuple(groups)})
    return Approved(plan, refused_actions(plan))


def due_part(actions: Sequence[Action]) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    """Of a group's actions, those that are due by date, and those of them that are approved and wait for nothing else.

    In a group that is yet to be created nothing is due.
    """
    if any(isinstance(action.change, GroupCreation) for action in actions):
        return (), ()
    withheld = _not_approved(actions, frozenset(action.id for action in actions if action.approved_by_date))
    due = tuple(action for action in actions if action.due is not None)
    return due, tuple(action for action in due if action.id not in withheld)


def approve_due(plan: Plan) -> Approved:
    """Of a plan of what is due, all that was approved before its date came."""
    plan = approve_all(plan).plan
    taken = {action_id for group in plan.groups for step in group.steps for action_id in step.realises}
    return Approved(plan, frozenset(action.id for _, action in plan.actions()) - taken)


def refused_actions(plan: Plan) -> frozenset[str]:
    """Ids of the actions that a guard refuses, in an approved plan: those of refused groups without a step."""
    refused = {group.key for group in plan.groups} if plan.refused else plan.refused_groups.keys()
    taken = {action for group in plan.groups for step in group.steps for action in step.realises}
    return frozenset(action.id for group, action in plan.actions() if group.key in refused and action.id not in taken)


def why_withheld(plan: Plan, group: GroupKey) -> Failure:
    """Why an action of `group` that is withheld is not done."""
    guards = [guard for guard in plan.guards if guard.scope is Level.RUN]
    guards += [plan.refused_groups[group]] if group in plan.refused_groups else []
    if not guards and plan.due_alone:
        return _why_not_due(plan, group)
    if not guards:
        message = "it is not in the reviewed plan; make and review a new one: wagroups plan --out FILE"
        return Failure(code="not-reviewed", message=message)
    what = "the run" if guards[0].scope is Level.RUN else "this group"
    return Failure(code=guards[0].rule, message=f"{guards[0].rule} refuses {what}")


def _why_not_due(plan: Plan, group: GroupKey) -> Failure:
    actions = [action for found, action in plan.actions() if found.key == group]
    if any(action.due is not None and action.due.review is Review.NEVER for action in actions):
        said = f"nothing was approved for {group} in this ledger"
    else:
        said = f"{group} changed since it was approved"
    return Failure(code="not-reviewed", message=f"{said}; review a new plan: wagroups plan --out FILE")


def _not_approved(actions: Sequence[Action], approved: frozenset[str]) -> set[str]:
    """What of a group was not approved, and what may not happen without it."""
    ids = {action.id for action in actions} - approved
    if any(isinstance(action.change, GroupCreation) and action.id in ids for action in actions):
        return {action.id for action in actions}
    waiting = [a.change.person for a in actions if isinstance(a.change, Arrival) and a.id in ids]
    ids.update(
        action.id
        for action in actions
        if isinstance(action.change, AdminPromotion) and any(action.change.person.same_as(who) for who in waiting)
    )
    ids.update(action.id for action in actions if any(ids.issuperset(needs) for needs in action.conditions))
    return ids


def _without(group: GroupPlan, withheld: frozenset[str]) -> GroupPlan:
    """The group's plan with no step for a withheld action."""
    steps = tuple(step for step in group.steps if not withheld.intersection(step.realises))
    return group.model_copy(update={"steps": steps})


def _stale(plan: Plan, reviewed: Reviewed, terms: Terms, first_applied: datetime) -> list[TrippedGuard]:
    guards = []
    if first_applied - reviewed.created_at > terms.safety.max_plan_age and not terms.passes("plan-age"):
        hours = (first_applied - reviewed.created_at).total_seconds() / 3600
        limit = terms.safety.max_plan_age.total_seconds() / 3600
        guards.append(
            TrippedGuard(
                rule="plan-age",
                message=f"the plan was {hours:.0f} hours old when first applied; at most {limit:.0f} are allowed",
            )
        )
    changed = sorted(
        group.key
        for group in plan.groups
        if reviewed.fingerprints.get(group.key, group.desired_fingerprint) != group.desired_fingerprint
    )
    if changed:
        names = ", ".join(changed)
        guards.append(
            TrippedGuard(rule="stale", message=f"the manifests changed since the plan was made: {names}; plan again")
        )
    return guards
