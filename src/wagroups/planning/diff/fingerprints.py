"""Short keyed hashes of the two sides of a comparison, so that a plan made later can tell whether either moved.

Keyed, because plans are read in public and a plain hash over phone numbers can be undone by trying numbers.  One
hash over everybody instead of one for each: there may be a quarter of a million memberships.
"""

import hmac
from collections.abc import Iterable
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup, DesiredMember
from wagroups.domain.declared.period import Periods
from wagroups.domain.live.observed import ObservedGroup
from wagroups.planning.diff.fields import declared_values, live_values

DIGITS: Final = 16
"""Hex digits of a fingerprint.  Chosen."""


def fingerprint_of_desired(group: DesiredGroup, key: bytes) -> str:
    """Changes with anything that is declared of `group`; a new number of somebody with an alias is no change."""
    return _keyed(key, _desired_lines(group))


def fingerprint_of_live(live: ObservedGroup | None, key: bytes) -> str:
    """Changes with anything that was read of the group."""
    return _keyed(key, () if live is None else _live_lines(live))


def _desired_lines(group: DesiredGroup) -> list[bytes]:
    members = group.members
    return [
        reach_of(group).encode(),
        *_value_lines(declared_values(group)),
        *[person.label for person in members.people],
        b"admins",
        *[person.label for person in members.admins],
        b"dates",
        *[member.person.label + b" " + dates_of(member).encode() for member in members.limited()],
    ]


def dates_of(member: DesiredMember) -> str:
    """What is written about somebody's time, their own dates included; never what time it is."""
    return f"{_written(member.member)} {_written(member.admin)}"


def reach_of(group: DesiredGroup) -> str:
    """How far the lists of a group reach."""
    reach = (group.state, group.manage_members, group.manage_admins, group.members_declared, group.admins_declared)
    return "|".join(map(str, reach))


def _written(periods: Periods) -> str:
    return " ".join(map(str, (periods.since_ever, *(edge.isoformat() for edge in periods.edges))))


def _live_lines(live: ObservedGroup) -> list[bytes]:
    return [*_value_lines(live_values(live)), live.roll]


def _value_lines(values: dict[str, str]) -> list[bytes]:
    return [f"{name}={value}".encode() for name, value in sorted(values.items())]


def _keyed(key: bytes, lines: Iterable[bytes]) -> str:
    return hmac.digest(key, b"\n".join(lines), "sha256").hex()[:DIGITS]
