"""One round of `watch`: a line for people, and a document of one line for scripts.

Whoever follows a long run wants to know what is different, so a line names the groups and counts; the document holds
the usual report whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from wagroups.domain.exit import Exit
from wagroups.domain.plans.outcome import Run
from wagroups.domain.plans.plan import Cause, Plan
from wagroups.domain.plans.points import PointClass
from wagroups.privacy.escape import clean, for_terminal
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.models import (
    FORMAT_VERSION,
    ErrorBody,
    ExitPart,
    FormatVersion,
    PlanDocument,
    ReportDocument,
)
from wagroups.reports.view.plan_view import PlanView, plan_view
from wagroups.reports.view.points import Line, about_groups
from wagroups.reports.view.run_view import run_view
from wagroups.reports.view.wording import CAUSES, count

NAMED: Final = 5
"""Groups that one line names.  Chosen to suit a terminal; the document has all."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class RoundPart(_Part):
    """Why there was a look, and at what."""

    cause: str
    """`start`, `schedule`, `retry`, `event`, or `echo`: an event so soon after a look that it may be its own doing."""
    account: str | None
    """`null` is every account that was selected."""
    groups: tuple[str, ...] | None
    """Keys; `null` is every group that was selected."""
    started_at: datetime
    ended_at: datetime


class RoundDocument(_Part):
    """One round.  Exactly one of `plan`, `report` and `error` is set."""

    format_version: FormatVersion = FORMAT_VERSION
    round: RoundPart
    plan: PlanDocument | None = None
    """What `drift` would have said."""
    report: ReportDocument | None = None
    """What `apply` would have said."""
    error: ErrorBody | None = None
    exit: ExitPart
    """How `drift` or `apply` would have ended."""


class ListeningPart(_Part):
    """Where events are awaited."""

    url: str
    hooks: Mapping[str, str]
    """Account → the address to give to its gateway."""


class ListeningDocument(_Part):
    """The first line: events can be sent from now on."""

    format_version: FormatVersion = FORMAT_VERSION
    listening: ListeningPart


def document_line(document: BaseModel) -> str:
    """The document on one line."""
    return document.model_dump_json(by_alias=True) + "\n"


def drift_words(plan: Plan, redactor: Redactor) -> str:
    """What a look found, in one line."""
    view = plan_view(plan, redactor)
    causes = Counter(action.cause for _, action in plan.actions())
    named = ", ".join(f"{causes[cause]} {CAUSES[cause]}" for cause in Cause if causes[cause])
    totals = [
        f"{count(causes.total(), 'difference')}: {named}." if causes else "",
        f"{count(len(view.held), 'group')} could not be checked." if view.held else "",
    ]
    first = f"{view.headline}." if view.headline else ""
    found = " ".join(filter(None, [first, *totals])) or f"No difference in {count(len(plan.groups), 'group')}."
    said = " ".join(filter(None, (found, _besides(plan))))
    return _words(_concerned(view), said, view.refused)


def run_words(run: Run, redactor: Redactor) -> str:
    """What became of a run, in one line."""
    view = run_view(run, redactor)
    stopped = f"{view.stopped[0]}." if view.stopped else ""
    totals = " ".join(filter(None, (view.totals, stopped, view.convergence, _besides(run.remaining or run.plan))))
    after = view.remaining or view.plan
    keys = dict.fromkeys((*about_groups(after.points.open), *(group.key for group in view.groups)))
    return _words(keys, totals, view.plan.refused)


def one_line(said: str) -> str:
    """Somebody's words without line ends, numbers and links."""
    return clean(mask(said), limit=None)


def error_words(error: ErrorBody) -> str:
    """Why nothing was found out, in one line."""
    said = (words for words in (error.message, error.hint) if words)
    return "  ".join(words if words.endswith((".", "?", "!")) else f"{words}." for words in said)


def round_line(at: datetime, timezone: str, cause: str, words: str) -> str:
    """`2026-11-02 09:41:03 UTC  event     chess: 1 difference: …`"""
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %Z}  {cause:<8}  {for_terminal(words)}"


def exit_part(exit: Exit) -> ExitPart:
    return ExitPart.of(exit)


def _words(keys: Iterable[str], totals: str, refused: Iterable[Line]) -> str:
    named = _named(list(keys))
    brakes = " ".join(f"Refused: {line.about}: {line.text}." for line in refused)
    return " ".join(filter(None, (f"{named}:" if named else "", totals, brakes)))


def _concerned(view: PlanView) -> Iterable[str]:
    """The groups of a look: those with an open point first, then those with a difference."""
    return dict.fromkeys((*about_groups(view.points.open), *(group.key for group in view.groups)))


def _besides(plan: Plan) -> str:
    """Where there is more to say: what is waited for, cannot be seen, or is worth a remark."""
    keys = [group.key for group in plan.groups if any(n.point_class is not PointClass.OPEN for n in group.notices)]
    return f"Waiting, unseen or worth a remark (see `wagroups drift`): {_named(keys)}." if keys else ""


def _named(keys: Sequence[str]) -> str:
    return ", ".join(keys[:NAMED]) + (f" and {len(keys) - NAMED} more" if len(keys) > NAMED else "")
