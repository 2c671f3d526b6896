"""One group before it is read: as somebody wrote it, or as a generator did."""

from typing import Final, NamedTuple

from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import UNSHOWN, shown
from wagroups.manifests.load.tree import MapEntry

GENERATOR: Final = "generate "
"""Begins the step of a way that leads through a generator."""


class Declared(NamedTuple):
    """One group as it is written, or as a generator writes it."""

    entry: MapEntry
    override: MapEntry | None = None
    generator: str | None = None
    line: Origin | None = None
    """The line of the table that a generated group is made of."""

    @property
    def remark(self) -> str:
        """Which of many groups is meant, for findings at places that they share."""
        if self.generator is None:
            return ""
        key = shown(self.entry.key)
        made_of = "" if self.line is None else f" of {self.line}"
        return f"Here in {'a group' if key == UNSHOWN else key} that “{self.generator}” makes{made_of}."

    @property
    def via(self) -> tuple[str, ...]:
        """The way from the group to its values."""
        return () if self.generator is None else (f"{GENERATOR}{self.generator}",)

    @property
    def way(self) -> tuple[str, ...]:
        """What the group itself is made of."""
        return self.via if self.line is None else (*self.via, str(self.line))

    @property
    def files(self) -> frozenset[str]:
        """The files that declare the group."""
        places = (self.entry.key_origin, self.line, None if self.override is None else self.override.key_origin)
        return frozenset(at.file for at in places if at is not None)
