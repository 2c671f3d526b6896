"""The project's files while they are edited, and the moment in which all of it becomes true, or none."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

import yaml

from wagroups.domain.edits import FileEdit
from wagroups.domain.errors import WagroupsError
from wagroups.manifests.edit.member_lists import Sheet, sheets
from wagroups.manifests.edit.yaml_nodes import Edit, compose, edited
from wagroups.manifests.edit.yaml_patch import Patcher
from wagroups.manifests.load.yaml_loader import BOM
from wagroups.manifests.project import Project
from wagroups.workflows.edit.placement import Additions, place
from wagroups.workflows.project.contents import contents

_NOT_PROJECT: Final = shutil.ignore_patterns(".git", ".venv", ".wagroups", "node_modules")
"""Folders that a trial can do without."""


class Draft:
    """Reads files when they are first asked for; nothing is written before `carry_out`."""

    def __init__(self, root: Path) -> None:
        project = contents(root)
        self.root = root
        self.region = project.config.region
        self.numbers = project.config.numbers
        self.files = list(project.files)
        self._before: dict[str, bytes | None] = {}
        self._after: dict[str, bytes] = {}

    def bytes_of(self, file: str) -> bytes:
        """A file as it stands in the draft; empty where there is none yet."""
        if file not in self._after:
            path = self.root / file
            self._before[file] = path.read_bytes() if path.is_file() else None
            self._after[file] = self._before[file] or b""
        return self._after[file]

    def text_of(self, file: str) -> str:
        return self.bytes_of(file).removeprefix(BOM).decode()

    def trees(self) -> Iterator[tuple[str, yaml.Node | None]]:
        """Every YAML file with its root, as they stand in the draft.  Raises WagroupsError for one that is no YAML."""
        for file in self.files:
            try:
                yield file, compose(self.text_of(file))
            except (yaml.YAMLError, UnicodeDecodeError):
                raise WagroupsError(f"{file} cannot be edited", hint="Run `wagroups validate`.") from None

    def patcher(self, file: str) -> Patcher:
        return Patcher(self.text_of(file), file)

    def patch(self, file: str, edits: Sequence[Edit]) -> None:
        """Make edits that were made for the file as it stands in the draft."""
        mark = BOM if self.bytes_of(file).startswith(BOM) else b""
        self._after[file] = mark + edited(self.text_of(file), edits).encode()

    def put(self, file: str, data: bytes) -> None:
        """Give a file other contents; one that does not exist yet becomes part of the project."""
        self.bytes_of(file)
        self._after[file] = data
        if file not in self.files and PurePosixPath(file).suffix in (".yaml", ".yml"):
            self.files.append(file)

    def sheets(self) -> tuple[Sheet, ...]:
        """Every table of people that the project names, once for each of its uses."""
        found = (sheet for _, root in self.trees() for sheet in sheets(root))
        return tuple(dict.fromkeys(sheet for sheet in found if (self.root / sheet.csv).is_file()))

    @property
    def edits(self) -> tuple[FileEdit, ...]:
        """What differs from the files as they are."""
        return tuple(
            FileEdit(file, None if before is None else _readable(before), _readable(self._after[file]))
            for file, before in sorted(self._before.items())
            if self._after[file] != (before or b"")
        )

    def carry_out(self, environ: Mapping[str, str], *, dry_run: bool) -> Project:
        """Write all changes and prove that the project holds; with `dry_run`, on a copy.

        Raises what `placing.place` raises, and leaves every file as it was then.
        """
        changed = [edit.file for edit in self.edits]
        new = {file: self.text_of(file) for file in changed if self._before[file] is None}
        additions = Additions(new, {file: self._after[file] for file in changed if file not in new})
        if not dry_run:
            return place(self.root, additions, {}, environ)
        with TemporaryDirectory(prefix="wagroups-trial-") as folder:
            trial = Path(folder) / "project"
            shutil.copytree(self.root, trial, symlinks=True, ignore=_NOT_PROJECT)
            return place(trial, additions, {}, environ)


def _readable(data: bytes) -> str:
    """A file's text for a person."""
    return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace")
