"""Calling codes by their digits alone, held against the list of phonenumbers."""

import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from wagroups.domain.identity import Phone


@pytest.mark.parametrize("code", sorted(COUNTRY_CODE_TO_REGION_CODE))
def test_a_number_begins_with_its_calling_code(code: int) -> None:
    assert Phone.of(f"+{code}97000001").country_code() == str(code)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("+22997000001", "+2290197000001", True),
        ("+22997000001", "+22897000001", False),
        ("+22997000001", "+2290197000002", False),
        ("+2290197000001", "+2290197000001", True),
        ("+12125550143", "+12135550143", False),
    ],
)
def test_numbers_are_alike_by_country_and_last_digits(one: str, other: str, alike: bool) -> None:
    assert Phone.of(one).alike(Phone.of(other)) is alike
