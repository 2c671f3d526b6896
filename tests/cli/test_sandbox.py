"""`wagroups sandbox`: says at once where it is, serves every dialect, and ends cleanly when told to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.command import Command
from wagroups.cli.commands.sandbox import KEY
from wagroups.domain.exit import Exit
from wagroups.gateways.registry import KINDS

SEED = (
    "me: office\npeople: {office: +44 7700 900100, anna: +44 7700 900101}\ngroups: [{subject: Choir, admins: [anna]}]\n"
)


@contextmanager
def sandbox(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A sandbox in a process of its own, with pipes for streams."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wagroups", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def servers_of(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    servers: list[dict[str, str]] = json.loads(line_of(process))["servers"]
    return servers


def subjects(url: str, key: str = KEY, session: str = "default") -> list[str]:
    answer = httpx.get(f"{url}/api/{session}/groups", headers={"X-Api-Key": key}, timeout=5)
    assert answer.status_code == 200
    return [group["subject"] for group in answer.json().values()]


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def test_the_lines_on_stdout_can_be_given_to_a_shell(tmp_path: Path) -> None:
    with sandbox("--key", "a key with blanks") as process:
        (tmp_path / "lines").write_text(line_of(process) + line_of(process))
        told = subprocess.run(
            ["sh", "-c", f'. {tmp_path}/lines; printf "%s %s" "$WAGROUPS_URL" "$WAGROUPS_KEY"'],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        url, key = told.split(" ", 1)
        assert key == "a key with blanks"
        assert subjects(url, key) == ["Regatta helpers"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(number: signal.Signals) -> None:
    with sandbox("-o", "json") as process:
        line_of(process)
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0
        assert out == ""
        assert "Traceback" not in err


def test_what_it_says_on_stderr_makes_drift() -> None:
    with sandbox() as process:
        assert line_of(process) == "# waha, engine noweb: session default, key sandbox-key\n"
        url = line_of(process).split()[1].removeprefix("WAGROUPS_URL=")
        assert process.stderr is not None
        command = [process.stderr.readline() for _ in range(2)][1]
        assert command.strip().endswith(f"{url}/__sandbox__/phone")
        body = command.split("-d '")[1].split("'")[0]
        answer = httpx.post(f"{url}/__sandbox__/phone", headers={"X-Api-Key": KEY}, content=body, timeout=5)
        assert answer.status_code == 200
        assert subjects(url) == ["Renamed on a phone"]


def test_a_seed_gives_the_people_and_groups(tmp_path: Path) -> None:
    seed = tmp_path / "world.yaml"
    seed.write_text(SEED)
    with sandbox("--seed", str(seed), "--session", "office", "-o", "json", "-q") as process:
        (server,) = servers_of(process)
        assert server["session"] == "office"
        assert subjects(server["url"], session="office") == ["Choir"]


def test_all_dialects_stand_before_one_world_on_consecutive_ports() -> None:
    with sandbox("--all", "-o", "json") as process:
        servers = servers_of(process)
        assert [(s["gateway"], s["engine"]) for s in servers] == [
            (kind.name, dialect) for kind in KINDS.values() for dialect in kind.dialects
        ]
        ports = [int(s["url"].rsplit(":", 1)[1]) for s in servers]
        assert ports == sorted(ports)
        renamed = {"do": "rename", "group": "Regatta helpers", "subject": "Everywhere"}
        httpx.post(servers[-1]["control"] + "phone", headers={"X-Api-Key": KEY}, json=renamed, timeout=5)
        assert subjects(servers[0]["url"]) == ["Everywhere"]


def test_with_all_every_dialect_has_variables_of_its_own() -> None:
    with sandbox("--all") as process:
        lines = [line_of(process) for _ in range(10)]
    names = [line.split()[1].split("=")[0] for line in lines if line.startswith("export")]
    assert names == [
        "WAGROUPS_WAHA_NOWEB_URL",
        "WAGROUPS_WAHA_GOWS_URL",
        "WAGROUPS_WAHA_WEBJS_URL",
        "WAGROUPS_WAHA_WPP_URL",
        "WAGROUPS_WAXUM_URL",
    ]


def test_a_taken_port_is_refused(wagroups: Command) -> None:
    with sandbox("-o", "json") as process:
        port = servers_of(process)[0]["url"].rsplit(":", 1)[1]
        ended = wagroups("sandbox", "--port", port)
    assert ended.exit is Exit.USAGE
    assert f"Port {port} is in use" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gateway", "waba"], "There is no gateway called waba"),
        (["--engine", "venom"], "waha has no engine called venom; choose noweb, gows, webjs, wpp."),
        (["--gateway", "waxum", "--engine", "noweb"], "waxum has no engine called noweb"),
        (["--all", "--gateway", "waha"], "leave --gateway and --engine out"),
        (["--seed", "no-such-file.yaml"], "does not exist"),
        (["-o", "markdown"], "sandbox writes -o text"),
    ],
)
def test_a_wrong_wish_is_a_usage_error(arguments: list[str], said: str, wagroups: Command) -> None:
    ended = wagroups("sandbox", *arguments)
    assert (ended.exit, ended.out) == (Exit.USAGE, "")
    assert said in " ".join(ended.err.split())


@pytest.mark.parametrize("content", [b"me: nobody\npeople: {}\n", b"people: [\n", b"\xff\xfe"])
def test_a_seed_that_cannot_be_read_is_65_with_what_is_wrong(content: bytes, wagroups: Command, tmp_path: Path) -> None:
    seed = tmp_path / "world.yaml"
    seed.write_bytes(content)
    ended = wagroups("sandbox", "--seed", str(seed), "-o", "json")
    assert ended.exit is Exit.INVALID
    assert ended.document["error"]["code"] == "invalid"
