"""Numbers are judged as phonenumbers judges them, whatever way they take."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.identity import Phone
from wagroups.manifests.numbering import judge
from wagroups.manifests.phones import Phones
from wagroups.manifests.rules import Rule

CODES = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
DIGITS = st.text("0123456789", min_size=1, max_size=19)


@st.composite
def nearly_valid(draw: st.DrawFn) -> str:
    """phonenumbers' own example of some region and kind, with a digit exchanged."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    example = phonenumbers.example_number_for_type(region, draw(st.integers(0, 10)))
    if example is None:
        example = phonenumbers.example_number(region)
    assert example is not None
    digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[1:]
    at = draw(st.integers(4, len(digits) - 1))
    return digits[:at] + draw(st.sampled_from("0123456789")) + digits[at + 1 :]


@given(st.one_of(st.builds(lambda code, rest: f"{code}{rest}", CODES, DIGITS), nearly_valid(), DIGITS))
def test_the_short_way_says_what_the_long_way_says(digits: str) -> None:
    verdict = judge(digits)
    if verdict is None:
        return
    number = phonenumbers.parse(f"+{digits}")
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == f"+{digits}"
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    assert verdict == (possible, possible and phonenumbers.is_valid_number(number))


@pytest.mark.parametrize("digits", ["447700900123", "12125550123", "4915123456789", "5511912345678"])
def test_ordinary_numbers_take_the_short_way(digits: str) -> None:
    assert judge(digits) is not None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+44 7700 900123", None),
        ("+447700900123", "DE"),
        ("+44 (0)7700 900123", None),
        ("+44.7700-900/123", None),
        ("+44\u00a07700\u202f900\u2011123", None),
        ("07700 900123", "GB"),
        ("(07700) 900123", "GB"),
        ("0044 7700 900123", "DE"),
    ],
)
def test_every_usual_spelling_is_one_number(text: str, region: str | None) -> None:
    assert Phones().read(text, region) == (Phone.of("+447700900123"), None)


@pytest.mark.parametrize(
    ("text", "region", "rule"),
    [
        ("07700 900123", None, Rule.PHONE_REGION),
        ("+44 77 OO 900123", None, Rule.PHONE_FORMAT),
        ("+44 7700 900123 ext 5", None, Rule.PHONE_FORMAT),
        ("+-", None, Rule.PHONE_FORMAT),
        ("٠٧٧٠٠٩٠٠١٢٣", "GB", Rule.PHONE_FORMAT),
        ("+44 7700", None, Rule.PHONE_IMPOSSIBLE),
        ("+999 1234567", None, Rule.PHONE_IMPOSSIBLE),
        ("+0 1234567", None, Rule.PHONE_IMPOSSIBLE),
        ("1", "GB", Rule.PHONE_IMPOSSIBLE),
        ("+1 555 555 0100", None, Rule.PHONE_INVALID),
        ("enc:age:YWJj", None, Rule.PHONE_ENCRYPTED),
    ],
)
def test_a_faulty_number_says_what_is_wrong_and_never_itself(text: str, region: str | None, rule: Rule) -> None:
    fault = Phones().read(text, region).fault
    assert fault is not None
    assert fault.rule is rule
    assert text not in fault.message + fault.help


def test_the_fictional_range_is_no_reason_for_a_warning_but_its_neighbours_are() -> None:
    assert Phones().read("+44 7700 900999", None).fault is None
    assert Phones().read("+44 7700 90010", None).fault is not None
