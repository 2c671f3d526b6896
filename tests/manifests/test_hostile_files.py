"""Whatever somebody puts into a pull request ends in an error with a place: soon, and in little memory."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.manifests.projects import PEOPLE, write
from wagroups.domain.problem import Problem
from wagroups.manifests import crowd, generating, templates
from wagroups.manifests.files import MAX_BYTES
from wagroups.manifests.project import check_project

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


def test_a_name_that_no_system_takes_is_missing(tmp_path: Path) -> None:
    groups = (ROSTER % ("x" * 300)).replace("subject: A", f"subject: A, picture: {'y' * 300}.png")
    told = refused(write(tmp_path, {"groups.yaml": groups}))
    assert [problem.split()[0] for problem in told] == ["picture-missing", "table-missing"]


def test_a_folder_or_a_link_in_a_circle_is_no_table(tmp_path: Path) -> None:
    root = write(tmp_path, {"groups.yaml": ROSTER % "folder" + "people_from: {csv: circle.csv}\n"})
    (root / "folder").mkdir()
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
    monkeypatch.setattr(crowd, "MAX_MEMBERSHIPS", 50_000)
    monkeypatch.setattr(templates, "MAX_CHARS", 1_000_000)
    monkeypatch.setattr(generating, "MAX_VALUES", 100_000)


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
