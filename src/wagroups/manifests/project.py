"""From a folder to what it declares: every file, and every problem of it.

Nothing is raised half-way: all problems of all files come together, sorted by place.
"""

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired, Origin
from wagroups.domain.declared.safety import Override
from wagroups.domain.errors import ProjectError
from wagroups.domain.problem import Problem
from wagroups.manifests.configuration.config_file import read_config
from wagroups.manifests.configuration.overrides import in_force, read_overrides
from wagroups.manifests.configuration.values import Config
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import CONFIG_FILE, OVERRIDES_FILE
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.files import find_root, manifest_files, read_inside
from wagroups.manifests.load.tree import Node
from wagroups.manifests.load.validation import Reader
from wagroups.manifests.load.yaml_loader import load
from wagroups.manifests.resolve.acknowledgements import check_days
from wagroups.manifests.resolve.project_reader import ProjectReader
from wagroups.manifests.resolve.sections import Sections
from wagroups.manifests.resolve.templates import settle_placeholders
from wagroups.manifests.resolve.year_ahead import check_ahead

__all__ = ["Project", "check_project", "find_root", "load_project", "overrides_of"]


class Project(NamedTuple):
    """A project that holds no error, but for those of single groups, which their `faults` hold."""

    config: Config
    desired: Desired
    problems: tuple[Problem, ...]
    """Warnings, and the errors of single groups."""
    overrides: tuple[Override, ...] = ()
    """All of `overrides.yaml`, whatever the day is; see `overrides_of`."""


def load_project(root: Path, environ: Mapping[str, str]) -> Project:
    """What the project in `root` declares.

    `environ` decides which literal addresses are accepted; no secret is read from it.
    Raises ProjectError, with every problem of every file, when there is an error of more than single groups.
    """
    project, problems = check_project(root, environ)
    if project is None:
        raise ProjectError(problems)
    return project


def check_project(
    root: Path, environ: Mapping[str, str], now: datetime | None = None
) -> tuple[Project | None, tuple[Problem, ...]]:
    """The same without raising: the project unless `load_project` raises, and all problems sorted by place.

    `now` also looks at what the dates come to in the year after it; without it nothing depends on the clock.
    """
    findings = Findings()
    with _without_collection():
        config, desired, overrides = _Loader(root, findings).load(environ)
    if now is not None:
        in_force(overrides, now.astimezone(desired.zone).date(), findings)
        check_days(desired.known, now.astimezone(desired.zone).date(), findings)
    if now is not None and not findings.failed:
        check_ahead(desired.groups.values(), now, desired.zone, findings)
    problems = findings.in_order()
    return (None if findings.failed else Project(config, desired, problems, overrides)), problems


def overrides_of(project: Project, now: datetime) -> tuple[tuple[Override, ...], tuple[Problem, ...]]:
    """The overrides that hold on the day of `now`, and warnings of those that ended.

    Raises ProjectError when one reaches further than is allowed.
    """
    findings = Findings()
    held = in_force(project.overrides, now.astimezone(project.desired.zone).date(), findings)
    if findings.failed:
        raise ProjectError(findings.in_order())
    return held, findings.in_order()


class _Loader:
    """Loads one project."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self._root = root
        self._findings = findings
        self._reader = Reader(findings)
        self._sections = Sections(self._reader)
        self._digests: dict[str, bytes] = {}
        """Of every file that was read: the files themselves would stay in the memory until the end."""

    def load(self, environ: Mapping[str, str]) -> tuple[Config, Desired, tuple[Override, ...]]:
        """The configuration, what is declared and what is passed, as far as they can be understood."""
        if not (self._root / CONFIG_FILE).is_file():
            self._findings.add(
                Rule.NO_PROJECT, Origin(CONFIG_FILE, 0, 0), "There is no wagroups.yaml here.", "Run `wagroups init`."
            )
        trees = {CONFIG_FILE: self._tree(CONFIG_FILE)}
        configured = read_config(trees[CONFIG_FILE], self._reader, environ)
        for name in manifest_files(self._root, configured.include, self._findings):
            trees[name] = self._tree(name)
        for name in sorted(trees):
            self._sections.add(trees[name], name)
        written = self._tree(OVERRIDES_FILE) if (self._root / OVERRIDES_FILE).is_file() else None
        reader = ProjectReader(self._root, self._reader, self._sections)
        desired = reader.read(configured)
        self._digests |= {file: _digest(contents) for file, contents in reader.contents.items()}
        desired = replace(desired, files=len(self._digests), digest=self._project_digest())
        return configured.config, desired, read_overrides(written, self._reader, desired.groups)

    def _tree(self, name: str) -> Node:
        contents = read_inside(self._root, name, self._findings)
        if contents is None:
            return None
        self._digests[name] = _digest(contents)
        tree = load(contents, name, self._findings)
        if b"${" in contents:
            settle_placeholders(tree, self._findings)
        return tree

    def _project_digest(self) -> str:
        """Over every file's name and digest; the digests are of one length, so that no two sets look alike."""
        parts = (
            _digest(name.encode(errors="surrogateescape")) + digest for name, digest in sorted(self._digests.items())
        )
        return _digest(b"".join(parts)).hex()


def _digest(contents: bytes) -> bytes:
    return hashlib.sha256(contents).digest()


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the cycle collector: it would walk a quarter of a million new memberships again and again.

    Freezing and unfreezing puts what was made among the old objects without walking it, so that the pause is not
    made up for by one long walk at its end.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
