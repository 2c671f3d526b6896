"""Find the project and the files that belong to it, and keep every path inside.

A path that leaves the project, also through a symbolic link, is refused: whoever opens a pull request must not be
able to make a job read the machine's other files.
"""

import os
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Set
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Origin
from wagroups.imaging import MAX_FILE_BYTES
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.fields import CONFIG_FILE, OVERRIDES_FILE, SECTIONS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.validation import Written

DEFAULT_INCLUDE: Final = (
    "people.yaml",
    "people/**",
    "teams.yaml",
    "teams/**",
    "groups.yaml",
    "groups/**",
    "communities/**",
    "*.wagroups.yaml",
)
SUFFIXES: Final = (".yaml", ".yml")

TABLE_SUFFIXES: Final = (".csv", ".tsv")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")

MEGABYTE: Final = 1_000_000
MAX_BYTES: Final = 64 * MEGABYTE
"""The largest manifest or table.  Chosen: three times 10,000 groups of 100 people in one file, and no danger to a small
machine's memory."""

_DRIVE: Final = re.compile(r"[A-Za-z]:")


def find_root(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds `wagroups.yaml`."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG_FILE).is_file()), None)


def manifest_files(root: Path, include: Iterable[Written] | None, findings: Findings) -> list[str]:
    """The project's manifest files, relative to `root` with `/`, in sorted order; `wagroups.yaml` is not among them."""
    found: set[str] = set()
    outside: list[Origin] = []
    if include is None:
        for pattern in DEFAULT_INCLUDE:
            found.update(_matching(root, pattern, outside))
        _warn_of_overlooked(root, found, findings)
    else:
        for written in include:
            if _leaves(written.text):
                _outside(written.origin, findings)
                continue
            matching = set(_matching(root, written.text, outside))
            if not matching and not outside:
                findings.add(
                    Rule.INCLUDE_EMPTY,
                    written.origin,
                    f"{shown(written.text, 'this pattern')} matches no file.",
                    "Correct or delete it.",
                )
            found |= matching
    for at in outside:
        _outside(at, findings)
    found -= {CONFIG_FILE, OVERRIDES_FILE}
    return sorted(found)


_TOP_LEVEL_KEY: Final = re.compile(rb"^([A-Za-z_][\w-]*):", re.MULTILINE)
_LOOKED_AT_BYTES: Final = 64 * 1024
"""How much of a file is looked at to tell whether it is a manifest.  Chosen: its first section begins long before."""


def _warn_of_overlooked(root: Path, included: Set[str], findings: Findings) -> None:
    """Name the files beside `wagroups.yaml` that hold nothing but sections of the language, and are not read."""
    for path in sorted(root.glob("*")):  # `glob` passes over a folder that may not be listed
        name = path.name
        if name in included or name == CONFIG_FILE or name.startswith(".") or path.suffix not in SUFFIXES:
            continue
        if path.is_file() and not path.is_symlink() and _looks_like_a_manifest(path):
            findings.add(
                Rule.NOT_INCLUDED,
                Origin(name, 0, 0),
                "The file looks like a manifest but is not read.",
                f"Move it to groups/, or name it in wagroups.yaml: `include: [..., {name}]`.",
            )


def _looks_like_a_manifest(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            keys = {key.decode() for key in _TOP_LEVEL_KEY.findall(file.read(_LOOKED_AT_BYTES))}
    except OSError:
        return False
    return bool(keys) and keys <= SECTIONS.keys()


def read_inside(root: Path, name: str, findings: Findings) -> bytes | None:
    """The bytes of a file of the project; `None` after a finding."""
    path, at = root / name, Origin(name, 0, 0)
    if not _is_inside(root, name):
        _outside(at, findings)
        return None
    try:
        data = _first_bytes(path, MAX_BYTES)
    except OSError as error:
        findings.add(
            Rule.UNREADABLE,
            at,
            f"The file cannot be read: {error.strerror}.",
            "Correct its permissions, or take it out of the project.",
        )
        return None
    if data is None:
        _too_large(Rule.TOO_LARGE, MAX_BYTES, at, findings)
    return data


class FileKind(NamedTuple):
    """A kind of file that manifests name by its path."""

    name: str
    missing: Rule
    help: str
    """What to do when there is none."""
    too_large: Rule
    max_bytes: int


PICTURE: Final = FileKind(
    "picture",
    Rule.PICTURE,
    "Paths are relative to the project's root; `none` removes the picture.",
    Rule.NO_IMAGE,
    MAX_FILE_BYTES,
)
TABLE: Final = FileKind(
    "table",
    Rule.TABLE_MISSING,
    "Paths are relative to the project's root, such as rosters/parents.csv.",
    Rule.TOO_LARGE,
    MAX_BYTES,
)


def read_named(root: Path, written: Written, kind: FileKind, findings: Findings) -> bytes | None:
    """The bytes of a file whose path is written somewhere; `None` after a finding there."""
    written = written._replace(text=_as_on_disk(root, written.text))
    path, at = root / written.text, written.origin
    if _leaves(written.text) or not _is_inside(root, written.text):
        _outside(at, findings)
        return None
    if kind is TABLE and not _may_be_a_table(root, written, findings):
        return None
    if not _is_file(path):
        findings.add(
            kind.missing, at, f"There is no file {shown(written.text, 'of this name')} in the project.", kind.help
        )
        return None
    try:
        data = _first_bytes(path, kind.max_bytes)
    except OSError as error:
        message = f"The {kind.name} cannot be read: {error.strerror}."
        findings.add(Rule.UNREADABLE, at, message, "Correct its permissions.")
        return None
    if data is None:
        _too_large(kind.too_large, kind.max_bytes, at, findings)
    return data


def _as_on_disk(root: Path, name: str) -> str:
    """A path as the file system spells it: some keep `ü` as one character, some as two."""
    spellings = () if name.isascii() else (name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD")))
    return next((spelling for spelling in spellings if _is_file(root / spelling)), name)


def _may_be_a_table(root: Path, written: Written, findings: Findings) -> bool:
    """Whether a file's cells may stand in plans and messages: by its name, and because git does not ignore it."""
    name = PurePosixPath(written.text)
    target = (root / name).resolve().relative_to(root.resolve())
    ending, instead = name.suffix.lower(), ""
    if any(map(_is_hidden, (*name.parts, *target.parts))):
        message, instead = (
            "A hidden file cannot be a table.",
            ("Keep tables where everyone can see them: rosters/parents.csv."),
        )
    elif ending in WORKBOOKS:
        message, instead = (
            "A workbook cannot be read yet.",
            ("Save the sheet as “CSV UTF-8”, with a name ending in .csv."),
        )
    elif ending not in TABLE_SUFFIXES:
        message, instead = "The name of a table ends in .csv or .tsv.", "Name the file of the table, or rename it."
    elif ignored_by_git(root, target.as_posix()):
        message = "Git ignores this file, so nobody could review it."
        instead = "Take it out of .gitignore and commit it, or name another table."
    if instead:
        findings.add(Rule.TABLE_NAME, written.origin, message, instead)
    return not instead


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..")


def ignored_by_git(root: Path, name: str) -> bool:
    """Whether git leaves a file of the project out; not where there is no git to ask."""
    if not any((folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)):
        return False
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the name stands behind `--`
            ["git", "check-ignore", "--quiet", "--", name],  # noqa: S607
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _first_bytes(path: Path, most: int) -> bytes | None:
    """The bytes of a file unless there are more than `most`.  Raises OSError."""
    with path.open("rb", buffering=0) as file:
        return file.readall() if os.fstat(file.fileno()).st_size <= most else None


def _too_large(rule: Rule, most: int, at: Origin, findings: Findings) -> None:
    findings.add(rule, at, f"The file is larger than {most // MEGABYTE} MB.", "Make it smaller, or split it.")


def _matching(root: Path, pattern: str, outside: list[Origin]) -> Iterator[str]:
    """YAML files that match, hidden ones left out.  `folder/**` means everything below the folder.

    Folders that lead out of the project are not looked into, and put to those `outside`.
    """
    pattern = f"{pattern}/*" if pattern.endswith("**") else pattern
    other = pattern.removesuffix(".yaml") + ".yml" if pattern.endswith(".yaml") else pattern
    spellings = (unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in (pattern, other))
    for one in {pattern, other, *spellings}:
        above, deep, below = one.partition("**")
        try:
            # What lies anywhere below is looked for where a folder is one of the project, and no link to another.
            for folder in root.glob(above.rstrip("/")) if above.strip("/") and deep else (root,):
                if folder == root or _is_inside(root, folder.relative_to(root).as_posix()):
                    yield from _files(root, folder, f"{deep}{below}" if folder != root or not above else one)
                else:
                    outside.append(Origin(folder.relative_to(root).as_posix(), 0, 0))
        except (ValueError, NotImplementedError):
            return  # not a pattern: it matches nothing, which is reported


def _files(root: Path, folder: Path, pattern: str) -> Iterator[str]:
    for path in folder.glob(pattern):
        relative = path.relative_to(root)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.suffix in SUFFIXES and not hidden and path.is_file():
            yield relative.as_posix()


def _leaves(text: str) -> bool:
    """Whether a path leaves the project by its words alone."""
    return text.startswith(("/", "\\", "~")) or bool(_DRIVE.match(text)) or ".." in PurePosixPath(text).parts


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _is_inside(root: Path, name: str) -> bool:
    """Whether a path, of which no part leaves the project by its words, does not leave it through a link either."""
    path = str(root)
    try:
        for part in PurePosixPath(name).parts:
            path = f"{path}/{part}"
            if os.path.islink(path):
                target, folder = Path(root, name).resolve(), root.resolve()
                return target.is_relative_to(folder) and not any(map(_is_hidden, target.relative_to(folder).parts))
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name the system refuses
        return False
    return True


def _outside(origin: Origin, findings: Findings) -> None:
    findings.add(
        Rule.OUTSIDE_PROJECT,
        origin,
        "The path leads outside the project.",
        "Keep the file inside the project, and not hidden; symbolic links are followed.",
    )
