"""The names that a project declares, for completion.

Reading a project takes longer than anybody waits for Tab, so its names are kept in the folder of its ledger, and hold
for as long as no file differs.  This module imports next to nothing for the same reason.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from wagroups import __version__

if TYPE_CHECKING:
    from pathlib import Path


class ProjectNames(NamedTuple):
    """What can be named on a command line."""

    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """Aliases; numbers are never among them."""
    accounts: tuple[str, ...] = ()


CONFIG_FILE: Final = "wagroups.yaml"
"""`manifests.language.fields` has it, too, and imports more than completion has time for."""

KEPT_FILE: Final = os.path.join(".wagroups", "names.json")
"""In a folder of this user's that git passes over.  Where there is none, nothing is kept."""

SOURCES: Final = (".yaml", ".yml", ".csv", ".tsv")
"""Endings of the files that a project can be written in."""

MOST_ENTRIES: Final = 5000
"""In a folder with more, nothing is kept: looking at all of them would take as long as reading.  Chosen."""

_State = list[list[object]]
"""The version of this program, then path, size and time of each file."""


def names_of_project(folder: Path | None) -> ProjectNames:
    """The names in the project of `folder`, or of the nearest folder upwards from here; none in a broken project."""
    root = _root(folder)
    if root is None:
        return ProjectNames()
    path, state = os.path.join(root, KEPT_FILE), _state_of(root)
    names = _kept(path, state) if state else None
    if names is None:
        names = _read(root)
        if state and any(names):
            _keep(path, state, names)
    return names


def _root(named: Path | None) -> str | None:
    folder = os.path.realpath(named or os.getcwd())
    while not os.path.isfile(os.path.join(folder, CONFIG_FILE)):
        above = os.path.dirname(folder)
        if named is not None or above == folder:
            return None
        folder = above
    return folder


def _state_of(root: str) -> _State:
    """What the names depend on; nothing where that cannot be told in time."""
    state: _State = []
    folders, seen = [root], 0
    try:
        while folders:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    seen += 1
                    if entry.is_dir():
                        if entry.is_symlink():
                            return []  # it may lead round in a circle, or to very much
                        if not entry.name.startswith("."):
                            folders.append(entry.path)
                    elif entry.name.endswith(SOURCES):
                        found = entry.stat()
                        state.append([entry.path, found.st_size, found.st_mtime_ns])
            if seen > MOST_ENTRIES:
                return []
    except OSError:
        return []
    return [[__version__], *sorted(state, key=str)]


def _kept(path: str, state: _State) -> ProjectNames | None:
    import json

    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        return ProjectNames(*map(tuple, document["names"])) if document["state"] == state else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # nothing is kept yet, or it is damaged


def _read(root: str) -> ProjectNames:
    from pathlib import Path

    from wagroups.manifests.project import check_project

    project = check_project(Path(root), os.environ)[0]
    if project is None:
        return ProjectNames()
    people = tuple(person.alias for person in project.desired.people if person.alias is not None)
    return ProjectNames(tuple(project.desired.groups), people, tuple(project.config.accounts))


def _keep(path: str, state: _State, names: ProjectNames) -> None:
    import json

    beside = f"{path}.{os.getpid()}"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({"state": state, "names": names}, file)
        os.replace(beside, path)
    except OSError:
        return  # there is no such folder, or it cannot be written: the next Tab takes as long
