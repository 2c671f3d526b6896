"""What a file says, as dictionaries, lists and the texts that were written, with the place of each.

YAML's own typing destroys what people write (`+4915…` becomes an integer, `12:30` becomes 750, `no` becomes
False), so nothing is typed here.  Places are packed into one array a container: a quarter of a million places
as objects would cost more than the rest of the load.
"""

from array import array
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from wagroups.domain.origin import QUOTED, Origin, unpacked


class Seq(list["Node"]):
    """A list, with the place of each item."""

    __slots__ = ("file", "marks")

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.marks = array("Q")

    def origin(self, index: int) -> Origin:
        return unpacked(self.file, self.marks[index])

    def origins(self) -> Iterator[Origin]:
        """The place of every item."""
        return (unpacked(self.file, mark) for mark in self.marks)


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
            yield Entry(key, node, unpacked(file, marks[2 * index]), unpacked(file, mark), bool(mark & QUOTED))

    def entry(self, key: str) -> Entry:
        """The entry of a key that is there."""
        return next(entry for entry in self.entries() if entry.key == key)


Node: TypeAlias = Map | Seq | str | None
"""`None` is a value that was left empty; `""` is an empty text in quotes."""
