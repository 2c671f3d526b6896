"""What `validate` found as SARIF 2.1.0, for forges and editors that collect findings of many tools.

Source: the OASIS standard “Static Analysis Results Interchange Format 2.1.0”, 3.19 to 3.30.  Columns count from 1 in
Unicode code points, which is said, because the default is UTF-16.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, for_uri
from wagroups.privacy.mask import mask
from wagroups.reports.view.problem_kinds import with_folds

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT: Final = "PROJECTROOT"


def problems_sarif(problems: Sequence[Problem], explanations: Mapping[str, str], version: str) -> str:
    """Problems as one run.  `explanations` says why each rule exists, by its id; `version` is the program's."""
    rules = list(dict.fromkeys(problem.rule for problem in problems))
    run = {
        "tool": {
            "driver": {
                "name": "wagroups",
                "semanticVersion": version,
                "rules": [_rule(rule, explanations.get(rule, "")) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder of wagroups.yaml."}}},
        "results": [_result(problem, rules.index(problem.rule)) for problem in with_folds(problems)],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: str, explanation: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": explanation}} if explanation else {"id": rule}


def _result(problem: Problem, index: int) -> dict[str, Any]:
    meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
    said = " ".join(filter(None, [problem.message, meant, problem.help]))
    place: dict[str, Any] = {"artifactLocation": {"uri": for_uri(problem.file), "uriBaseId": _ROOT}}
    if problem.line:
        place["region"] = {"startLine": problem.line, "startColumn": max(problem.column, 1)}
    result = {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": clean(mask(said), limit=None)},
        "locations": [{"physicalLocation": place}],
    }
    return result | {"properties": {"folded": True}} if problem.folded else result
