"""One function decides the code of a plan, one that of a run."""

from datetime import timedelta

import pytest

from tests.reports import samples
from wagroups.cli.ui.exits import exit_of_error, exit_of_plan, exit_of_run
from wagroups.domain.errors import Rejected, Throttled, Unanswered, WagroupsError
from wagroups.domain.exit import Exit
from wagroups.domain.plans.change import SubjectChange
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.domain.plans.plan import Acknowledgement, GroupPlan, Hold, Live, Notice, Plan, TrippedGuard

RENAME = samples.action(1, SubjectChange(before="a", after="b"))
CALM = samples.group("calm", "Calm")
CHANGED = samples.group("club", "Club", RENAME)
WATCHED = samples.group("club", "Club", RENAME, watched=True, notices=(Notice(code="watched", text="the subject"),))
HELD = samples.group("held", "Held", hold=Hold(rule="read-short", message="short"))
RIGHTLESS = Notice(code="not-admin", text="not an admin")
OPENED = samples.group("opened", "Opened", notices=(RIGHTLESS,))
KNOWN = samples.group(
    "known",
    "Known",
    notices=(RIGHTLESS.model_copy(update={"known": Acknowledgement(reason="asked", until=samples.NOW.date())}),),
)
NOTED = samples.group(
    "noted",
    "Noted",
    notices=(
        Notice(code="invited", text="waiting"),
        Notice(code="unverified", text="not seen"),
        Notice(code="stays", text="worth knowing"),
    ),
)
INCOMPLETE = Live(read_at=samples.NOW, complete=False)
GUARD = TrippedGuard(rule="max-removals", message="too many")


@pytest.mark.parametrize(
    ("plan", "plain", "detailed"),
    [
        (samples.plan(), Exit.OK, Exit.OK),
        (samples.plan(CALM, NOTED, notices=(Notice(code="breaker", text="1 group"),)), Exit.OK, Exit.OK),
        (samples.plan(CHANGED), Exit.OK, Exit.CHANGES),
        (samples.plan(WATCHED), Exit.OK, Exit.OPEN),
        (samples.plan(CALM, OPENED), Exit.OK, Exit.OPEN),
        (samples.plan(CHANGED, OPENED), Exit.OK, Exit.CHANGES),
        (samples.plan(KNOWN), Exit.OK, Exit.OK),
        (samples.plan(KNOWN, OPENED), Exit.OK, Exit.OPEN),
        (samples.plan(CHANGED, guards=(GUARD,)), Exit.REFUSED, Exit.REFUSED),
        (samples.plan(CHANGED, HELD, guards=(GUARD,)), Exit.GATEWAY, Exit.GATEWAY),
        (samples.plan(live=INCOMPLETE), Exit.GATEWAY, Exit.GATEWAY),
    ],
)
def test_a_plan_ends_by_what_it_holds(plan: Plan, plain: Exit, detailed: Exit) -> None:
    assert exit_of_plan(plan, detailed=False) is plain
    assert exit_of_plan(plan, detailed=True) is detailed


def run(verdict: Verdict = Verdict.DONE, code: str | None = None, **more: object) -> Run:
    error = None if code is None else Failure(code=code, message="")
    return Run.model_validate(
        {
            "plan": samples.plan(CHANGED),
            "results": (ActionResult(id=RENAME.id, verdict=verdict, error=error),),
            "remaining": samples.plan(CALM),
            "ended_at": samples.NOW,
            **more,
        }
    )


@pytest.mark.parametrize("group", [OPENED, KNOWN, WATCHED])
def test_an_apply_that_did_all_it_planned_ends_well_and_has_not_converged_beside_an_open_point(
    group: GroupPlan,
) -> None:
    made = run(plan=samples.plan(CALM), results=(), remaining=samples.plan(CALM, group))
    assert exit_of_run(made) is Exit.OK
    assert not made.converged
    assert run(remaining=samples.plan(CALM, NOTED)).converged


@pytest.mark.parametrize(
    ("made", "ending"),
    [
        (run(Verdict.DONE), Exit.OK),
        (run(Verdict.ALREADY), Exit.OK),
        (run(Verdict.INVITED), Exit.OK),
        (run(Verdict.PENDING), Exit.OK),
        (run(Verdict.UNVERIFIED), Exit.OK),
        (run(Verdict.FAILED, "404"), Exit.PARTIAL),
        (run(Verdict.FAILED, "session-lost"), Exit.GATEWAY),
        (run(Verdict.PAUSED, "day"), Exit.PAUSED),
        (run(Verdict.WITHHELD), Exit.REFUSED),
        (run(Verdict.NOT_ATTEMPTED, "locked"), Exit.LOCKED),
        (run(Verdict.NOT_ATTEMPTED, "not-attempted"), Exit.PARTIAL),
        (run(Verdict.NOT_ATTEMPTED, session_lost="logged out"), Exit.GATEWAY),
        (run(Verdict.NOT_ATTEMPTED, interrupted=130), Exit.INTERRUPTED),
        (run(Verdict.NOT_ATTEMPTED, interrupted=143), Exit.TERMINATED),
    ],
)
def test_a_verdict_has_its_code(made: Run, ending: Exit) -> None:
    assert exit_of_run(made) is ending


@pytest.mark.parametrize(
    ("made", "ending"),
    [
        (run(remaining=None), Exit.GATEWAY),
        (run(remaining=samples.plan(HELD)), Exit.GATEWAY),
        (run(remaining=samples.plan(live=INCOMPLETE)), Exit.GATEWAY),
        (run(remaining=samples.plan(NOTED)), Exit.OK),
        (run(paused_until=samples.NOW + timedelta(hours=1)), Exit.PAUSED),
        (run(Verdict.FAILED, paused_until=samples.NOW + timedelta(hours=1)), Exit.PARTIAL),
        (run(Verdict.WITHHELD, plan=samples.plan(CHANGED, guards=(GUARD,))), Exit.REFUSED),
        (run(plan=samples.plan(WATCHED), results=(), remaining=samples.plan(WATCHED)), Exit.OK),
    ],
)
def test_what_holds_besides_the_verdicts_counts_in_order(made: Run, ending: Exit) -> None:
    assert exit_of_run(made) is ending


def test_something_counted_as_done_that_is_wanted_again_is_no_success() -> None:
    assert exit_of_run(run(Verdict.DONE, remaining=samples.plan(CHANGED))) is Exit.PARTIAL


def test_a_new_difference_that_the_run_was_not_about_is_no_failure() -> None:
    news = samples.group("club", "Club", samples.action(9, SubjectChange(before="b", after="c")))
    assert exit_of_run(run(Verdict.DONE, remaining=samples.plan(news))) is Exit.OK


def test_a_group_that_is_only_watched_and_as_declared_keeps_no_run_from_converging() -> None:
    calm = samples.group("club", "Club", watched=True)
    assert run(plan=samples.plan(calm), results=(), remaining=samples.plan(calm)).converged


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (Throttled("too fast"), Exit.GATEWAY),
        (Unanswered("no answer"), Exit.GATEWAY),
        (Rejected("no"), Exit.GATEWAY),
        (WagroupsError("something"), Exit.ERROR),
        (OSError("disk"), Exit.ERROR),
    ],
)
def test_an_error_outside_the_table_of_verbs_has_a_code(error: Exception, ending: Exit) -> None:
    assert exit_of_error(error) is ending
