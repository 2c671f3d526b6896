"""The rowing club: a project on disk, a simulated WhatsApp on a real socket, and the real program as a process."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import jsonschema

from tests.rig import fake_of
from tests.warm import Ended, run_warm
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Call, Fault
from wagroups.simulation.world.group import Group
from wagroups.simulation.world.scripted_actions import ScriptedAction, act
from wagroups.simulation.world.seed import load
from wagroups.simulation.world.world import World

REPOSITORY: Final = Path(__file__).parents[2]
KEY: Final = "key-of-the-club"
PATIENCE_S: Final = 60.0
"""Until a process is given up: chosen, the slowest story takes a quarter of it."""

NEWS: Final = "Harbour Rowing Club – News"
JUNIORS: Final = "Harbour Rowing Club – Juniors"
TRAINERS: Final = "Harbour Rowing Club – Trainers"
REGATTA: Final = "Regatta helpers"
"""A live group that is in no manifest."""

CLUB: Final = frozenset(("amara", "bela", "chidi", "dana", "emre", "fay", "gus", "hana", "ivo", "juno"))
"""Everybody in the directory."""

SEED: Final = f"""\
me: office
people:
  office: +44 7700 900100
  amara: +44 7700 900101
  bela: +44 7700 900102
  chidi: +44 7700 900103
  dana: +44 7700 900104
  emre: +44 7700 900105
  fay: +44 7700 900106
  gus: +44 7700 900107
  hana: +44 7700 900108
  ivo: +44 7700 900109
  juno: +44 7700 900110
  rosa: +44 7700 900150
groups:
  - subject: {REGATTA}
    created: 2026-01-31T09:00:00Z
    admins: [bela]
    members: [hana, rosa]
"""


@dataclass
class Club:
    """A project and its world."""

    root: Path
    world: World
    front: Front
    environ: dict[str, str]
    gateway: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def wagroups(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ended:
        """Run the program to its end.  Whatever it says as JSON is checked to be one document that agrees with it."""
        done = run_warm(arguments, self.root, {**self.environ, **(env or {})}, PATIENCE_S)
        return self._checked(done, arguments)

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "wagroups", *arguments],
            cwd=self.root,
            env={**self.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.started.append(process)
        return process

    def ended(self, process: "subprocess.Popen[str]", *arguments: str) -> Ended:
        out, err = process.communicate(timeout=PATIENCE_S)
        return self._checked(Ended(process.returncode, out, err), arguments)

    def _checked(self, end: Ended, arguments: tuple[str, ...]) -> Ended:
        if "json" in arguments and "--to" not in arguments and end.code >= 0:
            check_document(end)
        return end

    # --- the files

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a manifest, as a pull request does."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not say {old!r}"
        self.write(name, text.replace(old, new))

    def add_back(self) -> None:
        """Declare that whoever is gone is added again, as most groups of a club would not."""
        self.replace("groups/club.yaml", "defaults:\n", "defaults:\n  manage: {left: re-add}\n")

    @property
    def ledger(self) -> Path:
        return self.root / ".wagroups" / "state.db"

    # --- the world

    def group(self, subject: str) -> Group:
        with self.world.lock:
            return self.world.group(subject)

    def members(self, subject: str) -> dict[str, str]:
        """Name → role, without the account itself."""
        people = self.group(subject).members.items()
        return {person.name: role.value for person, role in people if person is not self.world.me}

    def on_the_phone(self, **action: Any) -> None:
        """Somebody does something on their phone."""
        with self.world.lock:
            act(self.world, ScriptedAction(**action))

    def script(self, *faults: Fault) -> None:
        with self.world.lock:
            self.world.faults.script(*faults)

    def behave(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    @property
    def writes(self) -> list[str]:
        """Every write that was asked for.  A refresh reads, whatever its method."""
        return [entry.call for entry in self.front.writes if entry.call != Call.REFRESH]


@contextmanager
def club(
    root: Path, gateway: str = "waha", dialect: str = "noweb", *, seed: str = SEED, example: str = "club"
) -> Iterator[Club]:
    """The example project in `root`, in front of a served fake."""
    shutil.copytree(
        REPOSITORY / "examples" / example, root, ignore=shutil.ignore_patterns(".wagroups"), dirs_exist_ok=True
    )
    config = root / "wagroups.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("gateway: waha", f"gateway: {gateway}"))
    world = load(seed, now=lambda: datetime.now(UTC))
    front = cast(Front, fake_of(gateway)(world, dialect=dialect, session="default", key=KEY))
    with serve(front) as server:
        # Nothing of this machine's environment but what Python needs: no CI variable, no terminal.
        environ = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "PYTHONPATH", "SYSTEMROOT")
            if name in os.environ
        }
        environ |= {"PYTHONUTF8": "1", "WAGROUPS_URL": server.url, "WAGROUPS_KEY": KEY}
        made = Club(root, world, front, environ, gateway)
        try:
            yield made
        finally:
            for process in made.started:
                _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """Leave neither the process nor its pipes behind."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until something is so that another process brings about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def check_document(end: Ended) -> None:
    """Stdout is one document, of a known form, that names the exit code of the process."""
    document = end.document
    assert document["exit"]["code"] == end.code
    for name, mark in (("plan", "drift"), ("report", "converged")):
        if mark in document:
            jsonschema.validate(document, schema(name), jsonschema.Draft7Validator)


@cache
def schema(name: str) -> Any:
    return json.loads((REPOSITORY / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
