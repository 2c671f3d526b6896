"""Characters that nobody sees: contact cards, web pages and telephones put them around what is copied from there."""

import re
import unicodedata
from typing import Final

from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.rules import Rule

INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Without a width and without a meaning in a number, a name or a word (language guide, part 6)."""

WIDE_BLANKS: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Blanks that YAML does not know, as a set of a pattern."""

_MISPLACED: Final = re.compile(rf"-?[{WIDE_BLANKS}]|[^\s:]+:[{WIDE_BLANKS}]")
_IN_LINE: Final = re.compile(rf"^[ \t]*(?:- *)?(?:[^\s:#]+:)?([{WIDE_BLANKS}])")
_NAMES: Final = {
    "\u00a0": "a non-breaking space",
    "\u00ad": "a soft hyphen",
    "\u200b": "a zero-width space",
    "\u200c": "a character that separates letters",
    "\u200d": "a character that joins letters",
    "\u2060": "a character that joins words",
    "\ufeff": "a byte-order mark",
}
BY_FMT: Final = "`wagroups fmt` takes it out."
BY_HAND: Final = "Delete it in the spreadsheet; it is left out when the file is read."


def visible(text: str) -> str:
    """`text` without what nobody sees."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def seen(text: str, at: Origin, findings: Findings, help: str = BY_FMT) -> str:
    """The same; what was left out becomes one warning a file."""
    if text.isascii() or (found := INVISIBLE.search(text)) is None:
        return text
    kept = INVISIBLE.sub("", text)
    start, end = (INVISIBLE.sub("", part) for part in (text[: found.start()], text[found.end() :]))
    where = "before" if not start else "in" if end else "behind"
    message = f"{named(found.group())} {where} {shown(kept, 'text that is not shown')}."
    findings.add_for_file(Rule.INVISIBLE, at, message, help)
    return kept


def named(char: str) -> str:
    """A character by its code point and what it is: `U+200B (a zero-width space)`."""
    mark = unicodedata.bidirectional(char) not in ("BN", "WS", "CS")
    name = _NAMES.get(char, "a mark for the writing direction" if mark else "a space that YAML does not recognize")
    return f"U+{ord(char):04X} ({name})"


def wide_blank_in(scalar: str) -> str | None:
    """The blank on account of which YAML took a key, a hyphen or an indentation for a part of a text."""
    found = None if scalar.isascii() else _MISPLACED.match(scalar)
    return None if found is None else found.group()[-1]


def wide_blank_of(line: str) -> str | None:
    """The same, of a line that is no YAML."""
    found = None if line.isascii() else _IN_LINE.match(line)
    return None if found is None else found[1]


def misplaced(blank: str) -> str:
    """What is wrong with such a blank."""
    return f"{named(blank)} is where YAML needs a plain space."
