"""Small changes of a YAML text: take an item out of a list, put one in, give a key a value.

Each function returns edits; lines that are not concerned keep every byte, and comments stay.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

import yaml

from wagroups.domain.errors import ManualEditNeeded
from wagroups.manifests.edit.yaml_nodes import Edit, Lines, begins, ends, is_block, items, pairs
from wagroups.manifests.language.fields import PERSON_FIELDS
from wagroups.privacy.yaml_scalar import scalar


class Patcher:
    """Makes edits for one text."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._lines = Lines(text)

    def without(self, key: yaml.ScalarNode, node: yaml.SequenceNode, gone: Collection[int]) -> list[Edit]:
        """Take the items with these numbers out of the list under `key`.  Raises ManualEditNeeded."""
        if len(gone) == len(node.value):
            return self._emptied(key, node)
        if is_block(node):
            return [self._line_of(node.value[number]) for number in sorted(gone)]
        kept = [number for number in range(len(node.value)) if number not in gone]
        edits = [
            Edit(begins(node.value[number]), begins(node.value[number + 1]), "")
            for number in sorted(gone)
            if number < kept[-1]
        ]
        tail = Edit(ends(node.value[kept[-1]]), ends(node.value[-1]), "")
        return [*edits, tail] if tail.start < tail.end else edits

    def with_item(self, node: yaml.SequenceNode, entry: Mapping[str, str]) -> list[Edit]:
        """Put a member entry at the end of a list: `person`, and what is said of the membership.

        Raises ManualEditNeeded.
        """
        plain = entry["person"] if len(entry) == 1 else None
        if not is_block(node):
            said = plain or _flow(entry)
            if not node.value:
                return [Edit(begins(node), ends(node), f"[{said}]")]
            return [Edit(ends(node.value[-1]), ends(node.value[-1]), f", {said}")]
        last = self._line_of(node.value[-1])
        line = self._line(begins(node.value[-1]))
        indent = self._lines.texts[line].partition("-")[0]
        said = plain or f"{self._lines.end}{indent}  ".join(f"{key}: {value}" for key, value in entry.items())
        return [self._inserted(last.end, f"{indent}- {said}")]

    def with_key(self, node: yaml.Node, key: str, value: str) -> list[Edit]:
        """Give a person's entry a key, in its documented place.  Raises ManualEditNeeded."""
        if isinstance(node, yaml.ScalarNode):
            # `anna: +44 …` is short for a record with the number alone.
            return [Edit(begins(node), ends(node), _flow({"phone": self._text[begins(node) : ends(node)], key: value}))]
        for found in pairs(node):
            if found.key.value == key:
                return [self._replaced(found.value, value)]
        return self._entered(node, key, value, tuple(PERSON_FIELDS))

    def with_field(self, node: yaml.Node, key: str, value: str, order: Sequence[str]) -> list[Edit]:
        """Give a record a key, among the keys that come before it in `order`.  Raises ManualEditNeeded."""
        for found in pairs(node):
            if found.key.value == key:
                return [self._replaced(found.value, value)]
        return self._entered(node, key, value, order)

    def _entered(self, node: yaml.Node, key: str, value: str, order: Sequence[str]) -> list[Edit]:
        """A key that is not there yet, in its documented place."""
        if not isinstance(node, yaml.MappingNode) or not node.value:
            raise self._by_hand(node)
        if not is_block(node):
            end = ends(node.value[-1][1])
            return [Edit(end, end, f", {key}: {value}")]
        before = [found for found in pairs(node) if found.key.value in order[: order.index(key)]]
        column = begins(node) - self._lines.starts[self._line(begins(node))]
        where = self._line_end(ends(before[-1].value)) if before else self._lines.starts[self._line(begins(node))]
        return [self._inserted(where, f"{' ' * column}{key}: {value}")]

    def with_value(self, node: yaml.Node, value: str) -> list[Edit]:
        """Put another text in the place of one.  Raises ManualEditNeeded."""
        return [self._replaced(node, value)]

    def _replaced(self, node: yaml.Node, value: str) -> Edit:
        if is_block(node) or "\n" in self._text[begins(node) : ends(node)]:
            raise self._by_hand(node)
        return Edit(begins(node), ends(node), value)

    def _emptied(self, key: yaml.ScalarNode, node: yaml.SequenceNode) -> list[Edit]:
        if self._text[begins(node)] not in "[-":
            raise self._by_hand(node)  # an anchor stands there
        if not is_block(node):
            return [Edit(begins(node), ends(node), "[]")]
        colon = self._text.index(":", ends(key)) + 1
        return [Edit(colon, colon, " []"), *(self._line_of(item) for item in node.value)]

    def _line_of(self, item: yaml.Node) -> Edit:
        """Take away the lines that an item of a block has for itself."""
        line = self._line(begins(item))
        start = self._lines.starts[line]
        if self._text[start : begins(item)].strip(" ") != "-":
            raise self._by_hand(item)
        return Edit(start, self._line_end(ends(item)), "")

    def _line(self, offset: int) -> int:
        return bisect_right(self._lines.starts, offset, hi=len(self._lines)) - 1

    def _line_end(self, offset: int) -> int:
        """The offset behind the line that holds the last character before `offset`."""
        return self._lines.starts[self._line(max(0, offset - 1)) + 1]

    def _inserted(self, offset: int, line: str) -> Edit:
        ended = offset == 0 or self._text[offset - 1] in "\r\n"
        return Edit(offset, offset, f"{line}{self._lines.end}" if ended else f"{self._lines.end}{line}")

    def _by_hand(self, node: yaml.Node) -> ManualEditNeeded:
        return ManualEditNeeded(f"{self._file}:{self._line(begins(node)) + 1}")


def _flow(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in entry.items()) + "}"


def entry_of(item: yaml.Node, person: str) -> dict[str, str]:
    """What a member entry says, of `person` (a scalar), as it can be written again."""
    said = {pair.key.value: pair.value.value for pair in pairs(item) if isinstance(pair.value, yaml.ScalarNode)}
    entry = {"person": person, **{key: value for key, value in said.items() if key != "person"}}
    raw = ("person", "from", "until")
    return {key: value if key in raw else scalar(value, from_manifest=True) for key, value in entry.items()}


def numbers(node: yaml.SequenceNode, chosen: Sequence[yaml.Node]) -> set[int]:
    """The numbers of some items of a list."""
    return {number for number, item in enumerate(items(node)) if any(item is one for one in chosen)}
