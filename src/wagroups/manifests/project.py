"""From a folder to what it declares: every file, every section, every problem.

Nothing is raised half-way: all problems of all files come together, sorted by place.
"""

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired, Origin
from wagroups.domain.declared.safety import Override
from wagroups.domain.errors import ProjectError
from wagroups.domain.problem import Problem
from wagroups.manifests.configuration.config_file import Configured, read_config
from wagroups.manifests.configuration.overrides import in_force, read_overrides
from wagroups.manifests.configuration.values import Config
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import CONFIG_FILE, LAYER_FIELDS, OVERRIDES_FILE
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.files import find_root, manifest_files, read_inside
from wagroups.manifests.load.tree import MapEntry, Node
from wagroups.manifests.load.validation import Reader
from wagroups.manifests.load.yaml_loader import load
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.resolve.acknowledgements import check_days, read_known
from wagroups.manifests.resolve.communities import CommunityReader
from wagroups.manifests.resolve.csv_rosters import Tables
from wagroups.manifests.resolve.dates import Dates
from wagroups.manifests.resolve.directory import DeclaredPeople, PeopleReader, Policy
from wagroups.manifests.resolve.doubts import Doubts
from wagroups.manifests.resolve.generators import Generators
from wagroups.manifests.resolve.groups import Accounts, GroupReader
from wagroups.manifests.resolve.layers import Layer
from wagroups.manifests.resolve.member_entries import EntryReader
from wagroups.manifests.resolve.memberships import Memberships
from wagroups.manifests.resolve.people_tables import Enrolment
from wagroups.manifests.resolve.pictures import PictureReader
from wagroups.manifests.resolve.sections import Sections
from wagroups.manifests.resolve.teams import Teams
from wagroups.manifests.resolve.templates import settle_placeholders
from wagroups.manifests.resolve.uniqueness import check_between
from wagroups.manifests.resolve.year_ahead import check_ahead

__all__ = ["Project", "check_project", "find_root", "load_project", "overrides_of"]


class Project(NamedTuple):
    """A project that holds no error, but for those of single groups, which their `faults` hold."""

    config: Config
    desired: Desired
    problems: tuple[Problem, ...]
    overrides: tuple[Override, ...] = ()
    """All of `overrides.yaml`, whatever the day is; see `overrides_of`."""
    """Warnings, and the errors of single groups."""


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
        desired = self._resolve(configured)
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

    def _resolve(self, configured: Configured) -> Desired:
        config, tables = configured.config, self._sections.tables
        policy = Policy(config.region, config.privacy.require_alias)
        phones, doubts = Phones(config.numbers), Doubts(self._findings)
        dates = Dates(self._findings, config.timezone, written=configured.timezone_written)
        memberships = Memberships(self._findings, dates.zone, configured.version)
        sheets = Tables(self._root, self._reader)
        directory = self._directory(PeopleReader(self._reader, phones, doubts, policy, dates), sheets)
        self._check_protected(configured, directory)
        people = EntryReader(self._reader, directory, tables["teams"], phones, doubts, policy, sheets, dates)
        teams = Teams(tables["teams"], self._reader, people, dates, memberships)
        profiles = {name: self._profile(name, entry) for name, entry in tables["profiles"].items()}
        defaults = Layer(self._sections.defaults, ("defaults",), frozenset(self._sections.default_files))
        accounts = Accounts(frozenset(config.accounts), config.default_account)
        pictures = PictureReader(self._root, self._findings)
        reader = GroupReader(self._reader, teams, memberships, pictures, accounts, defaults, profiles)
        declared = Generators(self._reader, sheets).groups(tables["groups"], tables["generate"])
        groups = [reader.read(one) for one in declared]
        check_between(groups, self._findings)
        doubts.report()
        communities = CommunityReader(self._reader, teams, memberships)
        communities.check(groups, tables["communities"])
        for name, contents in {**pictures.contents, **sheets.contents}.items():
            self._digests[name] = _digest(contents)
        return Desired(
            groups=MappingProxyType({group.key: group for group in sorted(groups, key=lambda group: group.key)}),
            communities=MappingProxyType(communities.read(tables["communities"])),
            people=tuple(person for _, person in sorted(directory.by_alias.items())),
            accounts=frozenset(config.accounts),
            known=read_known(
                self._sections.known, self._reader, {group.key for group in groups}, directory.by_alias.keys()
            ),
            timezone=config.timezone,
            files=len(self._digests),
            digest=self._project_digest(),
        )

    def _profile(self, name: str, entry: MapEntry) -> Layer:
        flat = self._reader.flat(entry.node, entry.origin, LAYER_FIELDS, "a profile")
        return Layer(flat, (f"profile {name}",), frozenset({entry.key_origin.file}))

    def _directory(self, people: PeopleReader, sheets: Tables) -> DeclaredPeople:
        people.read(self._sections.tables["people"])
        Enrolment(self._reader, people, sheets).read(self._sections.directories)
        people.complete()
        people.check_recycled()
        return people.directory

    def _check_protected(self, configured: Configured, directory: DeclaredPeople) -> None:
        for written in configured.protect:
            if written.text not in directory.declared:
                self._findings.unknown_alias(written.text, written.origin, directory.by_alias, directory.declared)

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
