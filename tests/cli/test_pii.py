"""`wagroups pii scan`: where numbers stand in clear, and never which."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.manifests.projects import CONFIG, write
from wagroups.domain.exit import Exit

NUMBER = "+1 555 817 " + "2635"
PEOPLE = f"people:\n  anna: {NUMBER}\n"


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(capsys)


def test_a_number_outside_the_people_directory_is_told_by_its_place(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": PEOPLE, "notes/a.md": f"# Notes\nRing {NUMBER}\n"})
    ended = wagroups("pii", "scan")
    assert ended.exit is Exit.INVALID
    assert ended.out.startswith(
        "notes/a.md:2:6: error: There is a phone number here in plain text. [number-in-clear]\n"
    )
    assert ended.out.endswith("1 problem: 1 number in clear.\n")


def test_everywhere_means_the_people_directory_too(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": PEOPLE})
    assert wagroups("pii", "scan") == (Exit.OK, "No numbers or links found.\n", "")
    assert wagroups("pii", "scan", "--everywhere").out.startswith("people.yaml:2:9: error: ")


def test_a_table_of_people_is_a_part_of_the_directory_but_only_its_column_of_numbers(
    wagroups: Command, tmp_path: Path
) -> None:
    bare = NUMBER.replace(" ", "").lstrip("+")
    write(
        tmp_path,
        {
            "people/a.yaml": "people_from: {csv: a.csv, phone: Mobile}\n",
            "a.csv": f"alias;mobile;note\nanna;{NUMBER};\nben;'+{bare};ring +49 151 {23456789}\n",
            "b.csv": f"alias;mobile\nanna;{NUMBER}\n",
        },
    )
    out = wagroups("pii", "scan").out
    assert [line.partition(": ")[0] for line in out.splitlines() if "error: " in line] == ["a.csv:3:24", "b.csv:2:6"]
    assert "a.csv:2:6" in wagroups("pii", "scan", "--everywhere").out


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_format_repeats_the_number(form: str, wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"name,phone\nZoë,{NUMBER}\n", encoding="utf-16")
    ended = wagroups("pii", "scan", "-o", form, "--redact", "off")
    assert ended.exit is Exit.INVALID
    assert "list.csv" in ended.out
    assert "817" not in ended.out + ended.err
    assert "2635" not in ended.out + ended.err


def test_no_project_is_needed(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("nothing here")
    assert wagroups("pii", "scan").exit is Exit.OK


def test_only_the_files_that_are_named_are_looked_at(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NUMBER)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.txt").write_text(NUMBER)
    assert "a.txt" not in wagroups("pii", "scan", "b").out
    assert wagroups("pii", "scan", "--exclude", "b/*", "--exclude", "a.*").exit is Exit.OK
    assert wagroups("pii", "scan", "nothing.txt").exit is Exit.USAGE


def test_in_git_what_is_ignored_is_left_out_and_what_is_new_is_not(wagroups: Command, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ("kept.txt", "ignored.txt"):
        (tmp_path / name).write_text(NUMBER)
    (tmp_path / ".gitignore").write_text("ignored.txt\n")
    out = wagroups("pii", "scan").out
    assert "kept.txt:1:1" in out
    assert "ignored" not in out


def test_the_region_of_the_project_tells_what_a_national_number_is(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"note.md": "0151 " + "23456789\n"}, CONFIG)
    assert wagroups("pii", "scan").exit is Exit.OK
    write(tmp_path, {"groups.yaml": "groups: {broken: {memebrs: []}}\n"}, "region: DE\n" + CONFIG)
    assert wagroups("pii", "scan").exit is Exit.INVALID


def test_a_picture_is_no_text_and_a_file_that_is_too_large_is_named(
    wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0" + NUMBER.encode())
    assert wagroups("pii", "scan").exit is Exit.OK
    (tmp_path / "big.txt").write_text("x" * 100)
    monkeypatch.setattr("wagroups.workflows.operate.pii.MOST_BYTES", 99)
    assert "[unreadable]" in wagroups("pii", "scan").out
