"""Which WAHA a fake is: what older versions lack."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

NEWEST: Final = "2026.11.1"
"""A version with everything in the contract; when the newest routes were released is not known."""


class Feature(StrEnum):
    """Something that came with a version."""

    OWN_LID_ON_WEBJS = "own-lid-on-webjs"
    ADD_MODE = "member-add-mode"
    APPROVAL = "membership-approval"
    JOIN_REQUESTS = "join-requests"
    HISTORY = "member-share-history-mode"
    PICTURES = "pictures-in-core"
    RESTRICTIONS = "restrictions"
    PLAIN_IDS = "plain-ids-in-the-store"
    """NOWEB's store keeps the ids of new members, and not whole records in their place."""
    CLEARS_DESCRIPTION = "description-cleared-on-gows"


_FIRST_WITH: Final[Mapping[Feature, tuple[int, ...]]] = {
    Feature.OWN_LID_ON_WEBJS: (2026, 7, 1),
    Feature.ADD_MODE: (2026, 7, 2),
    Feature.APPROVAL: (2026, 8, 2),
    Feature.JOIN_REQUESTS: (2026, 8, 2),
    Feature.HISTORY: (2026, 9),
    Feature.PICTURES: (2026, 6, 1),
    Feature.RESTRICTIONS: (2026, 8, 1),
    Feature.PLAIN_IDS: (2026, 8),
    Feature.CLEARS_DESCRIPTION: (2026, 9),
}
"""From the release notes and waha issues 1632, 2165, 2200, 2206, 2219 and 2257."""


class Version(NamedTuple):
    """A version as the server states it: `2026.8.2`."""

    text: str

    def has(self, feature: Feature) -> bool:
        return tuple(int(part) for part in self.text.split(".")) >= _FIRST_WITH[feature]
