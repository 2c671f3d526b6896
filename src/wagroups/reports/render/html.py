"""Plans and runs as one page that a browser shows: to be read by people who never open a terminal.

The page needs nothing from anywhere: no script, no font, no picture, and a policy that forbids them, because subjects
are written by strangers.  Colour never carries a meaning alone; dark and light follow the reader's own choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.escape import for_html
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.plan_view import LATER, GroupView, Row, plan_view
from wagroups.reports.view.points import Line
from wagroups.reports.view.run_view import NO_GROUPS, GroupResults, ResultRow, advice, run_view
from wagroups.reports.view.style import SYMBOL_ROLES, TextRole

_OPEN_LINES: Final = 8
"""Longer differences of a text are folded.  Chosen."""

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --add: #1a7f37; --remove: #cf222e; --change: #9a6700;
  --create: #0969da; --box: #8881; }
@media (prefers-color-scheme: dark) {
  :root { --quiet: #999; --add: #3fb950; --remove: #f85149; --change: #d29922; --create: #58a6ff; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h2 small, footer, .place, .note { color: var(--quiet); font-weight: normal; }
section.box { background: var(--box); border-left: .3rem solid var(--change); padding: .2rem 1rem; margin: 1rem 0; }
section.box h2 { margin-top: .7rem; }
section.bad { border-color: var(--remove); } section.good { border-color: var(--add); }
table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid var(--line); padding: .3rem .5rem;
  vertical-align: top; overflow-wrap: anywhere; } td.sign { font-family: monospace; width: 1rem; font-weight: bold; }
td.verb { white-space: nowrap; width: 6rem; } td.place { font-size: .85rem; text-align: right; }
.add { color: var(--add); } .remove { color: var(--remove); } .change { color: var(--change); }
.create { color: var(--create); }
pre { background: var(--box); padding: .7rem 1rem; overflow-x: auto; }
@media print { body { margin: 0; max-width: none; } section { break-inside: avoid; } }
"""


class _Mood(NamedTuple):
    """How a box of sentences looks."""

    title: str
    css: str


_HELD: Final = _Mood("Groups that could not be checked", "box bad")
_OPEN: Final = _Mood("Open: someone has to act", "box bad")
_WAITING: Final = _Mood("Waiting", "box")
_UNSEEN: Final = _Mood("Unseen", "box")
_REMARKS: Final = _Mood("Remarks", "box")


def plan_html(
    plan: Plan, redactor: Redactor, *, timezone: str = "UTC", attributed: bool = False, whole: bool = False
) -> str:
    """A plan as a whole page."""
    view = plan_view(plan, redactor, timezone, attributed=attributed, whole=whole)
    losses = _Mood(f"People who lose membership or admin rights: {len(view.losses)}", "box bad")
    body = [
        f"<h1>{for_html(view.totals)}</h1>",
        *_box(_Mood("First", "box bad"), view.first),
        *_box(_Mood(view.refusal, "box bad"), view.refused),
        *_box(_OPEN, view.points.open),
        *_box(_Mood("Rules overridden in this change", "box bad"), view.passed),
        *_box(losses, view.losses),
        *_box(_HELD, view.held),
        *(line for group in view.groups for line in _planned(group)),
        *_box(_Mood(LATER, "box"), view.later),
        *_box(_WAITING, view.points.waiting),
        *_box(_UNSEEN, view.points.unseen),
        *_box(_REMARKS, view.points.remarks),
        *(f"<p>{for_html(cost)}.</p>" for cost in view.costs),
        f"<footer>Live state: {for_html(view.live)}. Digest: {for_html(view.digest)}</footer>",
    ]
    return _page("Drift" if attributed else "Plan", body)


def run_html(
    run: Run, redactor: Redactor, *, timezone: str = "UTC", declared: Mapping[GroupKey, DesiredGroup] = NO_GROUPS
) -> str:
    """What became of a run, as a whole page."""
    view = run_view(run, redactor, timezone, declared)
    after = (view.remaining or view.plan).points
    stops = tuple(Line("", f"{stop}.") for stop in view.stopped)
    body = [
        f"<h1>{for_html(view.totals)}</h1>",
        *_box(_Mood("", "box good" if view.good else "box bad"), (Line("", view.convergence), *stops)),
        *_box(_Mood("Refused", "box bad"), view.plan.refused),
        *_box(_Mood("Failed", "box bad"), view.failed),
        *_box(_Mood("Not known", "box bad"), view.unknown),
        *_box(_OPEN, after.open),
        *_box(_Mood("What to do", "box"), advice(run, redactor)),
        *(line for group in view.groups for line in _done(group)),
        *_box(_WAITING, view.waiting),
        *_box(_Mood("Cannot be verified here", "box"), view.unverified),
        *_box(_UNSEEN, after.unseen),
        *_box(_REMARKS, after.remarks),
    ]
    for write in view.to_write:
        said = f"Write into {write.place or 'the manifest'}, under {write.key}:"
        body += [f"<p>{for_html(said)}</p>", f"<pre>{for_html(chr(10).join(write.lines))}</pre>"]
    body.append(f"<footer>Digest: {for_html(view.plan.digest)}</footer>")
    return _page("Result", body)


def groups_html(title: str, groups: Sequence[GroupView], totals: str) -> str:
    """Groups with their rows, as a whole page."""
    return _page(title, [f"<h1>{for_html(totals)}</h1>", *(line for group in groups for line in _planned(group))])


def _page(title: str, body: Iterable[str]) -> str:
    head = (
        "<!doctype html>",
        '<html lang="en">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>wagroups: {for_html(title)}</title><style>{_STYLE}</style></head>",
        "<body>",
    )
    return "\n".join([*head, *body, "</body>", "</html>"]) + "\n"


def _box(mood: _Mood, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    heading = [f"<h2>{for_html(mood.title)}</h2>"] if mood.title else []
    items = [f"<li>{_about(line)}{for_html(line.text)}</li>" for line in lines]
    return [f'<section class="{mood.css}">', *heading, "<ul>", *items, "</ul>", "</section>"]


def _about(line: Line) -> str:
    return f"<strong>{for_html(line.about)}</strong>: " if line.about else ""


def _planned(group: GroupView) -> list[str]:
    said = ", ".join(
        filter(None, (group.size, group.place, "watched: nothing will be changed" if group.watched else ""))
    )
    rows = [_cells(row, (_cell("note", row.note), _cell("place", row.place))) for row in group.rows]
    return _table(group.key, group.subject, said, rows)


def _done(group: GroupResults) -> list[str]:
    return _table(group.key, group.subject, group.place, [_cells(one.row, _ending(one)) for one in group.rows])


def _ending(result: ResultRow) -> tuple[str, ...]:
    bad = result.verdict is Verdict.FAILED
    return (_cell("remove" if bad else "note", result.words), _cell("note", result.why))


def _table(key: str, subject: str, said: str, rows: Iterable[str]) -> list[str]:
    title = f"{for_html(key)} “{for_html(subject)}”" if subject else for_html(key)
    return [
        "<section>",
        f"<h2>{title} <small>{for_html(said)}</small></h2>",
        "<table>",
        *rows,
        "</table>",
        "</section>",
    ]


def _cells(row: Row, last: Sequence[str]) -> str:
    role = SYMBOL_ROLES.get(row.symbol, TextRole.CHANGE)
    cells = (_cell(f"sign {role}", row.symbol), _cell(f"verb {role}", row.verb), _cell("what", row.what), *last)
    return f"<tr>{''.join(cells)}</tr>{_folded(row)}"


def _folded(row: Row) -> str:
    """A long text before and after, open where it is short."""
    if not row.lines:
        return ""
    opened = " open" if len(row.lines) <= _OPEN_LINES else ""
    lines = "\n".join(map(for_html, row.lines))
    details = f"<details{opened}><summary>the whole text</summary><pre>{lines}</pre></details>"
    return f'<tr><td></td><td colspan="4">{details}</td></tr>'


def _cell(css: str, text: str) -> str:
    return f'<td class="{css}">{for_html(text)}</td>'
