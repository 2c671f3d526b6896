"""A schema that also offers the names of one project: its people, teams, profiles, accounts and communities.

A schema sees one file, and the names stand in others.  They are written into it as suggestions and not as a list of
what is allowed: a name that is newer than the schema must not be underlined.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wagroups.manifests.language.json_schema import Json, Schema

PLACES: Final[Mapping[str, str]] = MappingProxyType(
    {"person": "people", "team": "teams", "profile": "profiles", "account": "accounts", "community": "communities"}
)
"""Keys whose value is a name, and the section that declares it."""

ENTRY_SECTION: Final = "people"
"""What an entry of a list is most often."""


def with_names(schema: Schema, names: Mapping[str, tuple[str, ...]]) -> Schema:
    """`schema` with the names of each section."""
    offering = _offering(schema, names)
    assert isinstance(offering, dict)
    definitions = offering["definitions"]
    assert isinstance(definitions, dict)
    entry = definitions["entry"]
    assert isinstance(entry, dict)
    people: list[Json] = list(names.get(ENTRY_SECTION, ()))
    return offering | {"definitions": definitions | {"entry": entry | {"examples": people}}}


def _offering(node: Json, names: Mapping[str, tuple[str, ...]]) -> Json:
    if isinstance(node, list):
        return [_offering(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    made: Schema = {key: _offering(value, names) for key, value in node.items()}
    properties = made.get("properties")
    if isinstance(properties, dict):
        made["properties"] = {key: _named(key, value, names) for key, value in properties.items()}
    return made


def _named(key: str, schema: Json, names: Mapping[str, tuple[str, ...]]) -> Json:
    # A `profile` of an account is one of a few words and no name.
    if key not in PLACES or not isinstance(schema, dict) or "enum" in schema:
        return schema
    offered: list[Json] = list(names.get(PLACES[key], ()))
    return schema | {"examples": offered}
