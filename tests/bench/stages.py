"""Parts of a plan, timed alone, each against the least that could be done in its place.

    python -m tests.bench.stages load|once|read|diff FOLDER LISTING

In a process of their own, so that what one leaves in memory does not slow the next.  It prints the two medians.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import yaml

from tests.bench.corpus import KEY, SESSION
from tests.bench.measuring import in_turns, timed
from tests.bench.server import SESSION_ANSWER, VERSION_ANSWER
from wagroups.domain.identity import AccountKey, Secret
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import EVERYTHING, Observed
from wagroups.domain.plans.budget import Pace
from wagroups.domain.ports import Gateway
from wagroups.execution.clock import SystemClock
from wagroups.gateways import waha
from wagroups.gateways.shared.connection import Connection
from wagroups.manifests.project import Project, load_project
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Situation, Terms

ROUNDS: Final = 7
ACCOUNT: Final = AccountKey("office")


def load(folder: Path, _: Path) -> dict[str, float]:
    """Everything that loading does, against PyYAML's C loader alone."""

    def naively() -> None:
        for path in sorted(folder.glob("groups/*.yaml")):
            with path.open("rb") as file:
                yaml.load(file, Loader=yaml.CSafeLoader)

    return in_turns(ROUNDS, least=lambda: timed(naively), ours=lambda: timed(lambda: load_project(folder, {})))


def once(folder: Path, _: Path) -> dict[str, float]:
    """One load, in a memory that nothing was in before."""
    return {"ours": timed(lambda: load_project(folder, {}))}


def read(_: Path, listing: Path) -> dict[str, float]:
    """A listing as the adapter reads it, from the bytes on, against parsing its JSON."""
    raw = listing.read_bytes()
    return in_turns(ROUNDS, least=lambda: timed(lambda: json.loads(raw)), ours=lambda: timed(lambda: _observed(raw)))


def diff(folder: Path, listing: Path) -> dict[str, float]:
    """The planner alone, against bare differences of ready sets."""
    project, observed = load_project(folder, {}), _observed(listing.read_bytes())
    situation = _situation(project, observed)
    for group in observed.groups.values():
        assert group.roll  # known before a plan is made: the ledger compares it
    declared = [{entry.person.phone for entry in group.members} for group in project.desired.groups.values()]
    live = [{member.phone for member in group.members or ()} for group in observed.groups.values()]

    def naively() -> None:
        for wanted, found in zip(declared, live, strict=True):
            assert len(wanted - found) == len(found - wanted)

    def ours() -> None:
        make_plan(project.desired, {ACCOUNT: situation}, Terms(), datetime.now(UTC))

    return in_turns(ROUNDS, least=lambda: timed(naively), ours=lambda: timed(ours))


def _observed(raw: bytes) -> Observed:
    answers = {
        "/api/version": VERSION_ANSWER,
        f"/api/sessions/{SESSION}": SESSION_ANSWER,
        f"/api/{SESSION}/groups": raw,
    }
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answers[request.url.path]))
    connection = Connection(ACCOUNT, "http://127.0.0.1", Secret.of(KEY), SESSION, SystemClock(lambda: False), transport)

    found: list[Observed] = []

    async def observe() -> None:
        gateway: Gateway = await waha.KIND.connect(connection)
        try:
            found.append(await gateway.observe(EVERYTHING))
        finally:
            await gateway.close()

    asyncio.run(observe())
    return found[0]


def _situation(project: Project, observed: Observed) -> Situation:
    pace: Pace = project.config.pace(ACCOUNT)
    memory = Memory(account=ACCOUNT, key=b"a key of the bench").taught(observed)
    return Situation(observed, memory, waha.KIND.claims("noweb"), pace)


STAGES: Final[dict[str, Callable[[Path, Path], dict[str, float]]]] = {
    "load": load,
    "once": once,
    "read": read,
    "diff": diff,
}


if __name__ == "__main__":
    gc.set_threshold(100_000, 50, 50)  # as the command does
    print(json.dumps(STAGES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
