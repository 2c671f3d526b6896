"""Plans, runs and problems → their documents.  The only place where values of the domain become JSON for others."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from wagroups.domain.declared.picture import NO_PICTURE
from wagroups.domain.exit import Exit
from wagroups.domain.plans.change import (
    Change,
    DescriptionChange,
    GroupAdoption,
    GroupCreation,
    GroupDissolution,
    GroupRelease,
    LinkReset,
    PictureChange,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.change_kinds import kind_of
from wagroups.domain.plans.outcome import ActionResult, Run, Verdict
from wagroups.domain.plans.plan import Acknowledgement, Action, Cause, GroupPlan, Hold, Later, Notice, Plan, Reason
from wagroups.domain.plans.points import PointClass
from wagroups.domain.plans.rules import Level, override_of
from wagroups.domain.problem import Problem
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redaction, Redactor, key_fingerprint
from wagroups.reports.documents.models import (
    ActionPart,
    CostPart,
    CreatedPart,
    DriftPart,
    ErrorPart,
    ExitPart,
    GroupPart,
    GroupReportPart,
    HoldPart,
    KnownPart,
    LaterPart,
    LivePart,
    ManifestsPart,
    NoticePart,
    OriginPart,
    OverridePart,
    PlacePart,
    PlanDocument,
    PointPart,
    ProblemsDocument,
    RedactionPart,
    RefusedPart,
    RemainingPart,
    RemainingPointPart,
    ReportDocument,
    ResultPart,
    ToolPart,
)
from wagroups.reports.view.plan_view import refusal_of
from wagroups.reports.view.points import next_of
from wagroups.reports.view.tally import after_run, summarise


def plan_document(
    plan: Plan, redactor: Redactor, exit: Exit, tool_version: str, *, attributed: bool = False
) -> PlanDocument:
    """A plan as its document.  `attributed` puts every difference into `drift`, whoever made it."""
    return PlanDocument(
        tool=ToolPart(version=tool_version),
        created_at=plan.created_at,
        redaction=_redaction(redactor),
        live=_live(plan, redactor),
        manifests=ManifestsPart(digest=plan.manifests_digest, files=plan.manifests_files),
        summary=summarise(plan),
        groups=tuple(
            GroupPart(**_group(group, redactor), actions=tuple(_action(action, redactor) for action in group.actions))
            for group in plan.groups
        ),
        notices=tuple(_notice(notice, redactor) for notice in plan.notices),
        drift=tuple(
            DriftPart(**dict(_action(action, redactor)), group=group.key, cause=action.cause)
            for group, action in plan.actions()
            if attributed or _is_drift(action)
        ),
        later=tuple(_later(later, redactor) for later in plan.later),
        refused=_refused(plan, redactor),
        overrides=tuple(_overrides(plan, redactor)),
        cost={
            account: {
                calls.value: CostPart(needed=cost.needed, left_today=cost.left_today, done_at=cost.done_at)
                for calls, cost in sorted(classes.items())
            }
            for account, classes in sorted(plan.cost.items())
        },
        audience_notices=plan.audience_notices,
        digest=plan.digest,
        exit=ExitPart.of(exit),
    )


def report_document(run: Run, redactor: Redactor, exit: Exit, tool_version: str) -> ReportDocument:
    """A run as its document."""
    results = {result.id: result for result in run.results}
    counts = Counter(result.verdict for result in run.results)
    return ReportDocument(
        tool=ToolPart(version=tool_version),
        created_at=run.plan.created_at,
        ended_at=run.ended_at,
        actor="" if redactor.mode is Redaction.STRICT else redactor.sentence(run.actor),
        redaction=_redaction(redactor),
        live=_live(run.plan, redactor),
        manifests=ManifestsPart(digest=run.plan.manifests_digest, files=run.plan.manifests_files),
        summary=after_run(run.plan, _after(run)),
        outcomes={verdict: counts[verdict] for verdict in Verdict if counts[verdict]},
        groups=tuple(
            GroupReportPart(
                **_group(group, redactor),
                actions=tuple(
                    _result(action, results.get(action.id) or _unasked(group, action), redactor)
                    for action in group.actions
                ),
            )
            for group in run.plan.groups
        ),
        refused=_refused(run.plan, redactor),
        created=tuple(CreatedPart(group=key, jid=redactor.jid(jid) or None) for key, jid in run.created),
        converged=run.converged,
        remaining=None if run.remaining is None else _remaining(run.remaining, redactor),
        points=tuple(
            RemainingPointPart.model_validate({**point, "group": group.key})
            for group in _after(run).groups
            for point in _points(group, redactor)
        ),
        remaining_error=None if run.remaining_error is None else redactor.sentence(run.remaining_error),
        paused_until=run.paused_until,
        digest=run.plan.digest,
        exit=ExitPart.of(exit),
    )


def problems_document(problems: Sequence[Problem], exit: Exit) -> ProblemsDocument:
    """What `validate` found.  Messages may quote the files; numbers in them are masked."""
    masked = (
        problem.model_copy(update={"message": mask(problem.message), "help": mask(problem.help)})
        for problem in problems
    )
    return ProblemsDocument(exit=ExitPart.of(exit), problems=tuple(masked))


def _redaction(redactor: Redactor) -> RedactionPart:
    return RedactionPart(mode=redactor.mode, key_fingerprint=key_fingerprint(redactor.key))


def _live(plan: Plan, redactor: Redactor) -> LivePart:
    live = plan.live
    why_not = tuple(redactor.sentence(reason) for reason in live.why_not)
    return LivePart(source=live.source, read_at=live.read_at, complete=live.complete, why_not=why_not)


def _group(group: GroupPlan, redactor: Redactor) -> dict[str, Any]:
    """What a group says in a plan and in a report alike."""
    hold = group.hold
    return {
        "key": group.key,
        "account": group.account,
        "subject": redactor.text(group.subject) or None,
        "jid": None if group.jid is None else redactor.jid(group.jid) or None,
        "members_before": group.members_before,
        "members_after": group.members_after,
        "watched": group.watched,
        "desired_fingerprint": group.desired_fingerprint,
        "live_fingerprint": group.live_fingerprint,
        "source": PlacePart(file=group.source.file, line=group.source.line),
        "points": tuple(PointPart.model_validate(point) for point in _points(group, redactor)),
        "notices": tuple(_notice(notice, redactor) for notice in group.notices),
        "hold": None if hold is None else _hold(group.key, hold, redactor),
    }


def _hold(group: str, hold: Hold, redactor: Redactor) -> HoldPart:
    override = override_of(hold.rule, group)
    next_step = None if override is None else f"wagroups apply {override}"
    return HoldPart(rule=hold.rule, message=redactor.sentence(hold.message), next=next_step)


def _is_drift(action: Action) -> bool:
    """Whether somebody changed on a phone what this action sets right; what is urgent has that for its reason."""
    return action.reason is Reason.DRIFT or (action.reason is Reason.URGENT and action.cause is Cause.PHONE)


def _action(action: Action, redactor: Redactor) -> ActionPart:
    origin = OriginPart(file=action.origin.file, line=action.origin.line, via=action.via)
    return ActionPart(
        id=action.id,
        kind=action.change.kind,
        **_goal(action.change, redactor),
        risk=action.risk,
        reason=action.reason,
        due_at=None if action.due is None else action.due.at,
        origin=origin,
    )


def _later(later: Later, redactor: Redactor) -> LaterPart:
    kind = "nobody-left" if later.turn is None else later.turn.value
    person = None if later.person is None else redactor.person(later.person, declared=True)
    origin = OriginPart(file=later.origin.file, line=later.origin.line)
    return LaterPart.model_validate(
        {"at": later.at, "group": later.group, "kind": kind, "person": person, "origin": origin}
    )


def _goal(change: Change, redactor: Redactor) -> dict[str, Any]:
    """The person, setting and values that an action is about."""
    match change:
        case GroupCreation():
            return {"after": _text(change.subject, redactor)}
        case GroupAdoption():
            return {"after": redactor.jid(change.jid) or None}
        case GroupRelease() | GroupDissolution() | LinkReset():
            return {}
        case SubjectChange() | DescriptionChange():
            return {"before": _text(change.before, redactor), "after": _text(change.after, redactor)}
        case PictureChange():
            # How the live one looks has no name; `before` stays open.
            return {"after": NO_PICTURE if change.after is None else change.after.path}
        case SettingChange():
            return {"setting": change.setting.value, "before": change.before, "after": change.after}
        case _:
            return {"person": redactor.person(change.person, declared=kind_of(change).declared)}


def _text(text: str | None, redactor: Redactor) -> str | None:
    return None if text is None or redactor.mode is Redaction.STRICT else redactor.text(text)


def _unasked(group: GroupPlan, action: Action) -> ActionResult:
    return ActionResult(id=action.id, verdict=Verdict.WITHHELD if group.watched else Verdict.NOT_ATTEMPTED)


def _result(action: Action, result: ActionResult, redactor: Redactor) -> ResultPart:
    error = None
    if (failure := result.error) is not None:
        message = redactor.sentence(failure.message)
        error = ErrorPart(code=failure.code, message=message, retryable=failure.retryable)
    return ResultPart(
        **dict(_action(action, redactor)),
        outcome=result.verdict,
        error=error,
        started_at=result.started_at,
        ended_at=result.ended_at,
    )


def _notice(notice: Notice, redactor: Redactor) -> NoticePart:
    people = (notice.person,) if notice.person else notice.people
    return NoticePart(
        code=notice.code,
        text=redactor.sentence(notice.text, people),
        person=redactor.person(notice.person) if notice.person else None,
        setting=notice.setting,
    )


def _points(group: GroupPlan, redactor: Redactor) -> Iterator[dict[str, Any]]:
    """The points of a group, those first that need a person."""
    ranked = [notice for each in _POINTS for notice in group.points(each)]
    for notice in ranked:
        people = (notice.person,) if notice.person else notice.people
        yield {
            "class": notice.point_class,
            "code": notice.code,
            "id": notice.id or None,
            "person": redactor.person(notice.person) if notice.person else None,
            "people": tuple(redactor.person(person) for person in notice.people),
            "section": notice.section,
            "setting": notice.setting,
            "text": redactor.sentence(notice.text, people),
            "next": next_of(notice, redactor),
            "since": notice.since,
            "until": notice.until,
            "known": None if notice.known is None else _known(notice.known, redactor),
        }
    if group.hold is not None:
        message = redactor.sentence(group.hold.message)
        yield {"class": PointClass.HELD, "code": group.hold.rule, "text": message}


_POINTS: Final = (PointClass.OPEN, PointClass.WAITING, PointClass.UNSEEN)


def _known(known: Acknowledgement, redactor: Redactor) -> KnownPart:
    return KnownPart(reason=redactor.sentence(redactor.text(known.reason)), until=known.until)


def _after(run: Run) -> Plan:
    """The plan whose points are those of the run: what is left after it, as far as it was read."""
    return run.plan if run.remaining is None else run.remaining


def _refused(plan: Plan, redactor: Redactor) -> tuple[RefusedPart, ...]:
    return tuple(
        RefusedPart(
            rule=guard.rule,
            message=refusal_of(guard, redactor),
            group=guard.group,
            scope="run" if guard.scope is Level.RUN else "group",
            next=guard.next,
        )
        for guard in plan.guards
    )


def _overrides(plan: Plan, redactor: Redactor) -> Iterator[OverridePart]:
    for override in plan.overrides:
        if override.until is not None and override.origin is not None:
            yield OverridePart(
                rule=override.rule,
                group=override.group,
                until=override.until,
                reason=redactor.text(override.reason),
                source=PlacePart(file=override.origin.file, line=override.origin.line),
            )


def _remaining(plan: Plan, redactor: Redactor) -> tuple[RemainingPart, ...]:
    return tuple(
        RemainingPart(**dict(_action(action, redactor)), group=group.key)
        for group, action in plan.actions()
        if not group.watched
    )
