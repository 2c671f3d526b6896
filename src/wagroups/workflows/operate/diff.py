"""`diff --base`: what this checkout declares otherwise than another revision, without a gateway and without secrets."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from wagroups.domain.declared.desired import Desired
from wagroups.domain.errors import WagroupsError
from wagroups.domain.origin import Origin
from wagroups.domain.plans.difference import About, Alteration, Altered, DifferenceKind
from wagroups.manifests.edit.member_lists import MemberLine, team_lines
from wagroups.manifests.edit.yaml_nodes import compose
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import CONFIG_FIELDS, CONFIG_FILE
from wagroups.manifests.load.tree import Map, Node, Seq
from wagroups.manifests.load.yaml_loader import BOM, load
from wagroups.manifests.project import Project, check_project, load_project
from wagroups.planning.explain.revision_diff import compared
from wagroups.workflows.project.contents import contents
from wagroups.workflows.project.revisions import checked_out, parting

_NOTHING = Desired(groups={}, people=())


class Comparison(NamedTuple):
    """The project as it is, and what differs from the base."""

    project: Project
    base: Desired
    altered: tuple[Altered, ...]
    remark: str = ""
    """What to say of the base, where it is not simply the revision that was named."""


def compare(
    root: Path, base: str, environ: Mapping[str, str], on: Callable[[Desired], datetime | None] = lambda _: None
) -> Comparison:
    """Compare the project in `root` with where it parted from the revision `base`, which need not have a project.

    `on` gives the moment whose memberships are compared, of a project; `None` = those of all time.
    Raises ProjectError when the project is invalid, GitError, and WagroupsError when the base is invalid.
    """
    project = load_project(root, environ)
    parted = parting(root, base)
    with checked_out(root, parted.commit) as folder:
        before = _base(folder, base, environ)
        instant = on(project.desired)
        was, now = (side if instant is None else side.at(instant) for side in (before, project.desired))
        altered = (
            *compared(was, now),
            *_lines(_teams(folder), _teams(root)),
            *_settings(_configured(folder), _configured(root)),
        )
    return Comparison(project, before, altered, parted.remark)


def _base(folder: Path, base: str, environ: Mapping[str, str]) -> Desired:
    if not (folder / CONFIG_FILE).is_file():
        return _NOTHING
    project, problems = check_project(folder, environ)
    if project is None:
        worst = next(problem for problem in problems if problem.severity == "error")
        raise WagroupsError(
            f"what {base} declares is invalid, so nothing can be compared with it: {worst.place}: {worst.message}",
            hint="Compare with a revision whose files are valid.",
        )
    return project.desired


def _teams(root: Path) -> dict[str, dict[str, MemberLine]]:
    """What each team's lists say, line by line."""
    teams: dict[str, dict[str, MemberLine]] = {}
    if not (root / CONFIG_FILE).is_file():
        return teams
    for file in contents(root).files:
        text = (root / file).read_bytes().removeprefix(BOM).decode()
        for line in team_lines(compose(text), file):
            teams.setdefault(line.team, {})[line.text] = line
    return teams


def _lines(before: dict[str, dict[str, MemberLine]], after: dict[str, dict[str, MemberLine]]) -> Iterator[Altered]:
    for team in sorted({*before, *after}):
        was, now = before.get(team, {}), after.get(team, {})
        alterations = [
            Alteration(DifferenceKind.ENTRY_REMOVED, line.origin, name=text)
            for text, line in was.items()
            if text not in now
        ]
        alterations += [
            Alteration(DifferenceKind.ENTRY_ADDED, line.origin, name=text)
            for text, line in now.items()
            if text not in was
        ]
        if alterations:
            yield Altered(About.TEAM, team, next(iter((now or was).values())).origin, tuple(alterations))


def _configured(root: Path) -> dict[str, tuple[str, Origin]]:
    """Every value of the configuration by its dotted name."""
    path = root / CONFIG_FILE
    tree = load(path.read_bytes(), CONFIG_FILE, Findings()) if path.is_file() else None
    return dict(_values(tree, "")) if isinstance(tree, Map) else {}


def _values(node: Map, prefix: str) -> Iterator[tuple[str, tuple[str, Origin]]]:
    for entry in node.entries():
        if prefix or entry.key in CONFIG_FIELDS:
            if isinstance(entry.node, Map):
                yield from _values(entry.node, f"{prefix}{entry.key}.")
            else:
                yield f"{prefix}{entry.key}", (_said(entry.node), entry.origin)


def _said(node: Node) -> str:
    return ", ".join(map(_said, node)) if isinstance(node, Seq) else str(node or "")


def _settings(before: dict[str, tuple[str, Origin]], after: dict[str, tuple[str, Origin]]) -> Iterator[Altered]:
    alterations = []
    for name in after | before:
        was, now = before.get(name), after.get(name)
        if (was and was[0]) != (now and now[0]):
            place = (now or was or ("", Origin(CONFIG_FILE, 1)))[1]
            alterations.append(
                Alteration(DifferenceKind.VALUE, place, name=name, before=was and was[0], after=now and now[0])
            )
    if alterations:
        yield Altered(About.PROJECT, CONFIG_FILE, Origin(CONFIG_FILE, 1), tuple(alterations))
