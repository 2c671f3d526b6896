"""Brakes on a finished plan.  A tripped guard refuses its group, or the whole run, before the first write.

They judge the plan as a value, so the same rules hold for a reviewed plan, for an apply without review, and for
a plan that nobody will ever apply.  A person passes one rule at a time, with a reason that is kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wagroups.domain.declared.desired import Desired, DesiredGroup, State
from wagroups.domain.declared.safety import Safety
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import AdminDemotion, AdminPromotion, Change, GroupDissolution, MemberRemoval
from wagroups.domain.plans.plan import GroupPlan, TrippedGuard
from wagroups.domain.plans.rules import Level
from wagroups.planning.safety.account_claims import account_guards, living_groups, moved_groups, orphan_guards
from wagroups.planning.safety.floors import floors
from wagroups.planning.safety.limits import limits, limits_of_accounts
from wagroups.planning.safety.losses import Losses, PlanContext
from wagroups.planning.safety.new_ledger import unremembered
from wagroups.planning.safety.ownership import claimed_groups, looser_settings
from wagroups.planning.safety.uncounted import uncounted_guards
from wagroups.planning.situation import Situation, Situations, Terms


@dataclass(frozen=True, slots=True)
class Subject:
    """One group's plan with what the guards need beside it."""

    plan: GroupPlan
    desired: DesiredGroup
    live: ObservedGroup | None
    situation: Situation


def tripped(
    subjects: tuple[Subject, ...], desired: Desired, situations: Situations, project: PlanContext
) -> tuple[TrippedGuard, ...]:
    """Every guard that refuses a group of this plan, or all of it, and was not overridden, in a stable order.

    What is refused in one group does not happen, so the limits of an account count the other groups alone.
    """
    terms = project.terms
    plans = tuple(subject.plan for subject in subjects)
    of_run = [
        *looser_settings(situations),
        *account_guards(desired, situations),
        *moved_groups(plans, desired, situations, terms),
        *claimed_groups(plans, situations),
        *living_groups(plans, desired, situations, terms),
        *orphan_guards(desired, situations, terms),
    ]
    judged = [subject for subject in subjects if not subject.plan.watched]
    losses = [_losses(s, project) for s in judged if s.desired.state is not State.DISSOLVED]
    of_groups = [guard for subject in judged for guard in _group(subject, terms.safety)]
    of_groups += [guard for one in losses for guard in (*limits(one, terms.safety), *floors(one))]
    own = [*_not_passed(of_run, terms), *_not_passed(sorted(of_groups, key=_by_group), terms)]
    refused = {guard.group for guard in own if guard.scope is Level.GROUP}
    happening = [one for one in losses if one.plan.key not in refused]
    return (*own, *_not_passed(limits_of_accounts(happening, terms), terms))


def _not_passed(guards: Iterable[TrippedGuard], terms: Terms) -> Iterator[TrippedGuard]:
    return (guard for guard in guards if not (guard.passable and terms.passes(guard.rule, guard.group)))


def _by_group(guard: TrippedGuard) -> str:
    return guard.group or ""


def _losses(subject: Subject, project: PlanContext) -> Losses:
    return Losses(subject.plan, subject.desired, subject.live, subject.situation, project)


def _group(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    if subject.desired.state is State.DISSOLVED:
        yield from _dissolve(subject, safety)
        return
    yield from uncounted_guards(subject.desired, subject.situation.memory)
    yield from _min_admins(subject, safety)
    yield from unremembered(subject.plan, subject.situation.memory)


def admins_after(changes: Iterable[Change], live: ObservedGroup | None) -> int | None:
    """How many admins a group has after `changes`; `None` where none of them takes one away."""
    changes = list(changes)
    lost = sum(isinstance(c, AdminDemotion) or (isinstance(c, MemberRemoval) and c.was_admin) for c in changes)
    if not lost or live is None:
        return None
    admins = sum(member.role.is_admin for member in live.members or ())
    return admins + sum(isinstance(change, AdminPromotion) for change in changes) - lost


def _min_admins(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    after = admins_after((action.change for action in subject.plan.actions), subject.live)
    if after is not None and after < safety.min_admins:
        yield TrippedGuard(
            rule="min-admins",
            group=subject.plan.key,
            message=f"{subject.plan.key}: {after} admin{'' if after == 1 else 's'} would be left, and at least "
            f"{safety.min_admins} must be",
        )


def _dissolve(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    if not any(isinstance(action.change, GroupDissolution) for action in subject.plan.actions):
        return
    allowed = safety.allow_dissolve
    need = "" if allowed else "; `safety.allow_dissolve` in wagroups.yaml does not allow it, and no override can"
    yield TrippedGuard(
        rule="dissolve",
        group=subject.plan.key,
        place=subject.desired.origin_of("state"),
        passable=allowed,
        message=f"{subject.plan.key}: everyone would be removed and the account would leave the group{need}",
    )
