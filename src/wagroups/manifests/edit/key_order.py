"""Bring the keys of a file into the documented order; what belongs to a key moves with it.

To a key belong its value, the comments directly above it, and whatever follows it up to the next one.  Blank lines stay
where they are, because they part places, not keys.  Names that authors chose keep their order: it often means
something, and nobody wants to review it.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import yaml

from wagroups.manifests.edit.yaml_nodes import Lines, compose, is_block
from wagroups.manifests.language.fields import ENTRY_FIELDS
from wagroups.manifests.language.types import (
    EntriesType,
    Fields,
    RecordsType,
    RecordType,
    Shape,
    TableType,
    TemplateType,
)

_Keyed: TypeAlias = RecordType | TemplateType | RecordsType | TableType
"""What is written as keys with values."""


def arranged(text: str, fields: Fields) -> str:
    """`text`, which ends with a line's end, with its keys in the order of `fields`.  Raises yaml.YAMLError."""
    root = compose(text)
    if root is None:
        return text
    arranger = _Arranger(text)
    return arranger.inside(0, len(arranger.lines), root, RecordType(fields))


class _Part(NamedTuple):
    """A key and its value with everything that belongs to them."""

    key: str
    value: yaml.Node
    start: int
    """The first line: of the comments above the key, else of the key."""
    gap: int
    """The first of the blank lines behind it."""
    end: int
    """The line behind those."""


class _Arranger:
    """Arranges the parts of one text."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)

    def inside(self, start: int, end: int, node: yaml.Node, shape: Shape | None) -> str:
        """The lines from `start` to before `end`, arranged; `node`, which has this shape, is all of their values."""
        # What is repeated with `*` stands elsewhere.
        if not is_block(node) or not node.value or not start <= _line(node) < end:
            return self._text(start, end)
        match shape, node:
            case (RecordType() | TemplateType() | RecordsType() | TableType(), yaml.MappingNode()):
                parts = self._parts(start, end, node)
                return self._text(start, end) if parts is None else self._mapping(start, end, parts, shape)
            case EntriesType(), yaml.SequenceNode():
                return self._list(start, end, node, ENTRY_FIELDS)
            case RecordsType(fields), yaml.SequenceNode():
                return self._list(start, end, node, fields)
            case _:
                return self._text(start, end)

    def _text(self, start: int, end: int) -> str:
        return "".join(self.lines.texts[start:end])

    def _mapping(self, start: int, end: int, parts: Sequence[_Part], shape: _Keyed) -> str:
        bodies = [self.inside(part.start, part.gap, part.value, _shape_of(part, shape)) for part in parts]
        places = list(range(len(parts)))
        if not isinstance(shape, TableType):
            ranks = _ranks([part.key for part in parts], list(shape.fields))
            places.sort(key=ranks.__getitem__)
        bodies = self._moved(parts, bodies, places)
        gaps = [self._text(part.gap, part.end) for part in parts]
        joined = "".join(body + gap for body, gap in zip(bodies, gaps, strict=True))
        return self._text(start, parts[0].start) + joined + self._text(parts[-1].end, end)

    def _moved(self, parts: Sequence[_Part], bodies: list[str], places: Sequence[int]) -> list[str]:
        """The bodies in their new order.  A hyphen in front of the first key stays in front of the first."""
        first = places[0]
        if first != 0:
            key_line = self.lines.texts[parts[0].start]
            width = len(key_line) - len(key_line.lstrip(" -"))
            hyphen = key_line[:width]
            if "-" in hyphen:
                if self.lines.comment_column(parts[first].start) is not None:
                    return bodies
                bodies[0] = " " * width + bodies[0][width:]
                bodies[first] = hyphen + bodies[first][width:]
        return [bodies[place] for place in places]

    def _list(self, start: int, end: int, node: yaml.SequenceNode, fields: Fields) -> str:
        """A list, of which each item that is a mapping has these fields."""
        texts, done = [], start
        for number, item in enumerate(node.value):
            if isinstance(item, yaml.MappingNode) and is_block(item):
                line = _line(item)
                last = _line(node.value[number + 1]) if number + 1 < len(node.value) else end
                texts += [self._text(done, line), self.inside(line, last, item, RecordType(fields))]
                done = last
        return "".join([*texts, self._text(done, end)])

    def _parts(self, start: int, end: int, node: yaml.MappingNode) -> list[_Part] | None:
        """The parts of a mapping within the lines; `None` where keys do not stand one a line below each other."""
        keys = [key for key, _ in node.value]
        if not all(isinstance(key, yaml.ScalarNode) for key in keys):
            return None
        lines, column = [_line(key) for key in keys], _column(keys[0])
        below = all(_column(key) == column and self.lines.is_indentation(_line(key), column) for key in keys[1:])
        if not below or len({*lines}) < len(lines):
            return None
        starts = [self._with_comments(start, lines[0], column, is_top=start == 0)]
        starts += [self._with_comments(lines[n] + 1, line, column) for n, line in enumerate(lines[1:])]
        ends = [*starts[1:], self._end(lines[-1], end, column)]
        return [
            _Part(key.value, value, first, self._gap(first, last), last)
            for (key, value), first, last in zip(node.value, starts, ends, strict=True)
        ]

    def _with_comments(self, above: int, line: int, column: int, *, is_top: bool = False) -> int:
        """The first of the comments that stand directly above a key, not further up than `above`."""
        first = line
        while first > above and self.lines.comment_column(first - 1) == column:
            first -= 1
        # What a file begins with is about the file, and stays there.
        return line if is_top and first == above else first

    def _end(self, line: int, end: int, column: int) -> int:
        """The end of a mapping's last part: what stands in the column of the keys, or left of it, is not its own."""
        last = end
        while last > line + 1:
            comment = self.lines.comment_column(last - 1)
            if not self.lines.is_blank(last - 1) and (comment is None or comment > column):
                return last
            last -= 1
        return last

    def _gap(self, start: int, end: int) -> int:
        while end > start + 1 and self.lines.is_blank(end - 1):
            end -= 1
        return end


def _shape_of(part: _Part, shape: _Keyed) -> Shape | None:
    if isinstance(shape, TableType):
        return shape.of if isinstance(part.value, yaml.MappingNode) else shape.short
    return shape.fields[part.key].shape if part.key in shape.fields else None


def _ranks(keys: Sequence[str], order: Sequence[str]) -> list[tuple[int, int]]:
    """Where each key belongs.  A note stays in front of the key that it stood in front of."""
    ranks: list[tuple[int, int]] = []
    following = len(order)
    for place in reversed(range(len(keys))):
        following = order.index(keys[place]) if keys[place] in order else following
        ranks.append((following, place))
    return ranks[::-1]


def _line(node: yaml.Node) -> int:
    assert node.start_mark is not None  # nodes of a parser have marks
    return node.start_mark.line


def _column(node: yaml.Node) -> int:
    assert node.start_mark is not None
    return node.start_mark.column
