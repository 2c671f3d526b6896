"""Make strangers' texts harmless: subjects, descriptions and names are written by whoever is in a group.

`clean` decides what may be shown at all, once for every medium; then each medium has an escaper of its own,
because what is plain text in a terminal is markup in a comment.
"""

import re
import unicodedata
from typing import Final

SHOWN_CHARS: Final = 100
"""The longest subject that WhatsApp accepts; anything longer is cut."""

JOINERS: Final = frozenset("\u200d\ufe0f")
"""Joiner and variation selector: emoji are made of them."""

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")

_NEWLINE: Final = re.compile(r"\r\n|[\n\r\u0085\u2028\u2029\v\f]")
_MARKS_IN_A_ROW: Final = 3
"""More combining marks on one letter than any language needs reach into the lines above and below."""


def clean(text: str, limit: int | None = SHOWN_CHARS) -> str:
    """One line of `text` without control, format, private and unassigned characters, cut to `limit` characters.

    Line ends become `␤`, so that a text with several lines is seen to have them.
    """
    text = _NEWLINE.sub("␤", text).replace("\t", " ")
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if char not in JOINERS and category in _DROPPED:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        kept.append(char)
        if limit is not None and len(kept) > limit:
            return "".join(kept[: limit - 1]) + "…"
    return "".join(kept)


RUNNER_COMMAND: Final = "##["
"""Begins the older workflow commands of GitHub's and Azure's runners, which they find anywhere in a line."""


def for_terminal(text: str) -> str:
    """Escape cleaned text for a terminal or a job log.  Lines never begin with it, so `::` needs no care."""
    return text.replace(RUNNER_COMMAND, "## [")


_MARKUP: Final = re.compile(r"([\\`*_\[\]|~$])")
_BLOCK_START: Final = re.compile(r"^(\s*)([#+\-=>])")
_LIST_START: Final = re.compile(r"^(\s*[0-9]+)([.)])")
_ZERO_WIDTH: Final = "\u200b"


def _defused(text: str) -> str:
    """Break mentions (`@team`), references (`#12`) and bare addresses, which forges turn into links and mail."""
    text = re.sub(r"([@#])(?=\w)", rf"\1{_ZERO_WIDTH}", text)
    return text.replace("://", f":{_ZERO_WIDTH}//").replace("www.", f"www{_ZERO_WIDTH}.")


def for_html(text: str) -> str:
    """Escape cleaned text for HTML, as element content or in a quoted attribute."""
    return (
        _defused(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&apos;")
    )


def for_markdown(text: str) -> str:
    """Escape cleaned text for Markdown, wherever in a line it stands, table cells included."""
    marked = _MARKUP.sub(r"\\\1", _defused(text))
    marked = _LIST_START.sub(r"\1\\\2", _BLOCK_START.sub(r"\1\\\2", marked))
    return marked.replace("&", "&amp;").replace("<", "&lt;")


def fence_for(lines: str) -> str:
    """A fence longer than every run of back-ticks inside, so that no text ends its own block."""
    longest = max((len(run) for run in re.findall(r"`+", lines)), default=0)
    return "`" * max(3, longest + 1)


def for_csv(text: str) -> str:
    """Escape cleaned text as one cell of CSV (RFC 4180).

    Spreadsheets run what begins like a formula, so such a cell gets an apostrophe in front.  Source: OWASP, “CSV
    Injection” (read 2026-11).
    """
    shown = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    return f'"{shown.replace(chr(34), chr(34) * 2)}"' if any(char in shown for char in ',"\n;') else shown


def for_command(text: str) -> str:
    """Escape text as the message of one of GitHub's workflow commands.

    Source: actions/toolkit, `core/src/command.ts` (read 2026-11).
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def for_command_property(text: str) -> str:
    """Escape text as a property (`title`, `file`) of one of GitHub's workflow commands."""
    return for_command(text).replace(":", "%3A").replace(",", "%2C")


def for_uri(path: str) -> str:
    """A relative path as a URI reference (RFC 3986, 2.1 and 2.3)."""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in path.encode())
