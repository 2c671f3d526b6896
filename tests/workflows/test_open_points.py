"""Open points over several looks, on every dialect: what is found, since when, what is new, what a run makes of it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, RELAXED, Rig, rig
from tests.workflows.test_leaving import on_the_phone
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.plans.plan import Plan
from wagroups.reports.view.tally import summarise
from wagroups.workflows.reconcile.plan import preview

HERE = {"anna": Role.OWNER, **dict.fromkeys(("ben", "carla", "dora", "emil"), Role.MEMBER)}


@pytest.fixture(params=DIALECTS, ids=lambda pair: "-".join(dict.fromkeys(pair)))
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, *HERE, "finn") as made:
        made.know(*HERE, "finn")
        yield made


on_one_of_each = pytest.mark.parametrize(
    "account", [("waha", "gows"), ("waxum", "waxum")], indirect=True, ids=["waha", "waxum"]
)


def chess(account: Rig) -> DesiredGroup:
    """A group of somebody else in which our account is an admin, and which was applied."""
    jid = account.live_group("Chess", HERE, me=Role.ADMIN)
    group = b.group("chess", id=jid, subject="Chess", members=tuple(HERE), admins=("anna",))
    assert account.apply(group).converged
    return group


def taken_over(account: Rig) -> None:
    """Somebody with rights takes ours away, renames the group, puts one out and somebody else in."""
    on_the_phone(account, do="remove", who="anna", people=["ben"])
    on_the_phone(account, do="add", who="anna", people=["finn"])
    rights_taken(account)
    on_the_phone(account, do="rename", who="anna", subject="Stolen")


def rights_taken(account: Rig) -> None:
    on_the_phone(account, do="demote", who="anna", people=["me"])


def look(account: Rig, group: DesiredGroup, *, met: bool = False) -> Plan:
    """A plan, or a drift, after which open points count as met."""
    return asyncio.run(preview(account.session(b.desired(group)), RELAXED, met=met)).plan


def test_a_group_that_was_taken_over_is_never_fine(account: Rig) -> None:
    group = chess(account)
    taken_over(account)
    account.clock.advance(timedelta(days=1))
    found = look(account, group)
    (point,) = found.open
    assert point.code == "not-admin"
    assert "the subject" in point.text
    assert "too many" in point.text
    assert "missing" in point.text
    assert exit_of_plan(found, detailed=True) is Exit.OPEN
    assert exit_of_plan(found, detailed=False) is Exit.OK
    run = account.apply(group)
    assert (run.converged, exit_of_run(run)) == (False, Exit.OK)


@on_one_of_each
def test_a_point_is_new_until_a_drift_or_an_apply_met_it_and_says_since_when(account: Rig) -> None:
    group = chess(account)
    taken_over(account)
    began = account.clock.now()
    for met in (False, True):
        summary = summarise(look(account, group, met=met))
        assert (summary.open, summary.new_open) == (1, 1)
        account.clock.advance(timedelta(days=2))
    later = look(account, group, met=True)
    assert (summarise(later).open, summarise(later).new_open) == (1, 0)
    assert later.open[0].since is not None
    assert later.open[0].since - began < timedelta(hours=1)


@on_one_of_each
def test_what_an_apply_met_is_no_longer_new_and_what_is_settled_begins_anew(account: Rig) -> None:
    group = chess(account)
    rights_taken(account)
    assert account.apply(group).remaining is not None
    assert summarise(look(account, group)).new_open == 0
    on_the_phone(account, do="promote", who="anna", people=["me"])
    assert look(account, group).open == ()
    on_the_phone(account, do="demote", who="anna", people=["me"])
    assert summarise(look(account, group)).new_open == 1


@on_one_of_each
def test_a_ledger_that_cannot_be_written_still_tells_what_is_open(account: Rig) -> None:
    group = chess(account)
    taken_over(account)
    account.ledger._store.writable = False
    for _ in range(2):
        summary = summarise(look(account, group, met=True))
        assert (summary.open, summary.new_open) == (1, 1)
