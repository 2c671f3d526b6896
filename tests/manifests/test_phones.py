"""Numbers are judged as phonenumbers judges them, whatever way they take."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.identity import Phone
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Numbering
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.numbers.tables import judge
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import outlined

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


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("6640000006.0", "AT"),
        ("6640000006,0", "AT"),
        ("6640000006.00", "IT"),
        ("81234567.5", "ID"),
        ("+4915123456001.0", None),
        ("0151 2345678.0", "DE"),
        ("6,640,000,006.00", "AT"),
        ("6.640.000.006,00", "DE"),
        ("6640000006.000", "AT"),
        ("6640000006 .0", "AT"),
        ("6640000006. 0", "AT"),
        ("6\u00a0640\u00a0000\u00a0006.0", "AT"),
        ("6\u202f640\u202f000\u202f006,00", "DE"),
        ("4.91512E+11", "DE"),
        ("4,477E+11", "GB"),
        ("4E+11", None),
    ],
)
def test_a_decimal_number_is_never_read_as_a_phone_number(text: str, region: str | None) -> None:
    reading = Phones().read(text, region)
    assert reading.phone is None
    assert reading.fault is not None
    assert reading.fault.rule is Rule.DECIMAL_CELL


@pytest.mark.parametrize(
    ("text", "region"),
    [("06.12.34.56.78", "FR"), ("+33.6.12.34.56.78", None), ("030.12345678", "DE"), ("+49.151.23456.78", None)],
)
def test_dots_between_the_parts_of_a_number_are_separators(text: str, region: str | None) -> None:
    assert Phones().read(text, region).phone is not None


@pytest.mark.parametrize(
    "text",
    [
        "+44 7700 900101 / +44 7700 900102",
        "+44 7700 900101, +44 7700 900102",
        "07700900101;07700900102",
        "07700900101 07700900102",
        "07700 900101\n07700 900102",
    ],
)
def test_two_numbers_in_one_place_are_called_so(text: str) -> None:
    fault = Phones().read(text, "GB").fault
    assert fault is not None
    assert fault.message == "There are two numbers here."


@pytest.mark.parametrize("text", ["030/12345678", "(0151) 2345-6789", "0151 2345 6789", "+49 (0) 151 / 23456789"])
def test_one_number_in_parts_is_one_number(text: str) -> None:
    assert Phones().read(text, "DE").fault is None


@pytest.mark.parametrize(
    ("text", "region", "ways"),
    [
        ("447700900101", "DE", {"+49 447 … 01", "+44 770 … 01"}),
        ("33612345678", "DE", {"+49 336 … 78", "+33 612 … 78"}),
        ("15123456789", "DE", {"+49 151 … 89", "+1 512 … 89"}),
        ("4915123456001", "DE", {"+49 491 … 01", "+49 151 … 01"}),
        ("436641234567", "DE", {"+49 436 … 67", "+43 664 … 67"}),
    ],
)
def test_digits_that_may_be_two_numbers_are_neither(text: str, region: str, ways: set[str]) -> None:
    reading = Phones().read(text, region)
    assert reading.phone is None
    assert reading.fault is not None
    assert reading.fault.rule is Rule.AMBIGUOUS_NUMBER
    assert set(map(outlined, reading.fault.ways)) == ways


@pytest.mark.parametrize(
    ("text", "region", "numbers", "phone"),
    [
        ("15123456789", "DE", Numbering.NATIONAL, "+4915123456789"),
        ("15123456789", "DE", Numbering.INTERNATIONAL, "+15123456789"),
        ("33612345678", "DE", Numbering.INTERNATIONAL, "+33612345678"),
        ("33612345678", None, Numbering.INTERNATIONAL, "+33612345678"),
        ("0151 23456789", "DE", Numbering.INTERNATIONAL, "+4915123456789"),
        ("+1 512 345 6789", "DE", Numbering.NATIONAL, "+15123456789"),
    ],
)
def test_whoever_says_how_digits_are_meant_is_believed(
    text: str, region: str | None, numbers: Numbering, phone: str
) -> None:
    assert Phones().read(text, region, numbers) == (Phone.of(phone), None)
    assert Phones(numbers).read(text, region) == (Phone.of(phone), None)


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("7700900101", "GB", "+447700900101"),
        ("447700900101", "GB", "+447700900101"),
        ("33612345678", "GB", "+33612345678"),
        ("9121234567", "RU", "+79121234567"),
        ("79121234567", "RU", "+79121234567"),
        ("447700900101", "ES", "+447700900101"),
        ("447700900101", "US", "+447700900101"),
    ],
)
def test_digits_that_lost_their_prefix_and_can_mean_one_number_are_read_with_a_warning(
    text: str, region: str, phone: str
) -> None:
    reading = Phones().read(text, region)
    assert reading.phone == Phone.of(phone)
    assert reading.fault is not None
    assert reading.fault.rule is Rule.LOST_PREFIX


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("612345678", "ES", "+34612345678"),
        ("3123456789", "IT", "+393123456789"),
        ("512345678", "PL", "+48512345678"),
        ("2125550123", "US", "+12125550123"),
        ("12125550123", "US", "+12125550123"),
        ("0612345678", "FR", "+33612345678"),
        ("89121234567", "RU", "+79121234567"),
        ("06201234567", "HU", "+36201234567"),
    ],
)
def test_the_usual_national_spelling_is_no_doubt(text: str, region: str, phone: str) -> None:
    assert Phones().read(text, region) == (Phone.of(phone), None)


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+52 1 55 5512 3456", None, "+525555123456"),
        ("5215555123456", "MX", "+525555123456"),
        ("+54 11 15 2345 6789", None, "+5491123456789"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("+225 07 12 34 56", None, "+2250707123456"),
        ("+225 01 02 03 04", None, "+2250101020304"),
        ("+225 44 12 34 56", None, "+2250544123456"),
        ("+229 97 00 00 01", None, "+2290197000001"),
        ("97 00 00 01", "BJ", "+2290197000001"),
        ("+55 31 8888 7777", None, "+5531988887777"),
        ("+55 31 3333 4444", None, "+553133334444"),
    ],
)
def test_an_old_spelling_is_read_as_the_number_of_today(text: str, region: str | None, phone: str) -> None:
    reading = Phones().read(text, region, Numbering.INTERNATIONAL if text.startswith("521") else None)
    assert reading == (Phone.of(phone), None)


def test_what_a_message_says_to_write_is_never_masked() -> None:
    for text in ("none", "6640000006.0", "+44 7700 900101 / +44 7700 900102", "15123456789"):
        fault = Phones().read(text, "DE").fault
        assert fault is not None
        assert mask(f"{fault.message} {fault.help}") == f"{fault.message} {fault.help}"
