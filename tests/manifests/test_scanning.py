"""Numbers and links in any text: what is found, and what only looks like one."""

import pytest

from wagroups.manifests.number_scan import Scanner, declared_at

# Built from parts, so that this file holds no number itself.
AREA = "555 817"
NUMBER = f"+1 {AREA} 2635"
DIGITS = NUMBER.replace(" ", "").lstrip("+")
GERMAN = "+49 151 " + "23456789"


def places(text: str, region: str | None = None) -> list[tuple[int, int]]:
    return [(found.line, found.column) for found in Scanner(region).scan(text)]


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.replace(" ", ""),
        NUMBER.replace("+", "00"),
        "+1 (555) 817-26 35",
        "+1\u00a0555\u00a08172635",
        "+1-555-817-2635",
        "+1.555.817.2635",
        f"{DIGITS}@c.us",
        f"{DIGITS}:12@s.whatsapp.net",
        f"{DIGITS}-1600000000@g.us",
        GERMAN,
        GERMAN.replace(" ", "").lstrip("+"),
    ],
)
def test_a_number_is_found_where_it_begins(text: str) -> None:
    assert places(f"One line\nCall {text}, please.") == [(2, 6)]


@pytest.mark.parametrize(
    "before", ["https://wa.me/", "api.whatsapp.com/send?phone=", "whatsapp://send?text=x&phone=%2B"]
)
def test_a_number_is_found_in_a_link_to_its_chat(before: str) -> None:
    assert places(f"{before}{DIGITS}?text=hi") == [(1, len(before) + 1)]
    assert places(f"{before}447700900123") == []  # reserved for fiction


def test_the_number_that_was_found_is_the_one_that_stands_there() -> None:
    (found,) = Scanner(None).scan(NUMBER)
    assert found.phone is not None
    assert found.phone.digits() == DIGITS


def test_a_number_with_digits_behind_it_is_still_found() -> None:
    assert places(f"{GERMAN} 22.11.2026") == [(1, 1)]
    assert places(f"{GERMAN}\t{GERMAN}") == [(1, 1), (1, 18)]


def test_a_link_is_found() -> None:
    (found,) = Scanner(None).scan("see https://chat.whatsapp.com/" + "AbCdEfGhIjKlMnOpQrStUv")
    assert (found.line, found.column, found.phone) == (1, 13, None)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22 10:00:00",
        "22.11.2026 12:30",
        "20261122143000",
        "1764000000",
        "120363041234567890@g.us",
        "100000000000001@lid",
        "4006381333931",
        "0.123456789012",
        "deadbeef15558172635cafe",
        "DE89370400440532013000",
        "192.168.100.200:8080",
        "+1 000",
        "+44 7700 900123",
        "447700900123@c.us",
        "+1 212 555 0123",
        "https://example.org/15558172635",
        "",
    ],
)
def test_what_only_looks_like_a_number_or_is_nobodys_is_left_alone(text: str) -> None:
    assert places(text, "DE") == []


def test_national_spellings_are_found_where_a_region_is_known() -> None:
    text = "Ring 0151 " + "23456789 or (0151) 23456780."
    assert places(text) == []
    assert places(text, "DE") == [(1, 6), (1, 23)]
    assert places("call (202) 456-1" + "111", "US") == [(1, 6)]


def test_what_the_language_wants_to_be_a_number_is_known_by_its_place() -> None:
    text = (
        f"people:\n  anna: {NUMBER}\n  ben: {{phone: '{NUMBER}', former_phones: ['{NUMBER}', {NUMBER}]}}\n"
        f"groups:\n  old: {{id: {DIGITS}-1600000000@g.us, members: [{NUMBER}], description: 'ring {NUMBER}'}}\n"
    )
    outside = [place for place in places(text) if place not in declared_at(text.encode())]
    assert [line for line, _ in outside] == [5, 5]


def test_a_broken_file_declares_what_stood_before_the_break() -> None:
    assert (2, 9) in declared_at(f"people:\n  anna: {NUMBER}\n  ben: {{\n".encode())
    assert declared_at(b"- 1\n") == frozenset()
