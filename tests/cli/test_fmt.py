"""`wagroups fmt`: what it changes, what it only shows with --check, and how it ends."""

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.manifests.projects import PEOPLE, write
from wagroups.domain.exit import Exit

GROUP = "groups:\n  rowers:\n    # who\n    members: [anna, ben]\n    subject: Rowers\n"
EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/wagroups.yaml"))
FORMED = "groups:\n  rowers:\n    subject: Rowers\n    # who\n    members: [anna, ben]\n"


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"people.yaml": PEOPLE, "groups.yaml": GROUP})
    return Command(capsys)


def test_files_are_formatted_in_place_and_named(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("fmt") == (Exit.OK, "Changed: groups.yaml; 2 files as they should be.\n", "")
    assert (tmp_path / "groups.yaml").read_text() == FORMED
    assert wagroups("fmt") == (Exit.OK, "3 files as they should be.\n", "")


def test_check_changes_nothing_shows_the_difference_and_ends_with_2(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("fmt", "--check")
    assert ended.exit is Exit.CHANGES
    assert ended.out.startswith("--- a/groups.yaml\n+++ b/groups.yaml\n@@ ")
    assert "+    subject: Rowers\n" in ended.out
    assert ended.out.endswith("Would change: groups.yaml; 2 files as they should be.\n")
    assert (tmp_path / "groups.yaml").read_text() == GROUP
    wagroups("fmt")
    assert wagroups("fmt", "--check").exit is Exit.OK


def test_the_document_holds_each_difference(wagroups: Command) -> None:
    document = wagroups("fmt", "--check", "-o", "json").document
    (file,) = document["files"]
    assert (file["file"], file["created"], document["written"]) == ("groups.yaml", False, False)
    assert "-    subject: Rowers" in file["diff"]


def test_a_file_that_is_no_yaml_is_left_alone_and_the_others_are_formatted(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"teams.yaml": "teams: [\n"})
    ended = wagroups("fmt")
    assert ended.exit is Exit.INVALID
    assert "teams.yaml:2:1: error: " in ended.err
    assert (tmp_path / "teams.yaml").read_text() == "teams: [\n"
    assert (tmp_path / "groups.yaml").read_text() == FORMED
    assert wagroups("fmt", "--check", "-o", "json").document["problems"][0]["rule"] == "yaml-syntax"


def test_only_the_files_that_are_named_and_belong_to_the_project(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"groups/other.yaml": GROUP.replace("rowers", "other"), "elsewhere/a.yaml": GROUP})
    assert wagroups("fmt", "groups", "elsewhere/a.yaml").out.startswith("Changed: groups/other.yaml; ")
    assert (tmp_path / "groups.yaml").read_text() == GROUP
    assert (tmp_path / "elsewhere" / "a.yaml").read_text() == GROUP


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_numbers_are_masked_in_the_difference(form: str, wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": PEOPLE.replace("+44 7700 900102", '"+447700900102"')})
    out = wagroups("fmt", "--check", "-o", form).out
    assert "people.yaml" in out
    assert "9001" not in out
    assert "(number)" in out
    assert "+44 7700 900102" in wagroups("fmt", "--check", "--redact", "off").out
    assert "rowers" not in wagroups("fmt", "--check", "--redact", "strict").out


def test_what_init_writes_is_in_form(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("init", "--project", "new", "--gateway", "waha").exit is Exit.OK
    assert wagroups("fmt", "--check", "--project", "new").exit is Exit.OK


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_in_form(folder: Path, wagroups: Command) -> None:
    assert wagroups("fmt", "--check", "--project", str(folder)).exit is Exit.OK
