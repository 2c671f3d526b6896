"""Run the real commands before an audience: what is typed, what it prints, and whether it ended as promised."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from wagroups.cli.options import Common
from wagroups.cli.terminal import Screen
from wagroups.domain.errors import WagroupsError
from wagroups.domain.exit import Exit
from wagroups.reports.document import FORMAT_VERSION
from wagroups.reports.style import TextRole

_PATIENCE: Final = 60.0
"""Seconds after which a command is given up.  Chosen: each takes a few."""


class Scene(NamedTuple):
    """A command, and what is said before it."""

    said: str
    command: tuple[str, ...]
    ends: Exit = Exit.OK


@dataclass
class Stage:
    """Says what happens and runs commands; with `-o json` it only keeps the record."""

    common: Common
    screen: Screen
    key: str
    """The sandbox's API key."""
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
            env=_environment(url, self.key),
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


def _environment(url: str, key: str) -> dict[str, str]:
    """The caller's environment without their own project and accounts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAGROUPS_")}
    return {**kept, "WAGROUPS_URL": url, "WAGROUPS_KEY": key}


def broken(message: str) -> WagroupsError:
    """The error for a promise that was not kept."""
    return WagroupsError(message, hint="This is a mistake in wagroups, and worth a report with the output above.")
