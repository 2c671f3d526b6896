"""Put new files into a project, and prove that the project still holds; otherwise leave everything as it was."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from wagroups.domain.errors import Refusal, WagroupsError
from wagroups.domain.identity import GroupKey
from wagroups.manifests.project import Project, check_project


class Additions(NamedTuple):
    """What is to be written."""

    new: Mapping[str, str]
    """Texts of files that must not exist yet, by their paths below the root."""
    grown: Mapping[str, bytes]
    """Contents of files that exist, with something added."""

    @property
    def files(self) -> tuple[str, ...]:
        return (*self.grown, *self.new)


def place(root: Path, additions: Additions, groups: Mapping[GroupKey, str], environ: Mapping[str, str]) -> Project:
    """Write everything; returns the project as it is then.  `groups` says which file declares which.

    Raises Refusal when a file is in the way or does not belong to the project, WagroupsError when the project would
    be invalid or a file cannot be written.  Nothing is left behind then.
    """
    existing = [name for name in additions.new if os.path.lexists(root / name)]
    if existing:
        raise Refusal(
            "exists",
            f"these files already exist: {', '.join(existing)}",
            hint="Nothing was written.  Choose another name.",
        )
    outside = [name for name in additions.files if not (root / name).resolve().is_relative_to(root.resolve())]
    if outside:
        raise Refusal("outside-project", f"{outside[0]} leads outside the project", hint="Nothing was written.")
    with _undone_on_failure(root, additions) as made:
        for name, contents in additions.grown.items():
            replace_file((root / name).resolve(), contents)
        for name, text in additions.new.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            with (root / name).open("x", encoding="utf-8", newline="\n") as file:
                made.append(root / name)
                file.write(text)
        return _proved(root, groups, environ)


def _proved(root: Path, groups: Mapping[GroupKey, str], environ: Mapping[str, str]) -> Project:
    project, problems = check_project(root, environ)
    if project is None:
        worst = next(problem for problem in problems if problem.severity == "error")
        raise WagroupsError(
            f"the new files do not fit the project: {worst.place}: {worst.message}",
            hint=f"Nothing was written.  {worst.help}",
        )
    unread = sorted({file for key, file in groups.items() if key not in project.desired.groups})
    if unread:
        raise Refusal(
            "include",
            f"wagroups.yaml does not include {', '.join(unread)}",
            hint="Nothing was written.  Add the files to `include:`, or name one that is included: groups/NAME.yaml, "
            "where wagroups.yaml says nothing else.",
        )
    return project


@contextmanager
def _undone_on_failure(root: Path, additions: Additions) -> Iterator[list[Path]]:
    """Takes the new files that are appended to what it yields: one that somebody else made meanwhile stays."""
    before = {name: (root / name).read_bytes() for name in additions.grown}
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        for name, contents in before.items():
            replace_file((root / name).resolve(), contents)
        if isinstance(error, OSError):
            raise WagroupsError(
                f"the files cannot be written: {error.strerror}",
                hint="Nothing was left behind.  Check the permissions.",
            ) from error
        raise


def replace_file(path: Path, contents: bytes) -> None:
    """Exchange a file's contents at once; a reader sees the old or the new."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.touch(mode=0o600, exist_ok=False)
        beside.write_bytes(contents)
        shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
