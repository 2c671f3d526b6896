"""A gateway's address is judged in one place, and never repeated."""

import pytest

from wagroups.domain.address import address_fault, host_of, is_this_machine


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("localhost:3000", "does not begin with http"),
        ("ftp://localhost", "does not begin with http"),
        ("http://[::1", "impossible"),
        ("http://localhost:99999", "impossible"),
        ("http://localhost:0", "impossible"),
        ("http://localhost:port", "impossible"),
        ("http://", "does not name a host"),
        ("http://:3000", "does not name a host"),
        ("http://ada:sesame@localhost:3000", "a user name or a password"),
        ("http://local host", "a space"),
        ("http://localhost\n:3000", "a line break"),
        ("http://localhost?key=sesame", "a `?`"),
    ],
)
def test_an_address_that_cannot_be_asked_is_told_apart(address: str, fault: str) -> None:
    said = address_fault(address)
    assert said is not None
    assert fault in said
    assert "sesame" not in said


@pytest.mark.parametrize(
    "address", ["http://localhost:3000", "https://waha.example.org", "HTTP://127.0.0.1/", "http://[::1]:3000"]
)
def test_an_address_of_a_web_server_has_no_fault(address: str) -> None:
    assert address_fault(address) is None


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://LOCALHOST:3000", True),
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:3000", True),
        ("http://localhost.example.org", False),
        ("http://waha.localhost", False),
        ("http://127.0.0.1.example.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_this_machine_is_known_without_asking_a_resolver(address: str, here: bool) -> None:
    assert is_this_machine(host_of(address)) is here
