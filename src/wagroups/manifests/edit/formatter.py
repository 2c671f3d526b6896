"""One form for manifests: keys in the documented order, one spelling of numbers, the line that editors need.

Comments, blank lines, quotes and indentation stay as they are.  The result is read again: unless it says what the file
said before, the file stays as it is.
"""

from collections.abc import Iterator
from typing import Final

import yaml

from wagroups.manifests.edit.key_order import arranged
from wagroups.manifests.edit.yaml_nodes import Edit, begins, compose, edited, ends, items, pairs, value_of
from wagroups.manifests.edit.yaml_writer import CONFIG_SCHEMA, MANIFEST_SCHEMA, modeline, number
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import CONFIG_FIELDS, CONFIG_FILE, ENTRY_FIELDS, SECTIONS
from wagroups.manifests.language.invisible import visible
from wagroups.manifests.language.types import (
    ColumnsType,
    EntriesType,
    Field,
    Fields,
    Format,
    NamesType,
    Numbering,
    NumberType,
    RecordType,
    Shape,
    TableType,
    TemplateType,
    TextType,
    WordType,
    YesNoType,
)
from wagroups.manifests.load.tree import Map, Node, Seq
from wagroups.manifests.load.yaml_loader import BOM, load
from wagroups.manifests.numbers.parse import ENCRYPTED, Phones

_MODELINE: Final = "# yaml-language-server:"

_MANIFEST: Final[Fields] = SECTIONS
_CONFIG: Final[Fields] = {**{name: Field(TextType(), "") for name in CONFIG_FIELDS}, **SECTIONS}
"""Of the configuration only the order of its parts is ours: what stands in one is few lines, explained in place."""


class Formatter:
    """Formats the files of one project."""

    def __init__(self, region: str | None, schemas: frozenset[str], numbers: Numbering | None = None) -> None:
        """`region` is the country of national spellings, and `numbers` how digits without a prefix are meant;
        `schemas` are the schemas' files that the project has."""
        self._region = region
        self._schemas = schemas
        self._phones = Phones(numbers)

    def formatted(self, data: bytes, file: str) -> bytes | None:
        """The file in its form; `None` where that cannot be done without changing what it says, or it is no YAML."""
        findings = Findings()
        before = load(data, file, findings)
        if findings.failed:
            return None
        text = data.removeprefix(BOM).decode()
        fields = _CONFIG if file == CONFIG_FILE else _MANIFEST
        ended = text if not text or text.endswith(("\n", "\r")) else text + "\n"
        spelt = self._spelt(ended, {**CONFIG_FIELDS, **SECTIONS} if file == CONFIG_FILE else fields)
        for candidate in (_arranged(spelt, fields), spelt, ended):
            result = self._with_modeline(candidate, file)
            if self._same(before, result.encode(), file):
                return (BOM if data.startswith(BOM) else b"") + result.encode()
        return None

    def _same(self, before: Node, result: bytes, file: str) -> bool:
        findings = Findings()
        after = load(result, file, findings)
        return not findings.failed and self._said(before, self._region) == self._said(after, self._region)

    def _said(self, node: Node, region: str | None) -> object:
        """What a tree says: keys without their order, and numbers without their spelling."""
        match node:
            case Map():
                own = node.get("region")
                region = own if isinstance(own, str) and {"phone", "phones"} & node.keys() else region
                return {key: self._said(value, region) for key, value in node.items()}
            case Seq():
                return [self._said(item, region) for item in node]
            case str():
                return self._phones.read(node, region).phone or visible(node)
            case None:
                return None

    def _with_modeline(self, text: str, file: str) -> str:
        schema = CONFIG_SCHEMA if file == CONFIG_FILE else MANIFEST_SCHEMA
        if schema not in self._schemas or any(line.startswith(_MODELINE) for line in text.splitlines()):
            return text
        return f"{modeline(file, schema)}{_line_end(text)}{text}"

    def _spelt(self, text: str, fields: Fields) -> str:
        try:
            return edited(text, self._numbers(compose(text), RecordType(fields), self._region, text))
        except yaml.YAMLError:  # composing refuses some of what the loader takes, such as a name marked twice
            return text

    def _numbers(self, node: yaml.Node | None, shape: Shape | None, region: str | None, text: str) -> Iterator[Edit]:
        """New spellings for the numbers in a value of this shape."""
        match shape, node:
            case Format.PHONE, yaml.ScalarNode():
                yield from list(self._number(node, region, text)) or _seen(node, text)
            case ((Format() | WordType() | YesNoType() | NumberType()), yaml.ScalarNode()) if shape is not Format.PATH:
                yield from _seen(node, text)
            case ColumnsType(), _:
                for key, value in pairs(node):
                    yield from _seen(key, text)
                    for word in (value, *items(value)):
                        yield from _seen(word, text)
            case NamesType(form), _:
                for item in items(node):
                    yield from self._numbers(item, form, region, text)
            case EntriesType(), _:
                for item in items(node):
                    person = item if isinstance(item, yaml.ScalarNode) else value_of(item, "person")
                    # Without a plus it may be an alias.
                    yield from self._numbers(person, Format.PHONE, None, text)
                    for key, value in pairs(item):
                        yield from _seen(key, text)
                        if key.value in ENTRY_FIELDS and key.value != "person":
                            yield from self._numbers(value, ENTRY_FIELDS[key.value].shape, region, text)
            case ((RecordType(fields) | TemplateType(fields)), _):
                own = value_of(node, "region") if "region" in fields and "phone" in fields else None
                for key, value in pairs(node):
                    yield from _seen(key, text)
                    if visible(key.value) in fields:
                        there = own.value if isinstance(own, yaml.ScalarNode) else region
                        yield from self._numbers(value, fields[visible(key.value)].shape, there, text)
            case TableType(of, short), _:
                for key, value in pairs(node):
                    yield from _seen(key, text)
                    yield from self._numbers(value, of if isinstance(value, yaml.MappingNode) else short, region, text)

    def _number(self, node: yaml.ScalarNode, region: str | None, text: str) -> Iterator[Edit]:
        if node.value.startswith(ENCRYPTED):
            return
        phone = self._phones.read(node.value, region).phone
        start, end = begins(node), ends(node)
        # A number of several lines, or behind an anchor, is left alone.
        if phone is not None and text[start:end].strip("'\"") == node.value:
            yield Edit(start, end, number(phone))


def _seen(node: yaml.Node, text: str) -> Iterator[Edit]:
    """A key or a word without the characters that nobody sees."""
    start, end = begins(node), ends(node)
    if isinstance(node, yaml.ScalarNode) and visible(text[start:end]) != text[start:end]:
        yield Edit(start, end, visible(text[start:end]))


def _arranged(text: str, fields: Fields) -> str:
    try:
        return arranged(text, fields)
    except yaml.YAMLError:  # as above
        return text


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
