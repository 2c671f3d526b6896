"""What a run report says about why the run ended before its plan did."""

from datetime import timedelta

import pytest

from tests.reports import samples
from wagroups.domain.declared.desired import DesiredGroup, Manage, Origin
from wagroups.domain.identity import GroupJid, GroupKey
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.outcome import ActionResult, Failure, Run, Verdict
from wagroups.privacy.redactor import Redaction
from wagroups.reports.render.text import run_text

PLAN = samples.plan(samples.group("club", "Club", samples.action(1, MemberAddition(person=samples.BY_NUMBER))))


def run(verdict: Verdict, code: str = "", **more: object) -> Run:
    error = Failure(code=code, message=code) if code else None
    return Run.model_validate(
        {
            "plan": PLAN,
            "results": (ActionResult(id="000000000001", verdict=verdict, error=error),),
            "remaining": PLAN,
            "ended_at": samples.NOW,
            **more,
        }
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            run(Verdict.PAUSED, "day", paused_until=samples.NOW + timedelta(days=3)),
            "Paused; run again at about 14:00 UTC on Thursday.",
        ),
        (run(Verdict.PAUSED, "max-ops"), "Stopped at the limit set for this run; run again to continue."),
        (run(Verdict.PAUSED, "day"), "Paused, and this budget will never be enough"),
        (run(Verdict.NOT_ATTEMPTED, session_lost="logged out"), "The account cannot be used: logged out."),
        (run(Verdict.NOT_ATTEMPTED, interrupted=130), "Run the same command again to continue."),
        (
            run(Verdict.DONE, remaining=None, remaining_error="no answer"),
            "It is not known whether the groups converged: the last read failed: no answer.",
        ),
    ],
)
def test_a_run_says_why_it_ended_early(made: Run, said: str) -> None:
    assert said in run_text(made, samples.redactor())


def test_a_withheld_action_is_not_called_done() -> None:
    written = run_text(run(Verdict.WITHHELD), samples.redactor())
    assert "withheld" in written
    assert "Result: 1 withheld." in written


def test_the_lines_to_write_keep_the_reach_that_was_declared() -> None:

    club = GroupKey("club")
    made = run(Verdict.DONE, created=(("club", GroupJid.of("120363041234567890@g.us")),), remaining=samples.plan())
    declared = DesiredGroup(
        key=club, account=samples.OFFICE, origin=Origin("groups.yaml", 1), manage_members=Manage.ADD_ONLY
    )
    written = run_text(made, samples.redactor(), declared={club: declared})
    assert "id: 120363041234567890@g.us" in written
    assert "manage: {members: add-only, admins: exact}" in written
    assert "120363041234567890" not in run_text(made, samples.redactor(Redaction.STRICT))
