"""How near an apply keeps to a limit of the server: 300 calls, on a clock that does not wait.

The server counts the calls of an hour and refuses what comes beyond, as WhatsApp does
(`simulation.world.faults.RateLimit`). What is compared is time on the clock, which is the same on every machine: the
run's with the least that the server allows. The run is a whole one, with its listing, its journal and its looks, over
HTTP on loopback.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from tests import builders as b
from tests.fake_clock import FakeClock
from tests.rig import Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.plans.budget import CAREFUL, HOUR, Allowance, CallClass
from wagroups.simulation.world.faults import Call, RateLimit
from wagroups.workflows.reconcile.session import WaitPolicy

OPERATIONS: Final = 300
HOURLY: Final = 24
"""What the server lets through in an hour: less than the profile `careful` asks for."""

LEAST: Final = HOUR * ((OPERATIONS - 1) // HOURLY)
"""The least time: every hour's calls at its first moment."""

RUNS: Final = 60
"""Runs after which an apply that was paused again and again is given up."""


class Applied(NamedTuple):
    """How 300 calls went."""

    ratio: float
    """The time that they took, in parts of the least."""
    refusals: int
    """How often the server said “too fast”."""


def at_known_limit() -> Applied:
    """The limit is written under `budgets:` of the account."""
    return _apply(Allowance(gap=timedelta(seconds=1), hour=HOURLY))


def at_unknown_limit() -> Applied:
    """The account asks for more than the server allows, as far as the profile `careful` lets it."""
    return _apply(CAREFUL[CallClass.EDIT].model_copy(update={"day": None}))


def _apply(edits: Allowance) -> Applied:
    clock = FakeClock(seed=20_261_123)
    with rig("waha", "noweb", clock=clock) as account:
        account.budgets = MappingProxyType({CallClass.EDIT: edits})
        account.world.faults.limits.append(RateLimit(Call.SUBJECT, HOURLY, HOUR))
        groups = [_renamed(account, number) for number in range(OPERATIONS)]
        for _ in range(RUNS):
            run = account.apply(*groups, patience=WaitPolicy(longest=None))
            if run.paused_until is None:
                break
            clock.advance(run.paused_until - clock.now())
        renamings = [entry for entry in account.front.log if entry.call == Call.SUBJECT]
        done = [entry for entry in renamings if entry.status == 200]
        assert len(done) == OPERATIONS, f"{len(done)} of {OPERATIONS} were carried out"
        return Applied((done[-1].at - done[0].at) / LEAST, len(renamings) - len(done))


def _renamed(account: Rig, number: int) -> DesiredGroup:
    """A live group whose subject is to be another: one call."""
    jid = account.live_group(f"Rowers {number}", {})
    return b.group(f"rowers-{number}", id=jid, subject=f"Crew {number}")
