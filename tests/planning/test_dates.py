"""Memberships begin and end with days of the project's own time zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import builders as b
from wagroups.domain.change import AdminPromotion, MemberAddition, MemberRemoval
from wagroups.domain.desired import DesiredGroup, DesiredMember, DesiredMembers, Entry
from wagroups.domain.identity import GroupKey, Role
from wagroups.domain.memory import Applied
from wagroups.domain.origin import Origin
from wagroups.domain.plan import Cause, Plan, Reason
from wagroups.planning.fingerprints import fingerprint_of_desired
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


def test_what_begins_by_its_date_was_changed_by_nobody_on_a_phone() -> None:
    """At the last apply both lines were written already, and neither had begun."""
    carla = DesiredMember.of(b.person("carla"), (b.entry("carla"), b.entry("carla", admin=True, starts="2026-11-20")))
    members = DesiredMembers.of([b.member("anna", admin=True), b.member("ben", starts="2026-11-20"), carla])
    group = replace(b.group("chess", members=[], admins=[], id=b.JID), members=members)
    applied = Applied(
        at=b.NOW - timedelta(days=10),
        values={},
        people=frozenset(("anna", "ben", "carla")),
        admins=frozenset(("anna", "carla")),
    )
    live = b.observed(b.live(members=[b.seen("anna", Role.ADMIN), b.seen("carla")]))
    memory = b.memory(applied={GroupKey("chess"): applied})
    [plan] = make_plan(b.desired(group), {b.ACCOUNT: b.situation(live, memory)}, Terms(), b.NOW).plan.groups
    assert [(type(action.change), action.cause) for action in plan.actions if action.change.kind != "group.adopt"] == [
        (MemberAddition, Cause.GIT),
        (AdminPromotion, Cause.GIT),
    ]


def test_an_action_names_the_line_that_is_its_reason() -> None:
    """Three lines speak of one person: which one counts depends on what is done, and when."""
    ben = DesiredMember.of(
        b.person("ben"),
        (
            Entry(Origin("groups.yaml", 7), admin=True, periods=b.periods(until="2026-11-21")),
            Entry(Origin("groups.yaml", 8), periods=b.periods(until="2026-12-24")),
            Entry(Origin("groups.yaml", 9), periods=b.periods("2027-02-01")),
        ),
    )
    members = DesiredMembers.of([b.member("anna", admin=True), ben])
    group = replace(b.group("chess", members=[], admins=[], id=b.JID), members=members)

    def line(now: datetime, role: Role | None) -> list[tuple[str, int]]:
        there = [b.seen("anna", Role.ADMIN), *([] if role is None else [b.seen("ben", role)])]
        live = b.observed(b.live(members=there), read_at=now)
        [plan] = make_plan(b.desired(group), {b.ACCOUNT: b.situation(live)}, Terms(), now).plan.groups
        return [(action.change.kind, action.origin.line) for action in plan.actions]

    assert line(b.NOW, Role.ADMIN) == [("admin.demote", 7)]
    assert line(datetime(2026, 12, 25, tzinfo=UTC), Role.MEMBER) == [("member.remove", 8)]
    assert line(datetime(2027, 2, 1, tzinfo=UTC), None) == [("member.add", 9)]


def of(group: DesiredGroup) -> str:
    return fingerprint_of_desired(group, b.KEY)


def test_a_fingerprint_covers_what_is_written_about_time_and_never_what_time_it_is() -> None:
    plain, until, later = chess(), chess(until="2027-01-31"), chess(starts="2027-01-31")
    own_end = DesiredMember.of(b.person("ben", periods=b.periods(until="2027-01-31")), [Entry(b.PLACE)])
    leaving = replace(plain, members=DesiredMembers.of([b.member("anna"), own_end]))
    right = replace(
        plain,
        members=DesiredMembers.of(
            [
                b.member("anna"),
                DesiredMember.of(b.person("ben"), (Entry(b.PLACE), b.entry("ben", admin=True, until="2027-01-31"))),
            ]
        ),
    )
    assert len({of(plain), of(until), of(later), of(right)}) == 4
    assert of(leaving) == of(until) != of(plain)
    assert of(until) == of(chess(until="2027-01-31"))
