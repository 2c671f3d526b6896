"""What the environment lacks is said as such: with the variable's name, before any request, with exit 65."""

from pathlib import Path

import pytest

from tests.cli.command import Command
from wagroups.domain.exit import Exit


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.joinpath("wagroups.yaml").write_text(
        "version: 1\naccounts:\n  office: {gateway: waha, url_env: CLUB_URL, key_env: CLUB_KEY}\n"
    )
    tmp_path.joinpath("groups.yaml").write_text(
        "groups:\n  chess:\n    subject: Chess\n    members: [+44 7700 900001]\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLUB_URL", raising=False)
    monkeypatch.setenv("CLUB_KEY", "sesame")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("localhost:3000", "does not begin with http:// or https://"),
        ("http://[::1", "a host or a port that cannot exist"),
        ("http://localhost:99999", "a host or a port that cannot exist"),
        ("http://ada:opensesame@localhost:3000", "a name or a password"),
        (" ", "is empty"),
    ],
)
@pytest.mark.parametrize("verb", ["plan", "apply", "doctor"])
def test_an_address_that_cannot_be_asked_names_its_variable(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str, address: str, said: str
) -> None:
    monkeypatch.setenv("CLUB_URL", address)
    ended = command(verb)
    assert ended.exit is Exit.INVALID
    assert said in ended.err
    assert "CLUB_URL" in ended.err
    assert "http://localhost:3000" in ended.err
    assert "opensesame" not in ended.err


def test_a_variable_that_is_not_set_is_no_mistake_in_the_files(command: Command) -> None:
    ended = command("plan")
    assert ended.exit is Exit.INVALID
    assert "CLUB_URL from the environment, and it is not set" in ended.err
    assert "manifests" not in ended.err
    assert "The files need no change" in ended.err
    assert "manifests" not in command("plan", "-vv").err.split("Traceback")[1].split("wagroups.domain.errors")[1]


def test_a_ledger_whose_variable_is_not_set_says_what_to_set(command: Command, project: Path) -> None:
    with project.joinpath("wagroups.yaml").open("a") as config:
        config.write("state_env: CLUB_STATE\n")
    ended = command("status")
    assert ended.exit is Exit.INVALID
    assert "Set CLUB_STATE to the ledger's" in ended.err
