"""JSON Schema (draft-07) of the documents, generated from their models, so that the two cannot differ."""

from typing import Any, Final

from pydantic import BaseModel

from wagroups.reports.documents.diff import DifferenceDocument
from wagroups.reports.documents.history import HistoryDocument
from wagroups.reports.documents.models import PlanDocument, ReportDocument
from wagroups.reports.documents.watch import RoundDocument

Json = dict[str, Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_ID: Final = "urn:wagroups:schema:v1:"
"""A name, not an address to fetch: the files are in the package."""


def plan_schema() -> Json:
    """The schema of `wagroups plan -o json`, and of a saved plan."""
    return _schema(PlanDocument, "plan", "A plan of wagroups")


def report_schema() -> Json:
    """The schema of `wagroups apply -o json`."""
    return _schema(ReportDocument, "report", "A report of a run of wagroups")


def round_schema() -> Json:
    """The schema of the lines of `wagroups watch -o json`, after the first one, which says where it listens."""
    return _schema(RoundDocument, "round", "A look of wagroups watch")


def difference_schema() -> Json:
    """The schema of `wagroups diff -o json`."""
    return _schema(DifferenceDocument, "difference", "What two revisions declare otherwise")


def history_schema() -> Json:
    """The schema of `wagroups history -o json`."""
    return _schema(HistoryDocument, "history", "What wagroups did")


def _schema(model: type[BaseModel], name: str, title: str) -> Json:
    made = model.model_json_schema(ref_template="#/definitions/{model}", mode="serialization")
    definitions = made.pop("$defs", {})
    made.pop("title", None)
    head = {"$schema": DRAFT, "$id": f"{_ID}{name}", "title": title}
    return {**head, **_plain(made), "definitions": {key: _plain(part) for key, part in sorted(definitions.items())}}


def _plain(node: Any) -> Any:
    """Drop generated titles, and write “X or null” as `type: [X, "null"]`, which editors show best."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _plain(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    options = plain.get("anyOf", [])
    if len(options) == 2 and options[1] == {"type": "null"} and isinstance(options[0].get("type"), str):
        del plain["anyOf"]
        plain = {**options[0], "type": [options[0]["type"], "null"], **plain}
    return plain
