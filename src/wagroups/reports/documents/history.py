"""What was done, when, by whom and for which commit, and what a look said of it: as text, Markdown, CSV and JSON.

Rows are made once, so that no two formats tell different things.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from wagroups.domain.exit import Exit
from wagroups.domain.plans.change import MemberAddition, RequestApproval
from wagroups.domain.plans.history import PastAction
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Reason
from wagroups.privacy.escape import clean, for_markdown, for_terminal
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.models import ExitPart
from wagroups.reports.render.csv import sheet
from wagroups.reports.view.line_wrap import columns
from wagroups.reports.view.style import Style, plain
from wagroups.reports.view.style import TextRole as Tone
from wagroups.reports.view.wording import VERDICTS, words_of

FORMAT_VERSION: Final = "1.0"
NOTHING: Final = "There is nothing in the history."
UNKNOWN: Final = "unknown"
"""The verdict of an action that nobody looked at."""

_DIRTY: Final = "-dirty"
"""What `git describe --dirty` adds where files were changed after the commit."""

_REASONS: Final = {
    Reason.DRIFT: "the group had changed",
    Reason.DUE: "its date had come",
    Reason.EXPIRED: "the membership had ended",
    Reason.DENIED: "on the deny list",
    Reason.FORMER_NUMBER: "a former number",
    Reason.ADOPT: "found again",
    Reason.URGENT: "closing the group",
}
"""Why something was done, where it was not simply what the files said."""


class HistoryRow(BaseModel):
    """One action of the past."""

    at: str
    """ISO 8601, in UTC."""
    account: str
    group: str
    kind: str
    """As in plans: `member.add`, `subject.set`, …"""
    person: str | None
    what: str
    """The change in words."""
    verdict: str
    """As in reports: `done`, `failed`, …; `unknown` when nobody looked."""
    explanation: str
    """Why it was done, and why it did not come about."""
    actor: str
    revision: str | None
    """The commit whose files were applied; `-dirty` after changes that are in none."""
    run: str


class HistoryDocument(BaseModel):
    """What `wagroups history -o json` prints."""

    format_version: str
    created_at: datetime
    actions: list[HistoryRow]
    """Newest first."""
    exit: ExitPart


class _Line(NamedTuple):
    at: str
    group: str
    what: str
    verdict: str
    explanation: str
    by: str


def rows_of(actions: Iterable[PastAction], redactor: Redactor) -> list[HistoryRow]:
    """The actions as they may be shown."""
    return [_row(action, redactor) for action in actions]


def _row(action: PastAction, redactor: Redactor) -> HistoryRow:
    symbol, verb, what = words_of(action.change, redactor)
    arrival = isinstance(action.change, MemberAddition | RequestApproval)
    return HistoryRow(
        at=action.at.isoformat(timespec="seconds"),
        account=action.account,
        group=action.group,
        kind=action.change.kind,
        person=None if action.person is None else redactor.person(action.person, declared=arrival),
        what=f"{symbol} {verb} {what}",
        verdict=UNKNOWN if action.verdict is None else action.verdict.value,
        explanation=_explanation(action),
        actor=clean(redactor.text(action.actor)),
        revision=action.revision,
        run=action.run,
    )


def _explanation(action: PastAction) -> str:
    reason = "" if action.reason is None else _REASONS.get(action.reason, "")
    return "; ".join(filter(None, (reason, "" if action.error is None else clean(mask(action.error), limit=None))))


# --- formats -------------------------------------------------------------------------------------------------------

_HEADINGS: Final = ("When", "Group", "What", "Outcome", "Why", "By")


def _lines(rows: Sequence[HistoryRow], timezone: str) -> list[_Line]:
    zone = ZoneInfo(timezone)
    return [
        _Line(
            at=f"{datetime.fromisoformat(row.at).astimezone(zone):%Y-%m-%d %H:%M %Z}",
            group=row.group,
            what=row.what,
            verdict="not known" if row.verdict == UNKNOWN else VERDICTS[Verdict(row.verdict)],
            explanation=row.explanation,
            by=_by(row),
        )
        for row in rows
    ]


def _by(row: HistoryRow) -> str:
    words = [f"by {row.actor}"] if row.actor else []
    if row.revision is not None:
        commit = row.revision.removesuffix(_DIRTY)
        changed = " and changes that were not committed" if row.revision.endswith(_DIRTY) else ""
        words.append(f"for commit {commit}{changed}")
    return ", ".join(words)


def history_text(rows: Sequence[HistoryRow], timezone: str, *, style: Style = plain) -> str:
    """A line for each action."""
    if not rows:
        return f"{NOTHING}\n"
    lines = _lines(rows, timezone)
    widths = [max(columns(for_terminal(line[column])) for line in lines) for column in range(4)]
    return "".join(_text_line(line, widths, style) for line in lines)


def _text_line(line: _Line, widths: Sequence[int], style: Style) -> str:
    cells = [for_terminal(cell) for cell in line]
    padded = [cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=False)]
    said = "; ".join(filter(None, (cells[4], cells[5])))
    return f"{'  '.join(padded)}  {style(Tone.PLACE, said) if said else ''}".rstrip() + "\n"


def history_markdown(rows: Sequence[HistoryRow], timezone: str) -> str:
    """A table."""
    if not rows:
        return f"{NOTHING}\n"
    head = [f"| {' | '.join(_HEADINGS)} |", f"|{' --- |' * len(_HEADINGS)}"]
    body = [f"| {' | '.join(map(for_markdown, line))} |" for line in _lines(rows, timezone)]
    return "\n".join([*head, *body]) + "\n"


def history_csv(rows: Sequence[HistoryRow]) -> str:
    """A line for each action, harmless to a spreadsheet."""
    names = list(HistoryRow.model_fields)
    return sheet(names, ([str(getattr(row, name) or "") for name in names] for row in rows))


def history_document(rows: Sequence[HistoryRow], now: datetime, ending: Exit) -> HistoryDocument:
    """The same for scripts."""
    return HistoryDocument(
        format_version=FORMAT_VERSION,
        created_at=now,
        actions=list(rows),
        exit=ExitPart.model_validate({"code": ending.code, "reason": ending.reason}),
    )
