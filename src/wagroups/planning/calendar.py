"""What a plan costs and when it will be finished: the run is gone through on paper, with the budget that will pace it.

Calls do not only wait for their own class: a promotion waits for the addition before it, an addition for the check of
its number, and everything for the one call that is made at a time.  So the estimate walks as the executor does, always
taking the group whose next call is free first.  Gaps have their mean length, answers come at once, and whoever is told
to come back does.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Final, NamedTuple

from wagroups.domain.identity import Identity
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import Allowance, CallClass, Spent, left_today
from wagroups.domain.plans.operation import (
    AddMembers,
    CreateGroup,
    DemoteMembers,
    LeaveGroup,
    Operation,
    PromoteMembers,
    RemoveMembers,
    call_class,
    people_of,
)
from wagroups.domain.plans.plan import Cost, GroupPlan
from wagroups.planning.situation import Situation

HORIZON_CALLS: Final = 20_000
"""Plans of more calls are not gone through; no account makes so many in a year."""

Turns = tuple[CallClass, ...]


class Stop(NamedTuple):
    """One step on a group's way."""

    calls: CallClass
    """The class by which the executor chooses among groups."""
    turns: Turns
    """The turns that it takes, in their order."""
    urgent: bool
    """Taken before all that is not, by the rules for what is urgent."""


def cost_of(groups: tuple[GroupPlan, ...], situation: Situation, now: datetime) -> dict[CallClass, Cost]:
    """Calls per class that the steps of `groups` need, and when the last of each is expected."""
    ways = [list(_stops(group, situation)) for group in groups if group.steps]
    needed = Counter(calls for way in ways for stop in way for calls in stop.turns)
    # Every group is read again at the end.
    needed[situation.capabilities.read_cost.group_class] += len(ways)
    done = _finished(ways, needed, situation, now)
    pace, spent = situation.pace, situation.memory.spent
    return {
        calls: Cost(
            needed=needed[calls],
            left_today=left_today(pace.allowance(calls, now), spent.get(calls, ()), now),
            done_at=done.get(calls),
        )
        for calls in CallClass
        if needed[calls]
    }


def _stops(group: GroupPlan, situation: Situation) -> Iterator[Stop]:
    before: Operation | None = None
    for step in group.steps:
        turns = (*_looks_before(step.operation, before, situation), *_turns_of(step.operation, situation))
        yield Stop(call_class(step.operation), turns, step.urgent)
        before = step.operation


def _looks_before(operation: Operation, before: Operation | None, situation: Situation) -> Turns:
    """The read that proves what came before, where the executor will not go on without it."""
    match before, operation:
        case (
            (CreateGroup(), _)
            | (AddMembers(), PromoteMembers())
            | (PromoteMembers(), DemoteMembers() | RemoveMembers())
            | (RemoveMembers(), LeaveGroup())
        ):
            return (situation.capabilities.read_cost.group_class,)
        case _:
            return ()


def _turns_of(operation: Operation, situation: Situation) -> Turns:
    calls = call_class(operation)
    match operation:
        case CreateGroup(first=None):
            return (calls,)
        case CreateGroup():
            # A creation with one person is an addition as well.
            return (*_checks(people_of(operation), situation), calls, CallClass.ADD)
        case AddMembers():
            return (*_checks(operation.people, situation), calls)
        case _:
            return (calls,)


def _checks(people: Sequence[Identity], situation: Situation) -> Turns:
    """One for each number that nobody asked about lately."""
    if not situation.capabilities.can(Aspect.EXISTS_CHECK, Access.READ):
        return ()
    known = situation.memory.checks
    return (CallClass.CHECK,) * sum(person.phone is not None and person.phone not in known for person in people)


def _finished(
    ways: Sequence[Sequence[Stop]], needed: Counter[CallClass], situation: Situation, now: datetime
) -> dict[CallClass, datetime]:
    """When the last call of each class is made; a class of which a call is never made is left out."""
    pace, memory = situation.pace, situation.memory
    if not memory.breakers and all(pace.allowance(calls, now) == Allowance() for calls in needed):
        return dict.fromkeys(needed, now)
    if needed.total() > HORIZON_CALLS:
        return {}
    walk = _Walk(situation, now)
    walk.through([[stop for stop in way if stop.urgent] for way in ways], urgent=True)
    walk.through([[stop for stop in way if not stop.urgent] for way in ways])
    for _ in ways:
        walk.take((situation.capabilities.read_cost.group_class,))
    return {calls: at for calls, at in walk.last.items() if walk.made[calls] == needed[calls]}


class _Walk:
    """The account's calls on paper."""

    def __init__(self, situation: Situation, now: datetime) -> None:
        self._pace, self._now = situation.pace, now
        self._rests = (*situation.memory.breakers, *situation.memory.lessons)
        self._spent = {calls: list(made) for calls, made in situation.memory.spent.items()}
        self._free: dict[CallClass, datetime | None] = {}
        self._urgent = False
        self.made: Counter[CallClass] = Counter()
        self.last: dict[CallClass, datetime] = {}

    def through(self, ways: Sequence[Sequence[Stop]], *, urgent: bool = False) -> None:
        """Take every step of every group, as the executor picks them; what is never free is left."""
        waiting: dict[CallClass, list[int]] = {}
        ahead = [deque(way) for way in ways]

        def line_up(number: int) -> None:
            if ahead[number]:
                heappush(waiting.setdefault(ahead[number][0].calls, []), number)

        self._urgent = urgent
        self._free.clear()
        for number in range(len(ways)):
            line_up(number)
        while (chosen := self._first_free(waiting)) is not None:
            number = heappop(waiting[chosen])
            if self.take(ahead[number].popleft().turns):
                line_up(number)

    def _first_free(self, waiting: dict[CallClass, list[int]]) -> CallClass | None:
        """The class of the call that comes next: whichever is free first, and the earlier group among equals."""
        free = [(at, groups[0], calls) for calls, groups in waiting.items() if groups and (at := self._free_at(calls))]
        return min(free)[2] if free else None

    def take(self, turns: Turns) -> bool:
        """Make the calls of one step, each in its turn; false when one is never free."""
        if None in [self._free_at(calls) for calls in turns]:
            return False
        for calls in turns:
            at = self._free_at(calls)
            assert at is not None, "a class that was free once is free again"
            self._now = self.last[calls] = at
            self.made[calls] += 1
            self._spent.setdefault(calls, []).append(Spent(at, self._pace.allowance(calls, at).gap))
            self._free.pop(calls, None)
        return True

    def _free_at(self, calls: CallClass) -> datetime | None:
        """When `calls` is free; worked out once after each call, as nothing but a call moves it further away."""
        if calls not in self._free or self._pace.fresh_until is not None:
            spent = self._spent.get(calls, ())
            self._free[calls] = self._pace.next_free(calls, spent, self._rests, self._now, urgent=self._urgent)
        at = self._free[calls]
        if self._urgent:
            return None if at is None else max(at, self._now)
        return None if at is None else self._pace.opening(calls, max(at, self._now))
