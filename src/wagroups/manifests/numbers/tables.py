"""Judge international numbers with phonenumbers' own tables, an order of magnitude faster than its functions.

phonenumbers takes some 35 µs a number, which for a project of many thousand people is most of a load.  A number
with a plus and a country code, without a national prefix to strip, needs no parsing: its digits are its E.164
form, and each calling code's tables become one pattern a length.  Everything else goes the long way; a test
compares both over random numbers of all calling codes.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

NON_GEOGRAPHIC: Final = "001"
"""phonenumbers' region of calling codes that belong to no country, such as +883."""

CALLING_CODE_DIGITS: Final = 3
"""The most that a calling code has (ITU-T E.164)."""

NATIONAL_DIGITS: Final = range(2, 18)
"""How many digits phonenumbers accepts behind a calling code."""

_KINDS: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
"""The tables of a region that make a number valid."""


class NumberVerdict(NamedTuple):
    """What the tables say of a number.  Lengths that serve only within a town are not possible from abroad."""

    possible: bool
    valid: bool


def judge(digits: str) -> NumberVerdict | None:
    """The verdict on a calling code with a national number; `None` when only parsing can tell."""
    tables = _tables_for(digits[:CALLING_CODE_DIGITS])
    if tables is None:
        return None
    national = digits[tables.calling_code_digits :]
    length = len(national)
    if length not in NATIONAL_DIGITS or (tables.national_prefix and tables.national_prefix.match(national)):
        return None
    possible = length in tables.lengths
    return NumberVerdict(possible, possible and tables.valid(national, length))


class _Region(NamedTuple):
    """One region of a calling code that several share."""

    metadata: PhoneMetadata
    leading_digits: re.Pattern[str] | None


class _Tables(NamedTuple):
    """What is known of a calling code."""

    calling_code_digits: int
    national_prefix: re.Pattern[str] | None
    lengths: frozenset[int]
    regions: tuple[_Region, ...]

    def valid(self, national: str, length: int) -> bool:
        """Whether the first region that claims the number also knows its range."""
        for metadata, leading_digits in self.regions:
            if leading_digits is None or len(self.regions) == 1:
                if _pattern(metadata.id, metadata.country_code, length).match(national):
                    return True
            elif leading_digits.match(national):
                return _pattern(metadata.id, metadata.country_code, length).match(national) is not None
        return False


_REGIONS: Final[dict[int, tuple[str, ...]]] = COUNTRY_CODE_TO_REGION_CODE


def _metadata(region: str, calling_code: int) -> PhoneMetadata:
    if region == NON_GEOGRAPHIC:
        found = PhoneMetadata.metadata_for_nongeo_region(calling_code)
    else:
        found = PhoneMetadata.metadata_for_region(region)
    assert found is not None  # the regions come from the same tables
    return found


def _general(metadata: PhoneMetadata) -> PhoneNumberDesc:
    assert metadata.general_desc is not None  # every region has one
    return metadata.general_desc


@cache
def _tables_for(first_digits: str) -> _Tables | None:
    """The tables of the calling code with which a number begins; no code begins with another, or with a zero."""
    codes = (first_digits[:count] for count in range(1, len(first_digits) + 1))
    code = next((code for code in codes if code[0] != "0" and int(code) in _REGIONS), None)
    return None if code is None else _tables(code)


@cache
def _tables(calling_code: str) -> _Tables:
    found = [_metadata(region, int(calling_code)) for region in _REGIONS[int(calling_code)]]
    main = found[0]
    return _Tables(
        len(calling_code),
        re.compile(main.national_prefix_for_parsing) if main.national_prefix_for_parsing else None,
        frozenset(_general(main).possible_length),
        tuple(
            _Region(metadata, re.compile(metadata.leading_digits) if metadata.leading_digits else None)
            for metadata in found
        ),
    )


@cache
def _pattern(region: str, calling_code: int, length: int) -> re.Pattern[str]:
    """Matches the valid numbers of a region that have `length` digits."""
    metadata = _metadata(region, calling_code)
    kinds = "|".join(_of_length(metadata, length))
    return re.compile(rf"(?=(?:{_general(metadata).national_number_pattern})\Z)(?:{kinds or '(?!)'})\Z")


def _of_length(metadata: PhoneMetadata, length: int) -> Iterator[str]:
    for kind in _KINDS:
        found: PhoneNumberDesc | None = getattr(metadata, kind)
        # No lengths of its own means those of the region.
        if found is not None and (not found.possible_length or length in found.possible_length):
            yield found.national_number_pattern or "(?!)"
