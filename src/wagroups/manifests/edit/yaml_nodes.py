"""Where the parts of a YAML file stand in its text, so that a part can be changed and every other byte stays.

A library that writes YAML anew would rewrap, requote and move comments; a reviewer must see only what was meant.
So nothing is written anew: the parser says where things are, and texts are cut and pasted.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import yaml

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Edit(NamedTuple):
    """Put `text` in the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class Pair(NamedTuple):
    """A key of a mapping, with its value."""

    key: yaml.ScalarNode
    value: yaml.Node


def compose(text: str) -> yaml.Node | None:
    """The root of a file without a byte-order mark; `None` when it is empty.  Raises yaml.YAMLError."""
    root: yaml.Node | None = yaml.compose(text, Loader=LOADER)
    return root


def edited(text: str, edits: Iterable[Edit]) -> str:
    """`text` after all edits, which do not overlap.  The same edit twice, as from a repeated part, is done once."""
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(set(edits)):
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def pairs(node: yaml.Node | None) -> Iterator[Pair]:
    """The keys of a mapping that are plain texts; nothing of anything else."""
    if isinstance(node, yaml.MappingNode):
        yield from (Pair(key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """The value of a key of a mapping; `None` where there is none."""
    return next((pair.value for pair in pairs(node) if pair.key.value == key), None)


def items(node: yaml.Node | None) -> Sequence[yaml.Node]:
    """The items of a list; nothing of anything else."""
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def is_block(node: yaml.Node) -> bool:
    """Whether a list or mapping is written one part a line, without brackets."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def begins(node: yaml.Node) -> int:
    """The offset of a node's first character."""
    assert node.start_mark is not None  # nodes of a parser have marks
    return node.start_mark.index


def ends(node: yaml.Node) -> int:
    """The offset behind a node's last character; blocks end where their last part does."""
    last = node
    # For the parser a block ends where the next thing begins.
    while isinstance(last, yaml.CollectionNode) and last.value and is_block(last):
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    assert last.end_mark is not None
    return last.end_mark.index


class Lines:
    """A text as lines, with YAML's idea of a line's end."""

    def __init__(self, text: str) -> None:
        self.texts = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.texts:
            self.starts.append(self.starts[-1] + len(line))
        self.end = "\r\n" if "\r\n" in text else "\n"

    def __len__(self) -> int:
        return len(self.texts)

    def is_blank(self, line: int) -> bool:
        return not self.texts[line].strip()

    def comment_column(self, line: int) -> int | None:
        """Where the comment of a line begins that holds nothing else; `None` where it holds something else."""
        text = self.texts[line]
        stripped = text.lstrip(" \t")
        return len(text) - len(stripped) if stripped.startswith("#") else None

    def is_indentation(self, line: int, column: int) -> bool:
        """Whether nothing stands on the line before the column."""
        return not self.texts[line][:column].strip(" ")
