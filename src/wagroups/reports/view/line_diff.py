"""A long text before and after, as the lines that differ: what a reviewer of a description has to read.

Lines are broken at words, so that one sentence changed in a paragraph is one line of the difference.
"""

import textwrap
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from wagroups.privacy.escape import clean
from wagroups.privacy.redactor import Redaction, Redactor

COLUMNS: Final = 90
"""Signs of one line of a difference.  Chosen: with its mark and indent it fits 100 columns."""

CONTEXT: Final = 1
"""Equal lines shown beside those that differ."""

MOST: Final = 24
"""Lines shown before the rest is counted.  Chosen: a description of WhatsApp's 2,048 signs, before and after, is 46."""


def line_diff(before: str | None, after: str, redactor: Redactor, *, short: int) -> tuple[str, ...]:
    """`- …` and `+ …` lines, with `  …` for context; nothing for texts of one line up to `short` signs."""
    texts = [text for text in (before or "", after) if len(text) > short or "\n" in text]
    if not texts or redactor.mode is Redaction.STRICT:
        return ()
    lines = list(_marked(_lines(before or "", redactor), _lines(after, redactor)))
    if len(lines) <= MOST:
        return tuple(lines)
    return (*lines[: MOST - 1], f"  … and {len(lines) - MOST + 1} more lines; -o json has the whole text")


def _lines(text: str, redactor: Redactor) -> list[str]:
    if not text:
        return []
    # Redacted whole, before it is cut: half a number would not be known for one.
    shown = (clean(line, limit=None) for line in redactor.text(text).splitlines())
    return [part for line in shown for part in (textwrap.wrap(line, COLUMNS) or [""])]


def _marked(before: list[str], after: list[str]) -> Iterator[str]:
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        if group[0][1] > 0:
            yield "  …"
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                yield from (f"  {line}" for line in before[start:end])
            else:
                yield from (f"- {line}" for line in before[start:end])
                yield from (f"+ {line}" for line in after[new_start:new_end])
        if group[-1][2] < len(before):
            yield "  …"
