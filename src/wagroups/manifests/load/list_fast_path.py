"""Take long lists of plain names out of a text before it is parsed: most of a large project is such lines.

A YAML parser makes an event, two marks and a call of each line; one pattern reads hundreds of them in the same time.
Of every run of lines the first and the last stay, so that the parser still decides what they are: only where it
finds the first line to be an item of a list are the lines between items of that list as well, because all of them
stand at its indentation.  Anywhere else (in a text over several lines, say) the file has to be parsed whole.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

# The possessive `+` keeps the pattern linear: what it took is never given back.
_TEXT: Final = r"[A-Za-z0-9+(][A-Za-z0-9+ ()./_-]*+"
"""Has no meaning in YAML beyond itself, with quotes or without."""

_RUN: Final = re.compile(rf"""\n( *)- (["']?){_TEXT}\2(?:\n\1- \2{_TEXT}\2){{3,}}+""")


class LineRun(NamedTuple):
    """The lines between the first and the last of a run."""

    column: int
    """Where each text, or its quote, begins; counts from 0."""
    first: str
    """The text of the first line."""
    texts: Sequence[str]


def take_out(text: str) -> tuple[str, dict[int, LineRun]]:
    """The text with empty lines in place of its runs, and each run by the number of its first line, from 0."""
    kept: list[str] = []
    runs: dict[int, LineRun] = {}
    line = counted = end = 0
    for found in _RUN.finditer(text):
        indentation, quote = found.groups()
        lines, hyphen = found.group(), f"\n{indentation}- {quote}"
        if not quote and " \n" in lines:
            continue  # blanks at the end of a line do not belong to its text
        first, *between, _ = lines.removeprefix(hyphen).split(quote + hyphen)
        start = found.start() + 1
        line, counted = line + text.count("\n", counted, start), start
        runs[line] = LineRun(len(indentation) + 2, first, between)
        kept += text[end : text.index("\n", start)], "\n" * len(between)
        end = text.rindex("\n", start, found.end())
    return "".join((*kept, text[end:])), runs
