"""Every mistake has its own message, at its own place.

A file in `bad/` begins with what is expected of it, a line each: `# severity rule line:column message`, with the
name of the file before the line where it is another one.  `# with rosters/a.csv` begins another file of the project,
whose lines follow, each behind `#| `.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from tests import builders as b
from tests.manifests.projects import CONFIG, write
from wagroups.domain.problem import Problem
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.project import check_project

HERE: Final = Path(__file__).parent
BAD: Final = sorted((HERE / "bad").glob("*.yaml"))
GOOD: Final = sorted((HERE / "good").glob("*.yaml"))
EXPECTED: Final = re.compile(r"# ((error|warning) [a-z0-9-]+ (?:\S+:)?\d+:\d+ .+)")
WITH: Final = re.compile(r"# with (\S+)\n((?:#\| .*\n)*)")


def written(path: Path) -> tuple[dict[str, str], str]:
    """The project of one corpus file: as the configuration when its name says so, else as a manifest."""
    text = path.read_text(encoding="utf-8")
    files = {found[1]: re.sub(r"^#\| ", "", found[2], flags=re.MULTILINE) for found in WITH.finditer(text)}
    return (files, text) if path.name.startswith("config-") else ({**files, "groups.yaml": text}, CONFIG)


def said(problem: Problem, path: Path) -> str:
    """The line of the corpus that a problem is expected by."""
    own = "wagroups.yaml" if path.name.startswith("config-") else "groups.yaml"
    file = "" if problem.file == own else f"{problem.file}:"
    return f"{problem.severity} {problem.rule} {file}{problem.line}:{problem.column} {problem.message}"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_named_at_its_place(path: Path, tmp_path: Path) -> None:
    files, config = written(path)
    expected = [found[1] for line in path.read_text(encoding="utf-8").splitlines() if (found := EXPECTED.match(line))]
    _, problems = check_project(write(tmp_path, files, config), {}, b.NOW)
    assert expected
    assert [said(problem, path) for problem in problems] == expected
    assert all(problem.help for problem in problems)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_the_language_allows_loads_without_a_word(path: Path, tmp_path: Path) -> None:
    files, config = written(path)
    project, problems = check_project(write(tmp_path, files, config), {}, b.NOW)
    assert problems == ()
    assert project is not None


def test_no_message_repeats_a_number() -> None:
    for path in BAD:
        for line in path.read_text(encoding="utf-8").splitlines():
            if EXPECTED.match(line):
                assert not re.search(r"\d(?: *\d){6,}", line), path.name


def test_every_rule_has_an_id_of_its_own_and_an_explanation() -> None:
    assert len({rule.id for rule in Rule}) == len(Rule)
    assert all(re.fullmatch(r"[a-z0-9-]+", rule.id) and rule.explanation.endswith(".") for rule in Rule)


def test_nearly_every_rule_has_a_file_that_breaks_it() -> None:
    shown = {
        line.split()[2]
        for path in BAD
        for line in path.read_text(encoding="utf-8").splitlines()
        if EXPECTED.match(line)
    }
    elsewhere = {
        "no-project",
        "unreadable",
        "not-utf8",
        "yaml-alias-bomb",
        "yaml-depth",
        "yaml-key",
        "url-host",
        "too-many-people",
    }
    assert {rule.id for rule in Rule} - shown == elsewhere
