"""`fmt`: the project's files in one form, or what would have to change for that."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from wagroups.domain.edits import FileEdit
from wagroups.domain.problem import Problem
from wagroups.manifests.edit.formatter import Formatter
from wagroups.manifests.edit.yaml_writer import CONFIG_SCHEMA, MANIFEST_SCHEMA
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.files import read_inside
from wagroups.manifests.load.yaml_loader import load
from wagroups.workflows.edit.placement import replace_file
from wagroups.workflows.project.contents import contents


class Formatting(NamedTuple):
    """What formatting comes to."""

    edits: tuple[FileEdit, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    """Why a file has no form: it is not YAML."""


def format_files(root: Path, chosen: Collection[Path], *, write: bool) -> Formatting:
    """Format the project's files, or those of them that are `chosen`; without `write` nothing is changed.

    Raises OSError when a file cannot be written.
    """
    project = contents(root)
    schemas = frozenset(name for name in (CONFIG_SCHEMA, MANIFEST_SCHEMA) if (root / name).is_file())
    formatter = Formatter(project.config.region, schemas, project.config.numbers)
    findings, edits, unchanged = Findings(), [], 0
    wanted = {path.resolve() for path in chosen}
    for name in project.files:
        path = (root / name).resolve()
        if wanted and not any(path.is_relative_to(one) for one in wanted):
            continue
        before = read_inside(root, name, findings)
        if before is None:
            continue
        after = formatter.formatted(before, name)
        if after is None:
            load(before, name, findings)
        elif after == before:
            unchanged += 1
        else:
            edits.append(FileEdit(name, before.decode(), after.decode()))
            if write:
                replace_file(path, after)
    return Formatting(tuple(edits), unchanged, findings.in_order())
