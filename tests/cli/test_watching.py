"""`wagroups watch` on the command line: what it refuses before it listens."""

import socket
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.cli.command import Command
from wagroups.cli.commands.watch import _Desk
from wagroups.cli.ui.webhook_server import Address, AddressType
from wagroups.domain.exit import Exit
from wagroups.domain.identity import AccountKey, Secret
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.webhooks import Hook
from wagroups.workflows.reconcile.watch_schedule import Round, RoundCause

CONFIG = """\
version: 1
accounts:
  club-office: {gateway: waha, url: "http://127.0.0.1:9", profile: sandbox, key_env: WAGROUPS_KEY}
"""
GROUPS = "groups:\n  chess:\n    subject: Chess\n    id: 120363000000000001@g.us\n    members: []\n"


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "wagroups.yaml").write_text(CONFIG)
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "chess.yaml").write_text(GROUPS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAGROUPS_KEY", "a key")
    return tmp_path


def test_without_a_secret_it_does_not_begin(project: Path, wagroups: Command) -> None:
    ended = wagroups("watch", "-o", "json")
    assert ended.exit is Exit.INVALID
    assert ended.document["error"]["code"] == "invalid"
    said = " ".join(ended.err.split())
    assert "WAGROUPS_WATCH_SECRET" in said
    assert "WAGROUPS_CLUB_OFFICE_WATCH_SECRET" in said


@pytest.mark.parametrize("name", ["WAGROUPS_WATCH_SECRET", "WAGROUPS_CLUB_OFFICE_WATCH_SECRET"])
@pytest.mark.parametrize("as_file", [False, True])
def test_a_taken_address_is_refused(
    name: str, as_file: bool, project: Path, wagroups: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    if as_file:
        (project / "secret").write_text("a shared secret\n")
        monkeypatch.setenv(f"{name}_FILE", str(project / "secret"))
    else:
        monkeypatch.setenv(name, "a shared secret")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = wagroups("watch", "--listen", f"127.0.0.1:{port}")
    assert ended.exit is Exit.USAGE
    assert f"Cannot listen on 127.0.0.1:{port}" in ended.err
    assert "a shared secret" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--every", "10s"], "--every is at least 1m"),
        (["--listen", "8765"], "is not an address"),
        (["--listen", "::1:8765"], "is not an address"),
        (["--listen", "127.0.0.1:99999"], "there is no port 99999"),
        (["-o", "markdown"], "-o text or -o json"),
        (["-o", "json", "--to", "file"], "without --to"),
        (["--override", "max-removals=every day"], "No such option"),
        (["--account", "nobody"], "There is no account 'nobody'"),
        (["--max-removals", "100"], "a flag may only tighten"),
    ],
)
def test_a_wrong_wish_is_a_usage_error(arguments: list[str], said: str, project: Path, wagroups: Command) -> None:
    ended = wagroups("watch", *arguments)
    assert ended.exit is Exit.USAGE
    assert said in " ".join(ended.err.split())


def test_applying_is_not_switched_on_by_the_environment(
    project: Path, wagroups: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAGROUPS_WATCH_APPLY", "no boolean at all")
    monkeypatch.setenv("WAGROUPS_WATCH_EVERY", "10s")
    assert "--every is at least 1m" in wagroups("watch").err


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:8765", Address("127.0.0.1", 8765)),
        ("localhost:0", Address("localhost", 0)),
        ("[::1]:80", Address("::1", 80)),
    ],
)
def test_an_address_is_read_and_shown_alike(written: str, address: Address) -> None:
    assert AddressType().convert(written, None, None) == address
    assert address.url == f"http://{written}"


class Paper:
    """A screen that remembers what is written on it."""

    unicode = True

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    complain = deliver = say


def test_a_watch_that_hears_nothing_says_so_once_and_prints_what_every_version_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wagroups.reports.documents.watch.document_line", str)
    office, club, paper = AccountKey("office"), AccountKey("club"), Paper()
    events = KINDS["waha"].events
    assert events is not None
    outputs = SimpleNamespace(outputs=[SimpleNamespace(format="json")])
    desk = _Desk(cast(Any, outputs), cast(Any, paper), "UTC", timedelta(hours=1))
    hook = Hook("default", Secret.of("a shared secret"), events)
    desk.open(Address("127.0.0.1", 8765), [office, club], {office: hook, club: hook})
    told = cast(Any, SimpleNamespace(document="a round"))
    (setting,) = {line for line in paper.lines if "with the secret" in line}
    assert "join-request" not in setting
    assert any("from WAHA 2026.8.2 on: group.v2.participants.join-request" in line for line in paper.lines)
    for cause, account in (("start", None), ("event", office), ("schedule", None), ("schedule", None)):
        desk.tell(Round(RoundCause(cause), account), told)
    silent = [line for line in paper.lines if "no event has come" in line]
    assert len(silent) == 1
    assert silent[0].startswith("club: ")
