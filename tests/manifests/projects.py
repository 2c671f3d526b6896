"""Small projects in a folder, for tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.problem import Problem
from wagroups.manifests.project import Project, check_project, load_project

CONFIG: Final = "accounts: {office: {gateway: waha, url_env: WAGROUPS_URL}}\n"
PEOPLE: Final = """\
people:
  anna: +44 7700 900101
  ben: +44 7700 900102
  carla: +44 7700 900103
  dora: +44 7700 900104
"""


def write(root: Path, files: Mapping[str, str], config: str = CONFIG) -> Path:
    """Make a project of `files`, by relative path."""
    for name, text in {"wagroups.yaml": config, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def load(root: Path, text: str, config: str = CONFIG) -> Project:
    """The project of one manifest, which must hold no error."""
    return load_project(write(root, {"groups.yaml": text}, config), {})


def group(root: Path, text: str, key: str = "rowers") -> DesiredGroup:
    """One group of a manifest that begins with PEOPLE."""
    return load(root, PEOPLE + text).desired.groups[GroupKey(key)]


def problems(root: Path, text: str, config: str = CONFIG) -> list[Problem]:
    """Everything that is wrong with one manifest."""
    return list(check_project(write(root, {"groups.yaml": text}, config), {})[1])


def rules(found: list[Problem]) -> list[str]:
    return [problem.rule for problem in found]
