"""The page about guards and read holds, made from the table of rules."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.plans.rules import RULES, Level, SafetyRule

_INTRODUCTION: Final = """\
# Guards and holds

What stops a run, or a part of it, before anything is written.  `wagroups plan` meets the same rules, still prints the
whole plan, and ends with the same code.  One rule at a time is passed with a reason, which is kept in the audit log: on
the command line (`wagroups apply --override emptied@board=REASON`), or by an entry of `overrides.yaml`, which is
reviewed with the change and holds for seven days at most:

```yaml
overrides:
  - {rule: emptied, group: board, reason: The board was dissolved, until: 2026-12-08}
```

Mistakes in the files (exit code 65) are in [rules.md](rules.md).  This page is made from the program (`make docs`).
"""

_HEADINGS: Final = {
    Level.GROUP: "## Guards of a group\n\nThe group is left alone, and the others are done.  A limit that all groups "
    "of an account exceed together stops the run.\n",
    Level.RUN: "## Guards of the run\n\nNothing is done in any group.\n",
    Level.HOLD: "## Holds\n\nWhat was read of the group may not be acted on: nobody in it is added, removed, promoted "
    "or demoted, and the other groups are done.\n",
}


def guards_page() -> str:
    """The page in Markdown."""
    return "\n".join([_INTRODUCTION, *(line for level in Level for line in _table(level))])


def _table(level: Level) -> Iterator[str]:
    yield _HEADINGS[level]
    yield "| Rule | What trips it | Exit code | Override |"
    yield "| --- | --- | --- | --- |"
    yield from (_row(rule) for rule in RULES.values() if rule.level is level)
    yield ""


def _row(rule: SafetyRule) -> str:
    override = "passes it" if rule.passable else "does not pass it"
    return f"| `{rule.name}` | {rule.meaning} | {rule.level.exit.code} | {override} |"
