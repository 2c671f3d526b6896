"""The editor schemas are current, accept what the loader accepts, and refuse what they can see."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.manifests.test_corpus import BAD, EXPECTED, GOOD
from wagroups.manifests.language.json_schema import SCHEMAS, config_schema, manifest_schema, schema_text

ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = sorted(
    path
    for path in (ROOT / "examples").rglob("*.yaml")
    if path.parent.name != "github"  # CI's own files
)

SEEN: Final = {
    "unknown-key",
    "unknown-word",
    "wrong-shape",
    "slug",
    "empty-value",
    "phone-format",
    "text-too-long",
    "number",
    "duration",
    "group-id",
    "missing-blank",
    "region",
}
"""Rules that need no second look: no other entry, no other file, no calendar."""

BEYOND_SCHEMAS: Final = {
    "an-alias-in-upper-case",  # an alias in a list may be any text to a schema
    "a-null-description",  # null is what an editor reads
    # Texts that are made of a table's cells:
    "a-generator-whose-key-is-a-note",
    "a-generator-whose-key-is-no-name",
    "a-generator-with-a-subject-that-is-too-long-in-one-line",
}


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: `no` is a text, `true` and 12 are not, dates are texts."""


EditorLoader.yaml_implicit_resolvers = {}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("+-0123456789"))
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|~|)$"), ["n", "~", ""])


def validator(path: Path) -> Draft7Validator:
    is_config = path.name == "wagroups.yaml" or path.name.startswith("config-")
    return Draft7Validator(config_schema() if is_config else manifest_schema())


def as_an_editor_reads(path: Path) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), EditorLoader)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_files_in_schemas_are_current(name: str) -> None:
    schema = SCHEMAS[name]()
    Draft7Validator.check_schema(schema)
    assert (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8") == schema_text(schema)


@pytest.mark.parametrize("path", EXAMPLES + GOOD, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_the_loader_accepts_an_editor_accepts(path: Path) -> None:
    assert [error.message for error in validator(path).iter_errors(as_an_editor_reads(path))] == []


def expected_rules(path: Path, severity: str) -> set[str]:
    """What is wrong with the file itself; editors check no tables."""
    found = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if EXPECTED.match(line))
    return {words[2] for words in found if words[1] == severity and re.fullmatch(r"\d+:\d+", words[3])}


READABLE: Final = [path for path in BAD if not any(rule.startswith("yaml-") for rule in expected_rules(path, "error"))]
"""Files that an editor's own parser can read."""


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_an_editor_sees_what_needs_no_second_look(path: Path) -> None:
    errors = expected_rules(path, "error")
    refused = not validator(path).is_valid(as_an_editor_reads(path))
    if path.stem not in BEYOND_SCHEMAS:
        assert refused or not errors & SEEN
    assert errors or not refused


def test_unions_are_written_for_editors() -> None:
    for name, schema in SCHEMAS.items():
        text = json.dumps(schema())
        assert '"oneOf"' not in text, name
        assert '"anyOf"' not in text, name
        assert "patternErrorMessage" in text, name
