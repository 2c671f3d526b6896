"""`wagroups demo`: real commands, real HTTP, and no success that was not earned."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import Command
from wagroups.cli.commands import demo_runner
from wagroups.domain.exit import Exit

LONGEST = 300
"""Seconds that the whole demonstration may take."""


def test_it_shows_every_command_with_its_output_on_both_gateways(tmp_path: Path) -> None:
    started = time.monotonic()
    # Somebody's own project and accounts must not be drawn into it.
    foreign = {"WAGROUPS_URL": "http://127.0.0.1:1", "WAGROUPS_PROJECT": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "wagroups", "demo"],
        cwd=tmp_path,
        env={**os.environ, **foreign},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - started < LONGEST
    commands = [line for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert commands == 2 * [
        "$ wagroups validate",
        "$ wagroups plan",
        "$ wagroups apply --yes",
        "$ wagroups plan --detailed-exitcode",
    ]
    # Dana left, and stays out until a person says otherwise.
    assert done.stdout.count("Not converged: everything planned was done, but 1 thing is not as declared") == 2
    assert done.stdout.count("1 thing is not as declared and needs attention. Plan: no run can change that.") == 2
    assert "“Trainers!!” → “Harbour Rowing Club – Trainers”" in done.stdout
    assert done.stdout.index("$ wagroups plan\n") < done.stdout.index("Plan: 2 to create")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_with_json_it_is_one_record_of_what_ran(capfd: pytest.CaptureFixture[str]) -> None:
    ended = Command(capfd)("demo", "--gateway", "waxum", "-o", "json")
    assert ended.exit is Exit.OK
    assert [(step["gateway"], step["command"], step["exit"]) for step in ended.document["steps"]][-1] == (
        "waxum",
        "wagroups plan --detailed-exitcode",
        Exit.OPEN.code,
    )
    assert ended.err == ""


def test_a_command_that_ends_otherwise_than_promised_fails_the_demo(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_runner, "_FILES", demo_runner.Scene("This cannot be.", ("show", "no-such-group")))
    ended = Command(capfd)("demo", "--gateway", "waha")
    assert ended.exit is Exit.ERROR
    assert "No such group" in ended.err
    assert "`wagroups show no-such-group` on waha ended with 64 and not with 0" in ended.err


def test_a_group_that_is_not_as_declared_fails_the_demo_whatever_the_commands_say(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_runner, "_WORK", demo_runner.Scene("Do nothing.", ("validate",)))
    monkeypatch.setattr(demo_runner, "_PROOF", demo_runner.Scene("Prove nothing.", ("validate",)))
    ended = Command(capfd)("demo", "--gateway", "waha", "-o", "json")
    assert ended.exit is Exit.ERROR
    assert json.loads(ended.out)["error"]["message"].startswith("on waha the trainers' group is not")
