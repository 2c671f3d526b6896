"""Jobs of a CI service, done on this machine: their scripts are taken from the YAML as it stands and given to bash.

Only what the examples use is understood; anything else fails, so that no example grows past its test.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
PATIENCE: Final = 90.0
"""Seconds until a step is given up."""

_EXPRESSION: Final = re.compile(r"\$\{\{ *(.+?) *\}\}")

_PIP: Final = """#!/bin/sh
case "$*" in
  "install --quiet wagroups" | "install --quiet wagroups[postgres]") ;;
  *) echo "unexpected: pip $*" >&2; exit 90 ;;
esac
"""
"""What the examples install is the program under test, which is here already."""


class Ended(NamedTuple):
    """A step or a job that is over."""

    code: int
    said: str


@dataclass
class Machine:
    """Where jobs run: a checkout, the tools that a service's machines have, and nothing else of this machine."""

    checkout: Path
    tools: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tools.mkdir()
        self.tool("pip", _PIP)
        self.tool("wagroups", f'#!/bin/sh\nexec "{sys.executable}" -m wagroups "$@"\n')

    def tool(self, name: str, text: str) -> None:
        path = self.tools / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def bash(self, script: str, environ: Mapping[str, str]) -> Ended:
        """Run a script as both services do: it ends at the first command that fails."""
        path = f"{self.tools}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.checkout,
            env={"PATH": path, "HOME": str(self.checkout), "CI": "true", "PYTHONUTF8": "1", **self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=PATIENCE,
        )
        return Ended(done.returncode, done.stdout)


@dataclass
class GitHub:
    """GitHub Actions, as far as the examples use it."""

    machine: Machine
    secrets: Mapping[str, str]
    event: str = "pull_request"
    variables: Mapping[str, str] = field(default_factory=lambda: {"WAGROUPS_ALLOWED_HOSTS": "127.0.0.1"})

    @property
    def summary(self) -> str:
        """What stands in the job's summary."""
        path = self._file("summary")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def run(self, name: str, job: str) -> Ended:
        """Run a job's scripts up to the first that fails; its actions are skipped."""
        self._file("summary").unlink(missing_ok=True)
        said: list[str] = []
        for step in self.job(name, job)["steps"]:
            assert set(step) <= {"name", "id", "env", "run", "uses", "with"}
            if "run" in step:
                ended = self.machine.bash(step["run"], self._environ(step))
                said.append(ended.said)
                if ended.code:
                    return Ended(ended.code, "".join(said))
        return Ended(0, "".join(said))

    @staticmethod
    def job(name: str, job: str) -> Any:
        return workflow(EXAMPLES / "github" / f"{name}.yaml")["jobs"][job]

    @property
    def outputs(self) -> dict[str, str]:
        """Outputs of the steps that ran."""
        return dict(line.split("=", 1) for line in self._file("output").read_text(encoding="utf-8").splitlines())

    def _environ(self, step: Mapping[str, Any]) -> dict[str, str]:
        given = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "amara",
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_OUTPUT": str(self._file("output")),
            "GITHUB_REPOSITORY": "harbour/groups",
            "GITHUB_SHA": "c0ffee",
            "GITHUB_STEP_SUMMARY": str(self._file("summary")),
            "RUNNER_TEMP": str(self.temp),
        }
        return given | {name: _EXPRESSION.sub(self._value, value) for name, value in step.get("env", {}).items()}

    def _value(self, expression: "re.Match[str]") -> str:
        kind, _, name = expression[1].partition(".")
        if kind in ("secrets", "vars"):
            return self.secrets[name] if kind == "secrets" else self.variables[name]
        return {"github.token": "token"}[expression[1]]

    @property
    def temp(self) -> Path:
        """The runner's own folder, which no checkout reaches."""
        path = self._file("temp")
        path.mkdir(exist_ok=True)
        return path

    def _file(self, name: str) -> Path:
        return self.machine.tools.parent / f"github-{name}"


@dataclass
class GitLab:
    """GitLab CI, as far as the example uses it."""

    machine: Machine

    def run(self, job: str) -> Ended:
        """Run what stands before every job's script, and the script."""
        file = workflow(EXAMPLES / "gitlab" / ".gitlab-ci.yml")
        said: list[str] = []
        for script in (*file["default"]["before_script"], *file[job]["script"]):
            ended = self.machine.bash(script, {"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "amara"})
            said.append(ended.said)
            if ended.code:
                return Ended(ended.code, "".join(said))
        return Ended(0, "".join(said))


def workflow(path: Path) -> Any:
    """A workflow's file.  YAML 1.1 reads its key `on` as true, which no test asks for."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))
