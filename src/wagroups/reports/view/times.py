"""Times and durations as people say them, always with the zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_WEEK: Final = timedelta(days=7)


def ago(duration: timedelta) -> str:
    """`just now`, `12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`."""
    if duration < timedelta(seconds=1):
        return "just now"
    if duration < timedelta(minutes=2):
        return f"{int(duration.total_seconds())} s ago"
    if duration < timedelta(hours=2):
        return f"{duration // timedelta(minutes=1)} min ago"
    if duration < timedelta(days=2):
        return f"{duration // timedelta(hours=1)} h ago"
    return f"{duration.days} days ago"


def moment(at: datetime, now: datetime, timezone: str) -> str:
    """`about 14:20 UTC today`, `about 09:00 CET on Thursday`, `about 09:00 CET on 2026-12-24`."""
    zone = ZoneInfo(timezone)
    there, here = at.astimezone(zone), now.astimezone(zone)
    clock = f"about {there:%H:%M %Z}"
    if there.date() == here.date():
        return f"{clock} today"
    if there.date() == here.date() + timedelta(days=1):
        return f"{clock} tomorrow"
    # strftime's %A follows the locale, and a report must not.
    if timedelta(0) < at - now < _WEEK - timedelta(days=1):
        return f"{clock} on {_WEEKDAYS[there.weekday()]}"
    return f"{clock} on {there:%Y-%m-%d}"


_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
