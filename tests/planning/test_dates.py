"""Memberships begin and end with days of the project's own time zone."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests import builders as b
from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, DesiredMembers, Entry
from wagroups.domain.plans.change import MemberAddition, MemberRemoval
from wagroups.domain.plans.plan import Plan, Reason
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

LAST = "2026-12-31"


def plan_of(group: DesiredGroup, now: datetime, timezone: str, *present: str) -> Plan:
    desired = replace(b.desired(group), timezone=timezone)
    live = b.observed(b.live(members=[b.seen(name) for name in present]), read_at=now)
    return make_plan(desired, {b.ACCOUNT: b.situation(live)}, Terms(), now).plan


def chess(starts: str | None = None, until: str | None = None, timezone: str = "UTC") -> DesiredGroup:
    ben = DesiredMember.of(b.person("ben"), (Entry(b.PLACE, periods=b.periods(starts, until, ZoneInfo(timezone))),))
    members = DesiredMembers.of([b.member("anna"), ben])
    return replace(b.group("chess", members=[], id=b.JID), members=members)


@pytest.mark.parametrize(
    ("now", "timezone", "ended"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "UTC", False),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "UTC", True),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "Europe/Berlin", False),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "Europe/Berlin", True),
        (datetime(2027, 1, 1, 4, 59, tzinfo=UTC), "America/New_York", False),
        (datetime(2027, 1, 1, 5, 0, tzinfo=UTC), "America/New_York", True),
    ],
)
def test_the_last_day_is_included_and_ends_at_midnight_of_the_project(
    now: datetime, timezone: str, ended: bool
) -> None:
    [plan] = plan_of(chess(until=LAST, timezone=timezone), now, timezone, "anna", "ben").groups
    assert [(type(action.change), action.reason) for action in plan.actions] == (
        [(MemberRemoval, Reason.EXPIRED)] if ended else []
    )


@pytest.mark.parametrize(
    ("now", "timezone", "begun"),
    [
        (datetime(2026, 12, 30, 22, 59, tzinfo=UTC), "Europe/Berlin", False),
        (datetime(2026, 12, 30, 23, 0, tzinfo=UTC), "Europe/Berlin", True),
        (datetime(2026, 12, 30, 23, 0, tzinfo=UTC), "UTC", False),
    ],
)
def test_a_membership_begins_with_its_first_day(now: datetime, timezone: str, begun: bool) -> None:
    [plan] = plan_of(chess(starts=LAST, timezone=timezone), now, timezone, "anna").groups
    assert [type(action.change) for action in plan.actions] == ([MemberAddition] if begun else [])
    assert [notice.code for notice in plan.notices] == ([] if begun else ["starts-later"])


def test_the_end_of_a_person_ends_every_membership_however_long_it_is() -> None:
    leaving = DesiredMember.of(b.person("ben", periods=b.periods(until=LAST)), (b.entry("ben", until="2030-01-01"),))
    group = replace(chess(), members=DesiredMembers.of([b.member("anna"), leaving]))
    [plan] = plan_of(group, datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC", "anna", "ben").groups
    assert [(type(action.change), action.reason) for action in plan.actions] == [(MemberRemoval, Reason.EXPIRED)]


def test_somebody_whose_time_is_over_is_not_added() -> None:
    [plan] = plan_of(chess(until=LAST), datetime(2027, 1, 1, 12, tzinfo=UTC), "UTC", "anna").groups
    assert plan.actions == ()
