"""What CI runs: every target, whatever the one before said, and the tests' own last lines at the end."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.packaging.test_distributions import REPOSITORY

_MAKE: Final = """#!/bin/sh
for target; do :; done
echo "made $target with $1"
test "$target" = test && echo "===== 3 passed, 1 skipped in 0.10s ====="
test "$target" != "$FAILING"
"""
"""A make that says what it is asked for, and fails at one target."""


def run(tmp_path: Path, failing: str = "") -> subprocess.CompletedProcess[str]:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "make").write_text(_MAKE)
    (tools / "make").chmod(0o755)
    scripts = tmp_path / "clone" / ".ci"
    shutil.copytree(REPOSITORY / ".ci", scripts)
    return subprocess.run(
        ["bash", str(scripts / "run")],
        env={"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "FAILING": failing, "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )


def test_tests_linters_and_packages_are_run_and_the_tests_speak_last(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    made = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("made ")]
    assert made == ["test", "lint", "pythons"]
    assert "PYTHON=python3" in done.stdout
    assert done.stdout.endswith("\n\n===== 3 passed, 1 skipped in 0.10s =====\n")


@pytest.mark.parametrize("target", ["test", "lint", "pythons"])
def test_one_failure_fails_it_and_hides_no_other(target: str, tmp_path: Path) -> None:
    done = run(tmp_path, failing=target)
    assert done.returncode == 1
    assert "made pythons" in done.stdout
    assert done.stdout.endswith(f"Failed: {target}\n")
