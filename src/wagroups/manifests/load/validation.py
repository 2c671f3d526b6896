"""Check what was written against the tables of `schema`, and flatten it.

A record becomes two dictionaries with dotted names (`settings.send_messages`): its texts and its lists.  Flat
names make "maps merge key by key, everything else is replaced" a plain merge of dictionaries.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple, assert_never, overload

from wagroups.domain.declared.desired import Origin
from wagroups.manifests.language.diagnostics import Findings, shown
from wagroups.manifests.language.fields import CONFIG_FIELDS, CONFIG_FILE, FALSE_WORDS, NOTE_PREFIX, TRUE_WORDS
from wagroups.manifests.language.formats import RULES, holds, suggestion
from wagroups.manifests.language.invisible import seen
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import (
    ColumnsType,
    CombinationsType,
    EntriesType,
    Field,
    Fields,
    Format,
    NamesType,
    NumberType,
    RecordsType,
    RecordType,
    Shape,
    TableType,
    TemplateType,
    TextType,
    WordType,
    YesNoType,
)
from wagroups.manifests.load.tree import Map, MapEntry, Node, Seq
from wagroups.manifests.numbers.parse import NO_NUMBER, format_fault

NULLS: Final = frozenset({"~", "null", "Null", "NULL"})
"""YAML's words for “nothing”: without quotes they count as an empty value."""


DECIMAL: Final = re.compile(r"[0-9]+[.,]0+|[0-9]([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
"""A whole number, such as an id, as spreadsheets export it."""

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Shown as a blank although Unicode counts them as letters and symbols: the Hangul fillers, Braille without a dot."""


class Written(NamedTuple):
    """A text, checked, with its place."""

    text: str
    origin: Origin


class Listed(NamedTuple):
    """A list, with the place of its key."""

    items: Seq
    origin: Origin


class Mapped(NamedTuple):
    """Keys of the author's own, or a tree that is read later, with the place of its key."""

    node: Map
    origin: Origin


class Choice(NamedTuple):
    """A column, and the words that its cell may be."""

    column: Written
    words: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Flat:
    """A record's checked contents, by dotted name."""

    texts: dict[str, Written] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)
    maps: dict[str, Mapped] = field(default_factory=dict)

    @overload
    def text(self, name: str, otherwise: str) -> str: ...
    @overload
    def text(self, name: str, otherwise: None = None) -> str | None: ...
    def text(self, name: str, otherwise: str | None = None) -> str | None:
        return self.texts[name].text if name in self.texts else otherwise

    def yes(self, name: str) -> bool:
        return self.text(name) == "yes"

    def day(self, name: str) -> date | None:
        written = self.text(name)
        return None if written is None else date.fromisoformat(written)


class Reader:
    """Checks entries; what is wrong goes to the findings and is left out."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def flat(self, node: Node, at: Origin, fields: Fields, what: str) -> Flat:
        """The contents of a record.  `what` names it in messages: “a group”."""
        found = Flat()
        self._flatten(node, at, fields, what, "", found)
        return found

    def chosen(self, entries: Iterable[MapEntry], fields: Fields, what: str) -> Flat:
        """The contents of some entries of a record, all of them known keys."""
        found = Flat()
        for entry in entries:
            self._field(entry, fields[entry.key], what, "", found)
        return found

    def table(self, node: Node, at: Origin, what: str) -> Iterator[MapEntry]:
        """The entries of a table of names, notes left out; a name that is no slug is reported and kept."""
        if node is None:
            return
        if not isinstance(node, Map):
            self.findings.add(Rule.SHAPE, at, f"{what} is a set of names with values.", "Write `name:` below it.")
            return
        for entry in node.entries():
            if not entry.key.startswith(NOTE_PREFIX):
                self.form(entry.key, Format.SLUG, entry.key_origin)
                yield entry

    def visible(self, text: str, at: Origin) -> str:
        """`text` without characters that nobody sees, of which there is a warning then."""
        return seen(text, at, self.findings)

    def names(self, listed: Listed, form: Format) -> list[Written]:
        """The items of a list of texts."""
        found = []
        for index, item in enumerate(listed.items):
            at = listed.items.origin(index)
            if not isinstance(item, str):
                self.findings.add(Rule.SHAPE, at, f"Each item here is {form.description}.", f"Example: {form.example}")
            elif (text := self.form(item, form, at)) is not None:
                found.append(Written(text, at))
        return found

    def columns(self, mapped: Mapped) -> tuple[Choice, ...] | None:
        """Columns with their words; `None` after a finding."""
        choices = [self._choice(entry) for entry in mapped.node.entries()]
        return None if None in choices else tuple(choice for choice in choices if choice is not None)

    def _choice(self, entry: MapEntry) -> Choice | None:
        match entry.node:
            case str() as text:
                words: tuple[Written, ...] = (Written(self.visible(text, entry.origin).strip(), entry.origin),)
            case Seq() as items if items and all(isinstance(item, str) for item in items):
                places = ((str(item), items.origin(number)) for number, item in enumerate(items))
                words = tuple(Written(self.visible(item, at).strip(), at) for item, at in places)
            case _:
                self.findings.add(
                    Rule.SHAPE,
                    entry.origin,
                    f"{shown(entry.key, 'this column')} needs a word, or a list of words.",
                    f"Example: {{{entry.key}: [5a, 5b]}}",
                )
                return None
        return Choice(Written(entry.key, entry.key_origin), words)

    def form(self, text: str, form: Format, at: Origin) -> str | None:
        """`text` when it has the form; else a finding."""
        if form is not Format.PATH and not text.isascii():
            text = self.visible(text, at)
        if holds(text, form):
            return text
        fault = format_fault(text) if form is Format.PHONE else None
        if fault is not None:
            unlike = fault is NO_NUMBER
            self.findings.add(
                fault.rule, at, f"{shown(text)} is not a phone number." if unlike else fault.message, fault.help
            )
            return None
        if form is Format.SLUG and DECIMAL.fullmatch(text):
            self.findings.add(
                Rule.DECIMAL_CELL,
                at,
                f"A spreadsheet has made a decimal number of {shown(text)}.",
                "Format the column as text and type the name again: leading zeros may also be lost.",
            )
            return None
        self.findings.add(
            RULES[form],
            at,
            f"{shown(text)} is not {form.description}.",
            f"Example: {form.example}",
            suggestion(text, form, self.findings),
        )
        return None

    def unknown_key(self, entry: MapEntry, fields: Fields, what: str) -> None:
        near = self.findings.nearest(entry.key, fields)
        help = f"Keys that begin with {NOTE_PREFIX} are free for notes."
        if entry.key in CONFIG_FIELDS and what == "a manifest":
            help = f"`{entry.key}:` belongs in {CONFIG_FILE}."
        elif near is None:
            help = f"Known keys: {_known(fields)}.  {help}"
        message = f"{shown(entry.key)} is not a key of {what}."
        self.findings.add(Rule.UNKNOWN_KEY, entry.key_origin, message, help, near)

    def _flatten(self, node: Node, at: Origin, fields: Fields, what: str, prefix: str, found: Flat) -> None:
        if node is None:
            return
        if not isinstance(node, Map):
            self.findings.add(Rule.SHAPE, at, f"{what} is a set of keys.", f"Known keys: {_known(fields)}.")
            return
        for entry in node.entries():
            known = fields.get(entry.key)
            if known is not None:
                self._field(entry, known, what, prefix, found)
            elif not entry.key.startswith(NOTE_PREFIX):
                self.unknown_key(entry, fields, what)

    def _field(self, entry: MapEntry, known: Field, what: str, prefix: str, found: Flat) -> None:
        name, shape = prefix + entry.key, known.shape
        if entry.node is None or (not entry.quoted and isinstance(entry.node, str) and entry.node in NULLS):
            if not (isinstance(shape, RecordType) and shape.may_be_empty):
                self.findings.add(Rule.EMPTY, entry.key_origin, f"`{entry.key}` has no value.", _what_to_write(shape))
            return
        match shape, entry.node:
            case RecordType(fields=fields), Map() as node:
                self._flatten(node, entry.origin, fields, f"`{entry.key}`", f"{name}.", found)
            case NamesType() | EntriesType() | CombinationsType(), Seq() as items:
                found.lists[name] = Listed(items, entry.key_origin)
            case ColumnsType() | TemplateType() | TableType(), Map() as node:
                found.maps[name] = Mapped(node, entry.key_origin)
            case TextType() | WordType() | YesNoType() | NumberType() | Format(), str() as text:
                checked = self._text(text, shape, entry)
                if checked is not None:
                    found.texts[name] = Written(checked, entry.origin)
            case _:
                self.findings.add(
                    Rule.SHAPE, entry.origin, f"`{entry.key}` of {what} is {_kind(shape)}.", _what_to_write(shape)
                )

    def _text(
        self, text: str, shape: TextType | WordType | YesNoType | NumberType | Format, entry: MapEntry
    ) -> str | None:
        at = entry.origin
        if not isinstance(shape, TextType | Format):  # texts keep theirs, and forms see to it themselves
            text = self.visible(text, at)
        match shape:
            case Format():
                return self.form(text, shape, at)
            case TextType():
                return self._free_text(text, shape, entry)
            case WordType(words):
                if text not in words:
                    self._not_a_word(text, words, entry)
                    return None
            case YesNoType():
                if text.lower() in TRUE_WORDS:
                    return "yes"
                if text.lower() in FALSE_WORDS:
                    return "no"
                self._not_a_word(text, ("yes", "no"), entry)
                return None
            case NumberType(least, most):
                if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
                    self.findings.add(
                        Rule.NUMBER, at, f"`{entry.key}` is a whole number from {least} to {most}.", "Example: 10"
                    )
                    return None
            case _:
                assert_never(shape)
        return text

    def _free_text(self, text: str, shape: TextType, entry: MapEntry) -> str | None:
        text = unicodedata.normalize("NFC", text).strip()
        if len(text) < shape.least:
            rule = Rule.NO_SUBJECT if entry.key == "subject" else Rule.EMPTY
            self.findings.add(
                rule, entry.origin, f"`{entry.key}` cannot be empty.", "Write some text, or delete the key."
            )
            return None
        if text and shape.least and all(map(_is_invisible, text)):
            self.findings.add(
                Rule.NO_SUBJECT if entry.key == "subject" else Rule.EMPTY,
                entry.origin,
                f"`{entry.key}` contains no visible character.",
                "Write text that people can read and search for.",
            )
            return None
        if shape.most is not None and len(text) > shape.most:
            self.findings.add(
                Rule.TEXT_LENGTH,
                entry.origin,
                f"`{entry.key}` has {len(text)} characters; at most {shape.most} are allowed.",
                "Shorten it.  An emoji may count as several characters.",
            )
            return None
        allowed = "\n\t" if shape.lines else ""
        if not text.isprintable() and any(unicodedata.category(char) == "Cc" and char not in allowed for char in text):
            self.findings.add(
                Rule.TEXT_CONTROL,
                entry.origin,
                f"`{entry.key}` contains a line break or a control character.",
                "Remove it.",
            )
            return None
        return text

    def _not_a_word(self, text: str, words: tuple[str, ...], entry: MapEntry) -> None:
        suggestion = self.findings.nearest(text, words)
        if text.lower() in FALSE_WORDS and "off" in words:
            suggestion = "off"
        self.findings.add(
            Rule.WORD,
            entry.origin,
            f"`{entry.key}` cannot be {shown(text)}.",
            f"Write one of: {', '.join(words)}.",
            suggestion,
        )


def _is_invisible(char: str) -> bool:
    return char in _BLANK_LETTERS or unicodedata.category(char) in ("Cf", "Zs", "Zl", "Zp")


def _known(fields: Fields) -> str:
    return ", ".join(fields)


def _kind(shape: Shape) -> str:
    match shape:
        case RecordType() | RecordsType() | TableType() | ColumnsType() | TemplateType():
            return "a set of keys"
        case NamesType() | EntriesType() | CombinationsType():
            return "a list"
        case TextType() | WordType() | YesNoType() | NumberType() | Format():
            return "one text"
        case _:
            assert_never(shape)


def _what_to_write(shape: Shape) -> str:
    match shape:
        case EntriesType():
            return "Write a list (`- anna`), `[]` for nobody, or delete the key."
        case NamesType(of=form):
            return f"Write a list such as [{form.example}], or delete the key."
        case TextType(least=0):
            return 'Write some text, "" to clear it, or delete the key.'
        case WordType(words=words):
            return f"Write one of {', '.join(words)}, or delete the key."
        case Format():
            return f"Write {shape.description}, such as {shape.example}, or delete the key."
        case YesNoType():
            return "Write yes or no, or delete the key."
        case TextType() | NumberType():
            return "Write a value, or delete the key."
        case ColumnsType():
            return "Write columns with their words, such as {class: 5a}, or delete the key."
        case CombinationsType():
            return "Write a list such as [{year: 5, club: choir}], or delete the key."
        case RecordType() | RecordsType() | TableType() | TemplateType():
            return "Write keys with values below it, or delete the key."
        case _:
            assert_never(shape)
