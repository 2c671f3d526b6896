"""Tell what stands in place of a file: a pointer, a locked or encrypted file, a workbook, a page, an unfinished merge.

Looked for before anything is parsed: a parser would find many faults in such a file and name none of its cause, and
advice about text (“save it as UTF-8”) would spoil it.

Sources of the signatures: git-lfs `docs/spec.md` (pointers begin with `version`), git-crypt (files begin with a zero
byte and GITCRYPT), SOPS (a `sops` key beside values `ENC[AES256_GCM,…]`), age's and OpenPGP's first lines, PKWARE's
and Microsoft's file headers, Google Drive's shortcuts (JSON with a document's id).
"""

import codecs
import re
from typing import Final, NamedTuple

from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule


class _Instead(NamedTuple):
    """What a file is instead of what it should be, and the way out."""

    message: str
    """With `{what}` for what it should be: “the table”."""
    help: str


_LOOKED_AT_BYTES: Final = 4096
"""How much of a file is looked at for its signature.  Chosen: all of them stand at the beginning."""

_LFS: Final = _Instead(
    "This is a Git LFS pointer, not {what}.",
    "Run `git lfs pull`; in CI, check out with Git LFS (`lfs: true`).",
)
_GIT_CRYPT: Final = _Instead("This file is locked by git-crypt.", "Run `git-crypt unlock` first.")
_SOPS: Final = _Instead(
    "This file is encrypted as a whole by SOPS.",
    "Decrypt it (`sops decrypt --in-place FILE`) before wagroups reads it.",
)
_ENCRYPTED: Final = _Instead("This file is encrypted as a whole.", "Decrypt it before wagroups reads it.")
_WORKBOOK: Final = _Instead(
    "This is a workbook of Excel, not {what}.", "Open it and save the sheet as “CSV UTF-8”, with a name ending in .csv."
)
_ODS: Final = _Instead(
    "This is a workbook of LibreOffice, not {what}.",
    "Open it and save the sheet as CSV in UTF-8, with a name ending in .csv.",
)
_ARCHIVE: Final = _Instead("This is an archive, not {what}.", "Unpack it, and name the file that was in it.")
_PAGE: Final = _Instead(
    "This is a web page, perhaps a login, not {what}.", "Download the file itself; sign in first where that is needed."
)
_SHEET_SHORTCUT: Final = _Instead(
    "This is a shortcut to Google Sheets, not {what}.",
    "Open it and choose File, Download, Comma-separated values; then name that file.",
)
_SHORTCUT: Final = _Instead("This is a shortcut to a web page, not {what}.", "Download the file itself.")
_PDF: Final = _Instead("This is a PDF document, not {what}.", "Ask for the same as a spreadsheet, and save it as CSV.")

_LFS_SPECS: Final = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
_ENC: Final = b"ENC[AES256_GCM,"
_SOPS_KEY: Final = re.compile(rb'^(?:"?sops"?:|\s+"sops":)', re.MULTILINE)
_ENCRYPTED_HEADS: Final = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED", b"-----BEGIN PGP MESSAGE", b"Salted__")
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGE_HEAD: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_GOOGLE: Final = re.compile(rb'\s*\{.*"doc_id"|\s*\{.*docs\.google\.com/', re.DOTALL)
_WEB_SHORTCUT: Final = re.compile(rb"\s*\[InternetShortcut\]", re.IGNORECASE)

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_BEGINS: Final = re.compile(rb"^<{7}(?:[ \t].*)?\r?$", re.MULTILINE)
_REST: Final = re.compile(rb"^(?:>{7}(?:[ \t].*)?|={7}|\|{7}(?:[ \t].*)?)\r?$", re.MULTILINE)
"""What git leaves of a conflict beside its beginning."""


def stand_in(data: bytes, what: str, at: Origin, findings: Findings) -> bool:
    """Whether something else stands in place of `what` (“the table”), which then is a finding."""
    instead = _instead(data.removeprefix(codecs.BOM_UTF8))
    if instead is not None:
        findings.add(Rule.STAND_IN, at, instead.message.format(what=what), instead.help)
    return instead is not None


def _instead(data: bytes) -> _Instead | None:
    head = data[:_LOOKED_AT_BYTES]
    if head.startswith(_LFS_SPECS):
        return _LFS
    if head.startswith(b"\0GITCRYPT\0"):
        return _GIT_CRYPT
    if head.startswith(_ENCRYPTED_HEADS):
        return _ENCRYPTED
    if head.startswith(_ZIP):
        return _WORKBOOK if b"xl/" in data else _ODS if b"opendocument.spreadsheet" in head else _ARCHIVE
    if head.startswith(_OLE):
        return _WORKBOOK
    if head.startswith(b"%PDF-"):
        return _PDF
    if _PAGE_HEAD.match(head):
        return _PAGE
    if _WEB_SHORTCUT.match(head):
        return _SHORTCUT
    if _GOOGLE.match(head):
        return _SHEET_SHORTCUT
    return _SOPS if _ENC in data and _SOPS_KEY.search(data) else None


def unfinished_merge(data: bytes, file: str, findings: Findings) -> bool:
    """Whether git's marks of a conflict stand in a text, wherever; each conflict is a finding at its beginning."""
    begins = [found.start() for found in _BEGINS.finditer(data)] if b"<<<<<<<" in data else []
    if not begins:
        rest = _REST.search(data) if b">>>>>>>" in data or b"=======" in data or b"|||||||" in data else None
        begins = [] if rest is None else [rest.start()]
    for start in begins:
        findings.add(
            Rule.MERGE_CONFLICT,
            Origin(file, data.count(b"\n", 0, start) + 1),
            "A merge was not finished here.",
            "Choose one of the two sides, and delete the lines of <<<<<<<, ======= and >>>>>>>.",
        )
    return bool(begins)


def not_utf8(data: bytes, error: UnicodeDecodeError, at: Origin, save: str, findings: Findings) -> None:
    """Say that a text is in another encoding, and in which, where its bytes tell."""
    findings.add(Rule.NOT_UTF8, at, f"This file is not UTF-8{_looks_like(data, error)}.", save)


def wide_or_binary(data: bytes) -> str:
    """What bytes with zeros among them are, as the rest of a sentence."""
    if data.startswith(_UTF_16):
        return ": it is UTF-16"
    head = data[:_LOOKED_AT_BYTES]
    return (
        (": it looks like UTF-16 without a byte-order mark")
        if head.count(b"\0") * 3 > len(head)
        else ": it is not text"
    )


def _looks_like(data: bytes, error: UnicodeDecodeError) -> str:
    """Which encoding the bytes suggest, as the rest of a sentence."""
    if error.encoding != "utf-8" or b"\0" in data or data.startswith(_UTF_16):
        return wide_or_binary(data)
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError:
        return ""
    plain = all(char.isprintable() or char in "\r\n\t\u00a0\u00ad" for char in text)
    return ": it looks like Windows-1252" if plain else ""
