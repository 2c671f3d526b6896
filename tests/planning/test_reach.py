"""Every claim that a gateway makes is asked for somewhere, and no plan asks a gateway for what it does not claim."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import wagroups
from tests.planning.test_stories import CASES, plan_of
from wagroups.domain.declared.settings import Setting
from wagroups.domain.live.capability import PARTS, Aspect
from wagroups.domain.plans.change_kinds import KINDS
from wagroups.domain.plans.operation import aspect_of

INFORMATIVE: Final[Mapping[Aspect, str]] = {}
"""Aspects that nobody asks about, each with the reason why a claim is worth telling all the same.  There is none."""

NO_QUESTION: Final = ("claims.py", "capability.py", "gateways_page.py", "checkup.py", "change_kinds.py", "operation.py")
"""Where aspects are named and nothing depends on what is claimed: claims, tables, and pages for people."""


def asked() -> set[Aspect]:
    """The aspects that some module asks about by name, or through the table of changes."""
    root = Path(wagroups.__file__).parent
    texts = (path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.name not in NO_QUESTION)
    named = {Aspect[name] for text in texts for name in re.findall(r"\bAspect\.([A-Z_]+)\b", text)}
    by_kind = {kind.aspect for kind in KINDS.values() if kind.aspect is not None}
    parts = named | by_kind
    return parts | {Aspect.of(setting) for setting in Setting} | {PARTS[part] for part in parts if part in PARTS}


def test_every_claim_is_asked_for_somewhere_or_said_to_be_for_people_only() -> None:
    assert set(Aspect) - asked() == set(INFORMATIVE)
    assert all(INFORMATIVE.values())


def needed(story: dict[str, Any]) -> set[Aspect]:
    """What a gateway must be able to write for the steps of a story."""
    return {
        aspect
        for group in plan_of(story).groups
        for step in group.steps
        if (aspect := aspect_of(step.operation)) is not None
    }


def without(story: dict[str, Any], aspect: Aspect, access: str) -> dict[str, Any]:
    return {**story, "gateway": {**story.get("gateway", {}), aspect.value: access}}


@pytest.mark.parametrize("access", ["READ", "NONE"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_gateway_is_never_asked_for_what_it_cannot_do_and_what_is_left_is_said(path: Path, access: str) -> None:
    story = yaml.safe_load(path.read_text(encoding="utf-8"))
    before = plan_of(story)
    for aspect in needed(story):
        lesser = without(story, aspect, access)
        assert aspect not in needed(lesser)
        for had, has in zip(before.groups, plan_of(lesser).groups, strict=True):
            gone = {action.id for action in had.actions} - {action.id for action in has.actions}
            assert not gone or has.notices or has.hold or has.actions, (aspect, had.key)
