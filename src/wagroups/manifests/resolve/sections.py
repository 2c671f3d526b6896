"""Put the sections of all files together.

Any file may hold any section, and sections merge; the same name twice is an error that names both places.
"""

from typing import TypeVar

from wagroups.domain.declared.desired import Origin
from wagroups.manifests.language.diagnostics import place, shown
from wagroups.manifests.language.fields import (
    CONFIG_FIELDS,
    CONFIG_FILE,
    DIRECTORY_FIELDS,
    GROUP_FIELDS,
    LAYER_FIELDS,
    NOTE_PREFIX,
    SECTIONS,
)
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import TableType
from wagroups.manifests.load.tree import Map, MapEntry, Node, Seq
from wagroups.manifests.load.validation import Flat, Listed, Reader, Written

_Placed = TypeVar("_Placed", Written, Listed)


class Sections:
    """What all files together say, section by section."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.tables: dict[str, dict[str, MapEntry]] = {
            name: {} for name, field in SECTIONS.items() if isinstance(field.shape, TableType)
        }
        self.defaults = Flat()
        self.default_files: set[str] = set()
        self.directories: list[tuple[Flat, Origin]] = []
        """The sources of `people_from`, each with its place."""
        self.known: list[tuple[Node, Origin]] = []
        """The entries of `known`, each with its place."""

    def add(self, node: Node, file: str) -> None:
        """Take in the tree of one file; files come in sorted order."""
        if node is None:
            return
        if not isinstance(node, Map):
            self._reader.findings.add(
                Rule.SHAPE, Origin(file, 1, 1), "A manifest is a set of sections.", f"Sections: {', '.join(SECTIONS)}."
            )
            return
        fields = {**CONFIG_FIELDS, **SECTIONS} if file == CONFIG_FILE else SECTIONS
        for entry in node.entries():
            if entry.key in SECTIONS:
                self._section(entry)
            elif entry.key not in fields and not entry.key.startswith(NOTE_PREFIX):
                self._reader.unknown_key(entry, fields, CONFIG_FILE if file == CONFIG_FILE else "a manifest")

    def _section(self, section: MapEntry) -> None:
        if section.key == "defaults":
            self._defaults(section)
        elif section.key == "people_from":
            self._directories(section)
        elif section.key == "known":
            self.known += _items(section)
        else:
            if section.key == "groups":
                self._notes_like_groups(section.node)
            table = self.tables[section.key]
            for entry in self._reader.table(section.node, section.origin, f"`{section.key}`"):
                earlier = table.setdefault(entry.key, entry)
                if earlier is not entry:
                    self._twice(entry.key, section.key, entry.key_origin, earlier.key_origin)

    def _notes_like_groups(self, node: Node) -> None:
        for entry in node.entries() if isinstance(node, Map) else ():
            if entry.key.startswith(NOTE_PREFIX) and isinstance(entry.node, Map) and {*entry.node} & {*GROUP_FIELDS}:
                self._reader.findings.add(
                    Rule.NOTE_GROUP,
                    entry.key_origin,
                    f"{shown(entry.key, 'this key')} looks like a group but is a note, because it begins with "
                    f"`{NOTE_PREFIX}`.",
                    "Give the group another name, or move the note out of `groups`.",
                )

    def _directories(self, section: MapEntry) -> None:
        """One source, or a list of them."""
        for node, at in _items(section):
            if node is None and at != section.key_origin:
                self._reader.findings.add(Rule.EMPTY, at, "The source is empty.", "Write `csv:`, or delete the hyphen.")
            else:
                flat = self._reader.flat(node, at, DIRECTORY_FIELDS, "`people_from`")
                self.directories += [(flat, at)] if isinstance(node, Map) else []

    def _defaults(self, section: MapEntry) -> None:
        self.default_files.add(section.key_origin.file)
        flat = self._reader.flat(section.node, section.origin, LAYER_FIELDS, "`defaults`")
        self._merge(self.defaults.texts, flat.texts)
        self._merge(self.defaults.lists, flat.lists)

    def _merge(self, merged: dict[str, _Placed], more: dict[str, _Placed]) -> None:
        for name, value in more.items():
            earlier = merged.setdefault(name, value)
            if earlier is not value:
                self._twice(name, "defaults", value.origin, earlier.origin)

    def _twice(self, name: str, section: str, later: Origin, earlier: Origin) -> None:
        self._reader.findings.add(
            Rule.DUPLICATE,
            later,
            f"{shown(name, 'this name')} is declared twice under `{section}`; first at {place(earlier)}.",
            "Keep one of the two.",
        )


def _items(section: MapEntry) -> list[tuple[Node, Origin]]:
    """The one entry of a section, or those of its list."""
    if isinstance(section.node, Seq):
        return list(zip(section.node, section.node.origins(), strict=True))
    return [(section.node, section.key_origin)]
