"""Everything that is made from the code: the JSON Schemas, and the pages about gateways, guards and rules."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from wagroups.domain.declared.choices import SchemaName
from wagroups.gateways.registry import KINDS
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.fields import NOTE_PREFIX
from wagroups.manifests.language.json_schema import SCHEMAS as MANIFEST_SCHEMAS
from wagroups.manifests.language.json_schema import config_schema, manifest_schema, overrides_schema, schema_text
from wagroups.manifests.language.project_schema import with_names
from wagroups.manifests.language.rules_doc import rules_page
from wagroups.manifests.load.files import read_inside
from wagroups.manifests.load.tree import Map
from wagroups.manifests.load.yaml_loader import load
from wagroups.reports.documents.gateways_page import Chapter, gateways_page
from wagroups.reports.documents.guards_page import guards_page
from wagroups.reports.documents.schemas import (
    difference_schema,
    history_schema,
    plan_schema,
    report_schema,
    round_schema,
)
from wagroups.workflows.project.contents import contents

__all__ = ["MANIFEST_SCHEMAS", "SCHEMAS", "generated", "schema", "schema_with_names"]

SCHEMAS: Final[Mapping[str, Callable[[], dict[str, Any]]]] = MappingProxyType(
    {
        SchemaName.CONFIG: config_schema,
        SchemaName.MANIFEST: manifest_schema,
        SchemaName.OVERRIDES: overrides_schema,
        SchemaName.PLAN: plan_schema,
        SchemaName.REPORT: report_schema,
        SchemaName.ROUND: round_schema,
        SchemaName.DIFFERENCE: difference_schema,
        SchemaName.HISTORY: history_schema,
    }
)
"""The schemas by the names that `wagroups schema` takes."""

_NAMING: Final = ("people", "teams", "profiles", "accounts", "communities")
"""Sections whose keys are names."""


def schema(name: str) -> str:
    """The text of a schema's file."""
    return schema_text(SCHEMAS[name]())


def schema_with_names(name: str, root: Path) -> str:
    """The text of a schema of `MANIFEST_SCHEMAS` that also offers what the project in `root` declares."""
    return schema_text(with_names(MANIFEST_SCHEMAS[name](), _names_in(root)))


def _names_in(root: Path) -> dict[str, tuple[str, ...]]:
    """The keys of each section that declares names, sorted, whatever else is wrong with the files."""
    found: dict[str, set[str]] = {section: set() for section in _NAMING}
    findings = Findings()
    for file in contents(root).files:
        data = read_inside(root, file, findings)
        tree = None if data is None else load(data, file, findings)
        if not isinstance(tree, Map):
            continue
        for section in _NAMING:
            table = tree.get(section)
            if isinstance(table, Map):
                found[section].update(key for key in table if not key.startswith(NOTE_PREFIX))
    return {section: tuple(sorted(keys)) for section, keys in found.items()}


def generated() -> dict[str, str]:
    """The texts of all generated files, by their paths in a checkout."""
    schemas = {f"schemas/{name}.schema.json": schema(name) for name in SCHEMAS}
    pages = {"gateways": gateways_page(_chapters()), "guards": guards_page(), "rules": rules_page()}
    return {**schemas, **{f"docs/{name}.md": page for name, page in pages.items()}}


def _chapters() -> list[Chapter]:
    return [
        Chapter(
            kind.titles.get(dialect, dialect),
            kind.claims(dialect),
            None if kind.oldest is None else kind.oldest(dialect),
        )
        for kind in KINDS.values()
        for dialect in kind.dialects
    ]
