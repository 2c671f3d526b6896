"""Fill `${column}` and `${column|filter}` in a tree of texts; `$${` stands for the two characters `${`.

Placeholders are filled after the file was read, text by text, so that no cell of a spreadsheet can add a key.  They
are checked once, at their own place; what holds none is shared by all copies.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from wagroups.domain.declared.desired import Origin
from wagroups.domain.errors import TemplateTooLarge
from wagroups.manifests.language.diagnostics import UNSHOWN, Findings, shown
from wagroups.manifests.language.fields import NOTE_PREFIX
from wagroups.manifests.language.formats import slug_of
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import Map, Node, Seq

Row: TypeAlias = Mapping[str, str]
"""The text of each column, by the column's name in lower case (`str.casefold`)."""

MAX_CHARS: Final = 100_000_000
"""Characters in the filled texts of one template.  Chosen: a hundred times what a large project has."""

_PLACEHOLDER: Final = re.compile(r"\$\$\{|\$\{([^{}|]*)(?:\|([^{}]*))?\}")
_OPENED: Final = "${"
ESCAPED: Final = "$${"
_UNESCAPED: Final = re.compile(r"(?<!\$)\$\{[^{}]*\}")
FILLED: Final = ("key", "group")
"""The parts of a generator that columns fill."""


def _title(text: str) -> str:
    """Each word with a capital; what is written behind it stays (`MacDonald`, `5B`)."""
    return re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:], text)


FILTERS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"slug": slug_of, "title": _title, "upper": str.upper, "lower": str.lower}
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text for the cell of a column."""

    column: str
    filter: Callable[[str], str] | None


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """A text with slots; every second part is one."""

    fixed: tuple[str, ...]
    slots: tuple[Slot, ...]

    def fill(self, row: Row, most: int) -> str:
        """The text with its cells.  Raises TemplateTooLarge when it could exceed `most` characters."""
        if sum(map(len, self.fixed)) + sum(len(row[slot.column]) for slot in self.slots) > most:
            raise TemplateTooLarge
        filled = [self.fixed[0]]
        for slot, fixed in zip(self.slots, self.fixed[1:], strict=True):
            cell = row[slot.column]
            filled += (cell if slot.filter is None else slot.filter(cell), fixed)
        return "".join(filled)


@dataclass(frozen=True, slots=True)
class _Keys:
    """A map of which some values are to be filled."""

    node: Map
    open: tuple[tuple[str, "_Open"], ...]


@dataclass(frozen=True, slots=True)
class _Items:
    """A list of which some items are to be filled."""

    node: Seq
    open: tuple[tuple[int, "_Open"], ...]


_Open: TypeAlias = TextTemplate | _Keys | _Items


class Template:
    """A tree whose texts may hold placeholders."""

    def __init__(self, node: Node, at: Origin, columns: Collection[str], findings: Findings) -> None:
        """`columns` are the names that may be used; what is wrong with a placeholder is a finding at its place."""
        self.broken = False
        """Whether anything was wrong with a placeholder."""
        self._chars_left = MAX_CHARS
        self._columns = {column.casefold(): column for column in columns}
        self._findings = findings
        self._node = node
        self._open = self._opened(node, at)

    def fill(self, row: Row) -> Node:
        """A copy with the cells of `row`, which must have every column; parts without placeholders are shared.

        Raises TemplateTooLarge when the texts of all copies exceed MAX_CHARS.
        """
        return self._node if self._open is None else self._filled(self._open, row)

    def _filled(self, part: _Open, row: Row) -> Node:
        match part:
            case TextTemplate():
                text = part.fill(row, self._chars_left)
                self._chars_left -= len(text)
                return text
            case _Keys(node, opened):
                copy = Map(node.file)
                copy.update(node)
                copy.update((key, self._filled(inner, row)) for key, inner in opened)
                copy.marks = node.marks
                return copy
            case _Items(node, found):
                items = Seq(node.file)
                items.extend(node)
                for index, inner in found:
                    items[index] = self._filled(inner, row)
                items.marks = node.marks
                return items

    def columns(self) -> Iterator[str]:
        """The columns that are used, in lower case, again for each use."""
        yield from () if self._open is None else _columns(self._open)

    def _opened(self, node: Node, at: Origin) -> _Open | None:
        """The part of a tree that holds placeholders."""
        match node:
            case str():
                return self._text(node, at) if _OPENED in node else None
            case Map():
                keys = [(entry.key, self._opened(entry.node, entry.origin)) for entry in node.entries()]
                opened = tuple((key, part) for key, part in keys if part is not None)
                return _Keys(node, opened) if opened else None
            case Seq():
                items = [(index, self._opened(item, node.origin(index))) for index, item in enumerate(node)]
                found = tuple((index, part) for index, part in items if part is not None)
                return _Items(node, found) if found else None
            case _:
                return None

    def _text(self, text: str, at: Origin) -> TextTemplate | None:
        fixed, slots, end, begun = [], [], 0, ""
        for found in _PLACEHOLDER.finditer(text):
            if found.group() == ESCAPED:
                begun += text[end : found.start()] + _OPENED
                end = found.end()
                continue
            slot = self._slot(found[1].strip(), found[2], at)
            if slot is not None:
                fixed.append(begun + text[end : found.start()])
                slots.append(slot)
                begun, end = "", found.end()
        if _OPENED in _PLACEHOLDER.sub("", text):
            self.broken = True
            self._findings.add(
                Rule.PLACEHOLDER,
                at,
                "`${` is not followed by a column and `}`.",
                "Write `${column}` or `${column|slug}`.",
            )
        return TextTemplate((*fixed, begun + text[end:]), tuple(slots)) if slots or ESCAPED in text else None

    def _slot(self, column: str, filter: str | None, at: Origin) -> Slot | None:
        folded = column.casefold()
        if folded not in self._columns:
            self.broken = True
            self._findings.unknown_column(column, self._columns.values(), at)
            return None
        if filter is None:
            return Slot(folded, None)
        known = FILTERS.get(filter.strip())
        if known is None:
            self.broken = True
            self._findings.add(
                Rule.PLACEHOLDER,
                at,
                f"There is no filter {shown(filter.strip(), 'of this name')}.",
                f"Filters: {', '.join(FILTERS)}.",
                self._findings.nearest(filter, FILTERS),
            )
            return None
        return Slot(folded, known)


def settle_placeholders(root: Node, findings: Findings) -> None:
    """Refuse placeholders where no column could fill them, and put `${` for `$${` there.

    What a generator fills, its key and its group, is left as it is.
    """
    for section in root.entries() if isinstance(root, Map) else ():
        if section.key != "generate":
            _settle(section.node, findings)
            continue
        for generator in section.node.entries() if isinstance(section.node, Map) else ():
            for part in generator.node.entries() if isinstance(generator.node, Map) else ():
                if part.key not in FILLED:
                    _settle(part.node, findings)


def _settle(node: Node, findings: Findings) -> None:
    match node:
        case Map():
            for entry in list(node.entries()):
                if isinstance(entry.node, str):
                    node[entry.key] = _settled(entry.node, entry.origin, findings)
                elif not entry.key.startswith(NOTE_PREFIX):
                    _settle(entry.node, findings)
        case Seq():
            for index, item in enumerate(node):
                if isinstance(item, str):
                    node[index] = _settled(item, node.origin(index), findings)
                else:
                    _settle(item, findings)


def _settled(text: str, at: Origin, findings: Findings) -> str:
    if _OPENED not in text:
        return text
    for found in _UNESCAPED.finditer(text):
        quoted = shown(found.group())
        name = "This placeholder" if quoted == UNSHOWN else f"`{found.group()}`"
        written = "$${" if quoted == UNSHOWN else f"${found.group()}"
        findings.add(
            Rule.PLACEHOLDER,
            at,
            f"{name} means nothing here.",
            f"Only columns of `for_each` do, in `key` and `group` of a generator; write `{written}` for these very "
            "characters.",
        )
    return text.replace(ESCAPED, _OPENED)


def _columns(part: _Open) -> Iterator[str]:
    match part:
        case TextTemplate(slots=slots):
            yield from (slot.column for slot in slots)
        case _Keys(open=inner):
            for _, one in inner:
                yield from _columns(one)
        case _Items(open=inner_items):
            for _, item in inner_items:
                yield from _columns(item)
