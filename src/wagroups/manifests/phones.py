"""Turn what people write into E.164, each distinct spelling once.

phonenumbers decides what is *possible* (a length that exists: an error if not) and what is *valid* (a range in
use: a warning if not, because its tables lag behind the world).
"""

import re
from typing import Final, NamedTuple

import phonenumbers

from wagroups.domain.identity import Phone
from wagroups.manifests.numbering import Verdict, judge
from wagroups.manifests.rules import Rule
from wagroups.manifests.shapes import Format

ENCRYPTED: Final = "enc:age:"
_WRITTEN: Final = re.compile(Format.PHONE.pattern)
_FICTION: Final = re.compile(rb"\+447700900\d{3}")
"""Ofcom's mobile range for drama, never in use and therefore not “valid”: examples and tests are made of it."""

_SEPARATORS: Final = str.maketrans(dict.fromkeys("+ ()./-\u2010\u2011\u00a0\u202f"))
"""Deletes what stands between digits."""


class Fault(NamedTuple):
    """Why a text is no usable number.  Never repeats the text."""

    rule: Rule
    message: str
    help: str


class Reading(NamedTuple):
    """What a text turned out to be: a number, perhaps doubtful, or a fault alone."""

    phone: Phone | None
    fault: Fault | None = None


_FORMAT: Final = Reading(
    None, Fault(Rule.PHONE_FORMAT, "This is not a phone number.", "Write + and country code: +44 7700 900123.")
)
_ENCRYPTED: Final = Reading(
    None,
    Fault(
        Rule.PHONE_ENCRYPTED,
        "Encrypted phone numbers cannot be read yet.",
        "Write the number, and keep the repository private.",
    ),
)
_REGION: Final = Reading(
    None,
    Fault(
        Rule.PHONE_REGION,
        "The number has no country code, and no region says which country is meant.",
        f"Write + and the country code, or `region:` at the person or in wagroups.yaml ({Format.REGION.example}).",
    ),
)
_IMPOSSIBLE: Final = Reading(
    None,
    Fault(
        Rule.PHONE_IMPOSSIBLE, "No such number can exist: its length or country code is wrong.", "Compare the digits."
    ),
)
_INVALID: Final = Fault(
    Rule.PHONE_INVALID, "The number is possible, but its range is not known to be in use.", "Compare the digits."
)


class Phones:
    """Reads numbers, remembering every spelling."""

    def __init__(self) -> None:
        self._readings: dict[tuple[str, str | None], Reading] = {}

    def read(self, text: str, region: str | None) -> Reading:
        """What `text` is, in national spelling of `region` where it has no country code."""
        key = (text, region)
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = _read(text, region)
        return reading


def _read(text: str, region: str | None) -> Reading:
    if text.startswith(ENCRYPTED):
        return _ENCRYPTED
    if not _WRITTEN.fullmatch(text):
        return _FORMAT
    if text.startswith("+"):
        digits = text[1:]
        if not digits.isdigit():
            digits = text.translate(_SEPARATORS)
        verdict = judge(digits)
        if verdict is not None:
            return _reading(Phone.of(f"+{digits}"), verdict)
    elif region is None:
        return _REGION
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return _IMPOSSIBLE
    phone = Phone.of(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return _reading(phone, Verdict(possible, possible and phonenumbers.is_valid_number(number)))


def _reading(phone: Phone, verdict: Verdict) -> Reading:
    if verdict.valid or _FICTION.fullmatch(phone):
        return Reading(phone)
    return Reading(phone, _INVALID) if verdict.possible else _IMPOSSIBLE
