"""Find phone numbers and invite links in a text that nobody declared to hold any: a readme, a note, a spreadsheet.

`privacy.mask` proposes and phonenumbers' tables decide, so that dates, sums and hashes are left alone.  Numbers
reserved for fiction are nobody's, and found nowhere: documentation and tests are made of them.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from wagroups.domain.identity import Phone
from wagroups.manifests.edit.csv_edit import TableText
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.load.tree import Map, MapEntry, Node, Seq
from wagroups.manifests.load.yaml_loader import load
from wagroups.manifests.numbers.parse import Phones
from wagroups.privacy.mask import LINE_GAP, Kind, Proposal, proposals

NUMBER_RULE: Final = "number-in-clear"
LINK_RULE: Final = "link-in-clear"

_FICTION: Final = re.compile(rb"\+(?:(?:447700900|441632960|442079460)\d{3}|1\d{3}55501\d{2})")
"""Nobody's: Ofcom's ranges for drama (mobile, without an area, London) and NANPA's 555-01xx."""

_LAST_PART: Final = re.compile(rf"{LINE_GAP}+[0-9]+$")


class Found(NamedTuple):
    """Something that should not be in a file.  Lines and columns count from 1."""

    line: int
    column: int
    phone: Phone | None
    """`None` for an invite link."""


class Scanner:
    """Looks through texts, remembering every number that it judged."""

    def __init__(self, region: str | None) -> None:
        """`region` is the country of national spellings; without one they are not looked for."""
        self._region = region
        self._phones = Phones()

    def scan(self, text: str) -> Iterator[Found]:
        """What `text` holds, from its beginning to its end."""
        starts: list[int] = []
        for proposal in proposals(text):
            phone = None if proposal.kind is Kind.LINK else self._phone(proposal)
            if phone is None and proposal.kind is not Kind.LINK:
                continue
            starts = starts or [0, *(end.end() for end in re.finditer("\n", text))]
            line = bisect_right(starts, proposal.start)
            yield Found(line, proposal.start - starts[line - 1] + 1, phone)

    def in_columns(self, data: bytes, columns: Collection[str]) -> Iterator[tuple[int, frozenset[Phone]]]:
        """The numbers in some columns of a CSV file, by line; a cell is read as the loader reads it."""
        for record in TableText(data).records():
            cells = (record.cells.get(column.casefold(), "").removeprefix("'") for column in columns)
            phones = (self._phones.read(cell, self._region).phone for cell in cells)
            numbers = frozenset(phone for phone in phones if phone is not None)
            for line in range(record.line, record.line + max(1, record.text.count("\n"))):
                yield line, numbers

    def _phone(self, proposal: Proposal) -> Phone | None:
        """The number that was proposed, unless it is none or nobody's."""
        written, kind = proposal.text, proposal.kind
        if kind is Kind.NATIONAL and self._region is None:
            return None
        doubtful = kind in (Kind.INTERNATIONAL, Kind.ID)
        while written:
            phone = self._read(written, kind, doubtful=doubtful)
            if phone is not None:
                return None if _FICTION.fullmatch(phone) else phone
            # Another number may stand behind this one with a blank between.
            shorter = _LAST_PART.sub("", written)
            written = shorter if shorter != written else ""
        return None

    def _read(self, written: str, kind: Kind, *, doubtful: bool) -> Phone | None:
        """The number, if it is known to be in use; `doubtful` lets it be possible only."""
        match kind:
            case Kind.NATIONAL:
                reading = self._phones.read(written, self._region)
            case Kind.INTERNATIONAL if written.startswith("00"):
                reading = self._phones.read(f"+{written[2:].lstrip(' ')}", None)
            case Kind.INTERNATIONAL:
                reading = self._phones.read(written.rstrip("( "), None)
            case _:
                reading = self._phones.read(f"+{written}", None)
        return reading.phone if doubtful or reading.fault is None else None


def declared_at(data: bytes) -> frozenset[tuple[int, int]]:
    """The (line, column) of everything in a manifest that the language wants to be a number: the people directory's
    numbers, and groups' ids."""
    root = load(data, "", Findings())
    return frozenset(_declared(root)) if isinstance(root, Map) else frozenset()


def _declared(root: Map) -> Iterator[tuple[int, int]]:
    for alias in _entries(root.get("people")):
        if isinstance(alias.node, str):
            yield from _places(alias)
        for key in _entries(alias.node):
            if key.key == "phone":
                yield from _places(key)
            if key.key in ("phones", "former_phones") and isinstance(key.node, Seq):
                yield from ((at.line, at.column + quote) for at in key.node.origins() for quote in (0, 1))
    for group in _entries(root.get("groups")):
        yield from (place for key in _entries(group.node) if key.key == "id" for place in _places(key))


def _entries(node: Node) -> Iterator[MapEntry]:
    return node.entries() if isinstance(node, Map) else iter(())


def _places(entry: MapEntry) -> Iterator[tuple[int, int]]:
    """Where the text of a value begins: behind its quote, if it has one."""
    yield entry.origin.line, entry.origin.column + entry.quoted
