"""Brakes on a finished plan.  A tripped guard refuses the whole run before its first write.

They judge the plan as a value, so the same rules hold for a reviewed plan, for an apply without review, and for
a plan that nobody will ever apply.  A person passes one rule at a time, with a reason that is kept.
"""

from collections.abc import Iterable, Iterator
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
from wagroups.planning.belonging import account_guards, moved_groups, orphan_guards, same_subject
from wagroups.planning.situation import Situation, Situations, Terms

RULES = (
    "max-removals",
    "max-removal-percent",
    "min-admins",
    "declared-shrank",
    "same-subject",
    "denied",
    "plan-age",
    "identity-swap",
    "orphan",
    "dissolve",
    "account-changed",
    "account-moved",
    "same-account",
)
"""Every rule that `--override` may name, beside the read holds; `expect` joins with generators."""


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
    guards = [
        *account_guards(desired, situations),
        *moved_groups((subject.plan for subject in subjects), desired, situations, terms),
        *orphan_guards(desired, situations, terms),
        *_removals_per_account(subjects, terms.safety),
    ]
    for subject in subjects:
        if not subject.plan.watched:
            guards += _group(subject, terms.safety)
            guards += same_subject(subject.plan, desired, subject.situation, terms)
    return tuple(guard for guard in guards if not terms.passes(guard.rule))


def _group(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    if subject.desired.state is State.DISSOLVED:
        yield from _dissolve(subject, safety)
        return
    yield from _removals(subject, safety)
    yield from _min_admins(subject, safety)
    yield from _declared_shrank(subject)
    yield from _denied(subject)
    yield from _identity_swap(subject)


def _removed(subject: Subject) -> list[Identity]:
    return [a.change.person for a in subject.plan.actions if isinstance(a.change, MemberRemoval)]


def _removed_today(subject: Subject) -> int:
    jid = subject.plan.jid
    return 0 if jid is None else subject.situation.memory.removed_today.get(jid, 0)


def _removals(subject: Subject, safety: Safety) -> Iterator[TrippedGuard]:
    key, people, earlier = subject.plan.key, _removed(subject), _removed_today(subject)
    if people and len(people) + earlier > safety.max_removals:
        yield TrippedGuard(
            rule="max-removals",
            group=key,
            people=tuple(people),
            message=f"{key}: {_removals_words(len(people), earlier)}, and at most {safety.max_removals} are allowed "
            "in a run and in a day: {people}",
        )
    unexplained = [
        a.change.person
        for a in subject.plan.actions
        if isinstance(a.change, MemberRemoval) and a.change.evidence is None
    ]
    members = (subject.plan.members_before or 0) + earlier
    if unexplained and members >= PERCENT_FROM_MEMBERS:
        percent = 100 * (len(unexplained) + earlier) / members
        if percent > safety.max_removal_percent:
            yield TrippedGuard(
                rule="max-removal-percent",
                group=key,
                people=tuple(unexplained),
                message=f"{key}: {_removals_words(len(unexplained), earlier)}, {percent:.0f} % of {members} members; "
                f"at most {safety.max_removal_percent:g} % are allowed in a run and in a day: {{people}}",
            )


def _removals_words(planned: int, earlier: int) -> str:
    words = f"{planned} to be removed"
    return f"{words} after {earlier} in the last 24 hours" if earlier else words


def _removals_per_account(subjects: Iterable[Subject], safety: Safety) -> Iterator[TrippedGuard]:
    by_account: dict[AccountKey, list[Subject]] = {}
    for subject in subjects:
        if subject.desired.state is not State.DISSOLVED and not subject.plan.watched:
            by_account.setdefault(subject.plan.account, []).append(subject)
    for account, theirs in sorted(by_account.items()):
        people = [person for subject in theirs for person in _removed(subject)]
        earlier = sum(theirs[0].situation.memory.removed_today.values())
        one_group = any(len(_removed(s)) == len(people) and _removed_today(s) == earlier for s in theirs)
        # A single group over the limit is named by its own guard; saying it twice helps nobody.
        if people and len(people) + earlier > safety.max_removals and not one_group:
            yield TrippedGuard(
                rule="max-removals",
                people=tuple(people),
                message=f"account {account}: {_removals_words(len(people), earlier)} in all its groups, and at most "
                f"{safety.max_removals} are allowed in a run and in a day: {{people}}",
            )


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
    denied = [entry.person for entry in subject.desired.members if entry.person.denied is not None]
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
