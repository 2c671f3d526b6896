"""A plan as CSV, for people who review in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.plan import Plan
from wagroups.privacy.escape import clean, for_csv
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.plan_view import GroupView, plan_view

_COLUMNS: Final = ("group", "subject", "action", "what", "note", "risk", "place")


def plan_csv(
    plan: Plan, redactor: Redactor, *, timezone: str = "UTC", attributed: bool = False, whole: bool = False
) -> str:
    """A line for each point and each action, under a line of headings; the open points first."""
    view = plan_view(plan, redactor, timezone, attributed=attributed, whole=True)
    subjects = {group.key: (redactor.group(group.subject), str(group.source)) for group in plan.groups}
    points = [
        (line.about, subjects.get(GroupKey(line.about), ("", ""))[0], word, line.text, "", "", place)
        for word, lines in (
            ("open", view.points.open),
            ("waiting", view.points.waiting),
            ("unseen", view.points.unseen),
            ("remark", view.points.remarks),
        )
        for line in lines
        for place in (subjects.get(GroupKey(line.about), ("", ""))[1],)
    ]
    held = [(line.about, "", "held", line.text, "", "", "") for line in view.held]
    later = [
        (line.about, subjects[GroupKey(line.about)][0], "later", line.text, "", "", subjects[GroupKey(line.about)][1])
        for line in view.later
    ]
    return sheet(_COLUMNS, [*points, *held, *_rows(view.groups), *later])


def groups_csv(groups: Iterable[GroupView]) -> str:
    """A line for each row of each group."""
    return sheet(_COLUMNS, _rows(groups))


def _rows(groups: Iterable[GroupView]) -> Iterator[Sequence[str]]:
    for group in groups:
        for row in group.rows:
            yield group.key, group.subject, row.verb, row.what, row.note, row.risk, row.place


def sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180) with a line of headings, harmless to a spreadsheet that opens it."""
    return "".join(f"{','.join(for_csv(clean(cell, limit=None)) for cell in row)}\r\n" for row in (columns, *rows))
