"""A plan says when it will be finished, and it is: over classes, caps, hours, days and runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.laws.effort import examples
from tests.rig import Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import Role
from wagroups.domain.plans.budget import CAREFUL, DAY, HOUR, ActiveHours, Allowance, CallClass
from wagroups.manifests.configuration.values import ProfileName
from wagroups.simulation.world.faults import Call
from wagroups.workflows.reconcile.session import WaitPolicy

WITHIN: Final = 0.10
A_MOMENT: Final = timedelta(minutes=1)
"""What looking again takes beside the gaps of a short run."""

RUNS: Final = 40
ADD, ROLE = CallClass.ADD, CallClass.ROLE


def names(numbers: Iterable[int]) -> list[str]:
    return [f"p{number}" for number in numbers]


def people_in_groups(account: Rig, *folk: str) -> None:
    """Let the account see people in some group, and know that their numbers exist."""
    account.live_group("Everybody", dict.fromkeys(folk, Role.MEMBER))
    account.know(*folk)


@dataclass
class Outcome:
    """What became of a plan."""

    start: datetime
    promised: datetime
    """The latest time that the plan names for a write."""
    finished: datetime
    """When the last write was made."""
    runs: int
    writes: Mapping[str, list[datetime]] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        tolerated = WITHIN * (self.finished - self.start) + A_MOMENT
        return abs(self.finished - self.promised) <= tolerated


def carried_out(account: Rig, *groups: DesiredGroup, patience: WaitPolicy | None = None) -> Outcome:
    """Plan, and apply as often as the plan needs, each time when the run before says so."""
    start = account.clock.now()
    cost = account.plan(*groups).cost[b.ACCOUNT]
    promised = [one.done_at for calls, one in cost.items() if calls.writes]
    known = [at for at in promised if at is not None]
    assert len(known) == len(promised) > 0
    run, runs = account.apply(*groups, patience=patience or WaitPolicy()), 1
    while run.paused_until is not None and runs < RUNS:
        account.clock.advance(run.paused_until - account.clock.now())
        run, runs = account.apply(*groups, patience=patience or WaitPolicy()), runs + 1
    assert run.converged
    writes: dict[str, list[datetime]] = {}
    for entry in account.front.writes:
        if entry.call != Call.REFRESH:
            writes.setdefault(entry.call, []).append(entry.at)
    return Outcome(start, max(known), max(max(times) for times in writes.values()), runs, writes)


def most_within(moments: list[datetime], window: timedelta) -> int:
    return max(sum(first <= at < first + window for at in moments) for first in moments)


def test_three_hundred_additions_at_forty_a_day_take_eight_runs_and_end_when_the_plan_says() -> None:
    folk = names(range(1, 301))
    with rig("waha", "noweb", *folk) as account:
        account.profile = "careful"
        account.budgets = {ADD: Allowance(gap=CAREFUL[ADD].gap, day=40)}
        people_in_groups(account, *folk)
        jids = [account.live_group(f"Club {number}", {}) for number in range(3)]
        groups = [
            b.group(f"club-{number}", id=jid, subject=f"Club {number}", members=folk[number * 100 : number * 100 + 100])
            for number, jid in enumerate(jids)
        ]
        outcome = carried_out(account, *groups)
        additions = outcome.writes[Call.ADD]
        assert (outcome.runs, len(additions)) == (8, 300)
        assert most_within(additions, DAY) == 40
        assert outcome.right
        assert outcome.finished - outcome.promised < timedelta(minutes=30)


@pytest.mark.parametrize(
    ("profile", "patience"),
    [("careful", WaitPolicy()), ("seasoned", WaitPolicy(longest=None))],
    ids=["careful, coming back", "seasoned, waiting"],
)
def test_an_hourly_budget_is_foreseen(profile: ProfileName, patience: WaitPolicy) -> None:
    folk = names(range(1, 36))
    with rig("waha", "gows", *folk) as account:
        account.profile = profile
        people_in_groups(account, *folk)
        jid = account.live_group("Chess", {})
        outcome = carried_out(account, b.group("chess", id=jid, members=folk), patience=patience)
        assert outcome.right
        assert outcome.finished - outcome.start >= (2 * HOUR if profile == "careful" else HOUR)


def test_active_hours_are_foreseen_over_the_change_of_the_clocks() -> None:
    folk = names(range(1, 31))
    # In Berlin the clocks went back on 2026-10-25.
    clock = FakeClock(datetime.fromisoformat("2026-10-24T14:00:00+00:00"))
    with rig("waha", "noweb", *folk, clock=clock) as account:
        account.profile, account.timezone = "careful", "Europe/Berlin"
        account.active_hours = ActiveHours(start=time(16, 30), end=time(17, 30))
        people_in_groups(account, *folk)
        jid = account.live_group("Chess", {})
        outcome = carried_out(account, b.group("chess", id=jid, members=folk))
        assert outcome.right
        assert {(at.hour, at.minute >= 30) for at in outcome.writes[Call.ADD]} <= {
            (14, True), (15, False), (15, True), (16, False),
        }  # fmt: skip


@examples(2)
@given(seed=st.integers(0, 2**32), jitter=st.integers(0, 2**32), hours=st.booleans())
def test_a_plan_of_many_kinds_of_calls_is_finished_when_it_says(seed: int, jitter: int, hours: bool) -> None:
    dice = Random(seed)
    folk = names(range(1, 25))
    with rig("waha", "noweb", *folk, clock=FakeClock(seed=jitter)) as account:
        account.profile = dice.choice(["careful", "seasoned"])
        account.budgets = {
            ADD: Allowance(
                gap=timedelta(seconds=dice.randint(5, 60)), hour=dice.randint(6, 20), day=dice.choice([None, 15])
            ),
            ROLE: Allowance(gap=timedelta(seconds=20), hour=dice.randint(3, 9), day=None),
        }
        account.active_hours = ActiveHours(start=time(8), end=time(dice.randint(11, 20))) if hours else None
        people_in_groups(account, *folk)
        groups = []
        for number in range(4):
            live = dice.sample(folk, 5)
            jid = account.live_group(f"Old {number}", dict.fromkeys(live, Role.MEMBER))
            wanted = dice.sample(folk, 10)
            groups.append(
                b.group(f"club-{number}", id=jid, subject=f"Club {number}", members=wanted, admins=wanted[:3])
            )
        outcome = carried_out(account, *groups)
        assert outcome.right, (outcome.promised - outcome.start, outcome.finished - outcome.start)


def test_what_is_never_done_has_no_date() -> None:
    with rig("waha", "noweb", *names(range(1, 4))) as account:
        account.profile = "careful"
        account.budgets = {ADD: Allowance(day=0)}
        people_in_groups(account, *names(range(1, 4)))
        jid = account.live_group("Old", {})
        wanted = names(range(1, 4))
        plan = account.plan(b.group("chess", id=jid, subject="New", members=wanted, admins=wanted[:1]))
        ends = {calls: one.done_at for calls, one in plan.cost[b.ACCOUNT].items() if calls.writes}
        assert {calls for calls, end in ends.items() if end is None} == {ADD, ROLE}
        assert ends[CallClass.EDIT] is not None
