"""What a ledger that is new, or was lost, does not remember.

Absent memory is not "nothing happened": somebody may have left, and would be added again.  So people are added to a
group that exists only where something else than a read says that the ledger remembers it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from wagroups.domain.declared.desired import Desired, State
from wagroups.domain.identity import AccountKey
from wagroups.domain.live.memory import Memory
from wagroups.domain.plans.budget import CallClass, Pace, Spent
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.operation import CreateGroup
from wagroups.domain.plans.plan import GroupPlan, Notice, TrippedGuard
from wagroups.planning.situation import Situation

RULE: Final = "new-ledger"

SPENT_BEFORE: Final = timedelta(hours=2)
"""How long ago a lost ledger's calls count as made.  Chosen: the hour is free, and the day is not."""


def unremembered(plan: GroupPlan, memory: Memory) -> Iterator[TrippedGuard]:
    """Refuse to add people to a live group of which nothing is remembered."""
    if plan.jid is None or plan.jid in memory.since or _made_from_here(plan, memory):
        return
    added = sum(isinstance(action.change, MemberAddition) for action in plan.actions)
    if added:
        people = "1 person" if added == 1 else f"{added} people"
        yield TrippedGuard(
            rule=RULE,
            group=plan.key,
            message=f"{plan.key}: {people} would be added, but the ledger does not know who left this group: "
            "anyone who left would be added again",
        )


def _made_from_here(plan: GroupPlan, memory: Memory) -> bool:
    """Whether it is the group that an unanswered creation made."""
    return any(
        entry.intent.group == plan.key and isinstance(entry.intent.operation, CreateGroup) for entry in memory.unsettled
    )


def is_new(desired: Desired, memory: Memory) -> bool:
    """Whether nothing is remembered of an account whose groups are known by their ids."""
    if memory.bindings or memory.since:
        return False
    mine = (group for group in desired.groups.values() if group.account == memory.account)
    return any(group.id is not None and group.state is not State.RELEASED for group in mine)


def new_ledgers(desired: Desired, situations: Mapping[AccountKey, Situation]) -> Iterator[Notice]:
    """What a plan says first where the ledger of an account is new though ids are written."""
    for account, situation in sorted(situations.items()):
        if is_new(desired, situation.memory):
            yield Notice(
                code="ledger-new",
                text=f"account {account}: the ledger is new, although ids of its groups are in the files: it "
                "does not know who left, was invited or refused, and half of today's budget counts as used",
                next="wagroups state import FILE",
            )


def half_spent(desired: Desired, memory: Memory, pace: Pace, now: datetime) -> dict[CallClass, int]:
    """The calls that count as made today by the ledger that was before this one; none where this is not new."""
    if not is_new(desired, memory) or any(calls.writes for calls in memory.spent):
        return {}
    days = {calls: pace.allowance(calls, now).day for calls in CallClass if calls.writes}
    return {calls: day // 2 for calls, day in days.items() if day}


def assumed(attempts: Mapping[CallClass, int], memory: Memory, now: datetime) -> Mapping[CallClass, tuple[Spent, ...]]:
    """What was spent, with these calls before it."""
    at = now - SPENT_BEFORE
    before = {calls: (Spent(at, timedelta(0)),) * number for calls, number in attempts.items()}
    return MappingProxyType({**memory.spent, **before})
