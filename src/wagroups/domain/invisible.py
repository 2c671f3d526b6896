"""Differences between two texts that look alike, spelt out: which character stands where."""

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

MOST: Final = 3
"""Differences that are spelt out; whoever has more writes the text anew.  Chosen."""

CONTEXT: Final = 12
"""Characters before the place that say where it is.  Chosen."""


def spelt_out(before: str, after: str) -> str:
    """What differs between texts that look the same, by code point and place; empty where the eye sees it."""
    if before == after or _seen(before) != _seen(after):
        return ""
    changes = [
        code for code in SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if code[0] != "equal"
    ]
    said = [_change(before[i1:i2], after[j1:j2], after[:j1]) for _, i1, i2, j1, j2 in changes[:MOST]]
    more = f", and {len(changes) - MOST} more" if len(changes) > MOST else ""
    return "; ".join(said) + more


def _seen(text: str) -> str:
    """What the eye sees of a text: no marks without a width, every blank the same, any number of them one."""
    shown = "".join(" " if character.isspace() else character for character in _visible(text))
    return " ".join(unicodedata.normalize("NFKC", shown).split())


def _visible(text: str) -> Iterator[str]:
    for character in text:
        category = unicodedata.category(character)
        if category in ("Zs", "Zl", "Zp") or character in "\n\r\t":
            yield " "
        elif category not in ("Cf", "Cc", "Mn") or (category == "Mn" and not "\ufe00" <= character <= "\ufe0f"):
            yield character


def _change(gone: str, come: str, read: str) -> str:
    place = f"after “{read[-CONTEXT:].strip()}”" if read.strip() else "at the beginning"
    match bool(gone), bool(come):
        case True, True:
            return f"{_named(come)} instead of {_named(gone)} {place}"
        case True, False:
            return f"no {_named(gone)} {place}"
        case _:
            return f"{_named(come)} {place}"


def _named(text: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in text)
