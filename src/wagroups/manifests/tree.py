"""What a file says, as dictionaries, lists and the texts that were written, with the place of each.

YAML's own typing destroys what people write (`+4915…` becomes an integer, `12:30` becomes 750, `no` becomes
False), so nothing is typed here.  Places are packed into one array a container: a quarter of a million places
as objects would cost more than the rest of the load.
"""

from array import array
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from wagroups.domain.desired import Origin

LINE_SHIFT: Final = 32
"""A packed mark: the line above 32 bits of column and quoting; both count from 0."""
COLUMN_MASK: Final = (1 << 31) - 1
QUOTED: Final = 1
"""The lowest bit: the text was written in quotes or as a block."""


def origin(file: str, mark: int) -> Origin:
    return Origin(file, (mark >> LINE_SHIFT) + 1, ((mark >> 1) & COLUMN_MASK) + 1)


class Seq(list["Node"]):
    """A list, with the place of each item."""

    __slots__ = ("file", "marks")

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.marks = array("Q")

    def origin(self, index: int) -> Origin:
        return origin(self.file, self.marks[index])

    def origins(self) -> list[Origin]:
        """The place of every item, in one go."""
        file = self.file
        # Not by calling Origin: a quarter of a million calls of Python functions are what a load consists of.
        return [
            tuple.__new__(Origin, (file, (mark >> LINE_SHIFT) + 1, ((mark >> 1) & COLUMN_MASK) + 1))
            for mark in self.marks
        ]


class Entry(NamedTuple):
    """A key with its value and the places of both."""

    key: str
    node: "Node"
    key_origin: Origin
    origin: Origin
    quoted: bool


class Map(dict[str, "Node"]):
    """Keys with values, with the places of both.  `marks` alternates key and value, in document order."""

    __slots__ = ("file", "marks")

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.marks = array("Q")

    def entries(self) -> Iterator[Entry]:
        marks, file = self.marks, self.file
        for index, (key, node) in enumerate(self.items()):
            mark = marks[2 * index + 1]
            yield Entry(key, node, origin(file, marks[2 * index]), origin(file, mark), bool(mark & QUOTED))

    def entry(self, key: str) -> Entry:
        """The entry of a key that is there."""
        return next(entry for entry in self.entries() if entry.key == key)


Node: TypeAlias = Map | Seq | str | None
"""`None` is a value that was left empty; `""` is an empty text in quotes."""
