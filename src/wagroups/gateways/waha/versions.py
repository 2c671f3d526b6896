"""Which version of WAHA first had which route.

A route that is missing answers 404 `Cannot …`, so a version we judge wrongly costs a clear refusal, never a lie.
"""

import re
from typing import Final, TypeAlias

Version: TypeAlias = tuple[int, int, int]

MEMBER_ADD_MODE: Final[Version] = (2026, 7, 2)
"""WAHA's release notes; issue 2165."""

MEMBERSHIP_APPROVAL: Final[Version] = (2026, 8, 2)
"""Settings, join requests and the event that tells of one (WAHA pull request 2200)."""

SHARE_HISTORY: Final[Version] = (2026, 9, 0)
"""WAHA's release notes; not on WPP."""

PICTURES: Final[Version] = (2026, 6, 1)
"""Before it the free edition (tier CORE) answers 422: a feature of WAHA Plus (WAHA's changelog of 2026.6.1)."""

RESTRICTIONS: Final[Version] = (2026, 8, 1)
"""WAHA's release notes; issues 2186 and 2219.  On NOWEB, GOWS and WEBJS."""

CLEARED_ON_GOWS: Final[Version] = (2026, 9, 0)
"""Before it GOWS refuses an empty description, or never answers one (WAHA issue 2257, closed with this version)."""

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
