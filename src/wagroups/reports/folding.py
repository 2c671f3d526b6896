"""Fold lines that a terminal would break anywhere, so that they break between words and hang below their beginning.

Only for a terminal: what is piped, saved or logged keeps one line for each action, for `grep` and for `diff`.
"""

import re
from collections.abc import Iterator
from typing import Final

from wagroups.reports.untrusted import columns

HANG: Final = 4
"""Blanks by which the rest of a line is set in, beyond the line's own."""

_LEAST_COLUMNS: Final = 40
"""Narrower terminals break lines as they like.  Chosen: the words of an action with its indent."""

_COLOR: Final = re.compile(r"\x1b\[[0-9;]*m")
_WORD: Final = re.compile(r" *[^ ]+")


def folded(text: str, width: int | None) -> str:
    """`text` with no line wider than `width` columns where a blank allows; unchanged for `None`."""
    if width is None or width < _LEAST_COLUMNS:
        return text
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def _parts(line: str, width: int) -> Iterator[str]:
    if _shown(line) <= width:
        yield line
        return
    hang = " " * (len(line) - len(line.lstrip(" ")) + HANG)
    part, used = "", 0
    for word in _WORD.findall(line):
        long = _shown(word)
        if used + long > width and part.strip():
            yield part
            part, used = hang + word.lstrip(" "), len(hang) + _shown(word.lstrip(" "))
        else:
            part, used = part + word, used + long
    yield part


def _shown(text: str) -> int:
    return columns(_COLOR.sub("", text))
