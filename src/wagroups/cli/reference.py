"""Write every generated file of a checkout anew: `python -m wagroups.cli.reference [FOLDER]`.  For developers."""

import sys
from pathlib import Path
from typing import Final

from wagroups.cli.entry import COLUMNS, HELP_FILE
from wagroups.cli.main import program
from wagroups.workflows.reference import generated

HELP: Final = f"src/wagroups/cli/{HELP_FILE}"
MARGIN: Final = 2
"""Columns that click leaves free."""


def everything() -> dict[str, str]:
    """The texts of all generated files, by their paths in a checkout."""
    return {**generated(), HELP: help_text()}


def help_text() -> str:
    """What `wagroups --help` says in a terminal that is wide enough."""
    command = program()
    context = command.make_context("wagroups", [], resilient_parsing=True, terminal_width=COLUMNS - MARGIN)
    return command.get_help(context) + "\n"


def write(root: Path) -> tuple[str, ...]:
    """Write what differs; returns the names of those files."""
    changed = []
    for name, text in everything().items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(name)
    return tuple(changed)


if __name__ == "__main__":
    for name in write(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        print(name)  # noqa: T201 - the result
