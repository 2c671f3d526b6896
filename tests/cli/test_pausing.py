"""Whoever waits on a terminal sees the seconds go by; elsewhere one line says it all."""

import asyncio
import io
from datetime import timedelta

from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.cli.ui.pauses import WORTH_SAYING, patience_of
from wagroups.cli.ui.terminal import Screen
from wagroups.domain.plans.budget import CAREFUL, CallClass, Pace
from wagroups.execution.rate_limit import Pacer
from wagroups.state.volatile import volatile_ledger


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def listings(stderr: io.StringIO, *, quiet: bool = False) -> FakeClock:
    """Two listings, the second of which has to wait."""
    clock, screen = FakeClock(), Screen(io.StringIO(), stderr, io.StringIO(), False, True, quiet=quiet)
    patience = patience_of(screen)
    pacer = Pacer(volatile_ledger(), b.ACCOUNT, Pace(CAREFUL), clock, waiting=patience.waiting, left=patience.left)
    for _ in range(2):
        asyncio.run(pacer.turn(CallClass.LIST))
    return clock


def test_a_terminal_counts_down_and_leaves_nothing_behind() -> None:
    stderr = Terminal()
    clock = listings(stderr)
    said = stderr.getvalue()
    assert said.startswith("waiting ")
    assert "  0:01 left" in said
    assert said.endswith("\r\x1b[K")
    assert sum(clock.slept, timedelta(0)) > WORTH_SAYING


def test_elsewhere_a_wait_is_one_line() -> None:
    stderr = io.StringIO()
    listings(stderr)
    [line] = stderr.getvalue().splitlines()
    assert "until 09:00:" in line
    assert "wagroups plan --from-last-read" in line


def test_nothing_is_said_where_quiet_was_asked_for() -> None:
    stderr = Terminal()
    listings(stderr, quiet=True)
    assert stderr.getvalue() == ""
