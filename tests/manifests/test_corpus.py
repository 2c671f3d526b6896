"""Every mistake has its own message, at its own place.

A file in `bad/` begins with what is expected of it, a line each: `# severity rule line:column message`.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.manifests.projects import CONFIG, write
from wagroups.manifests.project import check_project
from wagroups.manifests.rules import Rule

HERE: Final = Path(__file__).parent
BAD: Final = sorted((HERE / "bad").glob("*.yaml"))
GOOD: Final = sorted((HERE / "good").glob("*.yaml"))
EXPECTED: Final = re.compile(r"# ((error|warning) [a-z0-9-]+ \d+:\d+ .+)")


def written(path: Path) -> tuple[dict[str, str], str]:
    """The project of one corpus file: as the configuration when its name says so, else as a manifest."""
    text = path.read_text(encoding="utf-8")
    return ({}, text) if path.name.startswith("config-") else ({"groups.yaml": text}, CONFIG)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_named_at_its_place(path: Path, tmp_path: Path) -> None:
    files, config = written(path)
    expected = [found[1] for line in path.read_text(encoding="utf-8").splitlines() if (found := EXPECTED.match(line))]
    _, problems = check_project(write(tmp_path, files, config), {})
    assert expected
    assert [f"{p.severity} {p.rule} {p.line}:{p.column} {p.message}" for p in problems] == expected
    assert all(problem.help for problem in problems)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_the_language_allows_loads_without_a_word(path: Path, tmp_path: Path) -> None:
    files, config = written(path)
    project, problems = check_project(write(tmp_path, files, config), {})
    assert problems == ()
    assert project is not None


def test_no_message_repeats_a_number() -> None:
    for path in BAD:
        for line in path.read_text(encoding="utf-8").splitlines():
            if EXPECTED.match(line):
                assert not re.search(r"\d[\d ]{6,}", line), path.name


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
