"""`wagroups import`: from live groups to files, on the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from tests import builders as b
from tests.cli.command import Command
from tests.rig import KEY, Rig, fake_of, rig
from tests.workflows.imported import config_of
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.observed import Community
from wagroups.reports.documents.import_groups import ImportDocument
from wagroups.simulation.server.app import Front
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Call, Fault, FaultKind


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "gows", "anna", "ben", "carla") as made:
        yield made


@pytest.fixture
def wagroups(
    account: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    (tmp_path / "wagroups.yaml").write_text(config_of(account))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAGROUPS_KEY", KEY)
    return Command(capsys)


def test_a_listing_without_a_group_is_not_taken_for_everything_being_declared(wagroups: Command) -> None:
    ended = wagroups("import")
    assert ended.exit is Exit.OK
    assert ended.out.startswith("Nothing was imported: the gateway shows no group.")


def test_import_and_then_plan_has_nothing_to_do(wagroups: Command, account: Rig) -> None:
    account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    ended = wagroups("import")
    assert ended.exit is Exit.OK
    assert "  chess  “Chess”  1 admin, 1 member  groups/chess.yaml\n" in ended.out
    assert "there is nothing to do" in ended.out
    assert wagroups("plan", "--detailed-exitcode").exit is Exit.OK
    again = wagroups("import")
    assert (again.exit, again.out) == (Exit.OK, "Nothing was imported: every live group is in the manifests.\n")
    assert f"skipped “Chess” ({account.group('Chess').id}): declared already, as chess\n" in again.err


def test_with_json_it_is_one_document_of_what_was_written(wagroups: Command, account: Rig) -> None:
    hidden = account.world.people.called("carla")
    assert hidden is not None
    hidden.hidden_number = True
    account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER, "carla": Role.MEMBER})
    jid = account.live_group("School", {"anna": Role.MEMBER})
    account.world.groups[jid].community = Community.PARENT
    ended = wagroups("import", "-o", "json")
    document = ImportDocument.model_validate_json(ended.out, strict=False)
    (group,) = document.groups
    assert (group.key, group.admins, group.members, group.hidden, group.changes) == ("chess", 1, 1, 1, 0)
    assert [passed.code for passed in document.passed_over] == ["community"]
    assert document.written == ("people.yaml", "groups/chess.yaml", "schemas/manifest.schema.json")
    assert ended.document["new_people"] == 2
    assert "chess: 1 person whose number WhatsApp hides: not listed, and never removed\n" in ended.err


@pytest.mark.parametrize("mode", ["strict", "alias", "last4"])
def test_no_number_is_printed_however_it_is_asked_for(wagroups: Command, account: Rig, mode: str) -> None:
    account.live_group("Call +44 7700 900123", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    Path("people.yaml").write_text("people:\n  anna: {phone: +44 7700 900001, denied: 2026-01-01}\n")
    for output in ("text", "json"):
        ended = wagroups("import", "-o", output, "--redact", mode)
        said = ended.out + ended.err
        assert not {"7700", "900001", "900002", "900123"} & set(said.replace(" ", ",").split(",")), said
        assert "900001" not in said
        assert "900123" not in said


def test_an_id_with_a_number_in_it_is_written_and_not_printed(wagroups: Command, account: Rig) -> None:
    legacy = GroupJid.of("447700900123-1600000000@g.us")
    account.live_group("Old", {"anna": Role.ADMIN}, jid=legacy)
    for output in ("text", "json"):
        ended = wagroups("import", "-o", output)
        assert "900123" not in ended.out + ended.err
    assert f"    id: {legacy.reveal()}\n" in Path("groups/old.yaml").read_text()
    assert wagroups("plan", "--detailed-exitcode").exit is Exit.OK


def test_a_look_up_is_announced(wagroups: Command, account: Rig) -> None:
    for name in ("anna", "ben"):
        person = account.world.people.called(name)
        assert person is not None
        person.hidden_number = True
    account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    Path("names.csv").write_text("+44 7700 900001,anna\n+44 7700 900009,nobody\n")
    ended = wagroups("import", "--aliases", "names.csv")
    assert "looking up 2 numbers at most, with pauses\n" in ended.err
    assert "chess: 1 person whose number WhatsApp hides: not listed, and never removed\n" in ended.err
    assert "      - anna\n" in Path("groups/chess.yaml").read_text()


def test_a_hostile_subject_adds_no_line_and_no_colour(wagroups: Command, account: Rig) -> None:
    account.live_group("\x1b[31mred\n::error::boo\r\u202eoob", {"anna": Role.ADMIN})
    account.live_group("a\u2028b", {"anna": Role.ADMIN})
    for output in ("text", "json"):
        ended = wagroups("import", "-o", output)
        said = ended.out + ended.err
        assert not {"\x1b", "\r", "\u202e", "\u2028"} & set(said)
        assert not any(line.startswith("::") for line in said.splitlines())
        assert "red" in said


def test_what_the_gateway_does_not_show_is_said_once(wagroups: Command, account: Rig) -> None:
    for subject in ("Chess", "Go"):
        account.live_group(subject, {"anna": Role.ADMIN})
    said = wagroups("import").err
    assert said == "account office: its gateway does not show settings.share_link; left out, and not managed\n"
    assert wagroups("import", "-q").err == ""


def test_aliases_come_from_a_list(wagroups: Command, account: Rig) -> None:
    account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    Path("names.csv").write_text("phone,alias,name\n+44 7700 900001,anna,Anna Winter\n")
    assert wagroups("import", "--aliases", "names.csv", "--one-file", "groups.yaml").exit is Exit.OK
    assert "  anna:\n    name: Anna Winter\n    phone: +44 7700 900001\n" in Path("groups.yaml").read_text()
    assert "      - anna\n" in Path("groups.yaml").read_text()


def test_a_wrong_list_is_65_and_writes_nothing(wagroups: Command, account: Rig) -> None:
    account.live_group("Chess", {"anna": Role.ADMIN})
    Path("names.csv").write_text("+44 7700 900001,Anna\n")
    ended = wagroups("import", "--aliases", "names.csv", "-o", "json")
    assert ended.exit is Exit.INVALID
    assert "names.csv:1" in ended.err
    assert not Path("groups").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["447700900123@c.us"], "Argument 1 is not a group's id"),
        (["--one-file", "../groups.yaml"], "inside the project"),
        (["--one-file", "groups.txt"], "inside the project"),
        (["--account", "home"], "There is no account 'home'; known are office."),
        (["-o", "markdown"], "import writes -o text or -o json"),
        (["--aliases", "no-such.csv"], "does not exist"),
    ],
)
def test_a_wrong_wish_is_a_usage_error(wagroups: Command, arguments: list[str], said: str) -> None:
    ended = wagroups("import", *arguments)
    assert (ended.exit, ended.out) == (Exit.USAGE, "")
    assert said in " ".join(ended.err.split())
    assert "900123" not in ended.err


def test_a_group_that_no_account_shows_is_partial(wagroups: Command, account: Rig) -> None:
    account.live_group("Chess", {"anna": Role.ADMIN})
    ended = wagroups("import", b.JID.reveal(), account.group("Chess").id)
    assert ended.exit is Exit.PARTIAL
    assert "groups/chess.yaml" in ended.out
    assert f"skipped ({b.JID})" in ended.err


def test_a_group_that_cannot_be_read_whole_is_7(wagroups: Command, account: Rig) -> None:
    account.live_group("Chess", {"anna": Role.ADMIN})
    account.script(Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.LIST, keep=0, times=None))
    ended = wagroups("import")
    assert ended.exit is Exit.GATEWAY
    assert ended.out == "Nothing was imported: see the groups that were skipped.\n"


def test_a_group_of_two_accounts_goes_to_the_one_that_is_an_admin(
    wagroups: Command, account: Rig, tmp_path: Path
) -> None:
    ben = account.world.people.called("ben")
    assert ben is not None
    account.world.tie("private", ben)
    account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.ADMIN}, me=Role.MEMBER)
    account.live_group("Go", {"ben": Role.ADMIN, "carla": Role.MEMBER})
    front = cast(Front, fake_of("waha")(account.world, dialect="gows", session="private", key=KEY))
    with serve(front) as server:
        private = f"{{gateway: waha, url: {server.url}, key_env: WAGROUPS_KEY, profile: sandbox, session: private}}"
        config = f"{config_of(account)}    default: yes\n  private: {private}\n"
        (tmp_path / "wagroups.yaml").write_text(config)
        ended = wagroups("import", "-o", "json")
        assert {g["key"]: g["account"] for g in ended.document["groups"]} == {"chess": "private", "go": "office"}
        assert "    account: private\n" in Path("groups/chess.yaml").read_text()
        assert "account:" not in Path("groups/go.yaml").read_text()
        assert wagroups("plan", "--detailed-exitcode").exit is Exit.OK
