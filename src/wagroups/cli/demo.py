"""`demo`: the main job on a simulated WhatsApp, by the very commands that a user types.

Each command is a process of its own that talks HTTP to a sandbox on this machine, so what is seen is what will be
seen.  Nothing is taken on trust: exit codes are compared with what was promised, and the simulated WhatsApp is asked
who is in the group at the end.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from wagroups.cli.options import Common, Output, Verb, pass_common
from wagroups.cli.stage import Scene, Stage, broken
from wagroups.cli.terminal import Screen
from wagroups.cli.worlds import CLUB
from wagroups.domain.exit import Exit
from wagroups.gateways.registry import KINDS
from wagroups.manifests.config import DEFAULT_SESSION
from wagroups.manifests.schema import CONFIG_FILE
from wagroups.simulation.seed import load
from wagroups.simulation.server import serve
from wagroups.simulation.telephone import ScriptedAction, act
from wagroups.simulation.world import World
from wagroups.workflows.examples import example

_KEY: Final = "demo-key"
_WRITTEN_FOR: Final = "waha"
"""The gateway that the example names."""

_TRAINERS: Final = "Harbour Rowing Club – Trainers"
_STAYING: Final = frozenset({"office", "amara", "chidi"})
_ENDS_WITH: Final = {"waha": _STAYING, "waxum": _STAYING | {"rosa"}}
"""Who is in it at the end: the account itself, the trainers but for Dana, who left, and who cannot be named."""

_MEANWHILE: Final = (
    ScriptedAction(who="amara", do="rename", group=_TRAINERS, subject="Trainers!!"),
    ScriptedAction(who="amara", do="add", group="Trainers!!", people=("rosa",)),
    ScriptedAction(who="dana", do="leave", group="Trainers!!"),
)

_BEFORE: Final = ("apply", "--target", "trainers", "--yes")

_FILES: Final = Scene("Ten people, three groups.  Are the files right?", ("validate",))
_CHANGES: Final = Scene(
    "Last season wagroups made the trainers' group.  Since then, on her phone, Amara renamed it and let Rosa in, whom\n"
    "nobody declared, and Dana left by herself.  The other two groups are still to be made.  What would change?",
    ("plan",),
)
_WORK: Final = Scene("Make it so.  Everything is read back before it counts as done.", ("apply", "--yes"))
_PROOF: Final = Scene(
    "And again: is anything left?  Nothing that a run would do.  But Dana is declared and not in the group, and a\n"
    "person has to say whether she comes back; until then the exit code is 2 and not 0.",
    ("plan", "--detailed-exitcode"),
    ends=Exit.OPEN,
)
_REMARKS: Final = {
    "waxum": "Rosa stays: this gateway does not show her number, and nobody is removed who cannot be told by name.\n"
}
"""What is said before `_WORK` on one gateway only."""


@click.command(cls=Verb)
@pass_common
@click.option("--gateway", type=click.Choice(tuple(KINDS)), help="Only this gateway.  [default: one after the other]")
def demo(common: Common, gateway: str | None) -> Exit:
    """See the main job on a simulated WhatsApp: validate, plan, apply, and nothing left to do.

    Serves a sandbox on this machine, copies the example project to a temporary folder, lets people change things on
    their phones, and runs the real commands, as you would.  Needs no account and no network, and takes half a minute.

    \b
    Examples:
      wagroups demo
      wagroups demo --gateway waxum
    """
    if any(output.format != "json" and output != Output("text", None) for output in common.outputs):
        raise click.UsageError("demo shows itself on stdout; besides that it only writes -o json.")
    stage = Stage(common, Screen.of(common), _KEY)
    started = time.monotonic()
    stage.say("The main job, on a simulated WhatsApp.  Nothing leaves this machine.")
    for name in (gateway,) if gateway else KINDS:
        _perform(stage, name)
    stage.say(f"All as promised, in {time.monotonic() - started:.0f} s.  Start your own: wagroups init")
    stage.close()
    return Exit.OK


def _perform(stage: Stage, gateway: str) -> None:
    world = load(CLUB, now=lambda: datetime.now(UTC))
    dialect = KINDS[gateway].dialects[0]
    app = KINDS[gateway].fake(world, dialect=dialect, session=DEFAULT_SESSION, key=_KEY)
    with _project(gateway) as folder, serve(app) as server:
        stage.say(_introduction(gateway, dialect, server.url))
        stage.play(_FILES, gateway, folder, server.url)
        stage.run(gateway, _BEFORE, folder, server.url, seen=False)
        with world.lock:
            for action in _MEANWHILE:
                act(world, action)
        for scene in (_CHANGES, _WORK._replace(said=_REMARKS.get(gateway, "") + _WORK.said), _PROOF):
            stage.play(scene, gateway, folder, server.url)
        _look(world, gateway)


def _introduction(gateway: str, dialect: str, url: str) -> str:
    if gateway == _WRITTEN_FOR:
        return f"WAHA, engine {dialect.upper()}, at {url}"
    return f"{gateway.capitalize()}, at {url}: the same files, with one word changed (gateway: {gateway})"


@contextmanager
def _project(gateway: str) -> Iterator[Path]:
    """A copy of the example, for one gateway."""
    with TemporaryDirectory(prefix="wagroups-demo-") as folder:
        copy = Path(folder) / "club"
        shutil.copytree(example("club"), copy, ignore=shutil.ignore_patterns(".wagroups"))
        config = copy / CONFIG_FILE
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace(f"gateway: {_WRITTEN_FOR}", f"gateway: {gateway}"), encoding="utf-8")
        yield copy


def _look(world: World, gateway: str) -> None:
    """Ask the simulated WhatsApp itself.  Raises WagroupsError when the group is not as declared."""
    with world.lock:
        groups = {group.subject: group for group in world.groups.values()}
        names = {person.name for person in groups[_TRAINERS].members} if _TRAINERS in groups else set()
    if names != _ENDS_WITH[gateway]:
        raise broken(f"on {gateway} the trainers' group is not as it was promised")
