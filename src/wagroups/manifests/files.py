"""Find the project and the files that belong to it, and keep every path inside.

A path that leaves the project, also through a symbolic link, is refused: whoever opens a pull request must not be
able to make a job read the machine's other files.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from wagroups.domain.desired import Origin
from wagroups.imaging import MAX_FILE_BYTES
from wagroups.manifests.findings import Findings, shown
from wagroups.manifests.reading import Written
from wagroups.manifests.rules import Rule
from wagroups.manifests.schema import CONFIG_FILE

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

_DRIVE: Final = re.compile(r"[A-Za-z]:")


def find_root(start: Path) -> Path | None:
    """The nearest folder, from `start` upwards, that holds `wagroups.yaml`."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / CONFIG_FILE).is_file()), None)


def manifest_files(root: Path, include: Iterable[Written] | None, findings: Findings) -> list[str]:
    """The project's manifest files, relative to `root` with `/`, in sorted order; `wagroups.yaml` is not among them."""
    found: set[str] = set()
    if include is None:
        for pattern in DEFAULT_INCLUDE:
            found.update(_matching(root, pattern))
    else:
        for written in include:
            if _leaves(written.text):
                _outside(written.origin, findings)
                continue
            matching = set(_matching(root, written.text))
            if not matching:
                findings.add(
                    Rule.INCLUDE_EMPTY,
                    written.origin,
                    f"{shown(written.text)} matches no file.",
                    "Correct or delete it.",
                )
            found |= matching
    found.discard(CONFIG_FILE)
    return sorted(found)


def read_inside(root: Path, name: str, findings: Findings) -> bytes | None:
    """The bytes of a file of the project; `None` after a finding."""
    path = root / name
    if not _is_inside(root, path):
        _outside(Origin(name, 0, 0), findings)
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        findings.add(
            Rule.UNREADABLE,
            Origin(name, 0, 0),
            f"The file cannot be read: {error.strerror}.",
            "Correct its permissions, or take it out of the project.",
        )
        return None


def read_picture(root: Path, written: Written, findings: Findings) -> bytes | None:
    """The bytes of a picture, one more than an image may have at most; `None` after a finding."""
    path = root / written.text
    if _leaves(written.text) or not _is_inside(root, path):
        _outside(written.origin, findings)
    elif not path.is_file():
        findings.add(
            Rule.PICTURE,
            written.origin,
            f"There is no file {shown(written.text)} in the project.",
            "Paths are relative to the project's root; `none` removes the picture.",
        )
    else:
        try:
            with path.open("rb") as file:
                return file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            findings.add(
                Rule.UNREADABLE,
                written.origin,
                f"The picture cannot be read: {error.strerror}.",
                "Correct its permissions.",
            )
    return None


def _matching(root: Path, pattern: str) -> Iterator[str]:
    """YAML files that match, hidden ones left out.  `folder/**` means everything below the folder."""
    pattern = f"{pattern}/*" if pattern.endswith("**") else pattern
    other = pattern.removesuffix(".yaml") + ".yml" if pattern.endswith(".yaml") else pattern
    for one in {pattern, other}:
        try:
            for path in root.glob(one):
                relative = path.relative_to(root)
                hidden = any(part.startswith(".") for part in relative.parts)
                if path.suffix in SUFFIXES and not hidden and path.is_file():
                    yield relative.as_posix()
        except (ValueError, NotImplementedError):
            return  # not a pattern: it matches nothing, which is reported


def _leaves(text: str) -> bool:
    """Whether a path leaves the project by its words alone."""
    return text.startswith(("/", "\\", "~")) or bool(_DRIVE.match(text)) or ".." in PurePosixPath(text).parts


def _is_inside(root: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name the system refuses
        return False


def _outside(origin: Origin, findings: Findings) -> None:
    findings.add(
        Rule.OUTSIDE_PROJECT,
        origin,
        "The path leads out of the project.",
        "Keep the file inside the project; symbolic links are followed.",
    )
