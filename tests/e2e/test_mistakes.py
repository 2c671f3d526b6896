"""What users get wrong: each ends with the right code, a place, and a way out; JSON stays one document throughout."""

import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.e2e.club import NEWS, Club


class Mistake(NamedTuple):
    """Something a user changes, and the text at which it must be shown."""

    file: str
    old: str
    new: str
    shown_in: str = ""
    shown_at: str = ""

    def place(self, harbour: Club) -> str:
        name = self.shown_in or self.file
        before, _, _ = (harbour.root / name).read_text(encoding="utf-8").partition(self.shown_at or self.new)
        line = before.count("\n") + 1
        return f"{name}:{line}:{len(before) - before.rfind(chr(10))}"


MISTAKES: Final = {
    "unknown key": Mistake("groups/club.yaml", "    members:\n", "    memebrs:\n", shown_at="memebrs"),
    "wrong word": Mistake("groups/club.yaml", "messages: admins", "messages: admin\n", shown_at="admin\n"),
    "unknown team": Mistake("groups/club.yaml", "team: everybody", "team: everyone", shown_at="everyone"),
    "no number": Mistake("people.yaml", "juno: +44 7700 900110", "juno: none", shown_at="none"),
    "number twice": Mistake("people.yaml", "juno: +44 7700 900110", "juno: +44 7700 900109"),
    "tabs": Mistake("teams.yaml", "  committee:", "\tcommittee:"),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_in_a_file_is_shown_with_its_place(harbour: Club, mistake: Mistake) -> None:
    harbour.replace(mistake.file, mistake.old, mistake.new)
    end = harbour.wagroups("plan")
    said = end.out + end.err
    assert end.code == 65, said
    assert f"{mistake.place(harbour)}: error: " in said
    assert "help:" in said
    assert harbour.writes == []


def test_problems_as_json_have_their_place_and_their_way_out(harbour: Club) -> None:
    mistake = MISTAKES["unknown key"]
    harbour.replace(mistake.file, mistake.old, mistake.new)
    end = harbour.wagroups("validate", "-o", "json")
    assert end.code == 65
    [problem] = end.document["problems"]
    assert (problem["rule"], problem["file"], problem["suggestion"]) == ("unknown-key", "groups/club.yaml", "members")


@pytest.mark.parametrize(
    "arguments",
    [
        ("plna",),
        ("plan", "--targte", "x"),
        ("plan", "--only", "everything"),
        ("plan", "-o", "json", "-o", "text"),
        ("apply", "no-such-file.json"),
        ("apply", "--budget", "adds=ten", "--yes"),
        ("apply", "--until", "soon", "--yes"),
        ("apply", "--adopt", "nobody=120363000000000001@g.us", "--yes"),
        ("apply", "--override", "everything=please", "--yes"),
        ("plan", "--account", "nobody"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_says_what_would_be_right(harbour: Club, arguments: tuple[str, ...]) -> None:
    end = harbour.wagroups(*arguments, *(() if "json" in arguments else ("-o", "json")))
    assert end.code == 64, end.err
    assert end.document["error"]["code"] == "usage"
    assert "Error:" in end.err
    assert harbour.writes == []


@pytest.mark.parametrize("verb", ["plan", "validate", "status", "show"])
def test_outside_of_a_project_a_user_is_told_how_to_begin(harbour: Club, verb: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    end = harbour.wagroups(verb, "--project", str(empty), "-o", "json")
    assert end.code == 65, end.out
    assert "wagroups init" in end.out + end.err


def test_a_missing_variable_is_named(harbour: Club) -> None:
    del harbour.environ["WAGROUPS_KEY"]
    end = harbour.wagroups("plan", "-o", "json")
    assert end.code == 65
    assert "WAGROUPS_KEY" in end.err


def test_a_damaged_ledger_is_told_from_a_missing_one(settled: Club) -> None:
    settled.ledger.write_bytes(b"this was a database once" * 100)
    for verb in (["plan"], ["apply", "--yes"], ["drift"], ["status"]):
        end = settled.wagroups(*verb, "-o", "json")
        assert end.code == 65, end.out
        assert end.document["error"]["code"] == "ledger"
        assert end.document["error"]["hint"]
    assert settled.ledger.read_bytes().startswith(b"this was")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_ledger_can_be_planned_with_and_not_applied_with(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    folder = settled.ledger.parent
    for path in (*folder.iterdir(), folder):
        path.chmod(stat.S_IREAD | (stat.S_IEXEC if path is folder else 0))
    try:
        planned = settled.wagroups("plan", "-o", "json")
        assert planned.code == 0, planned.out
        assert "ledger-read-only" in [notice["code"] for notice in planned.document["notices"]]
        applied = settled.wagroups("apply", "--yes", "-o", "json")
        assert applied.code == 65, applied.out
    finally:
        folder.chmod(stat.S_IRWXU)


def test_results_go_to_stdout_and_files_and_everything_else_to_stderr(harbour: Club) -> None:
    end = harbour.wagroups("plan", "-o", "json", "--to", "plan.json", "-o", "markdown", "--to", "plan.md", "-o", "text")
    assert end.code == 0
    assert "Plan: 3 to create" in end.out
    assert (harbour.root / "plan.json").read_text(encoding="utf-8").startswith("{")
    assert (harbour.root / "plan.md").read_text(encoding="utf-8")
    assert harbour.wagroups("plan", "-o", "json", "-q").err == ""


def test_a_file_that_cannot_be_written_is_named(harbour: Club) -> None:
    end = harbour.wagroups("plan", "--out", "no/such/folder/plan.json", "-o", "json")
    assert end.code == 64
    assert "no/such/folder" in end.err


def test_a_reader_who_goes_away_is_no_error(harbour: Club) -> None:
    run = harbour.start("plan")
    assert run.stdout is not None
    run.stdout.close()
    assert run.wait(timeout=30) == 0
