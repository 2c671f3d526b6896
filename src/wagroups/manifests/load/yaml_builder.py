"""Make a tree of a parser's events.

One loop over the events and no nodes between: this is why a load is faster than PyYAML's own, although it keeps
places, refuses duplicate keys and bounds what `*` repeats.
"""

import re
from typing import Final, NamedTuple, Protocol

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from wagroups.domain.errors import UnreadableFile
from wagroups.domain.origin import LINE_SHIFT, QUOTED, unpacked
from wagroups.manifests.language.diagnostics import Findings, place, shown
from wagroups.manifests.language.invisible import misplaced, seen, wide_blank_in
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.list_fast_path import LineRun
from wagroups.manifests.load.tree import Map, Node, Seq, size_of

MAX_REPEATED_NODES: Final = 100_000
"""Nodes that aliases may add to a file.  Chosen: far above any real file, far below a full memory."""

MAX_DEPTH: Final = 32
"""Chosen: the language nests to about eight."""

ENTRY_DEPTH: Final = 2
"""Containers around an entry of a section: the document and the section."""

_ONE_LINE: Final = 1 << LINE_SHIFT
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class EventSource(Protocol):
    """The part of a PyYAML parser that is used here."""

    def get_event(self) -> Event | None: ...


class _Open(NamedTuple):
    """A container whose end has not been seen."""

    container: Map | Seq
    anchor: str | None
    pending: tuple[str, int] | None
    """The key, with its mark, that waited in the parent for this container."""


class Builder:
    """Builds the tree of one file."""

    def __init__(self, file: str, findings: Findings, runs: dict[int, LineRun]) -> None:
        """`runs` were taken out of the text; whatever the parser confirms is put back and taken from them."""
        self.root: Node = None
        self._runs = runs
        self._file = file
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0
        self._repeated = 0

    def build(self, source: EventSource) -> None:
        """Consume every event of `source`.  Raises yaml.YAMLError, or UnreadableFile after adding a finding."""
        next_event = source.get_event
        container: Map | Seq | None = None
        pending: tuple[str, int] | None = None
        while (event := next_event()) is not None:
            if isinstance(event, CollectionEndEvent):
                container = self._end()
                pending = None
                continue
            start = event.start_mark
            assert start is not None
            mark: int = start.line << LINE_SHIFT | start.column << 1
            node: Node
            if isinstance(event, ScalarEvent):
                node = event.value
                if event.style:
                    mark |= QUOTED
                elif not node:
                    node = None
                if event.tag is not None or event.anchor is not None or not event.value.isascii():
                    self._inspect(event, node, mark)
                    if not mark & QUOTED and (pending is None or pending[1] >> LINE_SHIFT < start.line):
                        self._check_blanks(event.value, mark)
                # The hot path: most values of a project are plain items of a list.
                if container.__class__ is Seq:
                    container.append(node)
                    container.marks.append(mark)
                    if start.line in self._runs:
                        self._put_back(container, start.line, start.column)
                    continue
            elif isinstance(event, CollectionStartEvent):
                node = self._begin(event, container, pending, mark)
            elif isinstance(event, AliasEvent):
                if isinstance(container, Map) and pending is None:
                    self._stop(Rule.KEY, mark, "A key must be written out; it cannot be repeated with `*`.")
                found = self._repeat(event.anchor or "", mark)
                if found is None:
                    pending = None
                    continue
                node = found
            else:
                self._count_documents(event, mark)
                continue

            if container is None:
                self.root = node
            elif isinstance(container, Seq):
                container.append(node)
                container.marks.append(mark)
            elif pending is None:
                pending = (self._key(node, mark), mark)
                continue
            else:
                self._put(container, pending, node, mark)
            pending = None
            if self._open and self._open[-1].container is node:
                container = self._open[-1].container

    def drop_unfinished(self) -> None:
        """Take out the entry in which the file broke off."""
        if len(self._open) <= ENTRY_DEPTH:
            return
        section, entry = self._open[ENTRY_DEPTH - 1].container, self._open[ENTRY_DEPTH]
        if isinstance(section, Seq):
            section.pop()
            section.marks.pop()
        elif entry.pending is not None and section.get(entry.pending[0]) is entry.container:
            del section[entry.pending[0]]
            del section.marks[-2:]

    def _put_back(self, items: Seq, line: int, column: int) -> None:
        """Append what was taken out behind the latest item, unless something else begins on that line."""
        run = self._runs[line]
        if (run.column, run.first) == (column, items[-1]):
            mark = items.marks[-1]
            items.extend(run.texts)
            items.marks.extend(range(mark + _ONE_LINE, mark + (len(run.texts) + 1) * _ONE_LINE, _ONE_LINE))
            del self._runs[line]

    def _begin(
        self, event: CollectionStartEvent, parent: Map | Seq | None, pending: tuple[str, int] | None, mark: int
    ) -> Map | Seq:
        if isinstance(parent, Map) and pending is None:
            self._stop(Rule.KEY, mark, "There is a list or a set of keys where a key is expected.")
        if len(self._open) >= MAX_DEPTH:
            self._stop(Rule.DEPTH, mark, f"The file is nested more than {MAX_DEPTH} levels deep.")
        if event.tag is not None:
            self._refuse_tag(mark)
        container: Map | Seq = Map(self._file) if isinstance(event, MappingStartEvent) else Seq(self._file)
        self._open.append(_Open(container, event.anchor, pending))
        return container

    def _end(self) -> Map | Seq | None:
        """Close the innermost container; returns the one around it."""
        closed = self._open.pop()
        if closed.anchor is not None:
            self._anchors[closed.anchor] = closed.container
        return self._open[-1].container if self._open else None

    def _inspect(self, event: ScalarEvent, node: Node, mark: int) -> None:
        """The rare properties of a scalar."""
        if event.tag is not None:
            self._refuse_tag(mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = node if node is not None else ""
        if _SURROGATE.search(event.value):
            self._stop(
                Rule.SYNTAX, mark, "An escape sequence in this text is half a character.", "Write the character itself."
            )

    def _key(self, node: Node, mark: int) -> str:
        if not isinstance(node, str):
            self._report(Rule.KEY, mark, "The key is empty.", "Write a name before the colon.")
            return ""
        return node if node.isascii() else seen(node, unpacked(self._file, mark), self._findings)

    def _check_blanks(self, text: str, mark: int) -> None:
        """A text that begins like a key or an item, but for the kind of blank, was meant as one."""
        blank = wide_blank_in(text)
        if blank is not None:
            self._stop(Rule.INVISIBLE_BLANK, mark, misplaced(blank), "Delete it, and type a space.")

    def _put(self, container: Map, pending: tuple[str, int], node: Node, mark: int) -> None:
        key, key_mark = pending
        if key in container:
            earlier = container.entry(key).key_origin
            self._report(
                Rule.DUPLICATE,
                key_mark,
                f"The key {shown(key, 'here')} is written twice; first at {place(earlier)}.",
                "Keep one of the two, or combine their contents.",
            )
        elif key == "<<" and not key_mark & QUOTED:
            self._report(
                Rule.MERGE_KEY, key_mark, "Merge keys are not part of the language.", "Use `profile:` or `defaults:`."
            )
        else:
            container[key] = node
            container.marks.extend((key_mark, mark))

    def _repeat(self, name: str, mark: int) -> Node:
        """The node that `*name` stands for; `None` after reporting that there is none."""
        node = self._anchors.get(name)
        if node is None:
            inside = any(entry.anchor == name for entry in self._open)
            problem = (
                "repeats the part that contains it" if inside else (f"repeats a part that no earlier `&{name}` marked")
            )
            self._report(
                Rule.STAR,
                mark,
                f"`*{name}` {problem}.",
                "Name people and teams instead (`- team: name`), or put the text in quotes if the star is meant.",
            )
            return None
        self._repeated += size_of(node, MAX_REPEATED_NODES + 1)
        if self._repeated > MAX_REPEATED_NODES:
            self._stop(
                Rule.ALIAS_BOMB,
                mark,
                f"Parts repeated with `*` add more than {MAX_REPEATED_NODES:,} values to this file.",
                "Use teams and profiles instead of `&` and `*`.",
            )
        return node

    def _count_documents(self, event: Event, mark: int) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(
                    Rule.DOCUMENTS, mark, "A second document begins here.", "Remove the `---`, or use two files."
                )

    def _refuse_tag(self, mark: int) -> None:
        self._report(Rule.TAG, mark, "Tags (`!…`) are not part of the language.", "Remove the tag, or use quotes.")

    def _report(self, rule: Rule, mark: int, message: str, help: str = "") -> None:
        self._findings.add(rule, unpacked(self._file, mark), message, help)

    def _stop(self, rule: Rule, mark: int, message: str, help: str = "") -> None:
        self._report(rule, mark, message, help)
        raise UnreadableFile
