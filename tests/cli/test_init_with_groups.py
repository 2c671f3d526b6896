"""`wagroups init` in front of live groups: they are written down, or nothing is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cli.command import Command
from tests.cli.pseudo_terminal import person
from tests.cli.test_init import FILES, files_in
from tests.rig import KEY, Rig, rig
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.manifests.project import load_project

NEW: Final = [name for name in FILES if name != "groups/first-group.yaml"]
"""The files of a project whose groups are taken down."""

ENVIRON: Final = {"LANG": "en_GB.UTF-8", "LC_ALL": "", "TZ": "Europe/London", "COLUMNS": "100"}
WRONG: Final = "a-wrong-key"


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "gows", "anna", "ben", "carla") as made:
        made.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
        made.live_group("Choir", {"ben": Role.MEMBER})
        made.live_group("Allotments", {"carla": Role.MEMBER})
        yield made


@pytest.fixture
def wagroups(
    account: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAGROUPS_URL", account.url)
    monkeypatch.setenv("WAGROUPS_KEY", KEY)
    return Command(capsys)


def test_flags_take_every_live_group_down_and_the_next_plan_is_empty(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("init", "--profile", "sandbox", "--import", "all")
    assert ended.exit is Exit.OK, ended.err
    assert "Imported 3 groups:" in ended.out
    groups = ["groups/allotments.yaml", "groups/chess.yaml", "groups/choir.yaml"]
    assert [name for name in files_in(tmp_path) if not name.startswith(".wagroups/")] == sorted([*NEW, *groups])
    planned = wagroups("plan", "--detailed-exitcode")
    assert planned.exit is Exit.OK, planned.out


def test_one_group_can_be_named_and_its_people_too(wagroups: Command, account: Rig, tmp_path: Path) -> None:
    names = tmp_path / "members.csv"
    names.write_text("phone,alias,name\n+447700900002,benji,Ben Okafor\n")
    jid = account.group("Choir").id
    ended = wagroups("init", "--import", jid, "--aliases", str(names), "-o", "json")
    assert ended.document["imported"] == ["choir"]
    assert "groups/choir.yaml" in ended.document["written"]
    assert [person.alias for person in load_project(tmp_path, {}).desired.people] == ["benji"]


def test_what_was_met_on_the_way_is_remembered(wagroups: Command, tmp_path: Path) -> None:
    wagroups("init", "--import", "all")
    assert (tmp_path / ".wagroups" / "state.db").is_file()
    assert "list" in wagroups("status").out


def test_a_gateway_that_does_not_answer_leaves_nothing_behind(
    wagroups: Command, account: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAGROUPS_KEY", WRONG)
    ended = wagroups("init", "--import", "all", "-o", "json")
    assert ended.exit is Exit.GATEWAY
    assert "key" in ended.document["error"]["message"]
    assert files_in(tmp_path) == []


def test_a_group_that_is_not_there_is_said_and_the_project_begins_with_the_example(
    wagroups: Command, tmp_path: Path
) -> None:
    ended = wagroups("init", "--import", "120363099999999999@g.us")
    assert "skipped" in ended.err
    assert files_in(tmp_path) == FILES


def test_without_being_told_to_no_gateway_is_asked(wagroups: Command, account: Rig) -> None:
    assert wagroups("init").exit is Exit.OK
    assert not account.front.log


# On a terminal


def test_enter_all_the_way_down_is_a_project_without_a_gateway(tmp_path: Path) -> None:
    with person(tmp_path, "init", environ=ENVIRON) as secretary:
        for question in ("Gateway", "Its address", "session", "Profile", "Time zone", "Country", "CI files", "Visual"):
            secretary.answer(question)
        code, out = secretary.end()
    assert code == 0
    assert "Written:" in out
    assert "Gateway" not in out
    config = load_project(tmp_path, {}).config
    assert (config.timezone, config.region) == ("Europe/London", "GB")
    assert files_in(tmp_path) == FILES


def test_a_secretary_finds_the_gateway_and_chooses_groups(account: Rig, tmp_path: Path) -> None:
    names = tmp_path / "members.csv"
    names.write_text("phone,alias,name\n+447700900001,anne,Anne Clarke\n")
    folder = tmp_path / "club"
    folder.mkdir()
    with person(folder, "init", environ=ENVIRON) as secretary:
        secretary.answer("Gateway", "waxun")
        secretary.sees("Did you mean waxum?")
        secretary.answer("Gateway", "waha")
        secretary.answer("Its address", "ftp://localhost")
        secretary.sees("write an address such as")
        secretary.answer("Its address", account.url.removeprefix("http://"))
        secretary.answer("Its API key", WRONG)
        secretary.answer("session")
        secretary.answer("Try again", "y")
        secretary.answer("Its address", account.url)
        secretary.answer("Its API key", KEY)
        secretary.answer("session")
        secretary.sees("connected to WhatsApp")
        secretary.answer("Profile")
        secretary.answer("Time zone", "Europe/Pariss")
        secretary.sees("Did you mean Europe/Paris?")
        secretary.answer("Time zone", "Europe/Paris")
        secretary.answer("Country", "none")
        secretary.answer("List of people", str(names))
        secretary.answer("CI files", "gitlab")
        secretary.answer("Visual Studio Code", "y")
        secretary.answer("Which of them", "7")
        secretary.sees("from 1 to 3")
        secretary.answer("Which of them", "2-3")
        code, out = secretary.end()
    assert code == 0, secretary.shown
    assert "  1  Allotments  2 people" in secretary.shown
    assert KEY not in secretary.shown + out
    assert WRONG not in secretary.shown + out
    assert "export WAGROUPS_KEY=…" in out
    project = load_project(folder, {})
    (connection,) = project.config.accounts.values()
    assert (connection.url, project.config.timezone, project.config.region) == (account.url, "Europe/Paris", None)
    assert project.config.state_env == "WAGROUPS_STATE_URL"
    assert sorted(project.desired.groups) == ["chess", "choir"]
    assert "anne" in {someone.alias for someone in project.desired.people}
    assert (folder / ".vscode" / "settings.json").is_file()
    assert KEY.encode() not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_flags_and_variables_say_is_not_asked(account: Rig, tmp_path: Path) -> None:
    variables = {"WAGROUPS_CLUB_URL": account.url, "WAGROUPS_CLUB_KEY": KEY}
    flags = (
        "--gateway=waha",
        "--url-env=WAGROUPS_CLUB_URL",
        "--key-env=WAGROUPS_CLUB_KEY",
        "--session=default",
        "--profile=sandbox",
    )
    more = ("--region=GB", "--timezone=UTC", "--import=none", "--vscode")
    with person(tmp_path, "init", *flags, *more, environ={**ENVIRON, **variables}) as secretary:
        secretary.answer("List of people")
        secretary.answer("CI files")
        code, out = secretary.end()
    assert code == 0, secretary.shown
    assert "Its address: from WAGROUPS_CLUB_URL" in secretary.shown
    assert "export" not in out
    assert (tmp_path / "groups" / "first-group.yaml").is_file()


def test_whoever_goes_on_without_the_gateway_gets_the_example(tmp_path: Path) -> None:
    with person(tmp_path, "init", environ=ENVIRON) as secretary:
        secretary.answer("Gateway")
        secretary.answer("Its address", "http://127.0.0.1:9")
        secretary.answer("Its API key", KEY)
        secretary.answer("session")
        secretary.answer("Try again", "n")
        for question in ("Profile", "Time zone", "Country", "CI files", "Visual"):
            secretary.answer(question)
        code, _ = secretary.end()
    assert code == 0, secretary.shown
    assert (tmp_path / "groups" / "first-group.yaml").is_file()


def test_ctrl_c_leaves_nothing_behind(account: Rig, tmp_path: Path) -> None:
    with person(tmp_path, "init", environ={**ENVIRON, "WAGROUPS_URL": account.url, "WAGROUPS_KEY": KEY}) as secretary:
        for question in ("Gateway", "session", "Profile", "Time zone", "Country", "List", "CI files", "Visual"):
            secretary.answer(question)
        secretary.sees("Which of them")
        secretary.interrupt()
        code, _ = secretary.end()
    assert code == 130
    assert files_in(tmp_path) == []
