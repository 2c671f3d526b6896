"""What became of each action, after looking: the answer, corrected by what a read shows.

The order of belief: a read that shows the goal, a read that shows its absence, the answer about the person,
the answer about the call.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wagroups.domain.identity import GroupKey, Lid, Me, Phone
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.presence import IS_MEMBER, hidden_in
from wagroups.domain.live.roster import Names
from wagroups.domain.plans.change import (
    Change,
    GroupDissolution,
    LinkReset,
    MemberAddition,
    MemberInvitation,
    PersonChange,
    RequestApproval,
    RequestRejection,
)
from wagroups.domain.plans.outcome import (
    ActionResult,
    Done,
    Failure,
    NotAttempted,
    Paused,
    Refused,
    StepRecord,
    Uncertain,
    Verdict,
)
from wagroups.domain.plans.plan import Action
from wagroups.execution.group_run import GroupWork
from wagroups.execution.visibility import visible

PERSON_VERDICTS: Final = {403: Verdict.INVITED, 409: Verdict.ALREADY, 417: Verdict.INVITED, 421: Verdict.PENDING}
"""Per-person codes of an addition that are not failures (safety guide, part 5); of anything else they are."""

ADDED: Final = 200
WITHDRAWN: Final = 404
"""To an answer to a request that is no longer there."""

NOT_LOOKED: Final = "not-looked"
"""The code of what was asked for and could not be looked at afterwards: it is not known, and counts for no limit."""

ABSENT: Final = 404
"""To a change of somebody's role, or their removal: they are not in the group."""

_PERSON_WORDS: Final = {404: "their number has no account on WhatsApp"}
"""Codes that a look-up before an addition may have given, too, so that nothing was asked of WhatsApp."""

_NOT_SEEN: Final = Failure(
    code="not-seen",
    message="the gateway reported success, but reading again does not show the change",
    retryable=True,
)


def judge(
    work: GroupWork,
    withheld: frozenset[str],
    names: Names,
    me: Me,
    doubted: frozenset[Phone] = frozenset(),
    why_withheld: Failure | None = None,
) -> Iterator[ActionResult]:
    """One result for each action of a group's plan, in its order.

    `withheld` are ids of actions that were not to be done, and `why_withheld` says why.
    `doubted` are people whose addition was answered and not seen before, on a gateway that tells of nobody: not to be
    seen again means that WhatsApp keeps to their privacy settings, which ends as an invitation.
    """
    came = newcomers(work, names, me)
    records = {record.step: record for record in work.records}
    unlooked = {record.step for record in work.records[work.looked :]}
    step_of = {action: step.id for step in work.plan.steps for action in step.realises}
    for action in work.plan.actions:
        if action.id in withheld:
            yield ActionResult(id=action.id, verdict=Verdict.WITHHELD, error=why_withheld)
        elif work.plan.watched:
            continue
        elif action.id not in step_of:
            # Adoption and release happen in the ledger alone.
            yield ActionResult(id=action.id, verdict=Verdict.DONE)
        else:
            step = step_of[action.id]
            result = _of_record(action, records.get(step), work, names, looked=step not in unlooked)
            if action.id in came or _is_hidden_member(action.change, result, records.get(step)):
                result = result.model_copy(update={"verdict": came.get(action.id, Verdict.ALREADY)})
            yield _presumed_invited(result) if _is_doubted(action.change, result, doubted) else result


def newcomers(work: GroupWork, names: Names, me: Me) -> dict[str, Verdict]:
    """The additions, by the ids of their actions, that came about although no read names the people.

    Nobody can be told from the other hidden members.  But where as many are newly shown as were added without being
    refused, those are they.
    """
    live = work.live
    if live is None or work.looked < len(work.records):
        return {}
    outcomes = {record.step: record.outcome for record in work.records}
    waiting = [
        action.id
        for step in work.plan.steps
        for action in work.actions_of(step)
        if isinstance(action.change, MemberAddition)
        and isinstance(outcome := outcomes.get(step.id), Done)
        and person_code(action.change, outcome) in (None, ADDED)
        and visible(action.change, live, names) is None
    ]
    before = frozenset[Lid]() if work.planned_on is None else hidden_in(work.planned_on, names, me)
    shown = len(hidden_in(live, names, me) - before)
    return dict.fromkeys(waiting, Verdict.DONE) if waiting and shown >= len(waiting) else {}


def _is_hidden_member(change: Change, result: ActionResult, record: StepRecord | None) -> bool:
    """Whether WhatsApp says of somebody that they are in the group, and no read can tell otherwise."""
    if not isinstance(change, MemberAddition) or result.verdict is not Verdict.UNVERIFIED or record is None:
        return False
    return isinstance(record.outcome, Done) and person_code(change, record.outcome) == IS_MEMBER


def _is_doubted(change: Change, result: ActionResult, doubted: frozenset[Phone]) -> bool:
    return isinstance(change, MemberAddition) and change.person.phone in doubted and result.error == _NOT_SEEN


def _presumed_invited(result: ActionResult) -> ActionResult:
    return result.model_copy(update={"verdict": Verdict.INVITED, "error": None})


def _of_record(
    action: Action, record: StepRecord | None, work: GroupWork, names: Names, *, looked: bool
) -> ActionResult:
    if record is None:
        return _result(action, None, Verdict.NOT_ATTEMPTED, Failure(code="not-reached", message="the run ended first"))
    match record.outcome:
        case Paused(reason=reason):
            return _result(action, record, Verdict.PAUSED, Failure(code=reason, message=reason, retryable=True))
        case NotAttempted(because=because):
            failure = Failure(code="not-attempted", message=because, retryable=True)
            return _result(action, record, Verdict.NOT_ATTEMPTED, failure)
        case Refused() as refused:
            code = "refused" if refused.code is None else str(refused.code)
            failure = Failure(code=code, message=refused.message, retryable=refused.retryable)
            return _result(action, record, Verdict.FAILED, failure)
        case Uncertain() if isinstance(action.change, MemberInvitation):
            # Nobody is written to twice, so it is not asked again.
            return _result(action, record, Verdict.UNVERIFIED)
        case Uncertain(message=message):
            if looked and _seen(action.change, work, names):
                return _result(action, record, Verdict.DONE)
            return _result(action, record, Verdict.FAILED, Failure(code="uncertain", message=message, retryable=True))
        case Done() as done:
            return _of_answer(action, record, done, work, names, looked=looked)


def _of_answer(
    action: Action, record: StepRecord, done: Done, work: GroupWork, names: Names, *, looked: bool
) -> ActionResult:
    seen = _seen(action.change, work, names) if looked else None
    code = person_code(action.change, done)
    match action.change:
        case MemberInvitation():
            return _result(action, record, Verdict.INVITED)
        case LinkReset():
            return _result(action, record, Verdict.DONE)  # another link was read before this was called done
        case GroupDissolution() if work.gone:
            return _result(action, record, Verdict.DONE)
        case RequestApproval() | RequestRejection() if code == WITHDRAWN and not seen:
            gone = Failure(code="request-gone", message="they no longer ask to join", retryable=True)
            return _result(action, record, Verdict.FAILED, gone)
        case _:
            pass
    if done.already:
        return _result(action, record, Verdict.ALREADY)
    if seen:
        return _result(action, record, Verdict.ALREADY if code == 409 else Verdict.DONE)
    if isinstance(action.change, MemberAddition) and code in PERSON_VERDICTS and code != 409:
        return _result(action, record, PERSON_VERDICTS[code])
    if code is not None and code not in (200, 409):
        return _result(action, record, Verdict.FAILED, _refused_person(action.change, code))
    if not looked:
        return _result(action, record, Verdict.NOT_KNOWN, _not_looked(work))
    if seen is None:
        return _result(action, record, Verdict.UNVERIFIED)
    return _result(action, record, Verdict.FAILED, _NOT_SEEN)


def _refused_person(change: Change, code: int) -> Failure:
    """What a code says of the person whom `change` is about: of an addition another thing than of a role."""
    if code == ABSENT and not isinstance(change, MemberAddition):
        return Failure(code="not-a-member", message="they are not in the group", retryable=True)
    message = _PERSON_WORDS.get(code, f"WhatsApp answered {code} for this person")
    return Failure(code=str(code), message=message)


def _not_looked(work: GroupWork) -> Failure:
    """Could not look is not looked and not there."""
    return Failure(code=NOT_LOOKED, message=work.unread or "the run ended before it could be checked", retryable=True)


def doubted_in(group: GroupKey, memory: Memory, capabilities: Capabilities) -> frozenset[Phone]:
    """Who was added to a group or invited before and never seen, on a gateway that says nothing of single people."""
    if capabilities.can(Aspect.PERSON_RESULTS, Access.READ):
        return frozenset()
    return frozenset(phone for key, phone in (*memory.unseen_additions, *memory.invitations) if key == group)


def person_code(change: Change, done: Done) -> int | None:
    """What the answer said of the person whom `change` is about; `None` when it said nothing."""
    if not isinstance(change, PersonChange):
        return None
    matching: Iterable[int] = (r.code for r in done.receipt.people if r.person.same_as(change.person))
    return next(iter(matching), None)


def _seen(change: Change, work: GroupWork, names: Names) -> bool | None:
    return None if work.live is None else visible(change, work.live, names)


def _result(action: Action, record: StepRecord | None, verdict: Verdict, error: Failure | None = None) -> ActionResult:
    return ActionResult(
        id=action.id,
        verdict=verdict,
        error=error,
        started_at=None if record is None else record.started_at,
        ended_at=None if record is None else record.ended_at,
    )
