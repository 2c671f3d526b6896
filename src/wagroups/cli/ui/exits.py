"""Which exit code a result or an error deserves: the one place that decides.

Pure functions; the order in which codes win is `domain.exit.Exit`'s.  Of what is not so beside the plan, only open
points change the code, unless the files say that they are known; what is waited for or cannot be seen never does, and
neither does a live group that is in no manifest.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from wagroups.domain.errors import (
    Declined,
    EditError,
    GatewayError,
    ImageError,
    Interrupted,
    LedgerError,
    Locked,
    NotYet,
    ProjectError,
    Refusal,
    SeedError,
    TemplateTooLarge,
    Terminated,
    UnreadableFile,
    WagroupsError,
)
from wagroups.domain.exit import Exit
from wagroups.domain.live.observed import Absence
from wagroups.domain.plans.outcome import ActionResult, Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.domain.transcript import Import, PassedOver

_ENDINGS: Final[Mapping[type, Exit]] = MappingProxyType(
    {
        ProjectError: Exit.INVALID,
        UnreadableFile: Exit.INVALID,
        TemplateTooLarge: Exit.INVALID,
        ImageError: Exit.INVALID,
        SeedError: Exit.INVALID,
        EditError: Exit.USAGE,
        Refusal: Exit.REFUSED,
        Declined: Exit.REFUSED,
        NotYet: Exit.PAUSED,
        LedgerError: Exit.INVALID,
        Locked: Exit.LOCKED,
        Interrupted: Exit.INTERRUPTED,
        Terminated: Exit.TERMINATED,
        GatewayError: Exit.GATEWAY,
    }
)
"""How an error ends the program; one that is not named ends it as its parent does."""

_CAUSES: Final = {"locked": Exit.LOCKED, "session-lost": Exit.GATEWAY, "not-connected": Exit.GATEWAY}
"""Codes of a `Failure` that stand for something other than one failed action."""

_BROKEN: Final = {"locked": Exit.LOCKED, "error": Exit.ERROR}
"""Codes of what ended a run in its middle; a ledger's failure leaves a part done."""

_SETTLED: Final = frozenset({Verdict.DONE, Verdict.ALREADY})


def exit_of_plan(plan: Plan, detailed: bool, *, patient: bool = False) -> Exit:
    """The code of `plan`; `detailed` also tells changes and open points from none, as `drift` always does.

    `patient`, as `drift` is: what is due, approved, and not late yet is no change.
    """

    def held() -> Iterator[Exit]:
        if plan.held or not plan.live.complete:
            yield Exit.GATEWAY
        if plan.guards:
            yield Exit.REFUSED
        if detailed and not (plan.settled if patient else plan.empty):
            yield Exit.CHANGES
        if detailed and any(point.known is None for point in plan.open):
            yield Exit.OPEN

    return Exit.first_of(held())


def exit_of_run(run: Run) -> Exit:
    """The code of `apply`, from its outcomes and from the plan made after it."""
    return Exit.first_of(_of_run(run))


def _of_run(run: Run) -> Iterator[Exit]:
    if run.interrupted is not None:
        yield Exit.TERMINATED if run.interrupted == Exit.TERMINATED.code else Exit.INTERRUPTED
    if run.session_lost is not None or (run.remaining is None and run.broken is None):
        yield Exit.GATEWAY
    if run.broken is not None:
        yield _BROKEN.get(run.broken.code, Exit.PARTIAL)
    for plan in filter(None, (run.plan, run.remaining)):
        if plan.held or not plan.live.complete:
            yield Exit.GATEWAY
    if run.plan.guards:
        yield Exit.REFUSED
    if run.paused_until is not None:
        yield Exit.PAUSED
    yield from filter(None, map(_of_result, run.results))
    if _came_back(run):
        yield Exit.PARTIAL
    if run.broken is None and _stopped_for_no_other_reason(run):
        yield Exit.PARTIAL


def _of_result(result: ActionResult) -> Exit | None:
    cause = _CAUSES.get(result.error.code) if result.error is not None else None
    match result.verdict:
        case Verdict.FAILED:
            return cause or Exit.PARTIAL
        case Verdict.NOT_KNOWN:
            return Exit.GATEWAY
        case Verdict.PAUSED:
            return Exit.PAUSED
        case Verdict.WITHHELD:
            # Nothing withholds an action but a guard or a missing approval.
            return cause or Exit.REFUSED
        case Verdict.NOT_ATTEMPTED:
            return cause
        case Verdict.DONE | Verdict.ALREADY | Verdict.INVITED | Verdict.PENDING | Verdict.UNVERIFIED:
            return None


def _came_back(run: Run) -> bool:
    """Whether something counted as done is wanted again by the plan made after the run."""
    if run.remaining is None:
        return False
    settled = {result.id for result in run.results if result.verdict in _SETTLED}
    return any(action.id in settled for _, action in run.remaining.actions())


def _stopped_for_no_other_reason(run: Run) -> bool:
    """Whether actions were left out though nothing failed, paused or stopped the run: still not a success."""
    left_out = any(result.verdict is Verdict.NOT_ATTEMPTED for result in run.results)
    return left_out and not any(result.verdict is Verdict.PAUSED for result in run.results)


def exit_of_import(done: Import) -> Exit:
    """The code of `import`: groups that are passed over for a reason of their own are no failure."""

    def of(passed: PassedOver) -> Iterator[Exit]:
        if passed.unreadable:
            yield Exit.GATEWAY
        elif passed.code in set(Absence):
            yield Exit.PARTIAL

    return Exit.first_of(ending for passed in done.passed_over for ending in of(passed))


def exit_of_error(error: BaseException) -> Exit:
    """The code of something that was raised.  Anything unknown is `ERROR`."""
    return next((_ENDINGS[kind] for kind in type(error).__mro__ if kind in _ENDINGS), Exit.ERROR)


def code_of_error(error: BaseException) -> str:
    """The word for `error.code` in JSON: a guard's rule where there is one, else the exit's reason."""
    if isinstance(error, Refusal):
        return error.rule
    if isinstance(error, LedgerError) and not isinstance(error, Locked):
        return "ledger"
    return exit_of_error(error).reason


def hint_of_error(error: BaseException) -> str:
    """What to do next."""
    if isinstance(error, WagroupsError):
        return error.hint
    return "This is a bug in wagroups.  Run again with -v for the traceback."
