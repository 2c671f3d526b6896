"""Findings as GitHub's workflow commands: the runner shows each at its line of the pull request.

Source of the form: actions/toolkit, `core/src/command.ts` (read 2026-11).  Only ten errors, ten
warnings and ten notices of a step are shown; whatever matters most comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.plan import Plan
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, for_command, for_command_property
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.plan_view import GroupView, plan_view
from wagroups.reports.view.problem_kinds import summary, told

Level = Literal["error", "warning", "notice"]

_TOOL: Final = "wagroups"

ANNOTATIONS: Final = 9
"""Findings that are annotated; the tenth says how many more there are."""


def problems_annotations(problems: Sequence[Problem]) -> str:
    """What `validate` found, a line each: errors first, causes before what follows; nine, and how many more."""
    ranked = sorted(problems, key=lambda problem: problem.severity != "error")
    shown = [one.problem for one in told(ranked)][:ANNOTATIONS]
    more = len(ranked) - len(shown)
    lines = [
        _command(
            problem.severity,
            " ".join(filter(None, [problem.message, _meant(problem.suggestion), problem.help])),
            title=f"{_TOOL}: {problem.rule}",
            file=problem.file,
            line=problem.line,
            column=problem.column,
        )
        for problem in shown
    ]
    if more:
        worst = ranked[0].severity
        lines.append(_command(worst, f"and {more:,} more: {summary(ranked)}  The job's log lists them.", title=_TOOL))
    return "".join(lines)


def plan_annotations(
    plan: Plan, redactor: Redactor, *, timezone: str = "UTC", attributed: bool = False, whole: bool = False
) -> str:
    """A plan: what refuses it, what needs attention and who loses something first, then each group, then the totals."""
    view = plan_view(plan, redactor, timezone, attributed=attributed, whole=whole)
    places = {group.key: group.source for group in plan.groups}
    lines = [_command("error", line.text, title=f"{_TOOL}: {line.about}") for line in view.refused]
    lines += [_command("error", line.text, title=f"{_TOOL}: {line.about} could not be checked") for line in view.held]
    for line in view.points.open:
        place = places[GroupKey(line.about)]
        title = f"{_TOOL}: {line.about} needs someone to act"
        lines.append(_command("warning", line.text, title=title, file=place.file, line=place.line))
    lines += _about_groups(view.groups)
    lines.append(_command("notice", view.totals, title=_TOOL))
    return "".join(lines)


def groups_annotations(groups: Sequence[GroupView], totals: str) -> str:
    """A line for each group, those that lose somebody first, then the totals."""
    return "".join([*_about_groups(groups), _command("notice", totals, title=_TOOL)])


def _about_groups(groups: Iterable[GroupView]) -> Iterator[str]:
    for group in sorted(groups, key=lambda group: not _loses(group)):
        file, _, line = group.place.partition(":")
        yield _command(
            "warning" if _loses(group) else "notice",
            "; ".join(f"{row.symbol} {row.verb} {row.what}" for row in group.rows),
            title=f"{_TOOL}: {group.key}",
            file=file,
            line=int(line) if line.isdecimal() else 0,
        )


def _loses(group: GroupView) -> bool:
    return not group.watched and any(row.symbol in ("-", "v", "x") for row in group.rows)


def _meant(suggestion: str | None) -> str:
    return f"Did you mean {suggestion}?" if suggestion else ""


def _command(level: Level, message: str, *, title: str, file: str = "", line: int = 0, column: int = 0) -> str:
    given = {"file": clean(file, limit=None), "line": str(line or ""), "col": str(column or ""), "title": clean(title)}
    properties = ",".join(f"{name}={for_command_property(value)}" for name, value in given.items() if value)
    return f"::{level} {properties}::{for_command(clean(mask(message), limit=None))}\n"
