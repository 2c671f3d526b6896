"""Plans, runs and problems for people at a terminal and in job logs.

One line for each action, symbol first, place in git last, totals at the end, where a scrolled terminal stops.
Lines are never wrapped here (see `folding`) and never begin with anybody's text.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean, for_terminal
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.line_wrap import columns
from wagroups.reports.view.plan_view import GroupView, PlanView, Row, plan_view
from wagroups.reports.view.points import Line
from wagroups.reports.view.problem_kinds import GroupedProblem, summary, told
from wagroups.reports.view.run_view import NO_GROUPS, GroupResults, RunView, advice, run_view
from wagroups.reports.view.style import SYMBOL_ROLES, Style, TextRole, plain

_VERB_COLUMNS: Final = 8
"""`dissolve` and `describe`, the longest verbs."""
_WHAT_COLUMNS: Final = 44
_NOTE_COLUMNS: Final = 40
"""Longer texts push their own line to the right and nobody else's.  Chosen to suit 120 columns."""

_LIST_LINES: Final = 50
"""Notices of a kind of list that are printed; the JSON has all of them."""

_ASCII: Final = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "→": "->", "−": "-", "–": "-", "—": "-", "·": "-", "␤": " "}
)


def plan_text(
    plan: Plan,
    redactor: Redactor,
    *,
    unicode: bool = True,
    style: Style = plain,
    timezone: str = "UTC",
    whole: bool = False,
) -> str:
    """A plan.  `unicode=False` keeps our own punctuation within ASCII; `whole` folds nothing."""
    view = plan_view(plan, redactor, timezone, whole=whole)
    return _finish(_plan_lines(view, style, unicode=unicode), unicode=unicode)


def drift_text(
    plan: Plan,
    redactor: Redactor,
    *,
    unicode: bool = True,
    style: Style = plain,
    timezone: str = "UTC",
    whole: bool = False,
) -> str:
    """The same differences, each with where it comes from."""
    view = plan_view(plan, redactor, timezone, attributed=True, whole=whole)
    return _finish(_plan_lines(view, style, unicode=unicode), unicode=unicode)


def run_text(
    run: Run,
    redactor: Redactor,
    *,
    unicode: bool = True,
    style: Style = plain,
    timezone: str = "UTC",
    declared: Mapping[GroupKey, DesiredGroup] = NO_GROUPS,
) -> str:
    """What became of a run.  `declared` completes the lines to write after a creation."""
    view = run_view(run, redactor, timezone, declared)
    return _finish(_run_lines(view, advice(run, redactor), style, unicode=unicode), unicode=unicode)


def problems_text(
    problems: Sequence[Problem], *, unicode: bool = True, style: Style = plain, whole: bool = False
) -> str:
    """Problems as they come, one paragraph each: place and message, then what to do.

    Many of one kind are told three times and counted, unless `whole`.
    """
    return _finish(_problem_lines(problems, style, whole=whole), unicode=unicode)


def line_text(line: str, *, unicode: bool = True) -> str:
    """One line of our own words, for outputs that grow line by line."""
    return _finish(iter((line,)), unicode=unicode)


def _finish(lines: Iterator[str], *, unicode: bool) -> str:
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    return text if unicode else text.translate(_ASCII)


def groups_text(groups: Sequence[GroupView], totals: str, *, unicode: bool = True, style: Style = plain) -> str:
    """Groups with their rows, and the totals."""
    lines = [*_group_lines(groups, style, unicode=unicode), style(TextRole.HEADING, for_terminal(totals))]
    return _finish(iter(lines), unicode=unicode)


def _group_lines(groups: Sequence[GroupView], style: Style, *, unicode: bool) -> Iterator[str]:
    rows = [[_within(row, unicode=unicode) for row in group.rows] for group in groups]
    widths = _widths([row for of_group in rows for row in of_group])
    for group, of_group in zip(groups, rows, strict=True):
        yield f"  {_heading(group, style)}"
        for row in of_group:
            yield f"    {_action(row, widths, style)}"
            yield from (
                f"        {style(_DIFF_ROLES.get(line[:1], TextRole.PLACE), for_terminal(line))}" for line in row.lines
            )
    if groups:
        yield ""


def _plan_lines(view: PlanView, style: Style, *, unicode: bool) -> Iterator[str]:
    yield from _lists(style, ("First", view.first, TextRole.ATTENTION))
    yield from _group_lines(view.groups, style, unicode=unicode)
    yield from _lists(
        style,
        ("Remarks", view.points.remarks, None),
        ("Unseen", view.points.unseen, None),
        ("Waiting", view.points.waiting, None),
        ("Later", view.later, None),
        ("Held", view.held, TextRole.ATTENTION),
        ("Open", view.points.open, TextRole.ATTENTION),
        ("Refused", view.refused, TextRole.BAD),
        ("Passed", view.passed, TextRole.ATTENTION),
    )
    yield style(TextRole.HEADING, view.totals)
    if view.costs:
        yield f"Cost: {'. '.join(view.costs)}."
    yield f"Live state: {for_terminal(view.live)}.   Digest: {view.digest}"


def _heading(group: GroupView | GroupResults, style: Style) -> str:
    parts = [style(TextRole.HEADING, group.key)]
    if group.subject:
        parts.append(f"“{for_terminal(group.subject)}”")
    if isinstance(group, GroupView):
        parts += [group.size, "watched: nothing will be changed" if group.watched else ""]
    return "  ".join(filter(None, [*parts, style(TextRole.PLACE, group.place)]))


def _within(row: Row, *, unicode: bool) -> Row:
    """The row as it will be written: columns are measured after signs have been replaced."""
    return row if unicode else row._replace(what=row.what.translate(_ASCII), note=row.note.translate(_ASCII))


def _widths(rows: Sequence[Row]) -> tuple[int, int]:
    what = max((columns(row.what) for row in rows), default=0)
    note = max((columns(row.note) for row in rows if row.place), default=0)
    return min(what, _WHAT_COLUMNS), min(note, _NOTE_COLUMNS)


def _action(row: Row, widths: tuple[int, int], style: Style) -> str:
    done = (
        f"{style(SYMBOL_ROLES[row.symbol], f'{row.symbol} {row.verb:{_VERB_COLUMNS}}')} {_padded(row.what, widths[0])}"
    )
    note = _padded(row.note, widths[1])
    marked = style(TextRole.ATTENTION, note) if row.note.startswith("!") else note
    place = style(TextRole.PLACE, for_terminal(row.place)) if row.place else ""
    return "  ".join(filter(None, (done, marked, place)))


def _padded(text: str, width: int) -> str:
    text = for_terminal(text)
    return text + " " * max(0, width - columns(text))


def _lists(style: Style, *lists: tuple[str, Sequence[Line], TextRole | None]) -> Iterator[str]:
    for title, lines, role in lists:
        label = f"  {title}: "
        for number, line in enumerate(lines[:_LIST_LINES]):
            lead = (style(role, label) if role else label) if number == 0 else " " * len(label)
            yield lead + for_terminal(": ".join(filter(None, line)))
        if len(lines) > _LIST_LINES:
            yield f"{' ' * len(label)}and {len(lines) - _LIST_LINES} more; -o json lists all"
        if lines:
            yield ""


def _run_lines(view: RunView, todo: Sequence[Line], style: Style, *, unicode: bool) -> Iterator[str]:
    after = view.remaining or view.plan
    width, _ = _widths([_within(result.row, unicode=unicode) for group in view.groups for result in group.rows])
    for group in view.groups:
        yield f"  {_heading(group, style)}"
        for result in group.rows:
            role = _VERDICT_ROLES.get(result.verdict, TextRole.ATTENTION)
            bare = _within(result.row, unicode=unicode)._replace(note="", place="")
            line = f"{_action(bare, (width, 0), style)}  {style(role, result.words)}"
            yield f"    {line}" + (f": {for_terminal(result.why)}" if result.why else "")
    if view.groups:
        yield ""
    yield from _lists(
        style,
        ("Refused", view.plan.refused, TextRole.BAD),
        ("Failed", view.failed, TextRole.BAD),
        ("Not known", view.unknown, TextRole.ATTENTION),
        ("What to do", todo, None),
        ("Remarks", after.points.remarks, None),
        ("Unseen", after.points.unseen, None),
        ("Waiting", view.waiting, None),
        ("Cannot be verified here", view.unverified, None),
        ("Remaining", _remaining(view), TextRole.ATTENTION),
        ("Held", after.held, TextRole.ATTENTION),
        ("Open", after.points.open, TextRole.ATTENTION),
    )
    for write in view.to_write:
        yield f"  Write into {write.place or 'the manifest'}, under {write.key}:"
        yield from (f"      {line}" for line in write.lines or ("the new id, which this output may not show",))
        yield ""
    yield from (f"{for_terminal(stop)}." for stop in view.stopped)
    yield style(TextRole.HEADING, view.totals)
    yield style(TextRole.GOOD if view.good else TextRole.BAD, for_terminal(view.convergence))


_DIFF_ROLES: Final = {"+": SYMBOL_ROLES["+"], "-": SYMBOL_ROLES["-"]}

_VERDICT_ROLES: Final = {
    Verdict.DONE: TextRole.GOOD,
    Verdict.ALREADY: TextRole.GOOD,
    Verdict.FAILED: TextRole.BAD,
}


def _remaining(view: RunView) -> Sequence[Line]:
    groups = view.remaining.groups if view.remaining else ()
    return [
        Line(group.key, f"{row.symbol} {row.verb} {row.what}")
        for group in groups
        if not group.watched
        for row in group.rows
    ]


def _problem_lines(problems: Sequence[Problem], style: Style, *, whole: bool) -> Iterator[str]:
    for problem, more in map(GroupedProblem, problems) if whole else told(problems):
        severity = style(TextRole.BAD if problem.severity == "error" else TextRole.ATTENTION, problem.severity)
        # A file may be called `::error::…`, which a runner would take for a command.
        shown = for_terminal(clean(problem.place, limit=None))
        place = style(TextRole.PLACE, shown if shown[:1].isalnum() or shown.startswith("../") else f"./{shown}")
        yield f"{place}: {severity}: {_said(problem.message)} [{problem.rule}]"
        if problem.help or problem.suggestion:
            meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
            yield f"    help: {_said('  '.join(filter(None, (meant, problem.help))))}"
        if more:
            yield f"    {more} (-v shows all)"
    yield style(TextRole.HEADING, summary(problems))


def _said(text: str) -> str:
    # What is wrong may quote the file, and the file may hold numbers.
    return for_terminal(clean(mask(text), limit=None))
