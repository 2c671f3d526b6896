"""Turn what people write into E.164, each distinct spelling once.

phonenumbers decides what is *possible* (a length that exists: an error if not) and what is *valid* (a range in
use: a warning if not, because its tables lag behind the world).
"""

import re
from functools import cache
from typing import Final, NamedTuple

import phonenumbers

from wagroups.domain.identity import Phone
from wagroups.manifests.language.invisible import visible
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format, Numbering
from wagroups.manifests.numbers.tables import NumberVerdict, judge

ENCRYPTED: Final = "enc:age:"
_WRITTEN: Final = re.compile(Format.PHONE.pattern)
_FICTION: Final = re.compile(rb"\+447700900\d{3}")
"""Ofcom's mobile range for drama, never in use and therefore not “valid”: examples and tests are made of it."""

_SEPARATORS: Final = str.maketrans(dict.fromkeys("+ ()./-\u2010\u2011\u00a0\u202f"))
"""Deletes what stands between digits."""


_DECIMAL: Final = re.compile(
    r"[0-9+\s(),/'-]*[0-9]\s*\.\s*[0-9]{1,2}|[0-9+\s()./'-]*[0-9]\s*,\s*[0-9]{1,2}|\+?[0-9]{7,}\s*[.,]\s*0+"
    r"|\+?[0-9]([.,][0-9]+)?E\+?[0-9]+",
    re.IGNORECASE,
)
"""A number as spreadsheets export one: 6640000006.0, 1,234.00, 4,477E+11.  A dot or comma of which there is no second
one, with one or two digits behind it, is no separator; 06.12.34.56.78 has four.  Blanks are of any kind: spreadsheets
group thousands by U+00A0 and U+202F."""

_PARTED: Final = re.compile(r"[,;/|&\n]+|\s\s+|\s(?=\+)|(?<=[0-9]{7})\s+(?=[0-9]{7})")
"""Where one number may end and another begin."""
_WHOLE_DIGITS: Final = 7
"""The least that a number of its own has.  Chosen: below the shortest in use on WhatsApp."""


class NumberFault(NamedTuple):
    """Why a text is no usable number, or a doubtful one.  Never repeats the text."""

    rule: Rule
    message: str
    help: str
    ways: tuple[Phone, ...] = ()
    """What the digits may mean."""


class Reading(NamedTuple):
    """What a text turned out to be: a number, perhaps doubtful, or a fault alone."""

    phone: Phone | None
    fault: NumberFault | None = None


NO_NUMBER: Final = NumberFault(
    Rule.PHONE_FORMAT,
    "This is not a phone number.",
    "Write its digits, beginning with + and the country code: +44 7700 "
    "…",  # a whole one would be masked in every output
)
_FORMAT: Final = Reading(None, NO_NUMBER)
_TWO: Final = Reading(
    None,
    NumberFault(
        Rule.PHONE_FORMAT, "There are two numbers here.", "Keep one, or name all of them in `phones:` under `people:`."
    ),
)
_ROUNDED: Final = Reading(
    None,
    NumberFault(
        Rule.DECIMAL_CELL,
        "A spreadsheet has turned this phone number into a decimal number.",
        "Format the column as text and type the number again: a plus sign and zeros may also be lost.",
    ),
)
_ENCRYPTED: Final = Reading(
    None,
    NumberFault(
        Rule.PHONE_ENCRYPTED,
        "Encrypted phone numbers cannot be read yet.",
        "Write the number, and keep the repository private.",
    ),
)
_REGION: Final = Reading(
    None,
    NumberFault(
        Rule.PHONE_REGION,
        "The number has no country code, and no `region` says which country is meant.",
        f"Write + and the country code, or set `region:` for the person or in wagroups.yaml ({Format.REGION.example}).",
    ),
)
_IMPOSSIBLE: Final = Reading(
    None,
    NumberFault(
        Rule.PHONE_IMPOSSIBLE, "Such a number cannot exist: its length or country code is wrong.", "Check the digits."
    ),
)
_INVALID: Final = NumberFault(
    Rule.PHONE_INVALID, "The number is possible, but its range is not known to be in use.", "Check the digits."
)
IN_CONFIG: Final = "in wagroups.yaml"


def say_which(where: str) -> str:
    """What ends a doubt about digits without a prefix."""
    return f"Write + and the country code, or `numbers: national` or `numbers: international` {where}."


_LOST: Final = NumberFault(Rule.LOST_PREFIX, "The number has lost its + or its leading zero.", say_which(IN_CONFIG))
_AMBIGUOUS: Final = NumberFault(
    Rule.AMBIGUOUS_NUMBER, "The number can be read in two ways: with and without a country code.", say_which(IN_CONFIG)
)


class Phones:
    """Reads numbers, remembering every spelling."""

    def __init__(self, numbers: Numbering | None = None) -> None:
        """`numbers` is how digits without a prefix are meant where a source does not say it."""
        self._numbers = numbers
        self._readings: dict[tuple[str, str | None, Numbering | None], Reading] = {}

    def read(self, text: str, region: str | None, numbers: Numbering | None = None) -> Reading:
        """What `text` is, in national spelling of `region` where it has no country code.

        The number is in its present spelling, whichever of its variants was written.
        """
        key = (text, region, numbers)
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = _read(text, region, numbers or self._numbers)
        return reading


def format_fault(text: str) -> NumberFault | None:
    """What is wrong with the form of a text that should be a number; `None` when nothing is."""
    reading = _misshapen(text, text.translate(_SEPARATORS))
    return None if reading is None else reading.fault


def _misshapen(text: str, digits: str) -> Reading | None:
    """What keeps a text from being one number; `digits` are the text without separators."""
    written = _WRITTEN.fullmatch(text) is not None
    if (not written or "." in text) and _DECIMAL.fullmatch(text):
        return _ROUNDED
    if len(digits) >= 2 * _WHOLE_DIGITS and sum(map(_is_whole, _PARTED.split(text))) > 1:
        return _TWO
    return None if written else _FORMAT


def _is_whole(part: str) -> bool:
    return sum(map(str.isdigit, part)) >= _WHOLE_DIGITS


def _read(text: str, region: str | None, numbers: Numbering | None) -> Reading:
    if not text.isascii():
        text = visible(text)
    international = text.startswith("+")
    if international and text[1:].isdigit() and text.isascii():
        return _reading(_international(text[1:]))
    if text.startswith(ENCRYPTED):
        return _ENCRYPTED
    digits = text.translate(_SEPARATORS)
    wrong = _misshapen(text, digits)
    if wrong is not None:
        return wrong
    if international:
        verdict = judge(digits)
        # The text, not its digits: a nought in brackets is left out by whoever reads it.
        return _reading(_present(Phone.of(f"+{digits}"), verdict) if verdict is not None else _parsed(text, None))
    bare = not digits.startswith("0")
    if numbers is Numbering.INTERNATIONAL and bare:
        return _reading(_international(digits))
    if region is None:
        return _REGION
    national = _parsed(text, region)
    if numbers is Numbering.NATIONAL or not bare or digits.startswith(_trunk_prefix(region) or "+"):
        return _reading(national)
    return _one_of(national, _international(digits), lost=_trunk_prefix(region) is not None)


class _Way(NamedTuple):
    """A number that a text may mean."""

    phone: Phone
    verdict: NumberVerdict

    @property
    def rank(self) -> int:
        return self.verdict.possible + self.verdict.valid


def _one_of(national: _Way | None, international: _Way | None, *, lost: bool) -> Reading:
    """The reading of digits without any prefix; `lost` says that the country's numbers are written with one."""
    ranks = [0 if way is None else way.rank for way in (national, international)]
    if national is None or international is None or national.phone == international.phone or ranks[0] != ranks[1]:
        way = international if ranks[1] > ranks[0] else national
        reading = _reading(way)
        if way is None or reading.fault is not None or (way is national and not lost):
            return reading
        return Reading(way.phone, _LOST._replace(ways=(way.phone,)))
    if ranks[0] == 0 or not lost:
        return _reading(national)
    return Reading(None, _AMBIGUOUS._replace(ways=(national.phone, international.phone)))


def _international(digits: str) -> _Way | None:
    """The number that begins with a country code."""
    verdict = judge(digits)
    return _parsed(f"+{digits}", None) if verdict is None else _present(Phone.of(f"+{digits}"), verdict)


def _parsed(text: str, region: str | None) -> _Way | None:
    """The number as phonenumbers reads it; `None` when it is none."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    phone = Phone.of(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return _present(phone, _long_verdict(number))


def _long_verdict(number: phonenumbers.PhoneNumber) -> NumberVerdict:
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return NumberVerdict(possible, possible and phonenumbers.is_valid_number(number))


def _present(phone: Phone, verdict: NumberVerdict) -> _Way:
    """The number in the spelling of today: countries have put digits before their numbers or taken them away."""
    if verdict.valid:
        return _Way(phone, verdict)
    way = _Way(phone, _known(phone, verdict))
    if way.verdict.valid:
        return way
    for other in phone.variants()[1:]:
        judged = judge(other.digits()) or _long_verdict(phonenumbers.parse(other.reveal()))
        if judged.valid or (judged.possible and not way.verdict.possible):
            way = _Way(other, judged)
        if judged.valid:
            break
    return way


def _known(phone: Phone, verdict: NumberVerdict) -> NumberVerdict:
    return NumberVerdict(True, True) if _FICTION.fullmatch(phone) else verdict


def _reading(way: _Way | None) -> Reading:
    if way is None or not way.verdict.possible:
        return _IMPOSSIBLE
    return Reading(way.phone) if way.verdict.valid else Reading(way.phone, _INVALID)


@cache
def _trunk_prefix(region: str) -> str | None:
    """What the region's numbers begin with when they are written for use within it: 0 in Germany; `None` in Spain."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if metadata is None or example is None or not metadata.national_prefix:
        return None
    written = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
    digits = "".join(filter(str.isdigit, written))
    inherent = phonenumbers.national_significant_number(example).startswith(metadata.national_prefix)
    return metadata.national_prefix if digits.startswith(metadata.national_prefix) and not inherent else None
