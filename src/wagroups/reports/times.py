"""Times and durations as people say them, always with the zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_WEEK: Final = timedelta(days=7)


def ago(duration: timedelta) -> str:
    """`12 s`, `5 min`, `3 h`, `2 days`."""
    if duration < timedelta(minutes=2):
        return f"{max(0, int(duration.total_seconds()))} s"
    if duration < timedelta(hours=2):
        return f"{duration // timedelta(minutes=1)} min"
    if duration < timedelta(days=2):
        return f"{duration // timedelta(hours=1)} h"
    return f"{duration.days} days"


def moment(at: datetime, now: datetime, timezone: str) -> str:
    """`today about 14:20 UTC`, `Thursday about 09:00 CET`, `on 2026-12-24 about 09:00 CET`."""
    zone = ZoneInfo(timezone)
    there, here = at.astimezone(zone), now.astimezone(zone)
    clock = f"about {there:%H:%M %Z}"
    if there.date() == here.date():
        return f"today {clock}"
    if there.date() == here.date() + timedelta(days=1):
        return f"tomorrow {clock}"
    # strftime's %A follows the locale, and a report must not.
    if timedelta(0) < at - now < _WEEK - timedelta(days=1):
        return f"{_WEEKDAYS[there.weekday()]} {clock}"
    return f"on {there:%Y-%m-%d} {clock}"


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
