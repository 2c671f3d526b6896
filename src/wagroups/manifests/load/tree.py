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
        self.file = file
        self.marks = array("Q")

    def origin(self, index: int) -> Origin:
        return unpacked(self.file, self.marks[index])

    def origins(self) -> Iterator[Origin]:
        """The place of every item."""
        return (unpacked(self.file, mark) for mark in self.marks)


class MapEntry(NamedTuple):
    """A key with its value and the marks of both (see `origin`): few of the places are ever asked for."""

    key: str
    node: "Node"
    file: str
    key_mark: int
    mark: int

    @property
    def key_origin(self) -> Origin:
        return unpacked(self.file, self.key_mark)

    @property
    def origin(self) -> Origin:
        return unpacked(self.file, self.mark)

    @property
    def quoted(self) -> bool:
        """Whether the value was written in quotes or as a block."""
        return bool(self.mark & QUOTED)


class Map(dict[str, "Node"]):
    """Keys with values, with the places of both.  `marks` alternates key and value, in document order."""

    __slots__ = ("file", "marks")

    def __init__(self, file: str) -> None:
        self.file = file
        self.marks = array("Q")

    def entries(self) -> Iterator[MapEntry]:
        file, marks = self.file, iter(self.marks)
        for (key, node), key_mark, mark in zip(self.items(), marks, marks, strict=True):
            yield MapEntry(key, node, file, key_mark, mark)

    def entry(self, key: str) -> MapEntry:
        """The entry of a key that is there."""
        return next(entry for entry in self.entries() if entry.key == key)


Node: TypeAlias = Map | Seq | str | None
"""`None` is a value that was left empty; `""` is an empty text in quotes."""


def size_of(node: Node, limit: int) -> int:
    """How many nodes `node` stands for, counting to `limit` at most."""
    count, waiting = 0, [node]
    while waiting and count < limit:
        match waiting.pop():
            case Map() as found:
                count += 1 + len(found)
                waiting.extend(found.values())
            case Seq() as found:
                count += 1
                waiting.extend(found)
            case _:
                count += 1
    return count
