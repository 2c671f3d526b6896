"""Keys that are accepted and have no effect yet are never passed over in silence."""

import pytest

from tests import builders as b
from wagroups.domain.desired import DesiredGroup
from wagroups.planning.unbuilt import unbuilt


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        (b.group(), []),
        (b.group(reject_unknown=True), ["reject_unknown"]),
        (b.group(join_by_link=True), ["join"]),
    ],
)
def test_what_is_written_and_not_done_yet_is_named(group: DesiredGroup, keys: list[str]) -> None:
    assert [notice.setting for notice in unbuilt(group)] == keys
