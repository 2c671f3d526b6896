"""What people write is the instant that the clock on their wall shows, and nobody loses an hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.declared.period import ALWAYS, NEVER, Periods
from wagroups.domain.declared.wall_clock import end_of, end_text, span_words, start_of, start_text, words_of

LONDON = ZoneInfo("Europe/London")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/New_York", "America/Havana", "Pacific/Apia")]
"""Havana changes its clock at midnight, in both directions."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2027-01-31", "2027-01-31 00:00", "2027-02-01 00:00"),
        ("2027-06-30 18:00", "2027-06-30 17:00", "2027-06-30 17:00"),
        ("2027-03-28", "2027-03-28 00:00", "2027-03-28 23:00"),
        ("2027-03-28 01:30", "2027-03-28 01:00", "2027-03-28 01:00"),
        ("2027-10-31 01:30", "2027-10-31 00:30", "2027-10-31 01:30"),
        ("2027-10-31", "2027-10-30 23:00", "2027-11-01 00:00"),
    ],
    ids=("day", "minute", "short-day", "skipped", "twice", "long-day"),
)
def test_a_day_is_included_and_a_minute_is_where_it_ends(written: str, start: str, end: str) -> None:
    assert start_of(written, LONDON) == utc(start)
    assert end_of(written, LONDON) == utc(end)


@pytest.mark.parametrize(
    ("zone", "written", "start"),
    [
        ("America/Havana", "2027-03-14", "2027-03-14 05:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00"),
    ],
)
def test_a_midnight_that_the_clock_skips_is_the_first_time_after_it(zone: str, written: str, start: str) -> None:
    assert start_of(written, ZoneInfo(zone)) == utc(start)


@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_a_day_and_the_next_touch(zone: ZoneInfo, day: date) -> None:
    after = day + timedelta(days=1)
    assert end_of(day.isoformat(), zone) == start_of(after.isoformat(), zone)


@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_days_are_said_as_they_are_written(zone: ZoneInfo, day: date) -> None:
    start, end = start_of(day.isoformat(), zone), end_of(day.isoformat(), zone)
    assert start is not None
    assert end is not None
    skipped = day == date(2011, 12, 30) and zone.key == "Pacific/Apia"
    assert skipped or (start_text(start, zone), end_text(end, zone)) == (day.isoformat(), day.isoformat())


@given(st.sampled_from(ZONES), st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)))
def test_a_minute_lies_where_the_clock_shows_it_or_right_behind_a_jump(zone: ZoneInfo, local: datetime) -> None:
    text = f"{local:%Y-%m-%d %H:%M}"
    start, end = start_of(text, zone), end_of(text, zone)
    assert start is not None
    assert end is not None
    assert start <= end
    shown = start.astimezone(zone).replace(tzinfo=None)
    assert shown >= datetime.fromisoformat(text)
    before = (start - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
    assert shown == datetime.fromisoformat(text) or before < datetime.fromisoformat(text)


def test_the_last_day_of_all_is_no_end_and_the_first_no_start() -> None:
    for name in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"):
        assert end_of("9999-12-31", ZoneInfo(name)) is None
        assert start_of("0001-01-01", ZoneInfo(name)) in (None, start_of("0001-01-01", ZoneInfo(name)))
    assert start_of("0001-01-01", ZoneInfo("Europe/Berlin")) is None


def test_time_in_words() -> None:
    term = Periods.of(start_of("2027-01-01", LONDON), end_of("2027-06-30", LONDON))
    past = Periods.of(None, end_of("2026-12-05 08:00", LONDON))
    assert words_of(ALWAYS, LONDON) == "always"
    assert words_of(NEVER, LONDON) == "never"
    assert words_of(past | term, LONDON) == "until 2026-12-05 08:00 and from 2027-01-01 until 2027-06-30"
    assert span_words(term, LONDON) == "from 2027-01-01 to 2027-06-30"
