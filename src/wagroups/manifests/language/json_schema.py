"""JSON Schemas (draft-07) for editors, made from the tables that the loader reads.

Written for what a person reads in an editor: unions as `type: [...]` and never `oneOf`, whose errors name every
branch, and words of our own (`errorMessage`, `patternErrorMessage`) wherever the YAML language server takes them; its
own speak of types, properties and patterns.  A schema sees one file, and YAML's own types in it, so it is a first look;
the loader decides.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, Union, assert_never

from wagroups.manifests.language.fields import (
    CONFIG_FIELDS,
    ENTRY_FIELDS,
    FALSE_WORDS,
    NOTE_PREFIX,
    OVERRIDES_FIELDS,
    SECTIONS,
    TRUE_WORDS,
)
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

# Not `|`: the name is not defined yet when the alias is made.
Json: TypeAlias = Union[str, int, bool, "list[Json]", "dict[str, Json]", None]
Schema: TypeAlias = dict[str, Json]

_SHOWN: Final = ("description", "markdownDescription", "defaultSnippets")
"""What an editor shows whatever the value is."""

_TAKEN_FOR_INTEGERS: Final = (Format.PHONE, Format.SLUG, Format.SESSION, Format.COUNT)
"""Unquoted and without blanks, these are integers to an editor."""

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
SNIPPETS: Final[Mapping[str, Schema]] = {
    "people": {"label": "person", "body": {"${1:alias}": "${2:+44 7700 900123}"}},
    "teams": {"label": "team", "body": {"${1:name}": ["${2:alias}"]}},
    "groups": {"label": "group", "body": {"${1:key}": {"subject": "${2:Subject}", "members": ["${3:alias}"]}}},
}
"""What an editor offers to write in a section."""

_LIST: Final = "Write a list: one line for each entry, beginning with `- `, or [anna, ben].  [] means nobody."


def config_schema() -> Schema:
    """The schema of `wagroups.yaml`, which may also hold manifest sections."""
    return _document("wagroups.yaml", "The configuration of a wagroups project.", {**CONFIG_FIELDS, **SECTIONS})


def manifest_schema() -> Schema:
    """The schema of every other file."""
    return _document("A wagroups manifest", "People, teams and groups.", SECTIONS)


def overrides_schema() -> Schema:
    """The schema of `overrides.yaml`."""
    title = "The overrides of a wagroups project"
    return _document(title, "Guards and holds that a reviewed change overrides, for a few days.", OVERRIDES_FIELDS)


SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {"config": config_schema, "manifest": manifest_schema}
"""The schemas of this package, by the name that `wagroups schema` takes."""


def schema_text(schema: Schema) -> str:
    """The text of a schema's file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _document(title: str, description: str, fields: Fields) -> Schema:
    properties: Schema = {}
    for name, field in fields.items():
        schema = _field(field)
        # An empty section is fine.
        is_section = isinstance(field.shape, TableType | RecordType | RecordsType)
        properties[name] = (_or_null(schema) if is_section else schema) | _snippets(name)
    entry = _record(ENTRY_FIELDS) | {
        "type": ["string", "integer", "object"],
        **_described("An alias, a number, `team: name`, or `person: alias` with from, until and reason."),
        "pattern": "^(?!(team|person|roster):)[^@*].*$",
        "patternErrorMessage": "Write an alias, `team: name` with a space after the colon, or a number.",
        "errorMessage": f"Write an alias or a number.  {_known(ENTRY_FIELDS)}",
    }
    return {
        "$schema": DRAFT,
        "title": title,
        "description": description,
        "type": ["object", "null"],
        "properties": properties,
        **_closed(fields),
        "definitions": {"entry": entry},
    }


def _field(field: Field) -> Schema:
    return _shape(field.shape) | _described(field.meaning)


def _described(meaning: str) -> Schema:
    """Hover texts are Markdown, and a plain description is escaped for it, back-quotes too."""
    schema: Schema = {"description": meaning}
    if "`" in meaning:
        schema["markdownDescription"] = meaning
    return schema


def _shape(shape: Shape) -> Schema:
    match shape:
        case TextType():
            return _text(shape)
        case WordType(words, meanings):
            return _words(words, words, meanings)
        case YesNoType():
            return _words((TRUE_WORDS[0], FALSE_WORDS[0]), (*TRUE_WORDS, *FALSE_WORDS))
        case NumberType(least, most):
            message = f"Write a whole number from {least} to {most}."
            return {"type": "integer", "minimum": least, "maximum": most, "errorMessage": message}
        case Format():
            return _format(shape)
        case NamesType(form):
            return {"type": "array", "items": _format(form), "errorMessage": f"Write a list, such as [{form.example}]."}
        case EntriesType():
            return {"type": "array", "items": {"$ref": "#/definitions/entry"}, "errorMessage": _LIST}
        case ColumnsType():
            return _columns()
        case CombinationsType():
            message = "Write a list such as [{year: 5, club: choir}]."
            return {"type": "array", "items": _columns(), "errorMessage": message}
        case TemplateType(fields):
            return _template(fields)
        case RecordsType(fields):
            # Keywords of one type say nothing about values of another, so the two forms lie in one schema.
            return _record(fields) | {"type": ["object", "array"], "items": _record(fields)}
        case RecordType(fields, may_be_empty):
            return _or_null(_record(fields)) if may_be_empty else _record(fields)
        case TableType(of, short):
            return _table(of, short)
        case _:
            assert_never(shape)


def _text(shape: TextType) -> Schema:
    # An unquoted 2026 or 1.5 is a number to an editor and a text to the loader.
    schema: Schema = {"type": ["string", "number", "boolean"], "errorMessage": "Write some text."}
    if shape.least:
        schema["pattern"] = r"\S"
        schema["patternErrorMessage"] = "Write some text; it cannot be empty."
    else:
        schema["errorMessage"] = 'Write some text; "" means empty.'
    if shape.most is not None:
        schema["maxLength"] = shape.most
    return schema


def _words(offered: tuple[str, ...], taken: tuple[str, ...], meanings: tuple[str, ...] = ()) -> Schema:
    """`offered` are what an editor writes; those `taken` pass, and the booleans that editors make of some of them."""
    choice: Schema = {"enum": list(offered), "errorMessage": f"Write {_either(offered)}."}
    if meanings:
        choice["enumDescriptions"] = list(meanings)
    true, false = (any(word in words for word in taken) for words in (TRUE_WORDS, FALSE_WORDS))
    if not true and not false:
        return choice
    # What an `if` takes is neither offered nor named in a message.
    passing: Schema = {"type": ["string", "boolean"], "pattern": f"^({'|'.join(taken)})$"}
    if not (true and false):
        passing["not"] = {"const": false}
    snippets: list[Json] = [{"label": word, "bodyText": word} for word in offered]
    return {"if": passing, "else": choice, "defaultSnippets": snippets}


def _either(words: tuple[str, ...]) -> str:
    """`off, 24h, 7d or 90d`"""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _format(form: Format) -> Schema:
    types: Json = ["string", "integer"] if form in _TAKEN_FOR_INTEGERS else "string"
    message = f"Write {form.description}, such as {form.example}"
    return {
        "type": types,
        "pattern": f"^({form.pattern})$",
        "patternErrorMessage": message,
        "errorMessage": message,
        "examples": [form.example],
    }


def _record(fields: Fields) -> Schema:
    properties: Schema = {name: _field(field) for name, field in fields.items()}
    return {"type": "object", "properties": properties, **_closed(fields)}


def _table(of: Shape, short: Shape | None) -> Schema:
    value = _shape(of)
    if short is not None:
        # Keywords of one type say nothing about values of another, so the two forms lie in one schema.
        form = _shape(short)
        message = f"{form['errorMessage']}".rstrip(".") + f".  {value['errorMessage']}"
        value = form | value | {"type": [*_types(form), *_types(value)], "errorMessage": message}
    return {
        "type": "object",
        # The pattern of the names decides alone: an `additionalProperties: false` would say so in words of its own.
        "propertyNames": {
            "pattern": f"^({NOTE_PREFIX}.*|{Format.SLUG.pattern})$",
            "patternErrorMessage": f"Write {Format.SLUG.description}, such as {Format.SLUG.example}",
        },
        "patternProperties": {**_notes(), f"^(?!{NOTE_PREFIX}){Format.SLUG.pattern}$": value},
        "errorMessage": "Write entries here, each under a name that you choose.",
    }


def _columns() -> Schema:
    """Columns with a word or a list of words; unquoted, a word may be a number or a truth value to an editor."""
    word: list[Json] = ["string", "number", "boolean"]
    return {
        "type": "object",
        "additionalProperties": {
            "type": [*word, "array"],
            "items": {"type": word},
            "minItems": 1,
            "errorMessage": "Write a word, or a list of words such as [5a, 5b].",
        },
        "errorMessage": "Write columns with their words, such as {class: 5a}.",
    }


def _template(fields: Fields) -> Schema:
    """Known keys; a text that has a form may be made of columns instead."""
    schema = _record(fields)
    properties = schema["properties"]
    assert isinstance(properties, dict)  # of a record
    return schema | {"properties": {name: _fillable(part) for name, part in properties.items()}}


def _fillable(schema: Json) -> Json:
    """A schema that also takes a text with `${` in it."""
    assert isinstance(schema, dict)  # of a field
    match schema:
        case {"properties": dict(properties)}:
            return schema | {"properties": {name: _fillable(part) for name, part in properties.items()}}
        case {"type": "array"}:
            return schema
        case _:
            outside: Schema = {key: schema[key] for key in _SHOWN if key in schema}
            return {"if": {"type": "string", "pattern": r"\$\{"}, "else": schema, **outside}


def _or_null(schema: Schema) -> Schema:
    return schema | {"type": [*(name for name in _types(schema) if name != "null"), "null"]}


def _types(schema: Schema) -> list[Json]:
    types = schema["type"]
    return types if isinstance(types, list) else [types]


def _snippets(name: str) -> Schema:
    return {"defaultSnippets": [SNIPPETS[name]]} if name in SNIPPETS else {}


def _closed(fields: Fields) -> Schema:
    return {"patternProperties": _notes(), "additionalProperties": False, "errorMessage": _known(fields)}


def _known(fields: Fields) -> str:
    """Said both of a key that is not among them and of a value that has no keys."""
    names = ", ".join(fields)
    return f"Keys allowed here: {names}."


def _notes() -> Schema:
    return {f"^{NOTE_PREFIX}": True}
