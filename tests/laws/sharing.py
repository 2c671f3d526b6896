"""Several processes that work on one account at once, each a whole wagroups, under one clock that does not wait."""

import fcntl
import multiprocessing
import os
import random
import struct
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.rig import Rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import Locked, NotYet
from wagroups.domain.identity import GroupJid
from wagroups.domain.plans.budget import JITTER, Allowance, CallClass
from wagroups.simulation.server.app import Front
from wagroups.simulation.world.world import World
from wagroups.state.open import open_ledger

PROCESSES: Final = multiprocessing.get_context("forkserver")
"""New processes are copies of one that has imported everything, and no thread of the tests is in them."""
PROCESSES.set_forkserver_preload([__name__])

BUDGET: Final = {CallClass.ADD: Allowance(gap=timedelta(seconds=5), day=20)}
A_WHILE_S: Final = 0.02
"""Between two tries to get at an account that another process holds."""


class SharedClock(FakeClock):
    """Whoever sleeps moves it on for all.  It is a file, so that a killed process keeps no lock of it."""

    def __init__(self, path: Path, start: datetime | None = None) -> None:
        super().__init__()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT)
        if start is not None:
            os.pwrite(self._file, struct.pack("d", start.timestamp()), 0)

    def now(self) -> datetime:
        return datetime.fromtimestamp(struct.unpack("d", os.pread(self._file, 8, 0))[0], UTC)

    def advance(self, duration: timedelta) -> None:
        self.reach(self.now() + duration)

    def reach(self, moment: datetime) -> None:
        """Let it be `moment`, unless it is later already."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            os.pwrite(self._file, struct.pack("d", max(moment, self.now()).timestamp()), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def jitter(self) -> float:
        return random.uniform(1 - JITTER, 1 + JITTER)


def clubs(jids: Sequence[str], people: Sequence[str]) -> list[DesiredGroup]:
    """As many groups as there are ids, with the people dealt out among them."""
    return [
        b.group(f"club-{n}", id=GroupJid.of(jid), subject=f"Club {n}", members=people[n :: len(jids)])
        for n, jid in enumerate(jids)
    ]


def work(place: str, clock_path: Path, url: str, jids: Sequence[str], people: Sequence[str]) -> None:
    """Apply until everything is done, coming back whenever the run before says so."""
    clock, ledger = SharedClock(clock_path), open_ledger(place)
    account = Rig(
        cast(World, None), cast(Front, None), url, "waha", "noweb", clock, ledger, profile="careful", budgets=BUDGET
    )
    while True:
        try:
            run = account.apply(*clubs(jids, people))
            if run.converged:
                return
            again = run.paused_until
        except NotYet as later:
            again = later.until
        except Locked:
            again = None
        if again is None:
            time.sleep(A_WHILE_S)
        else:
            clock.reach(again)
