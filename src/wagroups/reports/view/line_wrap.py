"""Fold lines that a terminal would break anywhere, so that they break between words and hang below their beginning.

Columns move together first: most lines then fit, with their places at the terminal's edge.

Only for a terminal: what is piped, saved or logged keeps one line for each action, for `grep` and for `diff`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from wagroups.privacy.escape import JOINERS

HANG: Final = 4
"""Blanks by which the rest of a line is set in, beyond the line's own."""

_LEAST_COLUMNS: Final = 40
"""Narrower terminals break lines as they like.  Chosen: the words of an action with its indent."""

_LEAD: Final = 20
"""Signs of a line whose gaps stay: the symbol and the verb of an action, with colours."""

_LEAST_GAP: Final = 2
"""Blanks between two columns; between words there is one."""

_COLOR: Final = re.compile(r"\x1b\[[0-9;]*m")
_GAP: Final = re.compile(r"(?<=\S) {3,}")
_CELL: Final = re.compile(r" *[^ ]+(?: [^ ]+)*")
_WORD: Final = re.compile(r" *[^ ]+")


def folded(text: str, width: int | None) -> str:
    """`text` with no line wider than `width` columns where a blank allows; unchanged for `None`."""
    if width is None or width < _LEAST_COLUMNS:
        return text
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def _parts(line: str, width: int) -> Iterator[str]:
    line = _narrowed(line, width)
    if _shown(line) <= width:
        yield line
        return
    hang = " " * (len(line) - len(line.lstrip(" ")) + HANG)
    part, used = "", 0
    for piece in _pieces(line, width - len(hang)):
        if part and used + _shown(piece) > width:
            yield part
            part = hang + piece.lstrip(" ")
            used = _shown(part)
        else:
            part, used = part + piece, used + _shown(piece)
    yield part


def _narrowed(line: str, width: int) -> str:
    """The line with less room between its columns, from the last one on, as far as it is too wide."""
    over = _shown(line) - width
    for gap in reversed(list(_GAP.finditer(line, _LEAD))):
        if over <= 0:
            break
        room = min(over, len(gap.group()) - _LEAST_GAP)
        line = line[: gap.start()] + line[gap.start() + room :]
        over -= room
    return line


def _pieces(line: str, room: int) -> Iterator[str]:
    """What stays together: a column where it has room on a line of its own, else each of its words."""
    start = 0
    for cell in _CELL.finditer(line):
        if cell.end() <= _LEAD:
            continue  # a symbol and a verb stay with what follows
        text, start = line[start : cell.end()], cell.end()
        if _shown(text.lstrip(" ")) <= room:
            yield text
        else:
            yield from _WORD.findall(text)


def _shown(text: str) -> int:
    return columns(_COLOR.sub("", text))


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if char in JOINERS or unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
