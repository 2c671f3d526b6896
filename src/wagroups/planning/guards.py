"""Brakes on a finished plan.  A tripped guard refuses the whole run before its first write.

They judge the plan as a value, so the same rules hold for a reviewed plan, for an apply without review, and for
a plan that nobody will ever apply.  A person passes one rule at a time, with a reason that is kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from wagroups.domain.change import (
    AdminDemotion,
    AdminPromotion,
    GroupDissolution,
    MemberAddition,
    MemberRemoval,
)
from wagroups.domain.desired import Desired, DesiredGroup, State
from wagroups.domain.identity import AccountKey, Identity
from wagroups.domain.observed import ObservedGroup
from wagroups.domain.plan import GroupPlan, TrippedGuard
from wagroups.domain.safety import (
    DECLARED_SHRANK_PERCENT,
    PERCENT_FROM_MEMBERS,
    SWAP_PEOPLE,
    SWAP_SHARE,
    Safety,
)
from wagroups.planning.belonging import account_guards, living_groups, moved_groups, orphan_guards
from wagroups.planning.situation import Situation, Situations, Terms
from wagroups.planning.uncounted import uncounted_guards


@dataclass(frozen=True, slots=True)
class Subject:
    """One group's plan with what the guards need beside it."""

    plan: GroupPlan
    desired: DesiredGroup
    live: ObservedGroup | None
    situation: Situation


def tripped(
    subjects: tuple[Subject, ...], desired: Desired, situations: Situations, terms: Terms
) -> tuple[TrippedGuard, ...]:
    """Every guard that refuses this plan and was not overridden, in a stable order."""
    plans = tuple(subject.plan for subject in subjects)
    guards = [
        *account_guards(desired, situations),
        *moved_groups(plans, desired, situations, terms),
        *living_groups(plans, desired, situations, terms),
        *orphan_guards(desired, situations, terms),
        *_removals_per_account(subjects, terms.safety),
    ]
    for subject in subjects:
        if not subject.plan.watched:
            guards += _group(subject, terms.safety)
    return tuple(guard for guard in guards if not terms.passes(guard.rule))


def _group(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    if subject.desired.state is State.DISSOLVED:
        yield from _dissolve(subject, safety)
        return
    yield from uncounted_guards(subject.desired, subject.situation.memory)
    yield from _removals(subject, safety)
    yield from _min_admins(subject, safety)
    yield from _declared_shrank(subject)
    yield from _denied(subject)
    yield from _identity_swap(subject)


def _removed(subject: Subject) -> list[Identity]:
    return [a.change.person for a in subject.plan.actions if isinstance(a.change, MemberRemoval)]


def _unexplained(subject: Subject) -> list[Identity]:
    """Those who are removed for no better reason than not being declared."""
    removals = [a.change for a in subject.plan.actions if isinstance(a.change, MemberRemoval)]
    return [change.person for change in removals if change.evidence is None]


def _removed_today(subject: Subject) -> int:
    jid = subject.plan.jid
    return 0 if jid is None else subject.situation.memory.removed_today.get(jid, 0)


def _removals(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    people, earlier = _removed(subject), _removed_today(subject)
    members = (subject.plan.members_before or 0) + earlier
    for rule, whom, words in _too_many(people, _unexplained(subject), earlier, members, safety):
        yield TrippedGuard(
            rule=rule, group=subject.plan.key, people=whom, message=f"{subject.plan.key}: {words}: {{people}}"
        )


def _removals_per_account(subjects: Iterable[Subject], safety: Safety) -> Iterator[TrippedGuard]:
    by_account: dict[AccountKey, list[Subject]] = {}
    for subject in subjects:
        if subject.desired.state is not State.DISSOLVED and not subject.plan.watched:
            by_account.setdefault(subject.plan.account, []).append(subject)
    for account, theirs in sorted(by_account.items()):
        people = [person for subject in theirs for person in _removed(subject)]
        earlier = sum(theirs[0].situation.memory.removed_today.values())
        if any(len(_removed(s)) == len(people) and _removed_today(s) == earlier for s in theirs):
            continue  # A single group over the limit is named by its own guard; saying it twice helps nobody.
        unexplained = [person for subject in theirs for person in _unexplained(subject)]
        members = _memberships(theirs) + earlier
        for rule, whom, words in _too_many(people, unexplained, earlier, members, safety):
            # Whoever loses several memberships counts for each, and is named once.
            yield TrippedGuard(
                rule=rule,
                people=tuple({person.phone or person.lid: person for person in whom}.values()),
                message=f"account {account}: in all its groups {words}: {{people}}",
            )


def _memberships(subjects: Sequence[Subject]) -> int:
    """Seats in the account's managed groups, also in those that this run is not about."""
    situation = subjects[0].situation
    jids = {binding.jid for binding in situation.memory.bindings.values()}
    jids.update(subject.plan.jid for subject in subjects if subject.plan.jid is not None)
    live = [situation.observed.groups[jid] for jid in jids if jid in situation.observed.groups]
    return sum(len(group.members or ()) for group in live)


def _too_many(
    people: Sequence[Identity], unexplained: Sequence[Identity], earlier: int, members: int, safety: Safety
) -> Iterator[tuple[str, tuple[Identity, ...], str]]:
    """Rule, people and words for each limit of removals that is exceeded, counted with those of the last day."""
    if people and len(people) + earlier > safety.max_removals:
        words = f"{_removals_words(len(people), earlier)}, and at most {safety.max_removals} are allowed"
        yield "max-removals", tuple(people), f"{words} in a run and in a day"
    if unexplained and members >= PERCENT_FROM_MEMBERS:
        percent = 100 * (len(unexplained) + earlier) / members
        if percent > safety.max_removal_percent:
            words = f"{_removals_words(len(unexplained), earlier)}, {percent:.0f} % of {members} members"
            limit = f"at most {safety.max_removal_percent:g} % are allowed in a run and in a day"
            yield "max-removal-percent", tuple(unexplained), f"{words}; {limit}"


def _removals_words(planned: int, earlier: int) -> str:
    words = f"{planned} to be removed"
    return f"{words} after {earlier} in the last 24 hours" if earlier else words


def _min_admins(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    actions = [action.change for action in subject.plan.actions]
    lost = sum(isinstance(c, AdminDemotion) or (isinstance(c, MemberRemoval) and c.was_admin) for c in actions)
    if not lost or subject.live is None:
        return
    admins = sum(member.role.is_admin for member in subject.live.members or ())
    after = admins + sum(isinstance(change, AdminPromotion) for change in actions) - lost
    if after < safety.min_admins:
        yield TrippedGuard(
            rule="min-admins",
            group=subject.plan.key,
            message=f"{subject.plan.key}: {after} admin{'' if after == 1 else 's'} would be left, and at least "
            f"{safety.min_admins} must be",
        )


def _declared_shrank(subject: Subject) -> Iterator[TrippedGuard]:
    applied = subject.situation.memory.applied.get(subject.plan.key)
    if applied is None or len(applied.people) < PERCENT_FROM_MEMBERS or not _removed(subject):
        return
    now = len(subject.desired.members)
    if (len(applied.people) - now) * 100 > DECLARED_SHRANK_PERCENT * len(applied.people):
        yield TrippedGuard(
            rule="declared-shrank",
            group=subject.plan.key,
            message=f"{subject.plan.key}: {now} people are declared, and {len(applied.people)} were at the last apply",
        )


def _denied(subject: Subject) -> Iterator[TrippedGuard]:
    denied = [person for person in subject.desired.members.people if person.denied is not None]
    if denied:
        yield TrippedGuard(
            rule="denied",
            group=subject.plan.key,
            people=tuple(Identity(alias=person.alias, phone=person.phone) for person in denied),
            message=f"{subject.plan.key}: {{people}} may not be declared: they are on the deny list",
        )


def _identity_swap(subject: Subject) -> Iterator[TrippedGuard]:
    added = sum(isinstance(action.change, MemberAddition) for action in subject.plan.actions)
    swapped = min(added, len(_removed(subject)))
    before = subject.plan.members_before or 0
    if swapped >= SWAP_PEOPLE and swapped > SWAP_SHARE * before:
        yield TrippedGuard(
            rule="identity-swap",
            group=subject.plan.key,
            message=f"{subject.plan.key}: {swapped} of {before} members would be replaced by as many others in one "
            "run; that looks like the same people under other names",
        )


def _dissolve(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    if not any(isinstance(action.change, GroupDissolution) for action in subject.plan.actions):
        return
    need = "confirm it on a terminal or pass --override dissolve=REASON"
    if not safety.allow_dissolve:
        need = "set `safety.allow_dissolve: true`, and " + need
    yield TrippedGuard(
        rule="dissolve",
        group=subject.plan.key,
        message=f"{subject.plan.key}: everybody would be removed and the group left; {need}",
    )
