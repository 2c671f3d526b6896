"""Texts of a known form: whether one holds, and what was probably meant by one that does not."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from phonenumbers import SUPPORTED_REGIONS

from wagroups.domain.address import address_fault
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format

RULES: Final = {
    Format.SLUG: Rule.SLUG,
    Format.DAY: Rule.DATE,
    Format.MOMENT: Rule.DATE,
    Format.PHONE: Rule.PHONE_FORMAT,
    Format.GROUP_ID: Rule.GROUP_ID,
    Format.PATH: Rule.SHAPE,
    Format.DURATION: Rule.DURATION,
    Format.HOURS: Rule.HOURS,
    Format.ZONE: Rule.ZONE,
    Format.REGION: Rule.REGION,
    Format.VARIABLE: Rule.ENV_NAME,
    Format.SESSION: Rule.SESSION,
    Format.COUNT: Rule.NUMBER,
    Format.URL: Rule.URL,
}
_PATTERNS: Final = {form: re.compile(form.pattern) for form in Format}
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_TIMED: Final = re.compile(r"([0-9.-]{8,10})[ T]([0-9]{1,2}):([0-9]{2})(?::00)?")
_DOTTED_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def holds(text: str, form: Format) -> bool:
    """Whether a text has the form and, where the form has a list of names, names something."""
    return _PATTERNS[form].fullmatch(text) is not None and _exists(text, form)


def suggestion(text: str, form: Format, findings: Findings) -> str | None:
    """The right spelling of a text that does not hold, where one is near."""
    match form:
        case Format.SLUG:
            # What may be somebody's number is not repeated.
            return slug_of(text) or None if sum(map(str.isdigit, text)) < 5 else None
        case Format.DAY:
            return _iso_day(text)
        case Format.MOMENT:
            return _iso_moment(text)
        case Format.REGION:
            return text.upper() if text.upper() in SUPPORTED_REGIONS else None
        case Format.URL:
            return _with_scheme(text)
        case Format.ZONE:
            return _nearest_zone(text, findings)
        case _:
            return None


def slug_of(text: str) -> str:
    """What a name keeps of `text`; empty when nothing of it is a Latin letter or a digit."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def duration(text: str) -> timedelta:
    """The time that a text of the form DURATION stands for."""
    return timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])


def _iso_day(text: str) -> str | None:
    """31.12.2026 is the last day of the year; 3/4/2026 is a different day in different countries."""
    found = _DOTTED_DAY.fullmatch(text)
    day = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else ""
    return day if _is_day(day) else None


def _iso_moment(text: str) -> str | None:
    """The same with a time behind: 31.12.2026 9:30 and 2026-12-31T09:30 are one minute everywhere."""
    found = _TIMED.fullmatch(text)
    if found is None:
        return _iso_day(text)
    day = found[1] if _is_day(found[1]) else _iso_day(found[1])
    moment = f"{day} {int(found[2]):02}:{found[3]}"
    return moment if day and _is_moment(moment) else None


def _exists(text: str, form: Format) -> bool:
    """Whether a text of the right form also names something."""
    match form:
        case Format.DAY:
            return _is_day(text)
        case Format.MOMENT:
            return _is_moment(text)
        case Format.REGION:
            return text in SUPPORTED_REGIONS
        case Format.ZONE:
            return _is_zone(text)
        case _:
            return True


def _is_zone(text: str) -> bool:
    try:
        ZoneInfo(text)
    # The name is used as a path, with the errors of one.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _with_scheme(text: str) -> str | None:
    """The address that a host and a port stand for."""
    address = f"http://{text}"
    return address if address_fault(address) is None and holds(address, Format.URL) else None


def _nearest_zone(text: str, findings: Findings) -> str | None:
    zones = {zone.lower(): zone for zone in available_timezones()}
    return zones.get(findings.nearest(text, zones) or "")
