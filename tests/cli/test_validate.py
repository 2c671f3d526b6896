"""`wagroups validate`: every problem of every file, as text, JSON and Markdown, and numbers asked for on request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.manifests.projects import CONFIG, PEOPLE, write
from tests.rig import fake_of
from wagroups.domain.exit import Exit
from wagroups.reports.documents.models import ProblemsDocument
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.seed import load
from wagroups.simulation.world.world import ConnectionState, World

GROUP = "groups:\n  rowers:\n    subject: Rowers\n    members: [anna, ben]\n"
ANNA, BEN = "900101", "900102"


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(capsys)


def a_project(root: Path, groups: str = GROUP, config: str = CONFIG) -> None:
    write(root, {"people.yaml": PEOPLE, "groups.yaml": groups}, config)


def test_a_valid_project_is_confirmed_in_one_line(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path)
    assert wagroups("validate") == (Exit.OK, "1 group, 4 people, 3 files: valid.\n", "")


def test_all_problems_of_all_files_come_at_once_with_their_places(wagroups: Command, tmp_path: Path) -> None:
    a_project(
        tmp_path,
        "groups:\n  rowers:\n    subject: Rowers\n    memebrs: [anna]\n    members: [berta]\n",
        "acounts: {}\n",
    )
    ended = wagroups("validate")
    assert ended.exit is Exit.INVALID
    assert ended.err == ""
    lines = ended.out.splitlines()
    assert lines[0] == "groups.yaml:4:5: error: “memebrs” is not a key of a group. [unknown-key]"
    assert lines[1].startswith("    help: Did you mean members?")
    assert any(line.startswith("groups.yaml:5:15: error: ") and "[unknown-alias]" in line for line in lines)
    assert any(line.startswith("wagroups.yaml:1:1: error: ") for line in lines)
    assert lines[-1] == "4 problems: 2 unknown keys, 1 unknown name, 1 missing key."


def test_with_json_problems_are_one_document(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    subject: Rowers\n    memebrs: [anna]\n")
    ended = wagroups("validate", "-o", "json")
    (problem,) = ProblemsDocument.model_validate_json(ended.out).problems
    assert ended.document["exit"]["code"] == 65
    assert (problem.rule, problem.place, problem.suggestion) == ("unknown-key", "groups.yaml:4:5", "members")


def test_a_valid_project_is_a_document_without_problems(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path)
    assert wagroups("-o", "json", "validate").document["problems"] == []


def test_a_warning_is_told_and_does_not_fail(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    subject: Rowers\n    members: [anna, anna]\n")
    ended = wagroups("validate")
    assert ended.exit is Exit.OK
    assert "groups.yaml:4:21: warning: " in ended.out
    assert ended.out.endswith("1 group, 4 people, 3 files: valid.\n")


def test_markdown_lists_problems_by_file_and_escapes_them(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    subject: Rowers\n    me|mbers: [anna]\n")
    ended = wagroups("validate", "-o", "markdown")
    assert ended.out.startswith("### wagroups: 1 problem: 1 unknown key\n\n**groups.yaml**\n\n- ❌ line 4, column 5: ")
    assert r"me\|mbers" in ended.out


def test_several_formats_come_from_one_look(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path)
    ended = wagroups("validate", "-o", "text", "-o", "json", "--to", "found.json", "-o", "markdown", "--to", "found.md")
    assert ended.out == "1 group, 4 people, 3 files: valid.\n"
    assert ProblemsDocument.model_validate_json((tmp_path / "found.json").read_text()).exit.code == 0
    assert "valid" in (tmp_path / "found.md").read_text()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("github", "::error file=groups.yaml,line=4,col=5,title=wagroups%3A unknown-key::“memebrs” is not a key"),
        ("junit", '<testcase name="groups.yaml"'),
        ("sarif", '"ruleId": "unknown-key"'),
    ],
)
def test_forges_are_told_in_their_own_formats(form: str, said: str, wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    subject: Rowers\n    memebrs: [anna]\n")
    ended = wagroups("validate", "-o", form)
    assert ended.exit is Exit.INVALID
    assert said in ended.out


@pytest.mark.parametrize(
    "arguments",
    [("validate", "-o", "json", "--to", "gone/x.json"), ("plan", "--out", "gone/x"), ("state", "export", "gone/x")],
)
def test_a_file_in_a_folder_that_is_not_there_is_a_wrong_command_line(
    arguments: tuple[str, ...], wagroups: Command, tmp_path: Path
) -> None:
    a_project(tmp_path)
    ended = wagroups(*arguments)
    assert ended.exit is Exit.USAGE
    assert "There is no folder 'gone': create it first" in ended.err
    assert not (tmp_path / ".wagroups").exists()


def test_a_list_that_comes_to_nobody_is_an_error_and_its_project_can_be_shown(
    wagroups: Command, tmp_path: Path
) -> None:
    a_project(tmp_path, GROUP + "  board: {subject: Board, members: [{roster: {csv: board.csv}}]}\n")
    (tmp_path / "board.csv").write_text("alias\n")
    ended = wagroups("validate")
    assert ended.exit is Exit.INVALID
    assert "This roster names nobody: board.csv has no line below its heading. [comes-to-nobody]" in ended.out
    assert wagroups("show", "board").exit is Exit.OK


def test_a_valid_project_is_a_report_that_passed(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path)
    assert 'tests="1" failures="0"' in wagroups("validate", "-o", "junit").out
    assert wagroups("validate", "-o", "github").out == ""


@pytest.mark.parametrize("flags", [[], ["--project", "sub"]])
def test_a_folder_without_a_project_is_a_problem_like_any_other(
    flags: list[str], wagroups: Command, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    ended = wagroups("validate", "-o", "json", *flags)
    assert ended.exit is Exit.INVALID
    assert [problem["rule"] for problem in ended.document["problems"]] == ["no-project"]


def test_the_project_is_found_from_below(wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_project(tmp_path)
    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")
    assert wagroups("validate").exit is Exit.OK


def test_a_gateway_that_nobody_offers_is_an_error_with_the_nearest_name(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, config="accounts: {office: {gateway: waxun, url_env: WAGROUPS_URL}}\n")
    ended = wagroups("validate")
    assert ended.exit is Exit.INVALID
    assert ("wagroups.yaml:1:12: error: The account “office” names an unknown gateway. [unknown-gateway]") in ended.out
    assert "Did you mean waxum?" in ended.out


def test_colours_are_for_those_who_ask(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path)
    assert "\x1b[" not in wagroups("validate").out
    assert "\x1b[" in wagroups("validate", "--color", "always").out


def test_numbers_never_appear(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    subject: Rowers\n    members: [+44 7700 900101, '+44770090010255']\n")
    for format in ("text", "json", "markdown"):
        assert "7700" not in wagroups("validate", "-o", format).out


# Online


@contextmanager
def online(
    root: Path, monkeypatch: pytest.MonkeyPatch, profile: str = "sandbox", dialect: str = "noweb"
) -> Iterator[World]:
    """A project whose account is behind a fake in which Ben's number belongs to nobody."""
    world = load(
        "me: me\npeople:\n  me: +44 7700 900100\n  anna: +44 7700 900101\n"
        "  ben: {phone: +44 7700 900102, no_account: yes}\n",
        now=lambda: datetime.now(UTC),
    )
    gateway = "waxum" if dialect == "waxum" else "waha"
    with serve(fake_of(gateway)(world, dialect=dialect, session="default", key="a-key")) as server:
        monkeypatch.setenv("WAGROUPS_A_KEY", "a-key")
        account = f"{{gateway: {gateway}, url: '{server.url}', key_env: WAGROUPS_A_KEY, profile: {profile}}}"
        a_project(root, config=f"accounts: {{office: {account}}}\n")
        yield world


@pytest.mark.parametrize("dialect", ["noweb", "waxum"])
def test_online_a_number_without_an_account_is_a_warning_at_its_line(
    dialect: str, wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with online(tmp_path, monkeypatch, dialect=dialect):
        ended = wagroups("validate", "--online", "-o", "json")
    assert ended.exit is Exit.OK
    (problem,) = ended.document["problems"]
    assert (problem["rule"], problem["severity"]) == ("not-on-whatsapp", "warning")
    assert (problem["file"], problem["line"]) == ("people.yaml", 3)
    assert problem["message"] == "The number of “ben” has no account on WhatsApp."


def test_online_answers_are_remembered(wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with online(tmp_path, monkeypatch) as world:
        first = wagroups("validate", "--online")
        world.faults.script(Fault(kind=FaultKind.HTTP_STATUS, on=Call.IDENTIFY, times=None, status=504))
        second = wagroups("validate", "--online")
    assert "no account on WhatsApp" in first.out
    assert second == first


def test_online_stops_when_the_budget_is_used_up_and_says_when_to_come_back(
    wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with online(tmp_path, monkeypatch):
        config = tmp_path / "wagroups.yaml"
        config.write_text(config.read_text().replace("}}", ", budgets: {check: {gap: 0s, day: 1}}}}"))
        ended = wagroups("validate", "--online", "-o", "json")
    assert ended.exit is Exit.PAUSED
    assert ended.document["problems"] == []
    assert ended.err.startswith("1 number not checked yet: paused (day), free at ")


def test_online_an_account_that_cannot_be_asked_is_7(
    wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with online(tmp_path, monkeypatch) as world:
        world.connect(world.me, ConnectionState.UNPAIRED)
        ended = wagroups("validate", "--online", "-o", "json")
    assert ended.exit is Exit.GATEWAY
    assert ended.document["error"]["code"] == "gateway"


def test_online_asks_nothing_while_the_files_are_wrong(wagroups: Command, tmp_path: Path) -> None:
    a_project(tmp_path, "groups:\n  rowers:\n    memebrs: [anna]\n")
    assert wagroups("validate", "--online").exit is Exit.INVALID
