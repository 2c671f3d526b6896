"""A plan as rows and sentences: the one wording that text, Markdown and every other format render.

A renderer decides layout and escaping and adds no words about the plan, so the formats cannot disagree.
Everything here is redacted and cleaned, and nothing is escaped.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wagroups.domain.declared.members import Turn
from wagroups.domain.declared.wall_clock import start_text
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import GroupCreation
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.plan import Action, Cause, Cost, GroupPlan, Hold, Later, Plan, TrippedGuard
from wagroups.domain.plans.rules import override_of
from wagroups.privacy.escape import clean
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.points import (
    Line,
    Points,
    first_lines,
    headline,
    in_what,
    nothing_planned,
    points_of,
    waited_and_unseen,
)
from wagroups.reports.view.tally import Summary, summarise
from wagroups.reports.view.times import ago, moment
from wagroups.reports.view.wording import CALLS, CAUSES, count, is_stray, lines_of, reason_of, words_of

_NAMED: Final = 3
"""So many groups are named in a heading.  Chosen."""
_HAS: Final = {True: "has", False: "have"}
_ARE: Final = {True: "is", False: "are"}

_SCARCE: Final = (CallClass.ADD, CallClass.ADD_UNSEEN, CallClass.CREATE)
"""Classes whose daily budget is worth a line even where it suffices: they decide how long a term takes to start."""


class Row(NamedTuple):
    """One action on one line."""

    id: str
    symbol: str
    verb: str
    what: str
    note: str
    place: str
    risk: Risk
    lines: tuple[str, ...] = ()
    """A long text before and after, as the lines that differ."""


class GroupView(NamedTuple):
    """One group with its rows."""

    key: str
    subject: str
    size: str
    place: str
    rows: tuple[Row, ...]
    watched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """All that a report says about a plan."""

    first: tuple[Line, ...]
    """What has to be known before anything else of the plan."""
    groups: tuple[GroupView, ...]
    """Those with something to show."""
    losses: tuple[Line, ...]
    """(group, who or what) for everybody who loses a seat or a right and every group that ends."""
    points: Points
    held: tuple[Line, ...]
    refused: tuple[Line, ...]
    passed: tuple[Line, ...]
    """Rules that the files pass for some days."""
    refusal: str
    """What is refused, above these lines; empty when nothing is."""
    headline: str
    """How many declared things are not so and need a person; `""` where none is."""
    totals: str
    later: tuple[Line, ...]
    """(group, what happens and when), in order of time."""
    costs: tuple[str, ...]
    live: str
    digest: str
    summary: Summary
    due_alone: bool = False
    """Whether it is about nothing but what is due by date."""


def plan_view(
    plan: Plan, redactor: Redactor, timezone: str = "UTC", *, attributed: bool = False, whole: bool = False
) -> PlanView:
    """Word a plan; `attributed` notes at every difference where it comes from, as `drift` does.

    Times are shown in `timezone`, an IANA name.  `whole` says every value that cannot be seen, and folds none.
    """
    summary = summarise(plan)
    groups = tuple(
        group_view(group, redactor, attributed=attributed, now=plan.created_at)
        for group in plan.groups
        if group.actions
    )
    return PlanView(
        first=first_lines(plan, redactor),
        groups=groups,
        losses=tuple(_losses(groups)),
        points=points_of(plan, redactor, whole=whole),
        held=tuple(
            Line(group.key, _held(group.key, group.hold, redactor)) for group in plan.groups if group.hold is not None
        ),
        refused=tuple(Line(guard.rule, _refusal(guard, redactor)) for guard in plan.guards),
        passed=tuple(_passed(plan, redactor)),
        refusal=_refused_what(plan),
        headline=headline(summary),
        totals=(_drift_totals(plan, summary) if attributed else _totals(plan, summary)) + _besides_refused(plan),
        later=tuple(_later(later, redactor, ZoneInfo(timezone)) for later in plan.later),
        costs=tuple(_costs(plan, timezone)),
        live=_live(plan, redactor),
        digest=plan.digest,
        summary=summary,
        due_alone=plan.due_alone,
    )


def _later(later: Later, redactor: Redactor, zone: ZoneInfo) -> Line:
    if later.turn is None or later.person is None:
        said = f"{later.group} will have no members left"
    else:
        said = f"{redactor.person(later.person, declared=True)} {_TURNS[later.turn]} ({later.origin})"
    return Line(later.group, f"{start_text(later.at, zone)}: {said}")


LATER: Final = "Later, by date (approving this plan approves these too)"
"""The heading above what follows by date."""

_TURNS: Final = {
    Turn.JOINS: "joins",
    Turn.LEAVES: "leaves",
    Turn.PROMOTED: "becomes an admin",
    Turn.DEMOTED: "is no longer an admin",
}


def refusal_of(guard: TrippedGuard, redactor: Redactor) -> str:
    """What a guard says, with the line to look at."""
    said = redactor.sentence(guard.message, guard.people)
    return said if guard.place is None else f"{said} ({guard.place})"


def _refusal(guard: TrippedGuard, redactor: Redactor) -> str:
    said = refusal_of(guard, redactor)
    return said if guard.next is None else f"{said}. If this is intended: {guard.next}"


def _held(group: GroupKey, hold: Hold, redactor: Redactor) -> str:
    said = f"{redactor.sentence(hold.message)} ({hold.rule})"
    override = override_of(hold.rule, group)
    return said if override is None else f"{said}. If the list is right: wagroups apply {override}"


def _passed(plan: Plan, redactor: Redactor) -> Iterator[Line]:
    for override in plan.overrides:
        reason = f": {clean(redactor.text(override.reason))}" if redactor.text(override.reason) else ""
        yield Line(str(override), f"until {override.until}, by {override.origin}{reason}")


def _refused_what(plan: Plan) -> str:
    but = ""
    if urgent := {action for step in plan.urgent for action in step.realises}:
        but = f" but for {count(len(urgent), 'urgent change')}, made first"
    if plan.refused:
        stranger = any(guard.rule == "account-changed" for guard in plan.guards)
        return f"Refused: nothing will be applied{'' if stranger else but}"
    groups = sorted(plan.refused_groups)
    if not groups:
        return ""
    more = f" and {len(groups) - _NAMED} more groups" if len(groups) > _NAMED else ""
    return f"Refused: nothing will be applied in {', '.join(groups[:_NAMED])}{more}{but}"


def group_view(
    group: GroupPlan, redactor: Redactor, *, attributed: bool = False, now: datetime | None = None
) -> GroupView:
    """Word one group; `now` tells what is due and not late yet."""
    return GroupView(
        key=group.key,
        subject=redactor.group(group.subject),
        size=_size(group),
        place=str(group.source),
        rows=tuple(_row(action, redactor, now, attributed=attributed) for action in group.actions),
        watched=group.watched,
    )


def _row(action: Action, redactor: Redactor, now: datetime | None, *, attributed: bool) -> Row:
    words, lines = words_of(action.change, redactor), lines_of(action.change, redactor)
    note = _cause(action, now) if attributed else reason_of(action)
    # Somebody who is not in git has no place there.
    return Row(action.id, *words, note, "" if is_stray(action) else str(action.origin), action.risk, lines)


def _cause(action: Action, now: datetime | None) -> str:
    said = CAUSES[action.cause]
    return f"{said}; in progress" if now is not None and action.in_progress(now) else said


def _size(group: GroupPlan) -> str:
    before, after = group.members_before, group.members_after
    if any(isinstance(action.change, GroupCreation) for action in group.actions):
        return "new" if after is None else f"new, {count(after, 'member')}"
    if before is None or after is None or before == after:
        known = after if before is None else before
        return "" if known is None else count(known, "member")
    return f"{before} → {count(after, 'member')}"


def _losses(groups: tuple[GroupView, ...]) -> Iterator[Line]:
    for group in groups:
        for row in group.rows:
            if row.symbol in ("-", "v", "x") and not group.watched:
                what = {"-": row.what, "v": f"{row.what} (demoted)"}.get(row.symbol, "the group ends")
                yield Line(group.key, what)


def _totals(plan: Plan, summary: Summary) -> str:
    parts = [
        f"{number} {words}"
        for number, words in (
            (summary.create, "to create"),
            (summary.adopt, "to adopt"),
            (summary.approve, "to let in"),
            (summary.add, "to add"),
            (summary.invite, "to invite"),
            (summary.reject, "to reject"),
            (summary.remove, "to remove"),
            (summary.promote, "to promote"),
            (summary.demote, "to demote"),
            (summary.change, "to change"),
            (summary.release, "to release"),
            (summary.dissolve, "to dissolve"),
        )
        if number
    ]
    return _sentences(summary, "Plan", (", ".join(parts) or nothing_planned(summary)) + _age(plan))


def _age(plan: Plan) -> str:
    """How old the read is that a plan is made from, where it is not this plan's own."""
    read_at = plan.live.read_at
    if plan.live.source != "last-read" or read_at is None:
        return ""
    return f", by what was read {ago(plan.created_at - read_at)}"


def _drift_totals(plan: Plan, summary: Summary) -> str:
    causes = Counter(action.cause for _, action in plan.actions())
    named = ", ".join(f"{causes[cause]} {CAUSES[cause]}" for cause in Cause if causes[cause])
    found = f"{count(causes.total(), 'difference')}: {named}" if causes else _no_drift(summary)
    found += f" ({plan.in_progress} in progress)" if plan.in_progress else ""
    return _sentences(summary, "Drift", found)


def _no_drift(summary: Summary) -> str:
    if summary.open:
        return nothing_planned(summary)
    besides = waited_and_unseen(summary)
    none = f"none{in_what(summary)}"
    return f"{none}; {besides}" if besides else none


def _sentences(summary: Summary, what: str, found: str) -> str:
    """The totals: what needs attention first, then what is planned, then the groups without a line of their own."""
    said = headline(summary)
    first = f"{said}. " if said else ""
    return f"{first}{what}: {found}.{_groups_besides(summary)}"


def _besides_refused(plan: Plan) -> str:
    what = _refused_what(plan)
    return f" {what}." if what else ""


def _groups_besides(summary: Summary) -> str:
    text = ""
    noted = summary.groups_noted - summary.groups_open
    if summary.groups_in_sync:
        verb = "is as declared" if summary.groups_in_sync == 1 else "are as declared"
        opened = f", and {summary.groups_open} {_HAS[summary.groups_open == 1]} open points" if summary.open else ""
        text += f" {count(summary.groups_in_sync, 'group')} {verb}{opened}."
    if noted:
        text += f" {count(noted, 'more group')} {_ARE[noted == 1]} listed under Waiting, Unseen or Remarks."
    if summary.watched:
        text += f" {count(summary.watched, 'difference')} in watched groups: reported but never changed."
    if summary.held:
        text += f" {count(summary.held, 'group')} could not be checked."
    return text


def _costs(plan: Plan, timezone: str) -> Iterator[str]:
    for account, classes in sorted(plan.cost.items()):
        writes = {calls: cost for calls, cost in classes.items() if calls.writes and cost.needed}
        if not writes:
            continue
        parts = [f"{count(sum(cost.needed for cost in writes.values()), 'call')} on {account}"]
        parts += [text for calls, cost in writes.items() if (text := _scarcity(calls, cost))]
        ends = [cost.done_at for cost in writes.values()]
        last = max((end for end in ends if end is not None), default=None)
        if None in ends:
            parts.append("cannot be finished within this budget")
        elif last is not None:
            parts.append(f"finished by {moment(last, plan.created_at, timezone)}")
        yield "; ".join(parts)
    if plan.audience_notices:
        yield f"Members will see {count(plan.audience_notices, 'notice')} in their chats"


def _scarcity(calls: CallClass, cost: Cost) -> str:
    if cost.left_today is None:
        return ""
    one, many = CALLS[calls]
    if cost.needed > cost.left_today:
        return f"{count(cost.needed, one, many)}, {cost.left_today} today"
    return f"uses {cost.needed} of {cost.left_today} {many} left today" if calls in _SCARCE else ""


def _live(plan: Plan, redactor: Redactor) -> str:
    live = plan.live
    age = "not read" if live.read_at is None else f"read {ago(plan.created_at - live.read_at)}"
    if live.source == "last-read":
        age += ", and no gateway has been asked since"
    if live.complete:
        return f"{age}, complete"
    reasons = "; ".join(redactor.sentence(reason) for reason in live.why_not)
    return f"{age}, incomplete" + (f": {reasons}" if reasons else "")
