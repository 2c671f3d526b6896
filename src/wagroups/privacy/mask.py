"""Mask phone numbers, ids, links and secrets inside text that already exists: messages, tracebacks, descriptions.

People and groups are redacted by their types (`redactor`).  This is the second line of defence, and it would rather
mask a harmless number than show a phone.  One table says what is looked for, and how strictly where.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.parse import quote


class Strictness(StrEnum):
    """Where a text comes from or goes to, which decides how much of it is masked."""

    TEXT = "text"
    """Our own sentences, and what authors of files and groups wrote.  Ids of groups stay: people search for them."""
    LOG = "log"
    """As `TEXT`, and the secrets of this process: log lines, errors and tracebacks."""
    FOREIGN = "foreign"
    """A gateway's own words: every id, every longer number, and the secrets of this process."""
    NAME = "name"
    """A text that a key is made of: keys are printed everywhere, so dates go too, and nothing stands in their place."""
    QUOTE = "quote"
    """A value of a file that a finding would quote: whatever might be the beginning of a number or an address."""
    SCAN = "scan"
    """Files that nobody declared to hold numbers.  Only proposes: the tables of numbers decide (`pii scan`)."""


class Kind(StrEnum):
    """What was found."""

    LINK = "link"
    ID = "id"
    NUMBER = "number"
    HARMLESS = "harmless"
    """Digits that are certainly no number of a person; they stay."""
    INTERNATIONAL = "international"
    NATIONAL = "national"
    BARE = "bare"


class Proposal(NamedTuple):
    """What may be a number or a link in a file, and where it begins."""

    kind: Kind
    start: int
    text: str


class _Pattern(NamedTuple):
    """One row: what it finds, where it is looked for, and how it looks.  Rows of one kind are tried in this order."""

    kind: Kind
    levels: frozenset[Strictness]
    pattern: str


_GAP: Final = "[\\s\u00a0\u2009\u202f().\\-\u2010-\u2015/]"
"""What people write between digits."""
LINE_GAP: Final = "[ \t\u00a0\u202f().\\-\u2010-\u2015/]"
"""The same within one line."""
_SLASHES: Final = "(?:://|%3A%2F%2F)"
_REST: Final = r"[^\s\"'<>)\]}]+"

_DATE: Final = r"(?:(?:19|20)[0-9]{2}(?:-[0-9]{2}-|/[0-9]{2}/)[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./](?:19|20)[0-9]{2})"
_CLOCK: Final = (
    r"[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9}(?![0-9]))?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):?(?:00|15|30|45))?(?![0-9])"
)
_MOMENT: Final = rf"(?<![0-9+]){_DATE}(?![./-]?[0-9])(?:(?:T|,? ){_CLOCK})?"
_BYTE: Final = r"\.[0-9]{1,3}"

_WRITTEN: Final = frozenset({Strictness.TEXT, Strictness.LOG, Strictness.FOREIGN, Strictness.NAME, Strictness.QUOTE})
_OWN: Final = _WRITTEN - {Strictness.FOREIGN}
_DATED: Final = _WRITTEN - {Strictness.NAME}
_FOREIGN: Final = frozenset({Strictness.FOREIGN})
_QUOTE: Final = frozenset({Strictness.QUOTE})
_SCAN: Final = frozenset({Strictness.SCAN})

_TABLE: Final = (
    # Links.  Also as a part of another address, where slashes are written as `%2F`.
    _Pattern(
        Kind.LINK,
        _WRITTEN,
        rf"(?i:(?:https?{_SLASHES})?(?:(?:chat|call|api)\.whatsapp\.com|wa\.me)(?:/|%2F){_REST})",
    ),
    _Pattern(Kind.LINK, _WRITTEN, rf"(?i:whatsapp{_SLASHES}{_REST})"),
    _Pattern(Kind.LINK, _QUOTE, r"(?i:chat\.whatsapp|\bwa\.me\b|https?:)"),
    _Pattern(Kind.LINK, _SCAN, r"chat\.whatsapp\.com/(?:invite/)?[A-Za-z0-9_-]{16,64}"),
    # Ids.  A group's id of the old kind begins with its creator's number.
    _Pattern(Kind.ID, _FOREIGN, r"(?i:[\w.+:-]+@[a-z][a-z.]*)"),
    _Pattern(Kind.ID, _OWN, r"(?i:\+?[0-9][0-9.:_]{4,}@(?:c\.us|s\.whatsapp\.net|hosted\.lid|hosted|lid)\b)"),
    _Pattern(Kind.ID, _OWN, r"(?i:[0-9]{5,25}(?=-[0-9]{5,15}@g\.us\b))"),
    _Pattern(
        Kind.ID,
        _SCAN,
        r"(?<!\w)[0-9]{7,15}(?=(?:[._][0-9]+)?(?::[0-9]+)?@(?:c\.us|s\.whatsapp\.net|hosted)\b)"
        r"|(?<!\w)[0-9]{7,15}(?=-[0-9]{5,15}@g\.us\b)"
        r"|(?<=wa\.me/)[0-9]{7,15}(?!\w)|(?<=[?&]phone=)[0-9]{7,15}(?!\w)|(?<=[?&]phone=%2B)[0-9]{7,15}(?!\w)",
    ),
    # Numbers with a plus, however they are spaced; in an address the plus is `%2B`.
    _Pattern(Kind.NUMBER, _WRITTEN, rf"\+{_GAP}{{0,2}}[0-9](?:{_GAP}{{0,3}}[0-9]){{6,17}}"),
    _Pattern(Kind.NUMBER, _WRITTEN, r"(?<![0-9A-Za-z])%2[Bb][0-9]{7,15}"),
    _Pattern(Kind.INTERNATIONAL, _SCAN, rf"(?<![\w+])(?:\+|00)(?:{LINE_GAP}{{0,2}}[0-9]){{7,17}}"),
    # Digits that are certainly no number: moments, times, school years, addresses of this network, versions of WAHA
    # (2026.11.3) and of WhatsApp Web (2.3000.1023223821), and how long something took.
    _Pattern(Kind.HARMLESS, _DATED, _MOMENT),
    _Pattern(Kind.HARMLESS, _DATED, rf"(?<![0-9+]){_CLOCK}"),
    _Pattern(Kind.HARMLESS, _DATED, r"(?<![0-9+./-])(?:19|20)[0-9]{2}/(?:(?:19|20)?[0-9]{2})(?![./-]?[0-9])"),
    _Pattern(
        Kind.HARMLESS,
        _DATED,
        rf"(?<![0-9+.])(?:(?:10|127){_BYTE}|192\.168|172\.(?:1[6-9]|2[0-9]|3[01])){_BYTE}{_BYTE}(?![.0-9])"
        r"(?::[0-9]{1,5}(?![0-9]))?",
    ),
    _Pattern(
        Kind.HARMLESS,
        _DATED,
        r"(?<![0-9+.])(?:20[0-9]{2}\.(?:1[0-2]|[1-9])\.[0-9]{1,3}|2\.(?:2[0-9]{3}|3000)\.[0-9]{1,10})(?![.0-9])",
    ),
    _Pattern(Kind.HARMLESS, _FOREIGN, r"(?<![0-9+.])[0-9]{1,7}(?= ?ms\b)"),
    # Numbers without a plus.
    _Pattern(Kind.NUMBER, _QUOTE, r"[0-9](?:[^0-9]{0,3}[0-9]){4}"),
    _Pattern(
        Kind.NUMBER,
        _FOREIGN | {Strictness.NAME},
        rf"[0-9](?:[0-9]|{_GAP}{{1,3}}(?!{_DATE}(?![0-9]))[0-9]){{5,}}",
    ),
    _Pattern(  # national: 07700 900123
        Kind.NUMBER,
        _WRITTEN,
        r"(?<![0-9A-Za-z.])0[0-9]{2,5}[ /-]?[0-9]{3,}(?:[ -]?[0-9]{2,}){0,3}(?![0-9A-Za-z])",
    ),
    _Pattern(Kind.NUMBER, _WRITTEN, r"(?<![0-9A-Za-z])[0-9]{9,15}(?![0-9A-Za-z])"),  # as ids and requests write them
    _Pattern(
        Kind.NATIONAL,
        _SCAN,
        rf"(?<![\w+.,:/-])\(?0[1-9](?:{LINE_GAP}{{0,2}}[0-9]){{5,12}}(?![\w])"  # with a trunk prefix: 07700 900123
        r"|(?<![\w+.,:/-])\(?[2-9][0-9]{2}\)?[ .-][0-9]{3}[ .-][0-9]{4}(?![\w-])",  # North America: (212) 555-0123
    ),
    # Digits alone, as a spreadsheet keeps them.
    _Pattern(Kind.BARE, _SCAN, r"(?<![\w+.,:/@#=-])[1-9][0-9]{9,14}(?![\w@.:/-])"),
)
"""Everything that is looked for.  `tests/privacy/test_mask.py` says of each level what it makes of which text."""

_LEAST_DIGITS: Final = MappingProxyType({Strictness.FOREIGN: 6, Strictness.QUOTE: 5})
"""Numbers with fewer digits are times, sizes and years.  Chosen."""
_USUAL_LEAST: Final = 7
"""Chosen: below the shortest numbers in use on WhatsApp."""

_PLACEHOLDERS: Final = MappingProxyType({Kind.LINK: "(link)", Kind.ID: "(id)", Kind.NUMBER: "(number)"})
"""Parentheses, because they are no markup in any medium."""
_PASSES: Final = (frozenset({Kind.LINK}), frozenset({Kind.ID}), frozenset({Kind.NUMBER, Kind.HARMLESS}))
"""What is masked together: links whole before the ids and numbers in them."""

_WITH_SECRETS: Final = frozenset({Strictness.LOG, Strictness.FOREIGN})
SHORTEST_SECRET: Final = 4
"""Shorter secrets are not searched for: they stand in harmless words.  Chosen."""
_secrets: Final[set[str]] = set()
"""Every spelling of a secret that this process has read."""


def mask(text: str, strictness: Strictness = Strictness.TEXT) -> str:
    """Return `text` with placeholders for what this strictness hides: `(number)`, `(id)`, `(link)`, `(secret)`."""
    if strictness in _WITH_SECRETS:
        text = _without_secrets(text)
    for kinds in _PASSES:
        text = _compiled(strictness, kinds).sub(_masking(strictness), text)
    return text


def is_clear(text: str, strictness: Strictness) -> bool:
    """Whether nothing in `text` has to be hidden."""
    return mask(text, strictness) == text


def proposals(text: str) -> Iterator[Proposal]:
    """What may be a number or an invite link in a file, from its beginning to its end, as `SCAN` looks for it."""
    for match in _compiled(Strictness.SCAN, frozenset(Kind)).finditer(text):
        yield Proposal(_kind(match), match.start(), match.group())


def remember_secret(value: str) -> None:
    """Hide `value` from now on where secrets are hidden, however it is spelled."""
    for spelling in {value, value.strip(), quote(value.strip(), safe=""), repr(value)[1:-1]}:
        if len(spelling) >= SHORTEST_SECRET:
            _secrets.add(spelling)


def _without_secrets(text: str) -> str:
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "(secret)")
    return text


@cache
def _masking(strictness: Strictness) -> Callable[[re.Match[str]], str]:
    least = _LEAST_DIGITS.get(strictness, _USUAL_LEAST)

    def masked(match: re.Match[str]) -> str:
        kind, text = _kind(match), match.group()
        short = kind is Kind.NUMBER and sum(map(str.isdigit, text)) < least
        if kind is Kind.HARMLESS or short:
            return text
        return " " if strictness is Strictness.NAME else _PLACEHOLDERS[kind]

    return masked


@cache
def _compiled(strictness: Strictness, kinds: frozenset[Kind]) -> re.Pattern[str]:
    """The rows of these kinds as one pattern.  Compiled when first asked for: most commands mask little."""
    rows = (
        f"(?P<{row.kind}_{number}>{row.pattern})"
        for number, row in enumerate(_TABLE)
        if row.kind in kinds and strictness in row.levels
    )
    return re.compile("|".join(rows))


def _kind(match: re.Match[str]) -> Kind:
    return Kind((match.lastgroup or "").partition("_")[0])
