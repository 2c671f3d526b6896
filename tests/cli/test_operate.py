"""doctor, status and state, through the real entry, against a running fake."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests import builders as b
from tests.rig import KEY, Rig, rig
from wagroups.cli.main import run
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.execution.clock import SystemClock
from wagroups.reports.documents.schemas import history_schema
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.world import ConnectionState

CONFIG = """\
version: 1
accounts:
  office: {gateway: waha, url_env: WAGROUPS_URL, key_env: WAGROUPS_KEY}
safety: {profile: sandbox}
"""
PEOPLE = """\
people:
  anna: +44 7700 900001
  ben: +44 7700 900002
"""


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", "anna", "ben", clock=SystemClock()) as made:  # type: ignore[arg-type]
        yield made


@pytest.fixture
def project(account: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    tmp_path.joinpath("wagroups.yaml").write_text(CONFIG)
    tmp_path.joinpath("people.yaml").write_text(PEOPLE)
    tmp_path.joinpath("groups.yaml").write_text(
        f"groups:\n  chess:\n    id: {jid}\n    subject: Chess\n    members: [anna, ben]\n"
    )
    monkeypatch.setenv("WAGROUPS_URL", account.url)
    monkeypatch.setenv("WAGROUPS_KEY", KEY)
    monkeypatch.chdir(tmp_path)
    account.known_in(tmp_path)
    return tmp_path


def test_doctor_says_what_is_well_and_what_the_gateway_can_do(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor"]) is Exit.OK
    said = capsys.readouterr().out
    assert "ok    connected to WhatsApp (WORKING)" in said
    assert "chess: the account is the only admin" in said
    assert "settings.share_link" in said


def test_doctor_names_groups_that_cannot_be_managed(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    group = account.group("Chess")
    anna = account.world.people.called("anna")
    assert anna is not None
    group.members[anna], group.members[account.world.me] = Role.OWNER, Role.MEMBER
    assert run(["doctor", "-o", "json"]) is Exit.GATEWAY
    document = json.loads(capsys.readouterr().out)
    (office,) = document["accounts"]
    assert not office["healthy"]
    assert {"not-admin"} == {f["code"] for f in office["findings"] if f["level"] == "bad"}
    assert document["exit"] == {"code": 7, "reason": "gateway"}


def test_doctor_reports_an_account_that_is_not_connected_and_goes_on(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    account.world.connect(account.world.me, ConnectionState.UNPAIRED)
    assert run(["doctor"]) is Exit.GATEWAY
    assert "BAD" in capsys.readouterr().out


def test_doctor_knows_only_the_projects_accounts(project: Path) -> None:
    assert run(["doctor", "--account", "nobody"]) is Exit.USAGE


def test_status_asks_no_gateway_and_shows_steps_and_budgets(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--yes"]) is Exit.OK
    asked = len(account.front.log)
    capsys.readouterr()
    assert run(["status"]) is Exit.OK
    said = capsys.readouterr().out
    assert "office  1 group bound" in said
    assert "chess  + add ben  done  by " in said
    assert run(["status", "-o", "json"]) is Exit.OK
    (office,) = json.loads(capsys.readouterr().out)["accounts"]
    assert office["groups_bound"] == 1
    assert len(account.front.log) == asked


def test_status_calls_nothing_done_that_no_read_showed(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    account.script(Fault(kind=FaultKind.LIE, on=Call.ADD, times=None))
    assert run(["apply", "--yes"]) is Exit.PARTIAL
    capsys.readouterr()
    assert run(["status"]) is Exit.OK
    said = capsys.readouterr().out
    assert "chess  + add ben  failed" in said
    assert "add ben  done" not in said


def test_doctor_names_the_variable_of_a_key_that_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAGROUPS_KEY", "another-key")
    assert run(["doctor"]) is Exit.GATEWAY
    said = capsys.readouterr().out
    assert "the gateway rejected the API key. Check the variable WAGROUPS_KEY, and" in " ".join(said.split())
    assert "another-key" not in said


def test_doctor_names_the_file_of_a_key_that_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.joinpath("key").write_text("another-key\n")
    monkeypatch.delenv("WAGROUPS_KEY")
    monkeypatch.setenv("WAGROUPS_KEY_FILE", str(project / "key"))
    assert run(["doctor"]) is Exit.GATEWAY
    assert "Check the file that WAGROUPS_KEY_FILE names" in " ".join(capsys.readouterr().out.split())


def test_status_of_an_account_without_limits_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status"]) is Exit.OK
    assert "  Budget today: no limits\n" in capsys.readouterr().out


def test_status_names_what_is_limited_in_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.joinpath("wagroups.yaml").write_text(CONFIG.replace("sandbox", "careful"))
    assert run(["status"]) is Exit.OK
    said = capsys.readouterr().out
    assert re.search(r"additions of new contacts +5 left", said)
    assert "_" not in said


def test_status_shows_a_rest_and_unlock_lifts_it(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    account.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.ADD))
    assert run(["apply", "--yes"]) is Exit.PAUSED
    capsys.readouterr()
    run(["status"])
    assert "additions are paused until about" in capsys.readouterr().out
    assert run(["state", "unlock", "office", "--breaker", "all"]) is Exit.OK
    assert run(["apply", "--yes"]) is Exit.OK
    assert account.members("Chess") == {"anna": "member", "ben": "member"}


def test_status_works_before_anything_was_done(project: Path) -> None:
    shutil.rmtree(project / ".wagroups")
    assert run(["status"]) is Exit.OK
    assert not (project / ".wagroups").exists()


def test_an_unanswered_creation_is_given_up_by_name(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    project.joinpath("groups.yaml").write_text("groups:\n  choir:\n    subject: Choir\n    members: [anna]\n")
    account.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.CREATE, times=9))
    assert run(["apply", "--yes"]) is Exit.GATEWAY
    account.clear_faults()
    run(["status"])
    assert "open" in capsys.readouterr().out
    assert run(["apply", "--yes"]) is Exit.GATEWAY
    assert "wagroups state abandon choir" in capsys.readouterr().out
    assert run(["state", "abandon", "choir"]) is Exit.OK
    assert run(["apply", "--yes"]) is Exit.OK
    assert account.members("Choir") == {"anna": "member"}
    assert run(["state", "abandon", "choir"]) is Exit.USAGE


def test_state_is_shown_without_numbers_and_saved_in_private(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["apply", "--yes"])
    capsys.readouterr()
    assert run(["state", "show"]) is Exit.OK
    said = capsys.readouterr().out
    assert json.loads(said)["bindings"]
    assert b.phone(1).digits() not in said
    assert run(["state", "export", "backup.json", "--reveal"]) is Exit.OK
    backup = project / "backup.json"
    assert b.phone(1).digits() in backup.read_text()
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_changed_number_is_accepted_only_after_rebinding(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["apply", "--yes"])
    account.world.people.change_number(account.world.me, b.phone(777))
    account.world.me.lid = b.lid(777)
    assert run(["plan"]) is Exit.REFUSED
    assert "account-changed" in capsys.readouterr().out
    assert run(["state", "rebind", "office"]) is Exit.OK
    assert "one group a day" not in capsys.readouterr().err
    assert run(["plan"]) is Exit.OK


def test_after_rebinding_the_account_is_treated_as_new_to_whatsapp(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.joinpath("wagroups.yaml").write_text(CONFIG.replace("profile: sandbox", "profile: careful"))
    assert run(["state", "rebind", "office"]) is Exit.OK
    assert "nobody is added directly, and at most one group a day is created" in capsys.readouterr().err
    assert run(["status", "-o", "json"]) is Exit.OK
    budgets = json.loads(capsys.readouterr().out)["accounts"][0]["budgets"]
    assert budgets["add"]["left_today"] == 0
    assert budgets["add"]["next_free"] > budgets["create"]["next_free"]
    assert budgets["create"]["left_today"] == 1


def test_an_account_under_a_new_name_keeps_its_groups_only_after_being_renamed_in_the_state_too(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["apply", "--yes"])
    project.joinpath("groups.yaml").write_text("groups: {chess: {subject: Chess club, members: [anna, ben]}}\n")
    assert run(["state", "rename-account", "sports", "office"]) is Exit.USAGE
    assert run(["state", "rename-account", "office", "office"]) is Exit.USAGE
    project.joinpath("wagroups.yaml").write_text(CONFIG.replace("office", "main"))
    capsys.readouterr()
    assert run(["plan"]) is Exit.REFUSED
    assert "wagroups state rename-account office main" in capsys.readouterr().out
    assert run(["state", "rename-account", "office", "main"]) is Exit.OK
    assert run(["plan"]) is Exit.OK
    said = capsys.readouterr().out
    assert "“Chess” → “Chess club”" in said


def test_history_says_who_did_what_for_a_group_and_for_a_person(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--yes", "--actor", "amara"]) is Exit.OK
    asked = len(account.front.log)
    capsys.readouterr()
    for about in ([], ["chess"], ["ben"], ["+44 7700 900002"], ["chess", "--since", "1d"]):
        assert run(["history", *about]) is Exit.OK
        assert "chess  + add ben  done  by amara" in capsys.readouterr().out
    assert run(["history", "anna"]) is Exit.OK
    assert capsys.readouterr().out == "There is nothing in the history.\n"
    assert run(["history", "nobody-at-all"]) is Exit.USAGE
    assert "Nobody here is called" in capsys.readouterr().err
    assert len(account.front.log) == asked


@pytest.mark.parametrize("form", ["json", "markdown", "csv"])
def test_history_has_the_same_facts_in_every_format(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert run(["apply", "--yes", "--actor", "amara"]) is Exit.OK
    capsys.readouterr()
    assert run(["history", "-o", form]) is Exit.OK
    said = capsys.readouterr().out
    for word in ("chess", "add ben", "done", "amara"):
        assert word in said
    if form == "json":
        document = json.loads(said)
        jsonschema.validate(document, history_schema())
        assert [action["kind"] for action in document["actions"]] == ["member.add"]


def test_history_finds_somebody_who_is_in_no_file_any_more(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "--yes"]) is Exit.OK
    for name, text in (("people.yaml", "  ben: +44 7700 900002\n"), ("groups.yaml", ", ben")):
        written = (project / name).read_text()
        assert text in written
        (project / name).write_text(written.replace(text, ""))
    capsys.readouterr()
    assert run(["history", "ben"]) is Exit.OK
    assert "+ add ben" in capsys.readouterr().out


def test_history_names_the_commit_that_was_applied(
    project: Path, account: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=anna@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=project, check=True, capture_output=True, text=True
    ).stdout
    assert run(["apply", "--yes"]) is Exit.OK
    capsys.readouterr()
    assert run(["history"]) is Exit.OK
    assert f"for commit {commit[:12]}" in capsys.readouterr().out
