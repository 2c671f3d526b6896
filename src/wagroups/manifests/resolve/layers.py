"""What holds for one group: `defaults < profile < group`, and for a generated group its override last.

Texts are replaced key by key; lists of people add up, so each layer's list stays by itself.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wagroups.domain.origin import Origin
from wagroups.manifests.load.validation import Flat, Listed, Written


class Layer(NamedTuple):
    """One level of values, and its name in `via`; a group's own level has none."""

    flat: Flat
    via: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    """Where the level is written, also while it says nothing."""


class Layers:
    """The levels of one group, merged."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        """`layers` begin with the lowest."""
        self.texts: dict[str, Written] = {}
        self.origins: dict[str, Origin] = {}
        """Where each value was written; of lists, the uppermost."""
        self.vias: dict[str, tuple[str, ...]] = {}
        """The way to each value that is not the group's own."""
        self._layers = layers
        for flat, via, _ in layers:
            self.texts.update(flat.texts)
            found = {name: written.origin for name, written in flat.texts.items()}
            found.update((name, listed.origin) for name, listed in flat.lists.items())
            self.origins.update(found)
            if via or self.vias:
                self.vias.update(dict.fromkeys(found, via))

    def text(self, name: str, otherwise: str) -> str:
        written = self.texts.get(name)
        return otherwise if written is None else written.text

    def imply(self, name: str, text: str, by: str) -> None:
        """Add the value that the one of `by` brings along."""
        self.origins[name] = self.origins[by]
        self.texts[name] = Written(text, self.origins[by])
        if by in self.vias:
            self.vias[name] = self.vias[by]

    def lists(self, name: str) -> Iterable[tuple[Listed, tuple[str, ...]]]:
        """The lists of one name, each with the way to it."""
        return ((layer.flat.lists[name], layer.via) for layer in self._layers if name in layer.flat.lists)

    @property
    def files(self) -> frozenset[str]:
        """Every file in which a value or a level is written."""
        return frozenset({origin.file for origin in self.origins.values()}.union(*(one.files for one in self._layers)))
