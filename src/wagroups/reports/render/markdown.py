"""Plans and runs as one comment on a pull request.

The comment is cut in the middle, never at its end: the totals, the refusals and whoever leaves come first, and
groups are folded until all fits.  Whatever strangers wrote stands escaped in a sentence or inside a fence that it
cannot close.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.escape import fence_for, for_html, for_markdown
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.plan_view import LATER, GroupView, PlanView, Row, plan_view
from wagroups.reports.view.points import Line, waited_and_unseen
from wagroups.reports.view.run_view import NO_GROUPS, ResultRow, RunView, advice, run_view
from wagroups.reports.view.wording import VERDICTS, count

BUDGET_CHARS: Final = 60_000
"""Characters of one comment.  GitHub refuses more than 65,536; the rest is room for a caller's own lines."""

_LIST_CHARS: Final = 9_000
"""Characters of each list of refusals, losses, notices, …: four of them leave half the budget to groups."""

_FOLDS: Final = (None, 10, 3, 0)
"""Rows shown of each group, tried in this order until the comment fits.  `None` is all, 0 the heading alone."""

_IMPORTANCE: Final = {"x": 0, "-": 0, "v": 0, "*": 1, "o": 1, "+": 2, "^": 2}
_LEAST_IMPORTANT: Final = 3

_DIFF_MARKS: Final = {"+": "+", "-": "-", "x": "-"}
"""What a `diff` block colours green and red; everything else is marked `!`."""


class _Section(NamedTuple):
    """One group: its name, what is said of it, and its lines, each with the importance that folding goes by."""

    key: str
    subject: str
    said: str
    lines: tuple[tuple[int, str], ...]


def plan_markdown(
    plan: Plan, redactor: Redactor, *, timezone: str = "UTC", budget: int = BUDGET_CHARS, whole: bool = False
) -> str:
    """A plan as a comment of at most `budget` characters."""
    view = plan_view(plan, redactor, timezone, whole=whole)
    top = [f"### wagroups: {_headline(view)}", ""]
    top += _listed("⚠️ **First**", view.first)
    top += _listed(f"⛔ **{for_markdown(view.refusal)}**", view.refused)
    top += _listed("🙋 **Open: someone has to act**", view.points.open)
    top += _listed("⚠️ **Rules overridden in this change**", view.passed)
    top += _listed(f"⚠️ **People who lose membership or admin rights: {len(view.losses)}**", view.losses)
    top += _listed("✋ **Groups that could not be checked**", view.held)
    bottom = _listed(f"**{LATER}**", view.later)
    bottom += _listed("**Waiting**", view.points.waiting)
    bottom += _listed("**Unseen**", view.points.unseen)
    bottom += _listed("**Remarks**", view.points.remarks)
    bottom += [_small([view.totals, *(f"{cost}." for cost in view.costs)]), ""]
    bottom += [_small([f"Live state: {view.live}.", f"Digest: {view.digest}"])]
    return _fitted(top, [_planned(group) for group in view.groups], bottom, budget)


def groups_markdown(groups: Sequence[GroupView], totals: str, *, budget: int = BUDGET_CHARS) -> str:
    """Groups with their rows below a headline, as a comment of at most `budget` characters."""
    return _fitted([f"### wagroups: {for_markdown(totals.rstrip('.'))}", ""], [*map(_planned, groups)], [], budget)


def run_markdown(
    run: Run,
    redactor: Redactor,
    *,
    timezone: str = "UTC",
    declared: Mapping[GroupKey, DesiredGroup] = NO_GROUPS,
    budget: int = BUDGET_CHARS,
) -> str:
    """A run as a comment of at most `budget` characters."""
    view = run_view(run, redactor, timezone, declared)
    top = [f"### wagroups: {for_markdown(view.totals.removeprefix('Result: ').rstrip('.'))}", ""]
    top += [f"{'✅' if view.good else '❌'} {for_markdown(view.convergence)}", ""]
    top += [line for stop in view.stopped for line in (f"⏸ {for_markdown(stop)}.", "")]
    top += _listed("⛔ **Refused**", view.plan.refused)
    top += _listed("❌ **Failed**", view.failed)
    top += _listed("❔ **Not known**", view.unknown)
    top += _listed("**What to do**", advice(run, redactor))
    top += _verdicts(view)
    after = (view.remaining or view.plan).points
    top += _listed("🙋 **Open: someone has to act**", after.open)
    bottom = _listed("**Waiting**", view.waiting)
    bottom += _listed("**Cannot be verified here**", view.unverified)
    bottom += _listed("**Unseen**", after.unseen)
    bottom += _listed("**Remarks**", after.remarks)
    for write in view.to_write:
        place = for_markdown(write.place or "the manifest")
        bottom += [f"Write into {place}, under {for_markdown(write.key)}:", "", *_fenced("yaml", write.lines), ""]
    bottom += [_small([f"Digest: {view.plan.digest}"])]
    sections = [
        _Section(group.key, group.subject, "", tuple(_result_line(row) for row in group.rows)) for group in view.groups
    ]
    return _fitted(top, sections, bottom, budget)


def _headline(view: PlanView) -> str:
    summary = view.summary
    parts = [
        f"**+{summary.add}** people" if summary.add else "",
        f"**−{summary.remove}** people" if summary.remove else "",
        f"{summary.promote} promoted" if summary.promote else "",
        f"{summary.demote} demoted" if summary.demote else "",
        count(summary.change, "text, picture or setting", "texts, pictures and settings") if summary.change else "",
        count(summary.create, "new group") if summary.create else "",
        f"{summary.dissolve} dissolved" if summary.dissolve else "",
    ]
    changes = (
        [f"{count(summary.groups_changed, 'group')} to change", *filter(None, parts)] if summary.groups_changed else []
    )
    if view.headline:
        return " · ".join([f"**{view.headline}**", *changes])
    besides = waited_and_unseen(summary)
    return " · ".join(changes) or (f"no changes; {besides}" if besides else "no changes")


def _listed(title: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    shown: list[str] = []
    room = _LIST_CHARS
    for line in lines:
        item = f"- {for_markdown(': '.join(filter(None, line)))}"
        room -= len(item) + 1
        if room < 0:
            shown.append(f"- … and {len(lines) - len(shown)} more, in the full report")
            break
        shown.append(item)
    return [title, "", *shown, ""]


def _planned(group: GroupView) -> _Section:
    watched = "watched: nothing will be changed" if group.watched else ""
    said = ", ".join(filter(None, (group.size, watched)))
    return _Section(group.key, group.subject, said, tuple(line for row in group.rows for line in _row_lines(row)))


def _row_lines(row: Row) -> Iterator[tuple[int, str]]:
    yield _importance(row), "  ".join(filter(None, (_marked(row), row.note, row.place)))
    # Where lines have to go, those of long texts go first.
    yield from ((_LEAST_IMPORTANT + 1, f"{line[:1]}     {line[1:]}") for line in row.lines)


def _result_line(result: ResultRow) -> tuple[int, str]:
    # What failed is what a reader looks for.
    importance = 0 if result.verdict is Verdict.FAILED else _importance(result.row)
    said = f"{result.words}: {result.why}" if result.why else result.words
    return importance, f"{_marked(result.row)}  {said}"


def _importance(row: Row) -> int:
    return _IMPORTANCE.get(row.symbol, _LEAST_IMPORTANT)


def _marked(row: Row) -> str:
    return f"{_DIFF_MARKS.get(row.symbol, '!')} {row.verb:8} {row.what}"


def _verdicts(view: RunView) -> list[str]:
    if not view.counts:
        return []
    rows = [f"| {VERDICTS[verdict]} | {view.counts[verdict]} |" for verdict in Verdict if view.counts.get(verdict)]
    return ["| outcome | actions |", "|---|---:|", *rows, ""]


def _fitted(top: list[str], sections: Sequence[_Section], bottom: list[str], budget: int) -> str:
    for shown in _FOLDS:
        text = "\n".join([*top, *(line for section in sections for line in _section(section, shown)), *bottom]) + "\n"
        if len(text) <= budget:
            return text
    # Not even the headings fit: those of the groups that lose somebody stay longest.
    ranked = sorted(sections, key=lambda section: min(importance for importance, _ in section.lines))
    room = budget - len("\n".join([*top, *bottom])) - len(_more(len(sections))) - 2
    kept: list[str] = []
    for number, section in enumerate(ranked):
        lines = _section(section, 0)
        room -= sum(len(line) + 1 for line in lines)
        if room < 0:
            kept.append(_more(len(ranked) - number))
            break
        kept += lines
    return "\n".join([*top, *kept, "", *bottom]) + "\n"


def _more(number: int) -> str:
    return f"… and {count(number, 'more group')}, in the full report"


def _section(section: _Section, shown: int | None) -> list[str]:
    subject = f" “{section.subject}”" if section.subject else ""
    said = f" — {section.said}" if section.said else ""
    if shown == 0:
        actions = count(len(section.lines), "action")
        return [f"- **{for_markdown(section.key)}**{for_markdown(f'{subject}{said}')}: {actions}"]
    lines = section.lines
    if shown is not None and len(lines) > shown:
        kept = sorted(sorted(range(len(lines)), key=lambda index: lines[index][0])[:shown])
        body = [lines[index][1] for index in kept] + [f"# … and {len(lines) - shown} more"]
    else:
        body = [line for _, line in lines]
    # Inside `<summary>` a forge reads HTML; in a list item it reads Markdown.
    heading = f"<b>{for_html(section.key)}</b>{for_html(f'{subject}{said}')}"
    return [f"<details open><summary>{heading}</summary>", "", *_fenced("diff", body), "", "</details>", ""]


def _fenced(language: str, lines: Sequence[str]) -> list[str]:
    fence = fence_for("\n".join(lines))
    return [f"{fence}{language}", *lines, fence]


def _small(sentences: Sequence[str]) -> str:
    return f"<sub>{' · '.join(for_markdown(sentence) for sentence in sentences)}</sub>"
