"""Which files to look through for numbers in plain text, and what to say of each number."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import yaml

from wagroups.domain.problem import Problem
from wagroups.manifests.edit.member_lists import sheets
from wagroups.manifests.edit.yaml_nodes import compose
from wagroups.manifests.language.fields import CONFIG_FILE
from wagroups.manifests.load.files import SUFFIXES
from wagroups.manifests.load.yaml_loader import BOM
from wagroups.manifests.number_scan import LINK_RULE, NUMBER_RULE, Found, Scanner, declared_at
from wagroups.workflows.project.contents import contents
from wagroups.workflows.project.git import git, is_work_tree, names

MOST_BYTES: Final = 20_000_000
"""Larger files are named and not read.  Chosen: far above any text that people write."""
_HEAD_BYTES: Final = 8_000
"""A zero byte so early marks a file that is no text, as git has it."""
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")

NO_NUMBERS: Final = "Remove it, or write the person's alias.  What was committed stays in git's history."
NO_LINKS: Final = "Remove it, and reset it with `wagroups link GROUP --rotate`: anyone who has it can join."


def scan_files(
    root: Path, paths: Sequence[Path], region: str | None, *, everywhere: bool = False
) -> tuple[Problem, ...]:
    """Every number and invite link in clear in `paths`, or in all files of `root` that git knows or would take.

    The numbers of a people directory stand where they belong, and are found only `everywhere`.
    """
    scanner = Scanner(region)
    homes = {} if everywhere else _directories(root)
    return tuple(
        problem
        for path in sorted(set(_files(root, paths)))
        for problem in _in_file(
            path, _shown(root, path), scanner, None if everywhere else homes.get(path.resolve(), ())
        )
    )


def _directories(root: Path) -> dict[Path, tuple[str, ...]]:
    """The tables that manifests take people from, each with its columns of numbers."""
    columns: dict[Path, tuple[str, ...]] = {}
    for name in contents(root).files if (root / CONFIG_FILE).is_file() else ():
        # What is wrong with a manifest is for `validate` to say.
        with suppress(OSError, UnicodeDecodeError, yaml.YAMLError):
            for sheet in sheets(compose((root / name).read_bytes().removeprefix(BOM).decode())):
                if sheet.phone is not None:
                    table = (root / sheet.csv).resolve()
                    columns[table] = (*columns.get(table, ()), sheet.phone)
    return columns


def _files(root: Path, paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths or (root,):
        if not path.is_dir():
            yield path
        elif is_work_tree(path):
            listed = git(path, "ls-files", "-z", "--cached", "--others", "--exclude-standard", doing="list", hint="")
            yield from (path / name for name in names(listed) if (path / name).is_file())
        else:
            yield from (found for found in path.rglob("*") if found.is_file() and not _hidden(found, path))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _shown(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()


def _in_file(path: Path, shown: str, scanner: Scanner, columns: Sequence[str] | None) -> Iterable[Problem]:
    """What stands in one file; `columns` are those of a directory's table, `None` spares nothing."""
    try:
        if path.stat().st_size > MOST_BYTES:
            yield _unread(shown, f"The file is larger than {MOST_BYTES // 1_000_000} MB and was not scanned.")
            return
        data = path.read_bytes()
    except OSError as error:
        yield _unread(shown, f"The file cannot be read: {error.strerror}.")
        return
    text = _text(data)
    if text is None:
        return
    found = list(scanner.scan(text))
    if found and columns is not None:
        found = _strays(found, data, scanner, columns, is_manifest=path.suffix in SUFFIXES)
    yield from (_problem(one, shown) for one in found)


def _strays(
    found: Iterable[Found], data: bytes, scanner: Scanner, columns: Sequence[str], *, is_manifest: bool
) -> list[Found]:
    """What does not stand where the language wants it: in the people directory, or in its column of a table."""
    if is_manifest:
        places = declared_at(data)
        return [one for one in found if (one.line, one.column) not in places]
    lines = dict(scanner.in_columns(data, columns)) if columns else {}
    return [one for one in found if one.phone is None or one.phone not in lines.get(one.line, ())]


def _text(data: bytes) -> str | None:
    """What a file says, as far as it says anything: digits survive a wrong encoding."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", errors="replace")
    return None if b"\0" in data[:_HEAD_BYTES] else data.decode("utf-8-sig", errors="replace")


def _problem(found: Found, file: str) -> Problem:
    rule, message, help = (
        (LINK_RULE, "There is an invite link here in plain text.", NO_LINKS)
        if found.phone is None
        else (NUMBER_RULE, "There is a phone number here in plain text.", NO_NUMBERS)
    )
    return Problem(rule=rule, file=file, line=found.line, column=found.column, message=message, help=help)


def _unread(file: str, message: str) -> Problem:
    return Problem(
        rule="unreadable", file=file, message=message, help="Leave it out with --exclude, or make it readable."
    )
