"""Reading what others wrote: typed accessors that answer `None` instead of raising.

Gateways leave fields out, send `null`, and change a field's type between versions.  Whatever is not of the
type we expect was *not said*; nothing here turns an odd value into a default.  Plain dictionaries rather than
models, because a listing holds a quarter of a million members.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

Record = Mapping[str, object]

NOTHING: Final[Record] = MappingProxyType({})


def record(value: object) -> Record:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def records(value: object) -> Iterator[Record]:
    """The JSON objects in the array `value`; nothing if it is no array."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                yield item


def text(source: Record, key: str) -> str | None:
    value = source.get(key)
    return value if isinstance(value, str) else None


def flag(source: Record, key: str) -> bool | None:
    """A boolean; 0 and 1 count, because browsers' models hold them (WAHA on WEBJS)."""
    value = source.get(key)
    return bool(value) if value is True or value is False or value in (0, 1) else None


def number(source: Record, key: str) -> int | None:
    """A whole number, also when it is written as text (`"403"`)."""
    value = source.get(key)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def epoch(source: Record, key: str) -> datetime | None:
    """A time given in Unix seconds; 0 is none."""
    seconds = number(source, key)
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def instant(source: Record, key: str) -> datetime | None:
    """A time given in ISO 8601; the zero time of Go (year 1) is none."""
    written = text(source, key)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if moment.year <= 1:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
