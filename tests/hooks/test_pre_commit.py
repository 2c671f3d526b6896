"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit before a real commit.

pre-commit clones the repository that has the hooks and installs it, as it does on anybody's machine.  What it would
download comes from the environment of the tests.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from wagroups.workflows.setup.first_files import Choices, first_files
from wagroups.workflows.setup.init import write

REPOSITORY: Final = Path(__file__).parents[2]
NEEDED: Final = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "src", "schemas", "examples")
"""What a build and the hooks take from the repository."""

TAG: Final = "v1"
PATIENCE_S: Final = 180


class Checkout(NamedTuple):
    """Somebody's project under git, with the hooks switched on."""

    root: Path
    environ: Mapping[str, str]

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return _run(["git", *arguments], self.root, self.environ)

    def commit(self) -> subprocess.CompletedProcess[str]:
        """Add everything and try to commit it."""
        self.git("add", "--all")
        return self.git("commit", "--message", "A change")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")


def _run(command: list[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    who = {f"GIT_{role}_{part}": "Tester" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return who | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_NOSYSTEM": "1",
        # Nothing is downloaded: the build tool and the libraries are those of this environment.
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it the other way round: no isolation
    }


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, environ: Mapping[str, str]) -> Path:
    """This repository as it is now, under a tag."""
    root = tmp_path_factory.mktemp("hooks")
    for name in NEEDED:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(REPOSITORY / name, root / name)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "x"], ["tag", TAG]):
        done = _run(["git", *command], root, environ)
        assert done.returncode == 0, done.stdout
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, hooks: Path, environ: Mapping[str, str]) -> Checkout:
    """What `init` writes, with the hooks installed."""
    root = tmp_path_factory.mktemp("club")
    write(root, first_files(Choices()))
    ids = ("wagroups-validate", "wagroups-fmt", "wagroups-pii")
    lines = ["repos:", f"  - repo: {hooks}", f"    rev: {TAG}", "    hooks:", *(f"      - id: {name}" for name in ids)]
    (root / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    checkout = Checkout(root, environ)
    assert checkout.git("init", "--quiet").returncode == 0
    done = _run([sys.executable, "-m", "pre_commit", "install", "--install-hooks"], root, environ)
    assert done.returncode == 0, done.stdout
    first = checkout.commit()
    assert first.returncode == 0, first.stdout
    assert first.stdout.count("Passed") == len(ids), first.stdout
    return checkout


def test_a_commit_is_refused_and_says_where_everything_is(project: Checkout) -> None:
    project.write("groups/choir.yaml", "groups:\n  choir:\n    memebrs: [anna]\n    subject: Choir\n")
    project.write("notes.txt", "Call her: +49 171 2345678\n")
    try:
        refused = project.commit()
        assert refused.returncode != 0
        assert refused.stdout.count("Failed") == 3, refused.stdout
        assert "groups/choir.yaml:3:5: error" in refused.stdout
        assert "notes.txt:1:11" in refused.stdout
        assert "2345678" not in refused.stdout
    finally:
        project.git("reset", "--hard", "--quiet")


def test_what_is_in_order_is_committed(project: Checkout) -> None:
    project.write(
        "people.yaml", (project.root / "people.yaml").read_text(encoding="utf-8") + "  carla: +44 7700 900125\n"
    )
    done = project.commit()
    assert done.returncode == 0, done.stdout
