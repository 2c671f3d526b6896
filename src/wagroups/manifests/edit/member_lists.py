"""Where a manifest names people: every list of members, admins and exceptions, with the tables that lists draw on."""

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

import yaml

from wagroups.domain.identity import Phone
from wagroups.domain.origin import Origin
from wagroups.manifests.edit.yaml_nodes import items, pairs, value_of
from wagroups.manifests.language.fields import ALIAS
from wagroups.manifests.numbers.parse import Phones

PEOPLE: Final = "people"
_LISTS: Final = ("admins", "members", "except")


class Owner(NamedTuple):
    """Whose list it is: a section, and a name in it."""

    section: str
    name: str

    def __str__(self) -> str:
        return f"{self.section.removesuffix('s')} {self.name}".strip()


class NameList(NamedTuple):
    """One list of people."""

    owner: Owner
    role: str
    """`members`, `admins` or `except`."""
    key: yaml.ScalarNode
    node: yaml.SequenceNode


class Sheet(NamedTuple):
    """A table of people, and the column with their aliases."""

    csv: str
    alias: str
    phone: str | None
    """The column with numbers, of a directory; a roster has none."""


class Who(NamedTuple):
    """Somebody as lists may name them."""

    alias: str
    phones: Collection[Phone]
    """Every spelling of their number."""

    def is_named_by(self, item: yaml.Node, phones: Phones, region: str | None) -> bool:
        """Whether an item of a list is about this person: by alias, by number, or by `person:`."""
        node = item if isinstance(item, yaml.ScalarNode) else value_of(item, "person")
        if not isinstance(node, yaml.ScalarNode):
            return False
        return node.value == self.alias or phones.read(node.value, region).phone in self.phones


def name_lists(root: yaml.Node | None) -> Iterator[NameList]:
    """Every list of people in a file, in its order; those of `except` behind a team too."""
    for found in _lists(root):
        yield found
        for item in items(found.node):
            for key, value in pairs(item):
                if key.value == "except" and isinstance(value, yaml.SequenceNode):
                    yield NameList(found.owner, "except", key, value)


def _lists(root: yaml.Node | None) -> Iterator[NameList]:
    for section, value in pairs(root):
        match section.value:
            case "defaults":
                yield from _record(Owner("defaults", ""), value)
            case "teams":
                for name, team in pairs(value):
                    if isinstance(team, yaml.SequenceNode):
                        yield NameList(Owner("teams", name.value), "members", name, team)
                    yield from _record(Owner("teams", name.value), team)
            case "groups" | "profiles" | "communities":
                for name, record in pairs(value):
                    yield from _record(Owner(section.value, name.value), record)
            case "generate":
                for name, generator in pairs(value):
                    yield from _record(Owner("generators", name.value), value_of(generator, "group"))
                    for group, record in pairs(value_of(generator, "overrides")):
                        yield from _record(Owner("groups", group.value), record)


def _record(owner: Owner, record: yaml.Node | None) -> Iterator[NameList]:
    for key, value in pairs(record):
        if key.value in _LISTS and isinstance(value, yaml.SequenceNode):
            yield NameList(owner, key.value, key, value)


def sharer(root: yaml.Node | None, owner: Owner, node: yaml.Node) -> Owner | None:
    """Another who has the very same list or entry, by an alias of YAML: whoever changes it changes theirs too."""
    for found in name_lists(root):
        if found.owner != owner and (found.node is node or any(item is node for item in items(found.node))):
            return found.owner
    return None


def sheets(root: yaml.Node | None) -> Iterator[Sheet]:
    """Every table of people that a file names."""
    directory = value_of(root, "people_from")
    for source in items(directory) or (directory,):
        yield from _sheet(source, "phone")
    for found in name_lists(root):
        for item in items(found.node):
            yield from _sheet(value_of(item, "roster"), None)


def _sheet(source: yaml.Node | None, phone: str | None) -> Iterator[Sheet]:
    csv = _text(source, "csv")
    if csv is not None:
        yield Sheet(csv, _text(source, ALIAS) or ALIAS, phone and (_text(source, "phone") or phone))


def deciding_columns(root: yaml.Node | None, csv: str) -> Iterator[str]:
    """The columns by which the rosters of a file choose lines of a table."""
    for found in name_lists(root):
        for item in items(found.node):
            roster = value_of(item, "roster")
            if _text(roster, "csv") == csv:
                yield from (key.value for key, _ in pairs(value_of(roster, "where")))


def _text(node: yaml.Node | None, key: str) -> str | None:
    value = value_of(node, key)
    return value.value if isinstance(value, yaml.ScalarNode) else None


class MemberLine(NamedTuple):
    """One entry of a team, in one spelling."""

    team: str
    text: str
    origin: Origin


def team_lines(root: yaml.Node | None, file: str) -> Iterator[MemberLine]:
    """What the lists of teams say, entry by entry; exceptions say so."""
    for found in _lists(root):
        if found.owner.section == "teams":
            for item in items(found.node):
                assert item.start_mark is not None  # nodes of a parser have marks
                text = f"{'except ' if found.role == 'except' else ''}{_said(item)}"
                yield MemberLine(
                    found.owner.name, text, Origin(file, item.start_mark.line + 1, item.start_mark.column + 1)
                )


def _said(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(map(_said, node.value))}]"
    return ", ".join(f"{key.value}: {_said(value)}" for key, value in pairs(node))
