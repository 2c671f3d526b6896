"""Which version of WAHA first had which route.

A route that is missing answers 404 `Cannot …`, so a version we judge wrongly costs a clear refusal, never a lie.
"""

import re
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, int, int]

MEMBER_ADD_MODE: Final[Version] = (2026, 8, 0)
"""Absent up to 2026.7.1 (its OpenAPI document; WAHA issue 2165) and present in the routes of 2026.8.  The versions
between are not known, and a claim that is too low costs a notice, one that is too high a failure."""

MEMBERSHIP_APPROVAL: Final[Version] = (2026, 8, 2)
"""Settings and join requests (WAHA pull request 2200)."""

SHARE_HISTORY: Final[Version] = (2026, 9, 0)
"""Only in source newer than 2026.8.2; the first version that has it is not known."""

PICTURES: Final[Version] = (2026, 6, 1)
"""Before it the free edition (tier CORE) answers 422: a feature of WAHA Plus (WAHA's changelog of 2026.6.1)."""

RESTRICTIONS: Final[Version] = (2026, 7, 0)
"""Seen in 2026.7.2 (WAHA issue 2219); which of 2026.7 was the first is not known."""

LIDS: Final[Version] = (2025, 5, 4)
"""WAHA issue 1072."""

_VERSION: Final = re.compile(r"(\d{4})\.(\d{1,2})(?:\.(\d{1,3}))?")


def parse(written: str | None) -> Version | None:
    """`2026.8.2` as numbers; `None` when the server does not say, or says it in another way."""
    match = _VERSION.match(written or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def has(running: Version | None, first: Version) -> bool:
    """Whether `running` has what came with `first`.  An unknown version is taken for the newest."""
    return running is None or running >= first
