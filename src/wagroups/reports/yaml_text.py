"""Write values as YAML that reads back as the same text, whatever the text is.

The manifest language keeps every scalar as it was written, so nothing needs quotes for its type's sake.  What is
quoted is what YAML would take for structure, and whatever would not print is escaped: a subject must not be able to
add a key, or a line to a terminal.
"""

import re
from collections.abc import Sequence
from typing import Final

from wagroups.domain.text import literal

_PLAIN: Final = re.compile(r"[^\W_][^\x00-\x1f:#\[\]{},]*", re.ASCII)
"""Texts that are certainly one plain scalar.  Narrower than YAML's own rule, which nobody remembers."""

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def scalar(text: str, *, unicode: bool = True) -> str:
    """`text` as one scalar on one line; without `unicode`, everything beyond ASCII is escaped."""
    text = literal(text)
    if _PLAIN.fullmatch(text) and _shown(text, unicode) and not text.endswith(" "):
        return text
    return f'"{"".join(_escaped(char, unicode) for char in text)}"'


def block(text: str, *, unicode: bool = True) -> Sequence[str] | None:
    """The lines of a literal block (`|-`), without indentation; `None` when `text` must be quoted instead."""
    lines = literal(text).split("\n")
    if len(lines) < 2 or text != text.strip():
        return None
    if not all(_shown(line, unicode) and line == line.rstrip() for line in lines):
        return None
    return lines


def _shown(text: str, unicode: bool) -> bool:
    return text.isprintable() and (unicode or text.isascii())


def _escaped(char: str, unicode: bool) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if _shown(char, unicode):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
