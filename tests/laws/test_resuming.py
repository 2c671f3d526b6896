"""Law 4: whatever call of a run goes wrong, running again converges and does nothing twice.

Every single HTTP call of a run that needs every kind of write is disturbed once: its answer is lost, or the connection
is dropped before anything happened.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from tests.laws.effort import on_every_dialect
from tests.laws.stage import A_DAY, Stage, staged
from tests.laws.worlds import Case
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError
from wagroups.domain.identity import Role
from wagroups.domain.plans.outcome import Run
from wagroups.simulation.server.http import Logged
from wagroups.simulation.world.faults import Fault, FaultKind

DRIFTED: Final = Case(
    key="chess",
    live={"anna": Role.MEMBER, "ben": Role.ADMIN, "dora": Role.MEMBER},
    members=("anna", "ben", "carla"),
    admins=("anna",),
    renamed=True,
    description="Room 12",
    settings={Setting.SEND_MESSAGES: "admins"},
)
NEW: Final = Case(
    key="go", live=None, members=("anna", "emil"), admins=("emil",), settings={Setting.APPROVE_JOINS: "yes"}
)

SETTLING_RUNS: Final = 4
"""Within so many runs, a day apart, everything must be as it should be."""


@contextmanager
def needing_everything(gateway: str, dialect: str) -> Iterator[Stage]:
    """A world that needs every kind of write."""
    with staged(gateway, dialect, (DRIFTED, NEW)) as stage:
        yield stage


def undisturbed(gateway: str, dialect: str) -> tuple[list[Logged], Counter[str]]:
    """The calls of a run to which nothing happens, and its writes."""
    with needing_everything(gateway, dialect) as stage:
        assert stage.apply().converged
        return list(stage.rig.front.log), stage.writes()


def run_until_settled(stage: Stage) -> Run | None:
    """Run as a schedule would: a run may fail as a whole, and a later one goes on."""
    run: Run | None = None
    for _ in range(SETTLING_RUNS):
        try:
            run = stage.apply()
        except GatewayError:
            run = None
        if run is not None and run.converged:
            break
        stage.rig.clock.advance(A_DAY)
    return run


@on_every_dialect
@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.DROP_BEFORE])
def test_a_run_disturbed_at_any_call_is_resumed(gateway: str, dialect: str, kind: FaultKind) -> None:
    calls, writes = undisturbed(gateway, dialect)
    for number, call in enumerate(calls):
        if not call.write and (kind is FaultKind.DROP_BEFORE or call.call == calls[number - 1].call):
            continue  # a reader cannot tell the two apart, and of several equal reads in a row one will do
        with needing_everything(gateway, dialect) as stage:
            stage.rig.script(Fault(kind=kind, after=number))
            run = run_until_settled(stage)
            check_settled(stage, run)
            assert sum((stage.writes() - writes).values()) <= 1, f"{number}: {call.call} was asked for again and again"


def check_settled(stage: Stage, run: Run | None) -> None:
    """Everything is as declared, and nothing was made twice."""
    assert run is not None
    assert len(stage.rig.world.groups) == 3, "a creation was repeated"
    assert run.converged
    for case in stage.cases:
        assert stage.live(case) == case.wanted()
        assert stage.removed(case) == frozenset(case.live or ()) - case.declared
