"""Find phone numbers and invite links in a text that nobody declared to hold any: a readme, a note, a spreadsheet.

A pattern proposes and phonenumbers' tables decide, so that dates, sums and hashes are left alone.  Numbers reserved
for fiction are nobody's, and found nowhere: documentation and tests are made of them.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from wagroups.domain.identity import Phone
from wagroups.manifests.findings import Findings
from wagroups.manifests.phones import Phones
from wagroups.manifests.table_rows import TableText
from wagroups.manifests.text import load
from wagroups.manifests.tree import Entry, Map, Node, Seq

NUMBER_RULE: Final = "number-in-clear"
LINK_RULE: Final = "link-in-clear"

_FICTION: Final = re.compile(rb"\+(?:(?:447700900|441632960|442079460)\d{3}|1\d{3}55501\d{2})")
"""Nobody's: Ofcom's ranges for drama (mobile, without an area, London) and NANPA's 555-01xx."""

_GAP: Final = "[ \t\u00a0\u202f().\\-\u2010-\u2015/]"
"""What people write between digits; never a line's end."""
_INTERNATIONAL: Final = rf"(?<![\w+])(?:\+|00)(?:{_GAP}{{0,2}}[0-9]){{7,17}}"
_NATIONAL: Final = (
    rf"(?<![\w+.,:/-])\(?0[1-9](?:{_GAP}{{0,2}}[0-9]){{5,12}}(?![\w])"  # with a trunk prefix: 07700 900123
    r"|(?<![\w+.,:/-])\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}(?![\w-])"  # North America: (212) 555-0123
)
_USER_ID: Final = r"(?<!\w)[0-9]{7,15}(?=(?:[._][0-9]+)?(?::[0-9]+)?@(?:c\.us|s\.whatsapp\.net|hosted)\b)"
_LEGACY_ID: Final = r"(?<!\w)[0-9]{7,15}(?=-[0-9]{5,15}@g\.us\b)"
"""A group's id of the old kind begins with its creator's number."""
_BARE: Final = r"(?<![\w+.,:/@#=-])[1-9][0-9]{9,14}(?![\w@.:/-])"
"""Digits alone, as a spreadsheet keeps them."""
_LINK: Final = r"chat\.whatsapp\.com/(?:invite/)?[A-Za-z0-9_-]{16,64}"

_PROPOSED: Final = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in {
            "link": _LINK,
            "id": f"{_USER_ID}|{_LEGACY_ID}",
            "international": _INTERNATIONAL,
            "national": _NATIONAL,
            "bare": _BARE,
        }.items()
    )
)
_LAST_PART: Final = re.compile(rf"{_GAP}+[0-9]+$")


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
        for match in _PROPOSED.finditer(text):
            phone = None if match.lastgroup == "link" else self._phone(match)
            if phone is None and match.lastgroup != "link":
                continue
            starts = starts or [0, *(end.end() for end in re.finditer("\n", text))]
            line = bisect_right(starts, match.start())
            yield Found(line, match.start() - starts[line - 1] + 1, phone)

    def in_columns(self, data: bytes, columns: Collection[str]) -> Iterator[tuple[int, frozenset[Phone]]]:
        """The numbers in some columns of a CSV file, by line; a cell is read as the loader reads it."""
        for record in TableText(data).records():
            cells = (record.cells.get(column.casefold(), "").removeprefix("'") for column in columns)
            phones = (self._phones.read(cell, self._region).phone for cell in cells)
            numbers = frozenset(phone for phone in phones if phone is not None)
            for line in range(record.line, record.line + max(1, record.text.count("\n"))):
                yield line, numbers

    def _phone(self, match: re.Match[str]) -> Phone | None:
        """The number that was proposed, unless it is none or nobody's."""
        written, kind = match.group(), match.lastgroup
        if kind == "national" and self._region is None:
            return None
        doubtful = kind in ("international", "id")
        while written:
            phone = self._read(written, kind, doubtful=doubtful)
            if phone is not None:
                return None if _FICTION.fullmatch(phone) else phone
            # Another number may stand behind this one with a blank between.
            shorter = _LAST_PART.sub("", written)
            written = shorter if shorter != written else ""
        return None

    def _read(self, written: str, kind: str | None, *, doubtful: bool) -> Phone | None:
        """The number, if it is known to be in use; `doubtful` lets it be possible only."""
        match kind:
            case "national":
                reading = self._phones.read(written, self._region)
            case "international" if written.startswith("00"):
                reading = self._phones.read(f"+{written[2:].lstrip(' ')}", None)
            case "international":
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


def _entries(node: Node) -> Iterator[Entry]:
    return node.entries() if isinstance(node, Map) else iter(())


def _places(entry: Entry) -> Iterator[tuple[int, int]]:
    """Where the text of a value begins: behind its quote, if it has one."""
    yield entry.origin.line, entry.origin.column + entry.quoted
