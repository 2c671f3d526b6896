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
        "version: 1\naccounts:\n  office: {gateway: waha, url_env: WAGROUPS_CLUB_URL, key_env: WAGROUPS_CLUB_KEY}\n"
    )
    tmp_path.joinpath("groups.yaml").write_text(
        "groups:\n  chess:\n    subject: Chess\n    members: [+44 7700 900001]\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WAGROUPS_CLUB_URL", raising=False)
    monkeypatch.setenv("WAGROUPS_CLUB_KEY", "sesame")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("localhost:3000", "does not begin with http:// or https://"),
        ("http://[::1", "an impossible host or port"),
        ("http://localhost:99999", "an impossible host or port"),
        ("http://ada:opensesame@localhost:3000", "a user name or a password"),
        (" ", "is empty"),
    ],
)
@pytest.mark.parametrize("verb", ["plan", "apply", "doctor"])
def test_an_address_that_cannot_be_asked_names_its_variable(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str, address: str, said: str
) -> None:
    monkeypatch.setenv("WAGROUPS_CLUB_URL", address)
    ended = command(verb)
    assert ended.exit is Exit.INVALID
    assert said in ended.err
    assert "WAGROUPS_CLUB_URL" in ended.err
    assert "http://localhost:3000" in ended.err
    assert "opensesame" not in ended.err


def test_a_variable_that_is_not_set_is_no_mistake_in_the_files(command: Command) -> None:
    ended = command("plan")
    assert ended.exit is Exit.INVALID
    assert "WAGROUPS_CLUB_URL from the environment, but it is not set" in ended.err
    assert "manifests" not in ended.err
    assert "The files need no change" in ended.err
    assert "manifests" not in command("plan", "-vv").err.split("Traceback")[1].split("wagroups.domain.errors")[1]


def test_a_ledger_whose_variable_is_not_set_says_what_to_set(command: Command, project: Path) -> None:
    with project.joinpath("wagroups.yaml").open("a") as config:
        config.write("state_env: WAGROUPS_CLUB_STATE\n")
    ended = command("status")
    assert ended.exit is Exit.INVALID
    assert "Set WAGROUPS_CLUB_STATE to the ledger's" in ended.err


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"WAGROUPS_ALLOWED_HOSTS": "gateway.example"}, "is not among the hosts that WAGROUPS_ALLOWED_HOSTS lists"),
        ({"CI": "true"}, "in CI, wagroups only contacts hosts that WAGROUPS_ALLOWED_HOSTS lists"),
        ({"BUILD_ID": "7"}, "in CI, wagroups only contacts hosts that WAGROUPS_ALLOWED_HOSTS lists"),
    ],
)
def test_an_address_from_a_variable_is_held_against_the_list_of_hosts(
    command: Command, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], said: str
) -> None:
    for name in ("CI", "BUILD_ID", "WAGROUPS_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"WAGROUPS_CLUB_URL": "https://evil.example", **environ}.items():
        monkeypatch.setenv(name, value)
    ended = command("plan")
    assert ended.exit is Exit.INVALID
    assert said in ended.err
    assert "Set WAGROUPS_ALLOWED_HOSTS=evil.example where this runs" in ended.err


@pytest.mark.parametrize(
    "url", ["postgresql://ann:secret-word@evil.example/x", "postgresql:///x?host=evil.example:5432"]
)
def test_a_ledger_elsewhere_is_held_against_the_list_of_hosts(
    command: Command, monkeypatch: pytest.MonkeyPatch, project: Path, url: str
) -> None:
    with project.joinpath("wagroups.yaml").open("a") as config:
        config.write("state_env: WAGROUPS_CLUB_STATE\n")
    monkeypatch.setenv("WAGROUPS_CLUB_STATE", url)
    monkeypatch.setenv("WAGROUPS_ALLOWED_HOSTS", "gateway.example")
    ended = command("plan")
    assert ended.exit is Exit.INVALID
    assert "on the host evil.example" in ended.err
    assert "secret-word" not in ended.err


@pytest.mark.parametrize(
    ("key", "said"),
    [("ses ame", "a space or an invisible character"), ("sesame\u200b", "invisible"), ("  ", "only spaces")],
)
def test_a_key_that_no_server_can_accept_is_not_sent_and_not_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch, key: str, said: str
) -> None:
    monkeypatch.setenv("WAGROUPS_CLUB_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("WAGROUPS_CLUB_KEY", key)
    ended = command("plan", "-vv")
    assert ended.exit is Exit.INVALID
    assert said in ended.err
    assert "sesame" not in ended.err


def test_a_ledger_behind_a_link_out_of_the_project_is_not_opened(
    command: Command, monkeypatch: pytest.MonkeyPatch, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    project.joinpath(".wagroups").symlink_to(elsewhere, target_is_directory=True)
    monkeypatch.setenv("WAGROUPS_CLUB_URL", "http://127.0.0.1:9")
    ended = command("plan")
    assert ended.exit is Exit.INVALID
    assert "a link that leads outside the project" in ended.err
    assert not list(elsewhere.iterdir())
