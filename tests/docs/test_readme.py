"""The manifest that the README opens with is one."""

import re
from pathlib import Path
from typing import Final

from tests.manifests.projects import CONFIG
from wagroups.manifests.project import check_project

README: Final = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_first_manifest_is_without_a_fault(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)
    assert blocks
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.wagroups.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "wagroups.yaml").write_text(CONFIG, encoding="utf-8")
    project, problems = check_project(tmp_path, {})
    assert problems == ()
    assert project is not None


def test_the_plan_shows_the_lines_of_that_manifest() -> None:
    (manifest,) = re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)
    (shown,) = re.findall(r"^\$ wagroups plan\n(.*?)^```", README, re.M | re.S)
    lines = manifest.splitlines()
    places = {int(line): text for text, line in re.findall(r"^ +(.*?) +groups\.yaml:(\d+)$", shown, re.M)}
    told = {"book-club": "book-club", "subject": "rename", "edit_info": "edit_info", "members": "carla"}
    assert {lines[line - 1].strip().split(":")[0] for line in places} == told.keys()
    for line, text in places.items():
        assert told[lines[line - 1].strip().split(":")[0]] in text


def test_every_page_and_folder_that_is_linked_is_there() -> None:
    linked = set(re.findall(r"\]\((?!https?:)([^)#]+)", README))
    assert linked
    assert all((Path(__file__).parents[2] / name).exists() for name in linked)
