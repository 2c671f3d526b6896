"""Where in git a value was written."""

from typing import Final, NamedTuple

LINE_SHIFT: Final = 32
"""A mark: a place packed into one number, the line above 32 bits of column and quoting; both count from 0."""
COLUMN_MASK: Final = (1 << 31) - 1
QUOTED: Final = 1
"""The lowest bit: the text was written in quotes or as a block."""


class Origin(NamedTuple):
    """The place in git where a value was written.  Lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def mark(self) -> int:
        """The place without its file, packed: a quarter of a million places as objects would fill the memory."""
        return (self.line - 1) << LINE_SHIFT | (self.column - 1) << 1


def unpacked(file: str, mark: int) -> Origin:
    """The place that `mark` stands for."""
    return Origin(file, (mark >> LINE_SHIFT) + 1, ((mark >> 1) & COLUMN_MASK) + 1)
