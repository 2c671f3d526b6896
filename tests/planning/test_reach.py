"""Every claim that a gateway makes is asked for somewhere, or is said to be for people only."""

import re
from pathlib import Path
from typing import Final

import wagroups
from wagroups.domain.capability import Aspect

INFORMATIVE: Final = frozenset({Aspect.OWNER, Aspect.PERSON_RESULTS, Aspect.JOIN, Aspect.SEND_TEXT})
"""Asked for by name where they are used, or only told in `doctor` and in the page about gateways."""

ELSEWHERE: Final = ("claims.py", "capability.py", "gateways_page.py")
"""Where every claim is named: that is no question."""


def asked() -> set[str]:
    """The names of the aspects that some module asks about."""
    root = Path(wagroups.__file__).parent
    texts = (path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.name not in ELSEWHERE)
    return {name for text in texts for name in re.findall(r"\bAspect\.([A-Z_]+)\b", text)}


def test_every_claim_is_asked_for_somewhere() -> None:
    by_setting = {aspect.name for aspect in Aspect if aspect.value.startswith("settings.")}
    never = {aspect for aspect in Aspect if aspect.name not in asked() | by_setting} - INFORMATIVE
    assert never == set()
