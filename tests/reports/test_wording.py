"""The words for waits and failures are for people who keep groups, not for people who know gateways."""

import pytest

from wagroups.reports.wording import ADVICE


@pytest.mark.parametrize("code", ["401", "403"])
def test_a_missing_right_has_a_way_out(code: str) -> None:
    assert "make the account an admin" in ADVICE[code]
