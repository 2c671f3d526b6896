"""The page about guards and read holds, made from the table of rules."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.plans.rules import RULES, Level, SafetyRule

_INTRODUCTION: Final = """\
# Guards and holds

What stops a run, or part of it, before anything is changed.  `wagroups plan` meets the same rules, still prints the
whole plan, and exits with the same code.  You can override one rule at a time, with a reason, which is
kept in the audit log: on the command line (`wagroups apply --override emptied@board=REASON`), or by an entry in
`overrides.yaml`, which is reviewed with the change and lasts seven days at most:

```yaml
overrides:
  - {rule: emptied, group: board, reason: The board was dissolved, until: 2026-12-08}
```

Mistakes in the files (exit code 65) are in [rules.md](rules.md).  This page is generated from the program
(`make docs`).
"""

_HEADINGS: Final = {
    Level.GROUP: "## Guards of a group\n\nThe group is left alone; the others are still applied.  A limit that all "
    "groups "
    "of an account exceed together stops the run.\n",
    Level.RUN: "## Guards of the run\n\nNothing is done in any group.\n",
    Level.HOLD: "## Holds\n\nThe last read of the group cannot be relied on: nobody in it is added, removed, "
    "promoted or "
    "demoted; the other groups are still applied.\n",
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
    override = "yes" if rule.passable else "no"
    return f"| `{rule.name}` | {rule.meaning} | {rule.level.exit.code} | {override} |"
