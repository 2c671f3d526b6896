"""A run as rows and sentences: what became of every action, what remains, and what a person must do next.

The summary is counted from verdicts, never from the plan: an intention is not a result.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, Manage
from wagroups.domain.identity import GroupKey
from wagroups.domain.plans.change import Change, PersonChange
from wagroups.domain.plans.outcome import ActionResult, Run, Verdict
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view import rests
from wagroups.reports.view.plan_view import PlanView, Row, group_view, plan_view
from wagroups.reports.view.points import Line, in_what, waited_and_unseen
from wagroups.reports.view.times import moment
from wagroups.reports.view.wording import ADVICE, OWN_LIMITS, VERDICTS, count


class ResultRow(NamedTuple):
    """One action with its verdict."""

    row: Row
    verdict: Verdict
    words: str
    why: str
    """What stood in the way, in words; `""` where nothing did."""


class GroupResults(NamedTuple):
    """One group of the run."""

    key: str
    subject: str
    place: str
    rows: tuple[ResultRow, ...]


class LinesToWrite(NamedTuple):
    """What belongs into a manifest after a creation, so that git knows the group by its id."""

    key: str
    place: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """All that a report says about a run."""

    plan: PlanView
    groups: tuple[GroupResults, ...]
    failed: tuple[Line, ...]
    unknown: tuple[Line, ...]
    """What was asked for and could not be looked at afterwards."""
    waiting: tuple[Line, ...]
    """Invited people and pending requests, with what a person can do."""
    unverified: tuple[Line, ...]
    stopped: tuple[str, ...]
    """What ended the run early."""
    to_write: tuple[LinesToWrite, ...]
    remaining: PlanView | None
    totals: str
    convergence: str
    good: bool
    """Whether it came to what it was to come to."""
    counts: Mapping[Verdict, int]


ADVISED: Final = 3
"""People for whom one kind of advice is written out.  Chosen."""

_TROUBLED: Final = (Verdict.FAILED, Verdict.NOT_KNOWN)

NO_GROUPS: Final[Mapping[GroupKey, DesiredGroup]] = {}


def run_view(
    run: Run,
    redactor: Redactor,
    timezone: str = "UTC",
    declared: Mapping[GroupKey, DesiredGroup] = NO_GROUPS,
    *,
    whole: bool = False,
) -> RunView:
    """Word a run.  `declared` tells how people are invited, and how far the lists of a created group reach."""
    plan = plan_view(run.plan, redactor, timezone, whole=whole)
    remaining = None if run.remaining is None else plan_view(run.remaining, redactor, timezone, whole=whole)
    groups = tuple(_groups(run, redactor))
    counts = Counter(result.verdict for result in run.results)
    return RunView(
        plan=plan,
        groups=groups,
        failed=tuple(_lines(groups, Verdict.FAILED)),
        unknown=tuple(_lines(groups, Verdict.NOT_KNOWN)),
        waiting=(*_waiting(groups, declared), *_still_waiting(groups, plan if remaining is None else remaining)),
        unverified=tuple(_lines(groups, Verdict.UNVERIFIED)),
        stopped=tuple(_stops(run, redactor, timezone)),
        to_write=tuple(_to_write(run, redactor, declared)),
        remaining=remaining,
        totals=_totals(counts, plan if remaining is None else remaining),
        convergence=_convergence(run, remaining, redactor),
        good=run.converged or (run.plan.due_alone and remaining is not None and not run.plan.guards and _all_due(run)),
        counts=counts,
    )


def _groups(run: Run, redactor: Redactor) -> Iterator[GroupResults]:
    results = {result.id: result for result in run.results}
    for group in run.plan.groups:
        if not group.actions or group.watched:
            continue
        view = group_view(group, redactor)
        rows = tuple(_result_row(row, results.get(row.id), redactor) for row in view.rows)
        yield GroupResults(view.key, view.subject, view.place, rows)


def _result_row(row: Row, result: ActionResult | None, redactor: Redactor) -> ResultRow:
    if result is None:
        return ResultRow(row, Verdict.NOT_ATTEMPTED, VERDICTS[Verdict.NOT_ATTEMPTED], "")
    why = ""
    if result.error is not None:
        paused = result.verdict is Verdict.PAUSED
        message = rests.why(result.error.code) if paused else redactor.sentence(result.error.message)
        # The code of a failure is what a person looks up; elsewhere the words say all.
        why = f"{message} ({result.error.code})" if result.verdict is Verdict.FAILED else message
    return ResultRow(row, result.verdict, VERDICTS[result.verdict], why)


def _lines(groups: tuple[GroupResults, ...], verdict: Verdict) -> Iterator[Line]:
    for group in groups:
        for result in group.rows:
            if result.verdict is verdict:
                yield Line(group.key, ": ".join(filter(None, (f"{result.row.verb} {result.row.what}", result.why))))


def _waiting(groups: tuple[GroupResults, ...], declared: Mapping[GroupKey, DesiredGroup]) -> Iterator[Line]:
    for group in groups:
        known = declared.get(GroupKey(group.key))
        by_message = known is not None and known.invite_by_message
        next_step = (
            "the next apply sends them the link" if by_message else f"send them the link: wagroups link {group.key}"
        )
        for result in group.rows:
            if result.verdict is Verdict.INVITED and result.row.symbol == "@":
                yield Line(group.key, f"{result.row.what}: sent; they decide whether to join")
            elif result.verdict is Verdict.INVITED:
                yield Line(group.key, f"{result.row.what} is invited; {next_step}")
            elif result.verdict is Verdict.PENDING:
                yield Line(group.key, f"{result.row.what} waits for an admin of the group to approve them")


def _still_waiting(groups: tuple[GroupResults, ...], after: PlanView) -> Iterator[Line]:
    """What was waited for before the run and is after it, beside what the run itself began."""
    begun = {(group.key, result.row.what) for group in groups for result in group.rows if result.verdict in _BEGUN}
    for line in after.points.waiting:
        if not any(key == line.about and who in line.text for key, who in begun):
            yield line


_BEGUN: Final = frozenset({Verdict.INVITED, Verdict.PENDING})


def advice(run: Run, redactor: Redactor) -> tuple[Line, ...]:
    """What to do about the failures of a run: once for each kind, with a command for each of the first people."""
    failed: dict[str, list[ActionResult]] = {}
    for result in run.results:
        if result.error and result.verdict in _TROUBLED and result.error.code in ADVICE:
            failed.setdefault(result.error.code, []).append(result)
    actions = {action.id: (group.key, action.change) for group, action in run.plan.actions()}
    return tuple(
        Line(code, text)
        for code in sorted(failed)
        for text in _advised(ADVICE[code], [actions[result.id] for result in failed[code]], redactor)
    )


def _advised(advice: str, about: Sequence[tuple[str, Change]], redactor: Redactor) -> Iterator[str]:
    """The advice itself, or filled in for each of the first people and counted for the others."""
    if "{person}" not in advice:
        yield advice
        return
    people = [(key, change.person) for key, change in about if isinstance(change, PersonChange)]
    for key, person in people[:ADVISED]:
        yield advice.replace("{person}", redactor.reference(person)).replace("{group}", key)
    if len(people) > ADVISED:
        yield f"so for {len(people) - ADVISED} more; the failures above name them"


def _stops(run: Run, redactor: Redactor, timezone: str) -> Iterator[str]:
    if run.session_lost is not None:
        yield f"The account cannot be used: {redactor.sentence(run.session_lost)}"
    if run.broken is not None:
        said = redactor.sentence(run.broken.message)
        yield (
            f"The run broke off: {said}  What was done until then is listed above. Run `wagroups apply` again: it "
            f"first checks what happened"
        )
    if run.interrupted is not None:
        yield (
            "Interrupted; the call in progress was finished or is in the journal.  Run the same command again to "
            "continue"
        )
    pauses = [result.error.code for result in run.results if result.error and result.verdict is Verdict.PAUSED]
    if run.paused_until is not None:
        yield f"Paused; run again at {moment(run.paused_until, run.ended_at, timezone)}"
    elif OWN_LIMITS.intersection(pauses):
        yield "Stopped at the limit set for this run; run again to continue"
    elif pauses:
        yield "Paused, and this budget will never be enough; raise it, or take some changes out of the manifests"


def _to_write(run: Run, redactor: Redactor, declared: Mapping[GroupKey, DesiredGroup]) -> Iterator[LinesToWrite]:
    places = {group.key: str(group.source) for group in run.plan.groups}
    for key, jid in run.created:
        group = declared.get(GroupKey(key))
        members, admins = (group.manage_members, group.manage_admins) if group else (Manage.EXACT, Manage.EXACT)
        shown = redactor.jid(jid)
        # A written id makes `add-only` the default, so the reach that holds now is written beside it.
        lines = (f"id: {shown}", f"manage: {{members: {members}, admins: {admins}}}") if shown else ()
        yield LinesToWrite(key, places.get(GroupKey(key), ""), lines)


def _totals(counts: Counter[Verdict], after: PlanView) -> str:
    parts = [f"{counts[verdict]} {VERDICTS[verdict]}" for verdict in Verdict if counts[verdict]]
    if after.due_alone:
        return f"Result: {', '.join(parts) or 'nothing is due'}."
    return f"Result: {', '.join(parts) or _nothing(after)}."


def _nothing(after: PlanView) -> str:
    if after.headline:
        return "there was nothing that a run could do"
    return f"there was nothing to do{in_what(after.summary)}"


def _convergence(run: Run, after: PlanView | None, redactor: Redactor) -> str:
    if run.plan.due_alone:
        return _what_was_due(run)
    if run.converged and after is not None:
        besides = waited_and_unseen(after.summary)
        limits = f"; {besides}" if besides else ""
        return f"Converged: the groups were read again and are as declared{limits}."
    if run.broken is not None:
        return "It is not known whether the groups converged: the run broke off."
    if run.remaining is None or after is None:
        why = f": {redactor.sentence(run.remaining_error)}" if run.remaining_error else ""
        return f"It is not known whether the groups converged: the last read failed{why}."
    left = sum(not group.watched for group, _ in run.remaining.actions())
    held = sum(group.hold is not None for group in run.remaining.groups)
    failed = any(result.verdict is Verdict.FAILED for result in run.results)
    doubts = () if held or run.remaining.live.complete else run.remaining.live.why_not
    if after.headline and not (left or held or failed or doubts or run.plan.guards):
        return f"Not converged: everything planned was done, but {after.headline}."
    parts = [
        after.headline,
        f"{count(left, 'action')} left" if left else "",
        f"{count(held, 'group')} could not be checked" if held else "",
        f"the last read was incomplete ({'; '.join(doubts)})" if doubts else "",
    ]
    return f"Not converged: {', '.join(filter(None, parts)) or 'something failed'}."


def _all_due(run: Run) -> bool:
    return run.remaining is not None and run.remaining.empty and not run.remaining.held


def _what_was_due(run: Run) -> str:
    """How a run ended that was about what is due alone; what else differs it left as it was."""
    after = run.plan if run.remaining is None else run.remaining
    left = sum(not group.watched for group, _ in after.actions())
    due = f"{count(left, 'change')} that {'is' if left == 1 else 'are'} due by date not done" if left else ""
    if run.remaining is None:
        due = "not known whether all that was due is so: the last read failed"
    others = after.left_alone
    besides = f"{count(others, 'other difference')} left alone: wagroups plan" if others else ""
    said = due or ("everything that was due is done" if run.results else "no date has come since the last apply")
    return f"Due by date: {'; '.join(filter(None, (said, besides)))}."
