"""What a plan costs and when it will be finished, from the same budget that will pace it."""

from collections import Counter
from datetime import datetime
from typing import Final

from wagroups.domain.budget import (
    Allowance,
    CallClass,
    Pace,
    Spent,
    left_today,
)
from wagroups.domain.memory import Memory
from wagroups.domain.operation import AddMembers, CreateGroup, call_class, people_of
from wagroups.domain.plan import Cost, GroupPlan

HORIZON_CALLS: Final = 20_000
"""More calls of one class than this are not simulated one by one; no account makes so many in a year."""


def cost_of(groups: tuple[GroupPlan, ...], memory: Memory, pace: Pace, now: datetime) -> dict[CallClass, Cost]:
    """Calls per class that the steps of `groups` need, and when the last of each is expected."""
    needed = _needed(groups)
    return {
        calls: Cost(
            needed=needed[calls],
            left_today=left_today(pace.allowance(calls, now), memory.spent.get(calls, ()), now),
            done_at=_done_at(calls, needed[calls], memory, pace, now),
        )
        for calls in CallClass
        if needed[calls]
    }


def _needed(groups: tuple[GroupPlan, ...]) -> Counter[CallClass]:
    needed: Counter[CallClass] = Counter()
    for group in groups:
        for step in group.steps:
            needed[call_class(step.operation)] += 1
            # A creation with one person is an addition as well.
            if isinstance(step.operation, CreateGroup) and step.operation.first is not None:
                needed[CallClass.ADD] += 1
            if isinstance(step.operation, CreateGroup | AddMembers):
                needed[CallClass.CHECK] += len(people_of(step.operation))
        if group.steps:
            needed[CallClass.READ] += 1
    return needed


def _done_at(calls: CallClass, needed: int, memory: Memory, pace: Pace, now: datetime) -> datetime | None:
    """Walk the class's calls one by one on paper, with gaps of their mean length."""
    if pace.allowance(calls, now) == Allowance() and not memory.breakers:
        return now
    if needed > HORIZON_CALLS:
        return None
    rests = (*memory.breakers, *memory.lessons)
    spent = list(memory.spent.get(calls, ()))
    at = now
    for _ in range(needed):
        free = pace.next_free(calls, spent, rests, at)
        if free is None:
            return None
        at = free
        spent.append(Spent(at, pace.allowance(calls, at).gap))
    return at
