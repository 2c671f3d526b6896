"""Guess the time zone and the country of this machine, as suggestions for a first project."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LOCALTIME: Final = Path("/etc/localtime")
_ZONE_FOLDER: Final = "zoneinfo/"
_LOCALE: Final = re.compile(r"[a-z]{2,3}_(?P<country>[A-Z]{2})(?:[.@].*)?")


def likely_timezone(environ: Mapping[str, str], localtime: Path = _LOCALTIME) -> str | None:
    """The IANA name that `TZ` or the machine's own setting gives; `None` when neither does."""
    return next(filter(_is_zone, _zones(environ, localtime)), None)


def likely_region(environ: Mapping[str, str]) -> str | None:
    """The country of the locale: `GB` for `en_GB.UTF-8`.  A locale is often nobody's choice: ask before using it."""
    for name in ("LC_ALL", "LC_TELEPHONE", "LANG"):
        match = _LOCALE.fullmatch(environ.get(name, ""))
        if match is not None:
            return match["country"]
    return None


def _zones(environ: Mapping[str, str], localtime: Path) -> Iterator[str]:
    yield environ.get("TZ", "").removeprefix(":")
    # On Linux and macOS the setting is a link into the zone database (man localtime, systemd).
    yield os.path.realpath(localtime).partition(_ZONE_FOLDER)[2]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
