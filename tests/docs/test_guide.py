"""What the guide shows is tried: every file as it stands there, every command, every message.

A block below a line such as **`people.yaml`** is that file, whole; it takes the place of the one before.  So each
chapter is a project, and it must be without a fault.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
import yaml

from wagroups.cli.main import program
from wagroups.manifests.project import check_project
from wagroups.reports.render.text import problems_text

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
BLOCK: Final = re.compile(
    r"(?:^\*\*`(?P<file>[^`]+)`\*\*(?P<wrong>, with mistakes)?\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
OTHERS: Final = frozenset({".pre-commit-config.yaml", "members.csv"})
"""Files of the guide that are no part of the project."""


class Block(NamedTuple):
    """Something between two fences."""

    file: str | None
    wrong: bool
    kind: str
    text: str


class Chapter(NamedTuple):
    """A heading and what is shown below it."""

    title: str
    blocks: tuple[Block, ...]


def _chapters() -> Iterator[Chapter]:
    for part in GUIDE.split("\n## ")[1:]:
        found = [Block(m["file"], m["wrong"] is not None, m["kind"], m["text"]) for m in BLOCK.finditer(part)]
        yield Chapter(part.split("\n")[0], tuple(found))


CHAPTERS: Final = tuple(_chapters())
BLOCKS: Final = tuple(block for chapter in CHAPTERS for block in chapter.blocks)


def _write(root: Path, block: Block) -> Path:
    assert block.file is not None
    path = root / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    return path


def test_every_file_of_the_guide_has_a_name() -> None:
    assert {block.kind for block in BLOCKS} == {"yaml", "csv", "console", "text"}
    assert len(BLOCKS) == GUIDE.count("\n```") / 2
    assert all((block.file is not None) is (block.kind in ("yaml", "csv")) for block in BLOCKS)


def test_each_chapter_is_a_project_without_a_fault(tmp_path: Path) -> None:
    most = 0
    for chapter in CHAPTERS:
        for block in chapter.blocks:
            if block.file is not None and not block.wrong and block.file not in OTHERS:
                _write(tmp_path, block)
        if (tmp_path / "wagroups.yaml").exists():
            project, problems = check_project(tmp_path, {})
            assert problems == (), f"{chapter.title}: {problems_text(problems)}"
            assert project is not None
            most = max(most, len(project.desired.groups))
    assert most == 12


def test_a_mistake_is_told_as_the_guide_says(tmp_path: Path) -> None:
    (wrong,) = (block for block in BLOCKS if block.wrong)
    (said,) = (block for block in BLOCKS if block.kind == "text")
    for block in BLOCKS:
        if block.file is not None and block.file not in OTHERS:
            _write(tmp_path, block)
    assert wrong.file is not None
    _, problems = check_project(tmp_path, {})
    assert problems_text(problems).rstrip() == said.text.rstrip()


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.kind == "console"], ids=lambda b: b.text.strip())
def test_every_command_is_one(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in OTHERS:
        (tmp_path / name).touch()
    for line in block.text.splitlines():
        assert line.startswith("$ wagroups ")
        _, _, verb, *arguments = shlex.split(line)
        root = program()
        context = root.make_context("wagroups", [verb])
        command = root.get_command(context, verb)
        assert command is not None
        command.make_context(verb, arguments, parent=context)


def test_the_verbs_that_are_named_exist() -> None:
    verbs = program().list_commands(program().make_context("wagroups", ["plan"]))
    named = set(re.findall(r"`wagroups ([a-z]+)", GUIDE))
    assert named
    assert named <= set(verbs)


def test_the_hooks_are_those_of_the_repository() -> None:
    (block,) = (block for block in BLOCKS if block.file == ".pre-commit-config.yaml")
    ours = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for hook in yaml.safe_load(block.text)["repos"][0]["hooks"]} == ours
