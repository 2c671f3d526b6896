"""Times as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from wagroups.reports.view.times import ago, moment

MONDAY = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(0), "just now"),
        (timedelta(seconds=12), "12 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_an_age_is_said_in_one_unit(duration: timedelta, said: str) -> None:
    assert ago(duration) == said


@pytest.mark.parametrize(
    ("after", "zone", "said"),
    [
        (timedelta(minutes=20), "UTC", "about 14:20 UTC today"),
        (timedelta(minutes=20), "Europe/Berlin", "about 15:20 CET today"),
        (timedelta(hours=20), "UTC", "about 10:00 UTC tomorrow"),
        (timedelta(hours=9, minutes=30), "Europe/Berlin", "about 00:30 CET tomorrow"),
        (timedelta(days=3), "UTC", "about 14:00 UTC on Thursday"),
        (timedelta(days=7), "UTC", "about 14:00 UTC on 2026-11-09"),
    ],
)
def test_a_time_to_come_is_said_by_day_and_zone(after: timedelta, zone: str, said: str) -> None:
    assert moment(MONDAY + after, MONDAY, zone) == said
