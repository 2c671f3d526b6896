"""Make the plan.

    bind → hold → diff → attribute → lower → guard

The first three give one group its draft (`group_draft`); the others turn drafts into the plan.
Pure: the same arguments give the same plan, byte for byte.  What the planner wants to say is a `Notice`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired, DesiredGroup, State
from wagroups.domain.identity import AccountKey, GroupKey, Phone
from wagroups.domain.plans.change import Arrival, GroupCreation, MemberRemoval
from wagroups.domain.plans.change_kinds import kind_of
from wagroups.domain.plans.plan import GroupPlan, Later, Live, Notice, Plan, TrippedGuard
from wagroups.domain.plans.rules import Level
from wagroups.domain.text import normal
from wagroups.planning import calendar
from wagroups.planning.diff.attribution import Attribution
from wagroups.planning.diff.communities import unlinked_communities
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.exchanges import conditioned
from wagroups.planning.diff.fields import creation_settings
from wagroups.planning.diff.fingerprints import fingerprint_of_desired, fingerprint_of_live
from wagroups.planning.diff.fruitless import without_fruitless
from wagroups.planning.diff.lowering import in_order, lower
from wagroups.planning.diff.points import acknowledged, dated
from wagroups.planning.group_draft import GroupDraft, draft_of
from wagroups.planning.later import later_in
from wagroups.planning.safety import guards
from wagroups.planning.safety.approval import due_part
from wagroups.planning.safety.losses import PlanContext
from wagroups.planning.safety.new_ledger import new_ledgers
from wagroups.planning.safety.ownership import looser_notices
from wagroups.planning.safety.urgency import urgent_actions
from wagroups.planning.situation import Moment, Situation, Situations, Terms, own_accounts


class Planned(NamedTuple):
    """The plan, and what would have to be asked before more can be said."""

    plan: Plan
    lookups: dict[str, tuple[Phone, ...]]
    """Account → numbers whose LID decides whether somebody may be added."""
    exchanges: dict[AccountKey, dict[GroupKey, frozenset[Phone]]]
    """The new numbers that are waited for, in every group that was planned."""
    unclear: dict[AccountKey, dict[GroupKey, Mapping[Phone, bool]]]
    """Who may be a hidden member of each group whose people were planned: see `PeoplePlan`."""


def make_plan(desired: Desired, situations: Situations, terms: Terms, now: datetime) -> Planned:
    """Compare what is declared with what was read, for every selected group of every account in `situations`."""
    moment = Moment.of(now, desired.timezone)
    situations = {account: situation.taught(situation.memory) for account, situation in situations.items()}
    directory = Directory(desired.people, own_accounts(situations))
    subjects: list[guards.Subject] = []
    lookups: dict[str, set[Phone]] = {}
    exchanges: dict[AccountKey, dict[GroupKey, frozenset[Phone]]] = {}
    unclear: dict[AccountKey, dict[GroupKey, Mapping[Phone, bool]]] = {}
    for _, group in sorted(desired.groups.items()):
        if group.account not in situations or not terms.selection.has_group(group):
            continue
        situation = situations[group.account]
        draft = draft_of(group, situation, terms, directory, moment)
        draft = draft._replace(notices=dated(draft.notices, group, situation.memory, now))
        draft = draft._replace(notices=acknowledged(draft.notices, group.key, desired.known, moment.today))
        lookups.setdefault(group.account, set()).update(draft.lookups)
        exchanges.setdefault(group.account, {})[group.key] = draft.waiting
        if draft.unclear is not None:
            unclear.setdefault(group.account, {})[group.key] = draft.unclear
        group_plan = _group_plan(group, draft, situation, terms, now)
        subjects.append(guards.Subject(group_plan, group, draft.live, situation))
    plans = tuple(subject.plan for subject in subjects)
    if terms.due:
        subjects = [subject for subject in map(_happening, subjects) if subject.plan.actions]
    project = PlanContext(directory, terms, moment)
    tripped = guards.tripped(tuple(subjects), desired, situations, project)
    plans = _without_refused(plans, tripped)
    plan = Plan(
        created_at=now,
        live=_live(plans, situations),
        manifests_digest=desired.digest,
        manifests_files=desired.files,
        groups=plans,
        notices=(
            *looser_notices(situations, terms),
            *new_ledgers(desired, situations),
            *_account_notices(desired, situations),
            *unlinked_communities(desired, plans),
        ),
        guards=tripped,
        overrides=tuple(override for override in terms.overrides if override.origin is not None),
        cost={
            account: calendar.cost_of(tuple(p for p in plans if p.account == account), situation, now)
            for account, situation in sorted(situations.items())
        },
        audience_notices=_audience_notices(plans),
        later=tuple(_later(desired, plans, situations, terms, now)),
        due_alone=terms.due,
    )
    wanted = {account: tuple(sorted(phones)) for account, phones in sorted(lookups.items()) if phones}
    return Planned(plan, wanted, exchanges, unclear)


def _happening(subject: guards.Subject) -> guards.Subject:
    """A group with nothing but what is due and approved: what is not done needs no brake."""
    taken = {action_id for step in subject.plan.steps for action_id in step.realises}
    actions = tuple(action for action in subject.plan.actions if action.id in taken)
    return replace(subject, plan=subject.plan.model_copy(update={"actions": actions}))


def _later(
    desired: Desired, plans: tuple[GroupPlan, ...], situations: Situations, terms: Terms, now: datetime
) -> Iterable[Later]:
    """What follows by date in the groups of the plan, in order of time."""
    found = [
        later
        for plan in plans
        for later in later_in(
            desired.groups[plan.key], situations[plan.account].observed.me, terms.selection, now, now + terms.ahead
        )
    ]
    return sorted(found, key=lambda one: one.at)


def _without_refused(plans: tuple[GroupPlan, ...], tripped: tuple[TrippedGuard, ...]) -> tuple[GroupPlan, ...]:
    """The plans, without the steps of groups that a guard of their own refuses: all of it is shown, and not done.

    What is urgent is done all the same.
    """
    refused = {guard.group for guard in tripped if guard.scope is Level.GROUP}
    return tuple(plan.urgent_only() if plan.key in refused else plan for plan in plans)


def _group_plan(group: DesiredGroup, draft: GroupDraft, situation: Situation, terms: Terms, now: datetime) -> GroupPlan:
    memory, live = situation.memory, draft.live
    jid = None if draft.bound is None else draft.bound.jid
    attribution = Attribution(group, memory, terms, draft.changes, now)
    found = conditioned([attribution.action(change) for change in in_order(draft.changes)], draft.links)
    actions, in_vain = without_fruitless(found, group.key, memory, now)
    every, doable = len(actions), actions
    if terms.due:
        actions, doable = due_part(actions)
    watched = group.state is State.WATCHED
    urgent = urgent_actions(actions, live, terms.safety)
    at_creation = creation_settings(group, situation.capabilities, terms.selection)
    before = len(live.members) if live is not None and live.members is not None else None
    joined = sum(isinstance(action.change, Arrival) for action in doable)
    left = sum(isinstance(action.change, MemberRemoval) for action in doable)
    creating = any(isinstance(action.change, GroupCreation) for action in actions)
    return GroupPlan(
        key=group.key,
        account=group.account,
        gateway=" ".join(filter(None, (situation.capabilities.gateway, situation.capabilities.engine))),
        subject=normal(group.subject or (live.subject if live is not None else None) or group.key),
        jid=jid,
        members_before=0 if creating else before,
        # A new group has the account itself in it.
        members_after=joined + 1 if creating else None if before is None else before + joined - left,
        actions=actions,
        steps=() if watched else lower(group.key, doable, situation.capabilities, at_creation, urgent),
        notices=(*draft.notices, *in_vain),
        hold=draft.hold,
        watched=watched,
        left_alone=every - len(actions),
        desired_fingerprint=fingerprint_of_desired(group, memory.key),
        live_fingerprint=fingerprint_of_live(live, memory.key),
        source=group.origin,
    )


def _live(plans: tuple[GroupPlan, ...], situations: Situations) -> Live:
    why = [f"{plan.key}: {plan.hold.rule}" for plan in plans if plan.hold is not None]
    why += [f"account {a}: {s.observed.trouble}" for a, s in sorted(situations.items()) if s.observed.trouble]
    return Live(
        source="last-read" if any(s.observed.recalled for s in situations.values()) else "gateway",
        read_at=min((s.observed.read_at for s in situations.values()), default=None),
        complete=not why,
        why_not=tuple(why),
    )


def _account_notices(desired: Desired, situations: Situations) -> Iterable[Notice]:
    for account, situation in sorted(situations.items()):
        if not situation.memory.writable:
            yield Notice(
                code="ledger-read-only",
                text=f"account {account}: the ledger is missing or read-only, so what was learnt in this read is "
                f"not saved",
            )
        for breaker in situation.memory.breakers:
            what = f"`{breaker.calls}` calls" if breaker.calls else "all changes"
            yield Notice(
                code="breaker",
                text=f"account {account}: {what} are paused until {breaker.until:%Y-%m-%d %H:%M} UTC "
                f"({breaker.reason})",
            )


def _audience_notices(plans: tuple[GroupPlan, ...]) -> int:
    """Changes that WhatsApp announces in the chats of the groups."""
    done = {action for plan in plans for step in plan.steps for action in step.realises}
    return sum(action.id in done and kind_of(action.change).announced for plan in plans for action in plan.actions)
