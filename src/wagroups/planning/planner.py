"""Make the plan.

    bind → hold → diff → attribute → lower → guard

Pure: the same arguments give the same plan, byte for byte.  What the planner wants to say is a `Notice`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired, DesiredGroup, State
from wagroups.domain.identity import AccountKey, GroupKey, Identity, Phone, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import ObservedGroup, is_me
from wagroups.domain.plans.change import (
    Arrival,
    Change,
    GroupAdoption,
    GroupCreation,
    GroupDissolution,
    GroupRelease,
    MemberRemoval,
)
from wagroups.domain.plans.change_kinds import kind_of
from wagroups.domain.plans.plan import GroupPlan, Hold, Later, Live, Notice, Plan, TrippedGuard
from wagroups.domain.plans.rules import Level
from wagroups.domain.text import normal
from wagroups.planning import calendar
from wagroups.planning.binding import Bound, Unborn, UnsettledCreation, bind
from wagroups.planning.diff.attribution import Attribution
from wagroups.planning.diff.communities import community_notices, unlinked_communities
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.exchanges import Link, conditioned
from wagroups.planning.diff.fields import creation_settings, diff_fields
from wagroups.planning.diff.fingerprints import fingerprint_of_desired, fingerprint_of_live
from wagroups.planning.diff.fruitless import rights_refused, without_fruitless
from wagroups.planning.diff.hidden import own_lookup
from wagroups.planning.diff.invitations import reset_after
from wagroups.planning.diff.lowering import in_order, lower
from wagroups.planning.diff.people import NOTHING, diff_people
from wagroups.planning.diff.pictures import diff_picture
from wagroups.planning.diff.points import acknowledged, covering, dated, watched
from wagroups.planning.diff.reach import unseen_people, within_reach
from wagroups.planning.holds import HandsOff, hold_of, standing, unmanageable_people
from wagroups.planning.later import later_in
from wagroups.planning.safety import guards
from wagroups.planning.safety.approval import due_part
from wagroups.planning.safety.losses import PlanContext
from wagroups.planning.safety.new_ledger import new_ledgers
from wagroups.planning.safety.ownership import looser_notices
from wagroups.planning.safety.uncounted import uncounted_notices
from wagroups.planning.safety.urgency import is_closing, only_urgent, seen_in, urgent_actions
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


class _Draft(NamedTuple):
    """One group on its way through the stages."""

    changes: tuple[Change, ...] = ()
    notices: tuple[Notice, ...] = ()
    hold: Hold | None = None
    lookups: tuple[Phone, ...] = ()
    bound: Bound | None = None
    links: tuple[Link, ...] = ()
    waiting: frozenset[Phone] = frozenset()
    unclear: Mapping[Phone, bool] | None = None
    """See `PeoplePlan`, here and above."""

    @property
    def live(self) -> ObservedGroup | None:
        return None if self.bound is None else self.bound.live


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
        draft = _draft(group, situation, terms, directory, moment)
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


def _draft(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment) -> _Draft:
    """What is to be done about one group, as far as its gateway can do it."""
    draft = _wished(group, situation, terms, directory, moment)
    within, beyond = _told_apart(within_reach(draft.changes, situation.capabilities, group.key))
    left = {id(change) for change in within}
    links = [link._replace(needs=tuple(c for c in link.needs if id(c) in left)) for link in draft.links]
    # What waits for changes none of which can be made is not made either.
    barred = {id(link.change) for link in links if not link.needs}
    return draft._replace(
        changes=tuple(change for change in within if id(change) not in barred),
        notices=(*draft.notices, *beyond),
        links=tuple(link for link in links if id(link.change) in left - barred),
    )


def _wished(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment) -> _Draft:
    match group.state:
        case State.RELEASED:
            return _released(group, situation)
        case State.DISSOLVED:
            return _dissolved(group, situation, terms, directory)
        case State.MANAGED | State.WATCHED:
            return _managed(group, situation, terms, directory, moment)


def _released(group: DesiredGroup, situation: Situation) -> _Draft:
    keys = (group.key, *group.previous_keys)
    bound = any(key in situation.memory.bindings for key in keys)
    return _Draft(changes=(GroupRelease(),) if bound else ())


def _managed(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment) -> _Draft:
    binding = bind(group, situation, terms)
    if isinstance(binding, UnsettledCreation):
        return _Draft(hold=binding.hold)
    if group.faults:
        return _uncounted(group, binding, situation, terms, directory, moment)
    if isinstance(binding, Unborn):
        unborn = _unborn(group, situation, terms, directory, moment)
        return unborn._replace(notices=(*unborn.notices, *_never_was(binding)))
    # What no read shows is not adopted: a binding to nothing would hide the declared group for ever.
    adopting = binding.how in ("adopt", "found") and binding.live is not None
    adoption = (GroupAdoption(jid=binding.jid),) if adopting else ()
    hold = hold_of(binding, situation, terms, group.key)
    live = binding.live
    if live is None:
        return _Draft(adoption, (), hold, bound=binding)
    if live.may_hide(situation.observed.me):
        return _Draft(adoption, (), hold, own_lookup(situation), binding)
    said = list(diff_fields(group, live, situation, terms.selection))
    said += community_notices(group, live, situation.capabilities)
    said += diff_picture(group, live, situation, terms.selection)
    hands_off = HandsOff(group, live, situation, terms)
    people = NOTHING
    unseen = unseen_people(group, situation.capabilities)
    if unseen is not None:
        said.append(unseen)
    elif hold is None or seen_in(hold):
        people = diff_people(group, live, situation, hands_off, directory, terms, moment)
    if hold is not None:
        people = only_urgent(people)
    obstacle = standing(binding, situation.observed.me, group)
    if obstacle is None and not terms.passes("rights-refused"):
        refused = rights_refused(group.key, memory=situation.memory, now=moment.now)
        if refused is not None:
            return _Draft(adoption, (), refused, bound=binding)
    if obstacle is not None:
        covered = covering(obstacle, [*said, *people.changes, *people.notices])
        return _Draft(adoption, (covered,), hold, bound=binding)
    unmanaged = unmanageable_people(live)
    if unmanaged is not None:
        said += [covering(unmanaged, people.changes)] if people.changes else []
        people = NOTHING
    said += [*people.changes, *people.notices, *reset_after(people.changes, group, situation)]
    changes, notices = _told_apart(said)
    if group.state is State.WATCHED:
        notices = (*notices, *watched(group, changes))
    return _Draft(
        (*adoption, *changes), notices, hold, people.lookups, binding, people.links, people.waiting, people.unclear
    )


def _uncounted(
    group: DesiredGroup,
    binding: Bound | Unborn,
    situation: Situation,
    terms: Terms,
    directory: Directory,
    moment: Moment,
) -> _Draft:
    """A group whose lists come to nobody by accident: only what is urgent is done, whatever the lists say."""
    notices = tuple(uncounted_notices(group, situation.memory))
    if isinstance(binding, Unborn):
        return _Draft(notices=notices)
    hold, live = hold_of(binding, situation, terms, group.key), binding.live
    if live is None or live.may_hide(situation.observed.me) or standing(binding, situation.observed.me, group):
        return _Draft(notices=notices, hold=hold, bound=binding)
    people = NOTHING
    if (hold is None or seen_in(hold)) and not unmanageable_people(live):
        hands_off = HandsOff(group, live, situation, terms)
        people = only_urgent(diff_people(group, live, situation, hands_off, directory, terms, moment))
    closing = [said for said in diff_fields(group, live, situation, terms.selection) if is_closing(said, group)]
    said = [*closing, *people.changes, *notices, *reset_after(people.changes, group, situation)]
    changes, notices = _told_apart(said)
    return _Draft(changes, notices, hold, bound=binding)


def _unborn(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory, moment: Moment) -> _Draft:
    if group.state is State.WATCHED:
        text = "the group is only watched and not bound to a live group; write its `id`, which `import` prints"
        return _Draft(notices=(Notice(code="not-bound", text=text, next="wagroups import"),))
    if situation.observed.trouble is not None:
        return _Draft(hold=Hold(rule=situation.observed.trouble, message="the groups of the account are not known"))
    claim = situation.capabilities.claim(Aspect.CREATE)
    if Access.WRITE not in claim.access:
        text = f"the group does not exist, and this gateway cannot create one: {claim.note}"
        return _Draft(notices=(Notice(code="cannot-create", text=text, next="wagroups import"),))
    said = list(diff_fields(group, None, situation, terms.selection))
    said += community_notices(group, None, situation.capabilities)
    said += diff_picture(group, None, situation, terms.selection)
    people = diff_people(group, None, situation, None, directory, terms, moment)
    changes, notices = _told_apart([*said, *people.changes, *people.notices])
    creation = GroupCreation(subject=normal(group.subject or group.key))
    return _Draft((creation, *changes), notices, links=people.links)


def _never_was(binding: Unborn) -> Iterable[Notice]:
    """Why a creation that was asked for before is asked for again."""
    for entry in binding.never_was:
        yield Notice(
            code="creation-settled",
            text=f"the creation of {entry.intent.intended_at:%Y-%m-%d %H:%M} UTC was never answered, and {entry.looks} "
            "reads over more than a day show no new group: it did not happen, so the group is created",
        )


def _protected(live: ObservedGroup, directory: Directory, situation: Situation, terms: Terms) -> Iterable[Notice]:
    """People who may never be removed, and so keep a group from being dissolved."""
    names = situation.memory.names
    for member in sorted(live.members or (), key=lambda member: member.order):
        person = directory.by_phone(member.phone or (names.phone_of(member.lid) if member.lid else None))
        if person is not None and person.alias in terms.safety.protect and not is_me(member, situation.observed.me):
            yield Notice(
                code="not-dissolved",
                person=Identity(alias=person.alias, phone=person.phone),
                text="{person} is under `safety.protect` and in the group, so it is not dissolved",
                next="state: released",
            )


def _dissolved(group: DesiredGroup, situation: Situation, terms: Terms, directory: Directory) -> _Draft:
    binding = bind(group, situation, terms)
    if isinstance(binding, UnsettledCreation):
        return _Draft(hold=binding.hold)
    if isinstance(binding, Unborn):
        text = "not bound to a live group, so nothing is dissolved; if it exists, write its `id`"
        return _Draft(notices=(Notice(code="nothing-to-dissolve", text=text),))
    hold = hold_of(binding, situation, terms, group.key)
    if binding.absence is not None or (binding.live is not None and binding.live.left_by(situation.observed.me)):
        # The list of a group that the account was the last to leave is empty, and for once that is the goal.
        return _Draft(changes=(GroupRelease(),) if binding.how == "ledger" else (), bound=binding)
    if binding.live is None or hold is not None:
        return _Draft(hold=hold, bound=binding)
    obstacle = standing(binding, situation.observed.me, group)
    names, me = situation.memory.names, situation.observed.me
    kept = tuple(_protected(binding.live, directory, situation, terms))
    if kept:
        return _Draft(notices=kept, bound=binding)
    everybody = tuple(
        MemberRemoval(
            person=Identity(
                phone=member.phone or (names.phone_of(member.lid) if member.lid else None),
                lid=member.lid,
                by_lid=member.by_lid,
            ),
            was_admin=member.role.is_admin,
        )
        for member in sorted(binding.live.members or (), key=lambda member: member.order)
        if not is_me(member, me) and member.role is not Role.OWNER
    )
    # Without admin rights nobody can be removed, but anybody may leave.
    return _Draft((*(everybody if obstacle is None else ()), GroupDissolution()), bound=binding)


def _told_apart(said: Iterable[Change | Notice]) -> tuple[tuple[Change, ...], tuple[Notice, ...]]:
    said = tuple(said)
    return (
        tuple(item for item in said if not isinstance(item, Notice)),
        tuple(item for item in said if isinstance(item, Notice)),
    )


def _group_plan(group: DesiredGroup, draft: _Draft, situation: Situation, terms: Terms, now: datetime) -> GroupPlan:
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
