"""What somebody meets whose ledger was lost, and what a project that begins with an import does not."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.cli.pseudo_terminal import person
from tests.rig import KEY, Rig, rig
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role

PEOPLE = "  dora: {phone: +44 7700 900004}\n"


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "gows", "anna", "ben", "carla", "dora") as made:
        made.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER, "carla": Role.MEMBER})
        yield made


@pytest.fixture
def wagroups(
    account: Rig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAGROUPS_URL", account.url)
    monkeypatch.setenv("WAGROUPS_KEY", KEY)
    command = Command(capsys)
    begun = command("init", "--profile", "sandbox", "--import", "all")
    assert begun.exit is Exit.OK, begun.err
    (tmp_path / "people" / "dora.yaml").parent.mkdir(exist_ok=True)
    (tmp_path / "people" / "dora.yaml").write_text(f"people:\n{PEOPLE}", encoding="utf-8")
    group = tmp_path / "groups" / "chess.yaml"
    written = group.read_text(encoding="utf-8")
    group.write_text(re.sub(r"(members:\n)( +- )", r"\1\2dora\n\2", written, count=1), encoding="utf-8")
    assert "dora" in group.read_text(encoding="utf-8")
    return command


def test_an_import_is_what_the_ledger_remembers_from(wagroups: Command, account: Rig) -> None:
    ended = wagroups("apply", "--yes")
    assert "First" not in ended.out
    assert ended.exit is Exit.OK, ended.out + ended.err
    assert "dora" in account.members("Chess")


def test_a_lost_ledger_is_said_first_and_adds_nobody_without_a_word(
    wagroups: Command, account: Rig, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / ".wagroups")
    planned = wagroups("plan")
    assert planned.exit is Exit.REFUSED
    assert planned.out.lstrip().startswith("First: "), planned.out
    assert "the ledger is new, although ids of its groups are in the files" in planned.out.splitlines()[0]
    assert "chess: 1 person would be added, but the ledger does not know who left this group" in planned.out
    assert "--override new-ledger@chess=REASON" in planned.out
    assert wagroups("apply", "--yes").exit is Exit.REFUSED
    assert "dora" not in account.members("Chess")
    passed = wagroups("apply", "--yes", "--override", "new-ledger@chess=nobody left")
    assert passed.exit is Exit.OK, passed.out + passed.err
    assert "dora" in account.members("Chess")


def test_a_plan_that_said_so_and_was_approved_is_enough(wagroups: Command, account: Rig, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / ".wagroups")
    assert wagroups("plan", "--out", "plan.json").exit is Exit.REFUSED
    applied = wagroups("apply", "plan.json")
    assert applied.exit is Exit.OK, applied.out + applied.err
    assert "dora" in account.members("Chess")


@pytest.mark.parametrize(("typed", "added"), [("y", True), ("n", False)])
def test_somebody_at_a_terminal_is_asked(
    wagroups: Command, account: Rig, tmp_path: Path, typed: str, added: bool
) -> None:
    shutil.rmtree(tmp_path / ".wagroups")
    environ = {"LANG": "en_GB.UTF-8", "COLUMNS": "100", "WAGROUPS_URL": account.url, "WAGROUPS_KEY": KEY}
    with person(tmp_path, "apply", environ=environ) as somebody:
        somebody.answer("1 person would be added, but the ledger does not know who left this group", typed)
        if added:
            somebody.answer("on WhatsApp?", "y")
        code, _ = somebody.end()
    assert code == (0 if added else 3)
    assert ("dora" in account.members("Chess")) is added
