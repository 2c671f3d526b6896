"""What was probably meant by a word that nobody knows.

Words of the language and names of lists are near to what was typed by any letter.  People are not: two of them may have
names of which one differs from the other by a letter, and whoever believes a suggestion puts a stranger into a group.
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from itertools import zip_longest
from typing import Final

from wagroups.domain.declared.members import Person

KNOWN_MAX: Final = 2_000
"""Words among which the nearest is sought.  Chosen: comparing one with each takes a hundredth of a second."""

SLIP_PART_CHARS: Final = 5
"""Letters of the part of an alias in which a slip of the keyboard is recognised: shorter names often differ by one."""


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that is near to `word`."""
    near = get_close_matches(word.strip().lower(), known, n=1) if len(known) <= KNOWN_MAX else ()
    return near[0] if near else None


class KnownPeople:
    """Everybody's aliases, for the slip of the keyboard that certainly means somebody."""

    def __init__(self, directory: Mapping[str, Person], declared: Collection[str]) -> None:
        """`directory` tells whether people have names; `declared` are all aliases."""
        self._aliases = declared
        self._named = any(person.name is not None for person in directory.values())
        self._alike: dict[tuple[str, int], list[str]] = {}
        """By first letter and length."""
        for alias in declared:
            self._alike.setdefault((alias[:1], len(alias)), []).append(alias)

    def meant_by(self, text: str) -> str | None:
        """The one alias that was certainly meant; where aliases are no names, the nearest."""
        word = text.strip().lower()
        if "-" not in word and not self._named:
            return nearest(word, self._aliases)
        lengths = (len(word) - 1, len(word), len(word) + 1)
        found = [alias for n in lengths for alias in self._alike.get((word[:1], n), ()) if _is_a_slip(word, alias)]
        return found[0] if len(found) == 1 else None


def _is_a_slip(word: str, alias: str) -> bool:
    """Whether two aliases differ by one letter too many, missing or exchanged with its neighbour, in a long part."""
    pairs = [pair for pair in zip_longest(word.split("-"), alias.split("-"), fillvalue="") if pair[0] != pair[1]]
    if len(pairs) != 1:
        return False
    written, meant = pairs[0]
    if len(meant) < SLIP_PART_CHARS or not (written + meant).isalpha() or written[0] != meant[0]:
        return False
    if len(written) == len(meant):
        swaps = (meant[:i] + meant[i + 1] + meant[i] + meant[i + 2 :] for i in range(1, len(meant) - 1))
        return written in swaps
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))
