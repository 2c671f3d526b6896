"""Add people to a directory that somebody wrote by hand: their lines stay exactly as they are.

The new lines are put in as text, and the result is read again: unless it holds just what it held before and the new
people, there is no result, and the caller writes another file.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import yaml

from wagroups.manifests.edit.yaml_writer import INDENT, NewPerson, people_lines, person_lines
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.tree import Map, Node
from wagroups.manifests.load.yaml_loader import BOM, load

SECTION: Final = "people"


class _Gap(NamedTuple):
    """Where new lines go: before line `line`, counted from 0."""

    line: int
    indent: int


def with_people(data: bytes, people: Sequence[NewPerson]) -> bytes | None:
    """The file `data` with `people` at the end of its directory; `None` where text alone cannot do it."""
    try:
        before, text = _read(data), data.removeprefix(BOM).decode()
        root = Map("") if before is None else before
        if not isinstance(root, Map):
            return None
        gap = _gap(text) if SECTION in root else None
    except (_Unreadable, UnicodeDecodeError, yaml.YAMLError):
        return None
    if gap is None and SECTION in root:
        return None
    result = (BOM if data.startswith(BOM) else b"") + _inserted(text, people, gap).encode()
    return result if _holds(result, root, people) else None


def _inserted(text: str, people: Sequence[NewPerson], gap: _Gap | None) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    if gap is None:
        new, line = people_lines(people), len(lines)
    else:
        new, line = [" " * gap.indent + one for person in people for one in person_lines(person)], gap.line
    lines[line:line] = [one + end for one in new]
    return "".join(lines)


def _gap(text: str) -> _Gap | None:
    """The end of the directory; `None` when it is not written as a block."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # the loader found the section in it
    key, value = next(pair for pair in root.value if pair[0].value == SECTION)
    if isinstance(value, yaml.ScalarNode):
        return _Gap(value.end_mark.line + 1, key.start_mark.column + len(INDENT))
    if not isinstance(value, yaml.MappingNode) or value.flow_style:
        return None
    return _Gap(_end(value), value.value[0][0].start_mark.column)


def _end(node: yaml.Node) -> int:
    """The first line after a node, without the comments and blank lines that follow it."""
    last = node
    # A block ends for the parser where the next thing begins; its last part knows better.
    while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    at = last.end_mark
    return at.line if at.column == 0 and at.line > last.start_mark.line else at.line + 1


class _Unreadable(Exception):
    """The loader has something to say about the file."""


def _read(data: bytes) -> Node:
    findings = Findings()
    tree = load(data, "", findings)
    if findings.failed:
        raise _Unreadable
    return tree


def _holds(result: bytes, before: Map, people: Sequence[NewPerson]) -> bool:
    """Whether the file says what it said, and of the new people what their own section would say."""
    try:
        now, added = _read(result), _read("\n".join(people_lines(people)).encode())
    except _Unreadable:
        return False
    directory = before.get(SECTION)
    assert isinstance(added, Map)
    section = added[SECTION]
    assert isinstance(section, Map)
    old = directory if isinstance(directory, Map) else {}
    return not old.keys() & section.keys() and now == {**before, SECTION: {**old, **section}}
