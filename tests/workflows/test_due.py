"""Dates are reviewed once, with the change that wrote them, and done when they come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import builders as b
from tests.fake_clock import MORNING
from tests.reports.samples import redactor
from tests.rig import DIALECTS, RELAXED, Rig, rig
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, DesiredMembers
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupKey, Role
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.change import PersonChange
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Cause, Plan, Reason
from wagroups.planning.situation import Selection, Terms
from wagroups.reports.documents.build import plan_document
from wagroups.reports.render.text import drift_text, plan_text, run_text

DUE = RELAXED.model_copy(update={"due": True})
DAY = timedelta(days=1)
TODAY, TOMORROW = (str((MORNING + days * DAY).date()) for days in (0, 1))
NAMES = ("anna", "ben", "carla", "dora")


def group(*members: DesiredMember, **fields: Any) -> DesiredGroup:
    made = b.group("shift", subject="Shift", members=[], **fields)
    return replace(made, members=DesiredMembers.of(members), members_declared=True, admins_declared=True)


BOSS = b.member("anna", admin=True)
LEAVING = group(BOSS, b.member("ben", until=TODAY), b.member("carla"))
"""Ben's last day is the day of the tests."""


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", *NAMES) as made:
        made.live_group("Shift", {"anna": Role.ADMIN, "ben": Role.MEMBER, "carla": Role.MEMBER})
        bind(made)
        yield made


def bind(account: Rig) -> None:
    """Let the ledger know the group, without an approval of anything."""
    [jid] = [g.jid for g in account.world.groups.values() if g.subject == "Shift"]
    account.ledger.bind(b.ACCOUNT, LEAVING.key, jid, account.clock.now(), created=True)


def let_in(account: Rig, name: str) -> None:
    """Somebody is added on a phone."""
    with account.world.lock:
        person = account.world.people.called(name)
        assert person is not None
        account.world.group("Shift").members[person] = Role.MEMBER


def due(account: Rig, *groups: DesiredGroup) -> Run:
    def nobody_is_asked(plan: Plan) -> bool:
        raise AssertionError

    return account.apply(*groups, terms=DUE, confirm_dates=nobody_is_asked)


def done(run: Run) -> list[tuple[str, str | None, Verdict]]:
    verdicts = {result.id: result.verdict for result in run.results}
    changes = ((action.id, action.change) for _, action in run.plan.actions())
    return [(c.kind, c.person.alias, verdicts[i]) for i, c in changes if isinstance(c, PersonChange)]


def saved(plan: Plan) -> Reviewed:
    """What `plan --out` keeps of a plan, and `apply FILE` reads."""
    document = plan_document(plan, redactor(), Exit.OK, "0")
    return Reviewed(
        digest=document.digest,
        created_at=document.created_at,
        actions=document.approved(),
        fingerprints=document.fingerprints(),
        emptied=document.emptied(),
    )


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS)
def test_an_end_that_was_applied_removes_the_next_day_without_another_review(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *NAMES) as account:
        account.know("anna", "ben", "carla", "dora")
        account.live_group("Shift", dict.fromkeys(("ben", "carla"), Role.MEMBER) | {"anna": Role.ADMIN})
        bind(account)
        assert account.apply(LEAVING).results == ()

        let_in(account, "dora")  # somebody else's doing, and not what is due
        assert due(account, LEAVING).results == ()
        account.clock.advance(DAY)
        run = due(account, LEAVING)
        assert done(run) == [("member.remove", "ben", Verdict.DONE)]
        assert exit_of_run(run) is Exit.OK
        assert set(account.members("Shift")) == {"anna", "carla", "dora"}


def test_nothing_is_asked_of_a_gateway_while_no_date_has_come(account: Rig) -> None:
    account.apply(LEAVING)
    asked = len(account.front.log)
    run = due(account, LEAVING)
    assert (run.results, exit_of_run(run), len(account.front.log)) == ((), Exit.OK, asked)
    assert "nothing is due" in run_text(run, redactor())


def test_what_was_done_when_due_is_not_looked_for_again(account: Rig) -> None:
    account.apply(LEAVING)
    account.clock.advance(DAY)
    assert due(account, LEAVING).results
    asked = len(account.front.log)
    assert due(account, LEAVING).results == ()
    assert len(account.front.log) == asked


def test_an_empty_ledger_approves_nothing_and_says_so(account: Rig) -> None:
    account.clock.advance(DAY)
    run = due(account, LEAVING)
    assert done(run) == [("member.remove", "ben", Verdict.WITHHELD)]
    assert exit_of_run(run) is Exit.REFUSED
    said = run_text(run, redactor())
    assert "no plan has been approved in this ledger yet" in said
    assert "nothing was approved for shift in this ledger; review a new plan" in said
    assert "ben" in account.members("Shift")


def test_dates_that_were_changed_since_wait_for_a_new_plan_and_others_go_on(account: Rig) -> None:
    account.apply(group(BOSS, b.member("ben"), b.member("carla", until=TODAY)))
    account.clock.advance(DAY)
    changed = group(BOSS, b.member("ben", until=TODAY), b.member("carla", until=TODAY))
    run = due(account, changed)
    assert done(run) == [("member.remove", "ben", Verdict.WITHHELD), ("member.remove", "carla", Verdict.DONE)]
    assert exit_of_run(run) is Exit.REFUSED
    assert "shift changed since it was approved; review a new plan" in run_text(run, redactor())

    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).approvals  # which only a new plan changes


def test_a_substitute_comes_for_a_month_and_goes(account: Rig) -> None:
    substitute = b.member("dora", starts=TOMORROW, until=str((MORNING + 30 * DAY).date()))
    declared = group(BOSS, b.member("ben"), b.member("carla"), substitute)
    account.know("dora")
    account.apply(declared)
    account.clock.advance(DAY)
    assert done(due(account, declared)) == [("member.add", "dora", Verdict.DONE)]
    account.clock.advance(10 * DAY)
    assert due(account, declared).results == ()
    account.clock.advance(20 * DAY)
    assert done(due(account, declared)) == [("member.remove", "dora", Verdict.DONE)]


def test_an_admin_for_a_term_is_made_and_unmade_when_due(account: Rig) -> None:
    term = DesiredMember.of(
        b.person("ben"),
        (b.entry("ben"), b.entry("ben", admin=True, starts=TOMORROW, until=str((MORNING + 7 * DAY).date()))),
    )
    declared = group(BOSS, term, b.member("carla"))
    account.apply(declared)
    account.clock.advance(DAY)
    assert done(due(account, declared)) == [("admin.promote", "ben", Verdict.DONE)]
    account.clock.advance(7 * DAY)
    run = due(account, declared)
    assert done(run) == [("admin.demote", "ben", Verdict.DONE)]
    assert account.members("Shift")["ben"] == "member"


def test_a_saved_plan_approves_since_it_was_made_and_does_later_what_became_due(account: Rig) -> None:
    reviewed = saved(account.plan(LEAVING))
    assert reviewed.actions == frozenset()
    account.clock.advance(DAY)
    run = account.apply(LEAVING, reviewed=reviewed)
    assert done(run) == [("member.remove", "ben", Verdict.DONE)]
    assert [action.reason for _, action in run.plan.actions()] == [Reason.DUE]
    assert exit_of_run(run) is Exit.OK


def test_a_saved_plan_that_is_applied_again_does_what_became_due_and_nothing_else(account: Rig) -> None:
    reviewed = saved(account.plan(LEAVING))
    account.apply(LEAVING, reviewed=reviewed)
    account.clock.advance(DAY)
    let_in(account, "dora")
    run = account.apply(LEAVING, reviewed=reviewed)
    assert done(run) == [
        ("member.remove", "ben", Verdict.DONE),
        ("member.remove", None, Verdict.WITHHELD),
    ]


def test_a_plan_that_is_refused_approves_nothing(account: Rig) -> None:
    reviewed = saved(account.plan(LEAVING))
    account.clock.advance(timedelta(days=5))  # older than plans may become
    assert exit_of_run(account.apply(LEAVING, reviewed=reviewed)) is Exit.REFUSED
    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).approvals == {}


def test_where_nothing_is_to_be_done_now_dates_are_approved_by_whoever_says_so(account: Rig) -> None:
    account.apply(LEAVING, confirm_dates=lambda plan: not plan.later)
    account.clock.advance(DAY)
    assert exit_of_run(due(account, LEAVING)) is Exit.REFUSED


def test_whoever_looks_at_a_part_of_a_group_approves_no_dates(account: Rig) -> None:
    subjects = Selection(only=(Section.SUBJECT,))
    account.apply(LEAVING, terms=RELAXED.model_copy(update={"selection": subjects}))
    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).approvals == {}


def test_what_is_due_is_drift_only_when_it_is_a_day_late(account: Rig) -> None:
    account.apply(LEAVING)
    account.clock.advance(DAY)
    plan = account.plan(LEAVING)
    assert [action.cause for _, action in plan.actions()] == [Cause.DUE]
    assert exit_of_plan(plan, detailed=True, patient=True) is Exit.OK
    assert "due by its date; in progress" in drift_text(plan, redactor())
    assert exit_of_plan(plan, detailed=True) is Exit.CHANGES

    account.clock.advance(DAY)
    late = account.plan(LEAVING)
    assert exit_of_plan(late, detailed=True, patient=True) is Exit.CHANGES
    assert "in progress" not in drift_text(late, redactor())


def test_an_approval_does_not_age_and_follows_a_group_to_its_new_key(account: Rig) -> None:
    much_later = str((MORNING + 300 * DAY).date())
    declared = group(BOSS, b.member("ben", until=much_later), b.member("carla"))
    account.apply(declared)
    renamed = replace(declared, key=GroupKey("night"), previous_keys=(declared.key,))
    account.apply(renamed)
    account.clock.advance(301 * DAY)
    assert done(due(account, renamed)) == [("member.remove", "ben", Verdict.DONE)]


def test_a_plan_says_what_comes_later(account: Rig) -> None:
    declared = group(BOSS, b.member("ben", until=TODAY), b.member("dora", starts=str((MORNING + 60 * DAY).date())))
    plan = account.plan(declared)
    assert f"{TOMORROW}: ben leaves (groups.yaml:12)" in plan_text(plan, redactor())
    assert [one.kind for one in plan_document(plan, redactor(), Exit.OK, "0").later] == ["leaves"]
    further = account.plan(declared, terms=Terms(ahead=timedelta(days=90)))
    assert [one.kind for one in plan_document(further, redactor(), Exit.OK, "0").later] == ["leaves", "joins"]
