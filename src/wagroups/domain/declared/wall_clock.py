"""Days and times as people write them, and the instants that they mean in a time zone.

`2027-01-31` is a whole day and `2027-01-31 18:00` a minute.  Where the clock skips a time, the first one after it is
meant; where a time comes twice, a start is the first and an end the second, so that nobody loses an hour.
(`zoneinfo` alone reads a skipped time with the offset before the change, which is an hour late.)
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from wagroups.domain.declared.period import Period, Periods

DAY_CHARS: Final = len("2027-01-31")
_DAY: Final = timedelta(days=1)
_LAST_DAY: Final = date.max
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def has_time(text: str) -> bool:
    """Whether a time of the day is written, beside the day."""
    return len(text) > DAY_CHARS


def start_of(text: str, zone: tzinfo) -> datetime | None:
    """The instant at which what is `from` this day or minute starts; `None` before all time."""
    instant = _first(_read(text), zone)
    return None if instant <= _EARLIEST else instant


def end_of(text: str, zone: tzinfo) -> datetime | None:
    """The first instant after `until` this day, or at this minute; `None` after all time."""
    local = _read(text)
    if not has_time(text):
        return None if local.date() == _LAST_DAY else _limited(_first(local + _DAY, zone))
    return _limited(_last(local, zone))


def start_text(instant: datetime, zone: tzinfo) -> str:
    """What is written after `from` for a start."""
    day = instant.astimezone(zone).date()
    return day.isoformat() if _first(_midnight(day), zone) == instant else minute_text(instant, zone)


def end_text(instant: datetime, zone: tzinfo) -> str:
    """What is written after `until` for an end: the day before, when a day ends there."""
    day = instant.astimezone(zone).date()
    return (day - _DAY).isoformat() if _first(_midnight(day), zone) == instant else minute_text(instant, zone)


def minute_text(instant: datetime, zone: tzinfo) -> str:
    """Day and minute in the zone."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def limits_of(period: Period, zone: tzinfo) -> tuple[str | None, str | None]:
    """What is written after `from` and after `until` for a period."""
    return (
        None if period.start is None else start_text(period.start, zone),
        None if period.end is None else end_text(period.end, zone),
    )


def period_words(period: Period, zone: tzinfo) -> str:
    """`from 2027-01-01 until 2027-06-30`; nothing for a period without limits."""
    start, end = limits_of(period, zone)
    return " ".join(f"{word} {text}" for word, text in (("from", start), ("until", end)) if text is not None)


def span_words(periods: Periods, zone: tzinfo) -> str:
    """`from 2027-01-01 to 2027-06-30`: a set of time as something that is gained or lost."""
    return words_of(periods, zone).replace("until", "to") if all(map(_has_start, periods)) else words_of(periods, zone)


def _has_start(period: Period) -> bool:
    return period.start is not None


def words_of(periods: Periods, zone: tzinfo) -> str:
    """A set of time in a sentence; `always` and `never` at the limits."""
    if not periods:
        return "never"
    return " and ".join(period_words(period, zone) for period in periods) or "always"


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _first(local: datetime, zone: tzinfo) -> datetime:
    """The first instant that shows this time on the wall, or the first one after a change that skips it."""
    return _instant(local.replace(fold=0), zone)


def _last(local: datetime, zone: tzinfo) -> datetime:
    """The same, and the second instant for a time that comes twice."""
    return _instant(local.replace(fold=1), zone)


def _instant(local: datetime, zone: tzinfo) -> datetime:
    try:
        instant = local.replace(tzinfo=zone).astimezone(UTC)
        shown = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return _EARLIEST if local.year == date.min.year else _LATEST
    return instant if shown == local.replace(fold=0) else _after_skipped(local, zone)


def _after_skipped(local: datetime, zone: tzinfo) -> datetime:
    """The instant at which the clock jumps over `local`."""
    # With the offset after the change the time lies before it, with the offset before the change behind it.
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = late.astimezone(zone).utcoffset()
    seconds = range(int((late - early).total_seconds()))
    passed = bisect_left(
        seconds, True, key=lambda second: (early + timedelta(seconds=second)).astimezone(zone).utcoffset() == offset
    )
    return early + timedelta(seconds=passed)


def _limited(instant: datetime) -> datetime | None:
    return None if instant >= _LATEST else instant
