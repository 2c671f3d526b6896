"""Write texts as YAML that reads back as the same texts, whatever a stranger put into them.

The manifest language keeps every scalar as it was written, but other readers do not: to them `no` is false, `0815` a
number and `2026-11-30` a date.  Whatever any of them could take for structure or for another type is quoted, and what
does not print is escaped: a subject must not be able to add a key, or a line to a terminal.

Words of the language itself (`off`, `yes`, dates) are not written by this: authors write them without quotes, and the
schemas take both.
"""

import re
from collections.abc import Sequence
from typing import Final

from wagroups.domain.text import literal
from wagroups.privacy.escape import RUNNER_COMMAND

_PLAIN: Final = re.compile(r"[^\W_](?:[\w .;/()&+'’–-]*[\w.;/()&+'’–-])?")
"""Texts that are certainly one plain scalar, inside brackets too.  Narrower than YAML's own rule, which nobody
remembers."""

_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""Booleans and null of YAML 1.1 and 1.2, in any case."""

_NUMBER: Final = re.compile(
    r"[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0[box][0-9a-fA-F_]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"
)
"""Numbers and dates of both versions, as far as `_PLAIN` lets them through."""

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}

_BRACKET: Final = r"\x5b"
"""Written where a job's log would take the sign for the beginning of a command, which `for_terminal` would part."""

_JOINERS: Final = frozenset("\u200c\u200d")
"""Format characters that stay as they are: emoji and several scripts are written with them.  Marks of direction are
escaped, because they make a line read otherwise than it is."""


def scalar(text: str, *, unicode: bool = True, from_manifest: bool = False) -> str:
    """`text` as one scalar on one line; without `unicode`, everything beyond ASCII is escaped.

    It may stand anywhere: as a key, as a value, and inside brackets and braces.  A text `from_manifest` has its `${`
    as manifests write it already.
    """
    text = text if from_manifest else literal(text)
    if _PLAIN.fullmatch(text) and _prints(text, unicode) and not _is_typed(text):
        return text
    escaped = "".join(_escaped(char, unicode) for char in text)
    return f'"{escaped.replace(RUNNER_COMMAND, RUNNER_COMMAND.replace("[", _BRACKET))}"'


def block_lines(text: str, *, unicode: bool = True) -> Sequence[str] | None:
    """The lines of a literal block (`|-`), without indentation; `None` when `text` must be quoted instead."""
    lines = literal(text).split("\n")
    if len(lines) < 2 or not lines[0] or lines[0][0].isspace() or not lines[-1]:
        return None
    if not all(_prints(line, unicode) and line == line.rstrip() and RUNNER_COMMAND not in line for line in lines):
        return None
    return lines


def _is_typed(text: str) -> bool:
    """Whether some reader of YAML takes the plain text for something else than a text."""
    return text.lower() in _WORDS or _NUMBER.fullmatch(text) is not None


def _prints(text: str, unicode: bool) -> bool:
    return all(char.isprintable() or char in _JOINERS for char in text) and (unicode or text.isascii())


def _escaped(char: str, unicode: bool) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if _prints(char, unicode):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
