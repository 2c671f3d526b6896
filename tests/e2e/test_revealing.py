"""Who may see a number: the list of modules that turn a redacted value into text again."""

import re
from pathlib import Path
from typing import Final

import wagroups

SOURCE: Final = Path(wagroups.__file__).parent
REVEALING: Final = re.compile(r"\.(reveal|digits)\(|\bREVEAL\b")

ALLOWED: Final = {
    "domain/identity.py": "is where the values are defined",
    "gateways/": "writes them into requests",
    "state/": "keeps them in the private ledger",
    "simulation/": "is a WhatsApp, with invented people",
    "privacy/redactor.py": "decides how much is shown",
    "planning/diff/attribution.py": "hashes a group's id into an action's id",
    "manifests/numbers/parse.py": "asks the numbering plan about the numbers that it is reading",
    "manifests/edit/names.py": "reads the numbers it is about to write",
    "manifests/edit/yaml_writer.py": "writes the people of `import` into the directory",
    "execution/invitations.py": "writes a link into the text for the one person it is for",
    "cli/commands/link.py": "shows a link to the person at the terminal who asked for it",
}
"""Where values may be revealed, and why there.  A new line here is a decision about people's data."""


def revealers() -> set[str]:
    """Every module that turns a redacted value into text."""
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if REVEALING.search(path.read_text(encoding="utf-8"))
    }


def test_values_are_revealed_in_few_places_that_have_a_reason() -> None:
    strangers = {name for name in revealers() if not name.startswith(tuple(ALLOWED))}
    assert not strangers, f"{sorted(strangers)} reveal numbers, ids or links, and have no reason in ALLOWED"


def test_every_place_that_may_reveal_does() -> None:
    idle = {place for place in ALLOWED if not any(name.startswith(place) for name in revealers())}
    assert not idle, f"{sorted(idle)} need no permission any more"
