"""What the demo does: the real commands before an audience, what is typed, what it prints, and how it must end."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from wagroups.cli.commands.example_world import CLUB
from wagroups.cli.common_options import Common
from wagroups.cli.ui.terminal import Screen
from wagroups.domain.declared.choices import DEFAULT_SESSION
from wagroups.domain.errors import WagroupsError
from wagroups.domain.exit import Exit
from wagroups.gateways.registry import KINDS
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.reports.documents.models import FORMAT_VERSION
from wagroups.reports.view.style import TextRole
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.scripted_actions import ScriptedAction, act
from wagroups.simulation.world.seed import load
from wagroups.simulation.world.world import World
from wagroups.workflows.setup.examples import example

_KEY: Final = "demo-key"
"""The sandbox's API key."""

_PATIENCE: Final = 60.0
"""Seconds after which a command is given up.  Chosen: each takes a few."""


class Scene(NamedTuple):
    """A command, and what is said before it."""

    said: str
    command: tuple[str, ...]
    ends: Exit = Exit.OK


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
_WORK: Final = Scene("Apply it.  Everything is read again before it counts as done.", ("apply", "--yes"))
_PROOF: Final = Scene(
    "And again: is anything left?  Nothing that a run could do.  But Dana is declared and not in the group, and a\n"
    "person has to say whether she comes back; until then the exit code is 2 and not 0.",
    ("plan", "--detailed-exitcode"),
    ends=Exit.OPEN,
)
_REMARKS: Final = {
    "waxum": "Rosa stays: this gateway does not show her number, and nobody is removed who cannot be identified.\n"
}
"""What is said before `_WORK` on one gateway only."""


@dataclass
class Stage:
    """Says what happens and runs commands; with `-o json` it only keeps the record."""

    common: Common
    screen: Screen
    record: list[dict[str, object]] = field(default_factory=list)

    @property
    def silent(self) -> bool:
        return any(output.format == "json" and output.to is None for output in self.common.outputs)

    def say(self, text: str, role: TextRole = TextRole.HEADING) -> None:
        if not self.silent:
            styled = "\n".join(self.screen.style()(role, line) for line in text.splitlines())
            self.screen.deliver(f"{styled}\n\n")

    def play(self, scene: Scene, gateway: str, folder: Path, url: str) -> None:
        """Say what comes, and run it."""
        self.say(scene.said, TextRole.PLACE)
        self.run(gateway, scene.command, folder, url, ends=scene.ends)

    def run(
        self,
        gateway: str,
        command: Sequence[str],
        folder: Path,
        url: str,
        *,
        seen: bool = True,
        ends: Exit = Exit.OK,
    ) -> None:
        """Run a command and compare its exit code with that of `ends`.  Raises WagroupsError when it is another."""
        shown = f"wagroups {' '.join(command)}"
        visible = seen and not self.silent
        if visible:
            self.screen.deliver(f"{self.screen.style()(TextRole.CREATE, f'$ {shown}')}\n")
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own program with our own words
            [sys.executable, "-m", "wagroups", *command, *self._flags()],
            cwd=folder,
            env=_environment(url),
            stdin=subprocess.DEVNULL,
            stdout=None if visible else subprocess.DEVNULL,
            stderr=None if visible else subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
        seconds = round(time.monotonic() - started, 1)
        self.record.append({"gateway": gateway, "command": shown, "exit": done.returncode, "seconds": seconds})
        if visible:
            self.screen.deliver("\n")
        if done.returncode != ends.code:
            raise broken(f"`{shown}` on {gateway} ended with {done.returncode} and not with {ends.code}")

    def close(self) -> None:
        """Write the record where it was asked for."""
        for output in self.common.outputs:
            if output.format == "json":
                ending = {"code": Exit.OK.code, "reason": Exit.OK.reason}
                body = {"format_version": FORMAT_VERSION, "steps": self.record, "exit": ending}
                self.screen.deliver(json.dumps(body, indent=2) + "\n", output.to)

    def _flags(self) -> list[str]:
        """The caller's own wishes about the output."""
        flags = ["--color", "always" if self.screen.color else "never"]
        flags += ["--redact", self.common.redact] if self.common.redact else []
        return [*flags, "--quiet"] if self.common.quiet else flags


def _environment(url: str) -> dict[str, str]:
    """The caller's environment without their own project and accounts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAGROUPS_")}
    return {**kept, "WAGROUPS_URL": url, "WAGROUPS_KEY": _KEY}


def broken(message: str) -> WagroupsError:
    """The error for a promise that was not kept."""
    return WagroupsError(message, hint="This is a bug in wagroups; please report it with the output above.")


def perform(stage: Stage, gateway: str) -> None:
    """The whole story on one gateway.  Raises WagroupsError where it does not end as promised."""
    world = load(CLUB, now=lambda: datetime.now(UTC))
    kind = KINDS[gateway]
    assert kind.fake is not None, "the demo plays our own gateways, and each of them has a simulation"
    dialect = kind.dialects[0]
    app = kind.fake(world, dialect=dialect, session=DEFAULT_SESSION, key=_KEY)
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
