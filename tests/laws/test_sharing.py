"""Law 6 among processes: together they never exceed what one may do, also when they are killed at any moment."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Final

import pytest
from sqlalchemy import select

from tests import builders as b
from tests.fake_clock import MORNING
from tests.laws.sharing import BUDGET, PROCESSES, SharedClock, clubs, work
from tests.rig import rig
from tests.state.conftest import SHARED_STORES, place_of
from wagroups.domain.identity import Role
from wagroups.domain.plans.budget import DAY, JITTER, CallClass
from wagroups.simulation.world.faults import Call
from wagroups.state.open import open_ledger
from wagroups.state.sql.tables import spent

PEOPLE: Final = tuple(f"p{number}" for number in range(1, 51))
ALLOWED: Final = BUDGET[CallClass.ADD]
FOUR: Final = 4
KILLS: Final = 4
PATIENCE_S: Final = 120.0


@pytest.mark.parametrize("store", SHARED_STORES)
def test_four_processes_that_are_killed_at_random_keep_to_one_budget_and_to_the_date_of_the_plan(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place, clock_path = place_of(store, request), tmp_path / "clock"
    clock = SharedClock(clock_path, MORNING)
    with rig("waha", "noweb", *PEOPLE, clock=clock) as account:
        account.ledger, account.profile, account.budgets = open_ledger(place), "careful", BUDGET
        account.live_group("Everybody", dict.fromkeys(PEOPLE, Role.MEMBER))
        account.know(*PEOPLE)
        jids = [account.live_group(f"Club {number}", {}).reveal() for number in range(2)]
        cost = account.plan(*clubs(jids, PEOPLE)).cost[b.ACCOUNT][CallClass.ADD]
        assert cost.done_at is not None

        def added() -> list[datetime]:
            return [entry.at for entry in list(account.front.log) if entry.call == Call.ADD and entry.status == 200]

        def started() -> BaseProcess:
            process = PROCESSES.Process(target=work, args=(place, clock_path, account.url, jids, PEOPLE))
            process.start()
            return process

        workers = [started() for _ in range(FOUR)]
        try:
            _kill_now_and_then(workers, added, started)
        finally:
            for worker in workers:
                worker.kill()
                worker.join(PATIENCE_S)
        assert {person.name for jid in jids for person in account.group(jid).members} == {"me", *PEOPLE}
        with account.ledger._store.reading() as connection:
            rows = select(spent.c.at).where(spent.c.calls == CallClass.ADD.value).order_by(spent.c.at)
            charged = [row.at for row in connection.execute(rows)]
        account.ledger.close()
        # A call that was charged by a process that was killed before it was sent costs the budget all the same.
        assert len(PEOPLE) <= len(added()) <= len(charged) <= len(PEOPLE) + KILLS
        assert ALLOWED.day is not None
        assert max(sum(first <= at < first + DAY for at in charged) for first in charged) <= ALLOWED.day
        assert all(later - earlier >= ALLOWED.gap * (1 - JITTER) for earlier, later in pairwise(charged))
        assert abs(charged[-1] - cost.done_at) <= 0.1 * (cost.done_at - MORNING)


def _kill_now_and_then(
    workers: list[BaseProcess], added: Callable[[], Sequence[object]], started: Callable[[], BaseProcess]
) -> None:
    """Kill one of the processes now and then, start another in its place, and wait until the last one is done."""
    dice, end = Random(20_261_123), time.monotonic() + PATIENCE_S
    moments = sorted(dice.sample(range(1, 2 * len(PEOPLE) // 3), KILLS))
    while any(worker.is_alive() for worker in workers):
        assert time.monotonic() < end, "the processes do not come to an end"
        if moments and len(added()) >= moments[0]:
            moments.pop(0)
            victim = dice.choice([number for number, worker in enumerate(workers) if worker.is_alive()])
            pid = workers[victim].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            workers[victim].join(PATIENCE_S)
            workers[victim] = started()
        time.sleep(dice.uniform(0, 0.02))
    assert not moments
