"""After Tab: verbs, options, and the names of groups and accounts, from the project's files alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from click.shell_completion import ShellComplete

from tests.cli.command import Command
from wagroups.cli.main import program
from wagroups.cli.options import project_names
from wagroups.domain.exit import Exit
from wagroups.manifests.language.fields import CONFIG_FILE

EXAMPLES: Final = Path(__file__).parents[2] / "examples"

Offered = Callable[[str, Path], list[str]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What the program offers for the last word of a command line that is typed in a folder."""

    def offer(line: str, folder: Path) -> list[str]:
        monkeypatch.chdir(folder)
        *words, incomplete = line.split(" ")[1:]
        asked = ShellComplete(program(), {}, "wagroups", "_WAGROUPS_COMPLETE").get_completions(words, incomplete)
        return sorted(str(item.value) for item in asked)

    return offer


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("wagroups show ", ["juniors", "news", "trainers"]),
        ("wagroups show j", ["juniors"]),
        ("wagroups plan --target t", ["trainers"]),
        ("wagroups apply --yes --exclude n", ["news"]),
        ("wagroups drift --account ", ["office"]),
        ("wagroups state unlock o", ["office"]),
        ("wagroups plan --det", ["--detailed-exitcode"]),
        ("wagroups sta", ["status", "state"]),
        ("wagroups completion ", ["bash", "zsh", "fish"]),
    ],
)
def test_names_are_offered_where_they_belong(line: str, names: list[str], offered: Offered) -> None:
    assert offered(line, EXAMPLES / "club") == sorted(names)


def test_the_project_named_on_the_line_is_the_one_that_is_looked_into(tmp_path: Path, offered: Offered) -> None:
    line = f"wagroups --project {EXAMPLES / 'two-accounts'} plan --target "
    assert offered(line, tmp_path) == ["class-5b", "football"]
    assert offered(line.replace("--target", "--account"), tmp_path) == ["office", "sports"]


def test_without_a_project_or_with_a_broken_one_nothing_is_offered(tmp_path: Path, offered: Offered) -> None:
    assert offered("wagroups show ", tmp_path) == []
    (tmp_path / "wagroups.yaml").write_text("version: [\n")
    assert offered("wagroups show ", tmp_path) == []


def test_a_project_is_found_by_the_file_that_the_manifests_name() -> None:
    assert project_names.CONFIG_FILE == CONFIG_FILE


def test_no_ledger_is_made_while_somebody_types(tmp_path: Path, offered: Offered) -> None:
    project = tmp_path / "club"
    shutil.copytree(EXAMPLES / "club", project, ignore=shutil.ignore_patterns(".wagroups"))
    assert offered("wagroups plan --target n", project) == ["news"]
    assert not (project / ".wagroups").exists()


@pytest.fixture
def club(tmp_path: Path) -> Path:
    """A project with the folder of its ledger."""
    project = tmp_path / "club"
    shutil.copytree(EXAMPLES / "club", project, ignore=shutil.ignore_patterns(".wagroups"))
    (project / ".wagroups").mkdir(mode=0o700)
    return project


def test_names_that_are_known_are_offered_without_reading_the_project(
    club: Path, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [offered(line, club) for line in ("wagroups show ", "wagroups why a", "wagroups drift --account ")]

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("wagroups.manifests.project.check_project", never)
    assert [offered(line, club) for line in ("wagroups show ", "wagroups why a", "wagroups drift --account ")] == first
    assert first == [["juniors", "news", "trainers"], ["amara"], ["office"]]


def test_a_changed_or_new_file_is_offered_at_once(club: Path, offered: Offered) -> None:
    assert offered("wagroups show ", club) == ["juniors", "news", "trainers"]
    new = club / "groups" / "zumba.yaml"
    new.parent.mkdir(exist_ok=True)
    new.write_text("groups:\n  zumba: {subject: Zumba}\n")
    assert offered("wagroups show z", club) == ["zumba"]
    new.write_text("groups:\n  zorba: {subject: Zorba}\n")
    os.utime(new, ns=(0, 0))
    assert offered("wagroups show z", club) == ["zorba"]
    new.unlink()
    assert offered("wagroups show z", club) == []


def test_names_that_are_kept_are_for_this_user_alone_and_hold_no_number(club: Path, offered: Offered) -> None:
    offered("wagroups show ", club)
    (kept,) = (club / ".wagroups").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "+44" not in kept.read_text()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"state": [], "names": []}', '{"names": 3}'])
def test_kept_names_that_are_damaged_are_made_anew(content: str, club: Path, offered: Offered) -> None:
    (club / ".wagroups" / "names.json").write_text(content)
    assert offered("wagroups show ", club) == ["juniors", "news", "trainers"]
    assert (club / ".wagroups" / "names.json").read_text() != content


def test_a_folder_of_too_many_files_is_read_each_time(
    club: Path, offered: Offered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wagroups.cli.options.project_names.MOST_ENTRIES", 1)
    assert offered("wagroups show ", club) == ["juniors", "news", "trainers"]
    assert list((club / ".wagroups").iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_asks_the_program_for_its_offers(
    shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    printed = Command(capsys)("completion", shell)
    assert printed.exit is Exit.OK
    assert f"_WAGROUPS_COMPLETE={shell}_complete" in printed.out
    written = tmp_path / "script"
    assert Command(capsys)("completion", shell, "--to", str(written)).out == ""
    assert written.read_text() == printed.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_the_script(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    program = tmp_path / "wagroups"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from wagroups.cli.main import main; main()"\n')
    program.chmod(0o755)
    typed = "COMP_WORDS=(wagroups show tr); COMP_CWORD=2; _wagroups_completion wagroups; echo ${COMPREPLY[@]}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", f"{Command(capsys)('completion', 'bash').out}\n{typed}"],
        cwd=EXAMPLES / "club",
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.stdout == "trainers\n", done.stderr


def test_a_script_is_for_shells_and_not_for_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert Command(capsys)("completion", "bash", "-o", "json").exit is Exit.USAGE
