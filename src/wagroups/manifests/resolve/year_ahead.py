"""What a group's dates come to within a year: short gaps, and the day from which nobody is left.

The only findings that depend on the clock, so they are looked for where a person asks: in `validate`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from wagroups.domain.declared.desired import Boundary, DesiredGroup, DesiredMember, Manage, State, Turn
from wagroups.domain.declared.period import Period, Periods
from wagroups.domain.declared.wall_clock import end_text, start_text
from wagroups.manifests.language.diagnostics import Findings, plain
from wagroups.manifests.language.rules import Rule

AHEAD: Final = timedelta(days=365)
"""How far dates are followed.  Chosen: terms of office are years."""

SHORT_GAP: Final = timedelta(days=7)
"""Gaps up to this length are probably slips: a longer time out is a decision.  Chosen."""


def check_ahead(groups: Iterable[DesiredGroup], now: datetime, zone: tzinfo, findings: Findings) -> None:
    """Look at the year after `now`."""
    for group in groups:
        if group.state in (State.MANAGED, State.WATCHED) and group.members.dated:
            _find_gaps(group, now, zone, findings)
            _find_last_admin(group, now, zone, findings)
            _find_last_member(group, now, zone, findings)


def _find_gaps(group: DesiredGroup, now: datetime, zone: tzinfo, findings: Findings) -> None:
    for member in group.members.limited() if group.manage_members is not Manage.IGNORE else ():
        for left, back in _gaps(member, now):
            who = "This number" if member.person.alias is None else f"“{member.person.alias}”"
            findings.add(
                Rule.SHORT_GAP,
                member.entry_at(back).origin,
                f"{who} leaves {plain(group.key)} on {end_text(left, zone)} and comes back on "
                f"{start_text(back, zone)}: they would be removed and added again.",
                "Close the gap if they may stay.",
            )


def _gaps(member: DesiredMember, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Short times out that are still to come back from; an exception is meant."""
    periods = list(member.member)
    for before, after in pairwise(periods):
        assert before.end is not None and after.start is not None  # noqa: PT018 - only the outer limits are open
        meant = any(before.end in exclusion.periods for exclusion in member.exclusions)
        if after.start > now and after.start - before.end <= SHORT_GAP and not meant:
            yield before.end, after.start


def _find_last_admin(group: DesiredGroup, now: datetime, zone: tzinfo, findings: Findings) -> None:
    if not group.admins_declared or group.manage_admins is Manage.IGNORE:
        return
    last = _last(group, now, Periods.union(member.admin for member in group.members), (Turn.DEMOTED, Turn.LEAVES))
    if last is not None:
        day = start_text(last.at, zone)
        findings.add(
            Rule.NO_ADMIN_LATER,
            last.origin,
            f"From {day}, only the account is an admin of {plain(group.key)}.",
            f"Name the next admin with `from: {day}`.",
        )


def _find_last_member(group: DesiredGroup, now: datetime, zone: tzinfo, findings: Findings) -> None:
    if not group.members_declared or group.manage_members is Manage.IGNORE:
        return
    last = _last(group, now, Periods.union(member.member for member in group.members), (Turn.LEAVES,))
    if last is not None:
        day = start_text(last.at, zone)
        findings.add(
            Rule.NOBODY_LATER,
            last.origin,
            f"From {day}, nobody is in {plain(group.key)}: everyone would be removed.",
            f"Name who is in it from {day} on, or remove a date; `state: released` leaves a group as it is.",
        )


def _last(group: DesiredGroup, now: datetime, anybody: Periods, turns: tuple[Turn, ...]) -> Boundary | None:
    """The boundary within the year after which there is nobody, of those who are there now."""
    present: Period | None = anybody.period_at(now)
    if present is None or present.end is None or present.end > now + AHEAD:
        return None
    return next((one for one in group.boundaries() if one.at == present.end and one.turn in turns), None)
