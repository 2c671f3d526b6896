"""Whatever somebody puts into a pull request ends in an error with a place: soon, and in little memory."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.manifests.projects import PEOPLE, write
from wagroups.domain.problem import Problem
from wagroups.manifests.load.files import MAX_BYTES
from wagroups.manifests.project import check_project
from wagroups.manifests.resolve import generators, membership_limit, templates

SECONDS = 10
"""Of this process's own time, for files that would take hours.  Chosen: a slow machine, a hundred times over."""

ROSTER = "groups: {a: {subject: A, members: [roster: {csv: '%s'}]}}\n"


def refused(root: Path) -> list[str]:
    """The errors, in little time."""
    began = time.process_time()
    project, problems = check_project(root, {})
    assert project is None
    assert time.process_time() - began < SECONDS
    return [_said(problem) for problem in problems if problem.severity == "error"]


def _said(problem: Problem) -> str:
    return f"{problem.rule} {problem.place}"


@pytest.mark.parametrize(
    "path", ["link.csv", "/etc/hostname", "../secret.csv", "~/x.csv", "C:\\x.csv", "a/../../x.csv", "folder/secret.csv"]
)
def test_a_table_outside_the_project_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("alias\nanna\n")
    root = write(tmp_path / "project", {"groups.yaml": ROSTER % path})
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    (root / "folder").symlink_to(tmp_path)
    assert refused(root) == ["outside-project groups.yaml:1:50"]


@pytest.mark.parametrize("path", [".env", ".git/config", ".wagroups/state.db", "link.csv", "folder/config.csv"])
def test_what_is_hidden_is_no_table_and_none_of_it_is_shown(path: str, tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": ROSTER % path, ".env": "TOKEN=xyzzy\n", ".git/config.csv": "xyzzy\n"})
    write(root, {".git/config": "[http]\nextraheader = xyzzy\n", ".wagroups/state.db": "xyzzy"})
    (root / "link.csv").symlink_to(".git/config")
    (root / "folder").symlink_to(".git")
    _, problems = check_project(root, {})
    assert [problem.rule for problem in problems] in (["table-name"], ["outside-project"])
    assert not any("xyzzy" in f"{problem.message}{problem.help}{problem.suggestion}" for problem in problems)


def test_a_table_that_git_ignores_is_refused_and_one_that_it_keeps_is_read(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "people.yaml": PEOPLE,
            "groups.yaml": ROSTER % "keys/a.csv",
            ".gitignore": "keys/\n",
            "keys/a.csv": "alias\nanna\n",
        },
    )
    (root / "again.csv").symlink_to("keys/a.csv")
    assert check_project(root, {})[1] == ()  # no git, nothing ignored
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    assert refused(root) == ["table-name groups.yaml:1:50"]
    (root / "groups.yaml").write_text(ROSTER % "again.csv")
    assert refused(root) == ["table-name groups.yaml:1:50"]
    subprocess.run(["git", "add", "--force", "keys/a.csv"], cwd=root, check=True)
    assert check_project(root, {})[1] == ()


@pytest.mark.parametrize(
    "text", ["ghp_16C7e42F292c6912E7710c838347Ae178B4a\nx\n", "[core]\nurl = https://u:p@h\n", "a=b;c=d\n"]
)
def test_the_first_line_of_a_file_that_is_no_table_is_not_repeated(text: str, tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": ROSTER % "a.csv", "a.csv": text})
    _, [problem] = check_project(root, {})
    assert problem.rule == "unknown-column"
    for word in ("ghp_", "core", "u:p", "a=b"):
        assert word not in f"{problem.message}{problem.help}{problem.suggestion}"


@pytest.mark.parametrize("include", ["", "include: ['groups/**']\n", "include: ['*/**']\n"])
def test_a_folder_that_leads_out_of_the_project_is_not_looked_into(include: str, tmp_path: Path) -> None:
    root = write(tmp_path, {}, f"accounts: {{}}\n{include}")
    (root / "groups").symlink_to("/")
    assert "outside-project groups" in refused(root)


def test_a_name_that_no_system_takes_is_missing(tmp_path: Path) -> None:
    groups = (ROSTER % ("x" * 300 + ".csv")).replace("subject: A", f"subject: A, picture: {'y' * 300}.png")
    told = refused(write(tmp_path, {"groups.yaml": groups}))
    assert [problem.split()[0] for problem in told] == ["table-missing", "picture-missing"]


def test_a_folder_or_a_link_in_a_circle_is_no_table(tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": ROSTER % "folder.csv" + "people_from: {csv: circle.csv}\n"})
    (root / "folder.csv").mkdir()
    (root / "circle.csv").symlink_to("circle.csv")
    assert [problem.split()[0] for problem in refused(root)] in (
        ["table-missing", "table-missing"],
        ["table-missing", "outside-project"],
    )


@pytest.mark.parametrize("name", ["groups.yaml", "people.csv"])
def test_a_file_of_hundreds_of_megabytes_is_not_read(name: str, tmp_path: Path) -> None:
    root = write(tmp_path, {"people.yaml": "people_from: {csv: people.csv}\n", "people.csv": "alias,phone\n"})
    with (root / name).open("wb") as file:
        file.truncate(20 * MAX_BYTES)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert [problem.split()[0] for problem in refused(root)] == ["too-large"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 * MAX_BYTES / 1024


def test_one_text_as_large_as_a_file_may_be_is_too_long_and_no_more(tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": f"groups: {{a: {{subject: {'x' * 20_000_000}}}}}\n"})
    assert refused(root) == ["text-too-long groups.yaml:1:23"]


def test_a_ladder_of_aliases_ends_where_it_grows(tmp_path: Path) -> None:
    ladder = "x-0: &a0 [a, b, c, d, e, f, g, h]\n" + "".join(
        f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 20)
    )
    assert [problem.split()[0] for problem in refused(write(tmp_path, {"groups.yaml": ladder}))] == ["yaml-alias-bomb"]


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_a_deep_file_ends_where_it_is_too_deep(text: str, tmp_path: Path) -> None:
    told = {problem.split()[0] for problem in refused(write(tmp_path, {"groups.yaml": text}))}
    assert told & {"yaml-depth", "yaml-syntax", "yaml-key"}


def test_a_ring_of_a_thousand_teams_is_one_error(tmp_path: Path) -> None:
    teams = "".join(f"  t{n}: [team: t{(n + 1) % 1000}]\n" for n in range(1000))
    assert refused(write(tmp_path, {"groups.yaml": f"teams:\n{teams}"})) == ["team-cycle groups.yaml:2:14"]


CROWD = "people:\n" + "".join(f"  p{n}: +1212555{n:04}\n" for n in range(1000)) + "teams:\n  all:\n"
CROWD += "".join(f"    - p{n}\n" for n in range(1000))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds in small, so that they are reached at once."""
    monkeypatch.setattr(membership_limit, "MAX_MEMBERSHIPS", 50_000)
    monkeypatch.setattr(templates, "MAX_CHARS", 1_000_000)
    monkeypatch.setattr(generators, "MAX_VALUES", 100_000)


@pytest.mark.usefixtures("small")
def test_a_team_that_everybody_is_in_again_and_again_ends_with_a_place(tmp_path: Path) -> None:
    text = CROWD + "  more:\n" + "    - team: all\n" * 100
    assert refused(write(tmp_path, {"groups.yaml": text})) == ["too-large groups.yaml:2004:3"]


@pytest.mark.usefixtures("small")
def test_a_crowd_in_every_generated_group_ends_with_a_place(tmp_path: Path) -> None:
    matrix = ", ".join(map(str, range(10)))
    text = CROWD + f"generate:\n  g:\n    for_each: {{matrix: {{a: [{matrix}], b: [{matrix}]}}}}\n"
    text += "    key: g-${a}-${b}\n    expect: 100\n    group: {subject: '${a} ${b}', members: [team: all]}\n"
    assert refused(write(tmp_path, {"groups.yaml": text})) == ["too-large groups.yaml:2007:10"]


@pytest.mark.usefixtures("small")
def test_a_template_that_would_fill_the_memory_ends_with_a_place(tmp_path: Path) -> None:
    words = ", ".join(f"w{number}" for number in range(1000))
    bomb = f"generate:\n  g:\n    for_each: {{matrix: {{a: [{words}]}}}}\n    key: g-${{a}}\n    expect: 1000\n"
    longest = f"    group:\n      description: {'${a}' * 1000}\n"
    widest = f"    group:\n      members: [{', '.join(['anna'] * 1000)}]\n"
    assert "too-large groups.yaml:6:5" in refused(write(tmp_path / "long", {"groups.yaml": bomb + longest}))
    assert refused(write(tmp_path / "wide", {"groups.yaml": bomb + widest})) == ["too-large groups.yaml:6:5"]


def test_a_matrix_of_a_billion_words_is_not_made(tmp_path: Path) -> None:
    matrix = ", ".join(f"c{n}: [a, b, c, d, e, f, g, h, i, j]" for n in range(9))
    text = f"generate: {{g: {{for_each: {{matrix: {{{matrix}}}}}, key: k, expect: 1, group: {{subject: A}}}}}}\n"
    assert refused(write(tmp_path, {"groups.yaml": text})) == ["too-large groups.yaml:1:27"]


def test_a_cell_of_megabytes_is_told_at_its_line(tmp_path: Path) -> None:
    table = f"alias,phone\nanna,+44 7700 900101\nben,{'9' * 5_000_000}\n"
    root = write(tmp_path, {"people.yaml": "people_from: {csv: people.csv}\n", "people.csv": table})
    assert refused(root) == ["table-syntax people.csv:3:1"]


def test_the_program_ends_with_65_and_the_place(tmp_path: Path) -> None:
    root = write(tmp_path, {"people.yaml": PEOPLE, "groups.yaml": ROSTER % "../secret.csv"})
    command = [sys.executable, "-m", "wagroups", "validate", "--project", str(root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 65
    assert "groups.yaml:1:50" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
