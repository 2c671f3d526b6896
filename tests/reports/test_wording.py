"""The words for waits and failures are for people who keep groups, not for people who know gateways."""

from datetime import timedelta

import pytest

from wagroups.domain.budget import CallClass
from wagroups.reports.wording import ADVICE, CALLS, waiting_words


@pytest.mark.parametrize("calls", CallClass)
def test_a_wait_says_how_long_and_before_what(calls: CallClass) -> None:
    said = waiting_words(calls, timedelta(seconds=4))
    assert said == f"waiting 4 s before the next {CALLS[calls][0]}, to stay within the account's limits"
    assert "_" not in said


def test_a_long_wait_is_said_in_minutes() -> None:
    assert waiting_words(CallClass.ADD, timedelta(minutes=20)).startswith("waiting 20 min before the next add,")


@pytest.mark.parametrize("code", ["401", "403"])
def test_a_missing_right_has_a_way_out(code: str) -> None:
    assert "make the account an admin" in ADVICE[code]
