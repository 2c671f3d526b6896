"""What each strictness makes of a text: one table for every mask there is."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.manifests.edit.names import key_for
from wagroups.manifests.language.diagnostics import UNSHOWN, shown
from wagroups.privacy import mask as module
from wagroups.privacy.mask import Strictness, mask, proposals, remember_secret

TEXT, LOG, FOREIGN, QUOTE = Strictness.TEXT, Strictness.LOG, Strictness.FOREIGN, Strictness.QUOTE


class Case(NamedTuple):
    """A text, and what becomes of it."""

    said: str
    text: str
    """In our own sentences, in groups' texts and in logs."""
    foreign: str
    """In a gateway's own words."""
    quoted: bool
    """Whether a finding may quote it."""
    proposed: tuple[str, ...] = ()
    """What a scan of files takes for a number or a link, before it asks the tables of numbers."""


def same(said: str, *, quoted: bool = True, proposed: tuple[str, ...] = ()) -> Case:
    """A text that nobody has to hide."""
    return Case(said, said, said, quoted, proposed)


def hidden(said: str, shown: str, *proposed: str) -> Case:
    """A text of which every mask hides the same."""
    return Case(said, shown, shown, False, proposed)


CODE = "AbCdEfGhIjKlMnOpQrStUv"
CASES = [
    # Numbers in every spelling.
    hidden("call +447700900123 soon", "call (number) soon", "+447700900123"),
    hidden("call +44 7700 900123 soon", "call (number) soon", "+44 7700 900123"),
    hidden("call +44 (0) 7700-900.123", "call (number)", "+44 (0) 7700-900.123"),
    hidden("call +44\u202f7700\u2011900123", "call (number)", "+44\u202f7700\u2011900123"),
    hidden("call 07700 900123", "call (number)", "07700 900123"),
    hidden("447700900123 is missing", "(number) is missing", "447700900123"),
    hidden("?phone=%2B447700900123", "?phone=(number)", "447700900123"),
    Case("212 555 0123", "212 555 0123", "(number)", False, ("212 555 0123",)),
    Case("code 123456", "code 123456", "code (number)", False),
    Case("room 12-345", "room 12-345", "room 12-345", False),
    # People's ids and groups' ids.
    Case("447700900123@c.us left", "(id) left", "(id) left", False, ("447700900123",)),
    Case("447700900123:12@s.whatsapp.net", "(id)", "(id)", False, ("447700900123",)),
    Case("100000000000001@lid", "(id)", "(id)", False),
    Case("447700900123-1600000000@g.us", "(id)-(number)@g.us", "(id)", False, ("447700900123",)),
    Case("120363041234567890@g.us", "120363041234567890@g.us", "(id)", False),
    Case("ask office@club.example", "ask office@club.example", "ask (id)", True),
    # Links by which somebody is joined, called or written to.
    hidden(f"see https://chat.whatsapp.com/{CODE} now", "see (link) now", f"chat.whatsapp.com/{CODE}"),
    hidden("code=https%3A%2F%2Fchat.whatsapp.com%2FAbCdEfGh HTTP", "code=(link) HTTP"),
    hidden("wa.me/message/ABCDEFGHIJKLM1", "(link)"),
    hidden("https://wa.me/message/ABCDEFGHIJKLM1", "(link)"),
    hidden("https://wa.me/qr/ABCDEFGHIJKLM1 (qr)", "(link) (qr)"),
    hidden("https://wa.me/447700900123?text=hi", "(link)", "447700900123"),
    hidden("https%3A%2F%2Fwa.me%2Fmessage%2FABCDEFG", "(link)"),
    hidden("https://api.whatsapp.com/send?phone=447700900123", "(link)", "447700900123"),
    hidden("whatsapp://send?phone=447700900123&text=hi", "(link)", "447700900123"),
    hidden("https://call.whatsapp.com/voice/ABCDEFGHIJKLM", "(link)"),
    same("https://club.example/about", quoted=False),
    # Moments are no numbers.
    same("2026-11-30 10:11:12"),
    same("2026-11-30T10:11:12Z"),
    same("2026-11-30T10:11:12.123456+01:00"),
    same("2026-11-30 10:11:12,123"),
    same("until 30.11.2026, 10:11"),
    same("2026/11/30 10:11"),
    same("11/30/2026 10:11"),
    same("due 2026-11-02 12:30"),
    same("12:30:45.123456"),
    same("Parents 2026/27"),
    same("Parents 5B 2026/2027", quoted=False),
    Case("403 2026-11-30 10:11:12", "403 2026-11-30 10:11:12", "403 2026-11-30 10:11:12", False),
    Case(
        "2026-11-30 10:11:12 447700900123",
        "2026-11-30 10:11:12 (number)",
        "2026-11-30 10:11:12 (number)",
        False,
        ("447700900123",),
    ),
    # What looks like a date and is a number.
    Case("0177-12-34 567", "0177-12-34 567", "(number)", False, ("0177-12-34 567",)),
    hidden("+20 2026-11-30", "(number)", "+20 2026-11-30"),
    Case("2026-11-3012", "2026-11-3012", "(number)", False),
    # Other digits of machines.
    same("connect ECONNREFUSED 127.0.0.1:3000"),
    same("connect ECONNREFUSED 192.168.178.20:3000"),
    same("WAHA 2026.11.3"),
    same("version 2.3000.1023223821 is too old"),
    same("Timeout of 120000ms exceeded", quoted=False),
    same("answered 429: rate-overlimit"),
    same("timed out after 75 s"),
    same("code=403, text='x'"),
    same("3 of 1024 members"),
    Case("person-12345678", "person-12345678", "person-(number)", False),
    same("wg1-21bbf4d6cae6", quoted=False),
    same("groups/classes.yaml:113"),
    Case("", "", "", True),
]
"""Every kind of text that some output has to decide about."""


@pytest.mark.parametrize("case", CASES, ids=[case.said for case in CASES])
def test_each_strictness_hides_what_it_should(case: Case) -> None:
    assert mask(case.said) == case.text
    assert mask(case.said, LOG) == case.text
    assert mask(case.said, FOREIGN) == case.foreign
    assert (shown(case.said) != UNSHOWN) is case.quoted
    assert tuple(found.text for found in proposals(case.said)) == case.proposed


def test_a_key_is_made_of_nothing_that_may_be_a_number() -> None:
    from wagroups.domain.identity import GroupJid

    jid = GroupJid.of("120363041234567890@g.us")
    subjects = ["Chess 212 555 0123", "Chess +44 7700 900123", "Chess 2026-11-30", f"Chess wa.me/message/{CODE}"]
    assert [key_for(subject, jid, (), b"key") for subject in subjects] == ["chess"] * 4
    assert key_for("Chess 2026/27", jid, (), b"key") == "chess-2026-27"


NUMBERS = st.from_regex(r"\+4477009[0-9]{5}", fullmatch=True)
SPELLINGS = st.sampled_from(
    [
        lambda n: n,
        lambda n: n[1:],
        lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"{n[:3]} (0) {n[3:7]}-{n[7:]}",
        lambda n: f"0{n[3:7]} {n[7:]}",
        lambda n: f"{n[1:]}:12@s.whatsapp.net",
        lambda n: f"{n[1:]}-1600000000@g.us",
        lambda n: f"https://wa.me/{n[1:]}",
        lambda n: f"%2B{n[1:]}",
        lambda n: f"{{'phone': '{n}'}}",
    ]
)
BEFORE = st.sampled_from(
    ["", " ", "«", "\n", "=", ":", "on 2026-11-30 ", "10:11:12 ", "12:30,", "2026/27 ", "127.0.0.1:3000 ", "5 ms "]
)


@given(BEFORE, NUMBERS, SPELLINGS, BEFORE, st.sampled_from([TEXT, LOG, FOREIGN]))
def test_a_number_in_any_spelling_is_masked_whatever_stands_beside_it(
    before: str, number: str, spell: Callable[[str], str], after: str, strictness: Strictness
) -> None:
    masked = mask(f"call{before} {spell(number)} {after}", strictness)
    assert number[5:] not in masked.replace(" ", "").replace("-", "")


@given(st.text("+0123456789 -./:()@abgkus%2Bx", max_size=40))
def test_a_stricter_mask_leaves_nothing_for_a_laxer_one(text: str) -> None:
    masked = mask(text, FOREIGN)
    assert mask(masked, FOREIGN) == masked
    assert mask(masked) == masked


def test_a_secret_is_hidden_where_words_are_not_ours_and_stays_a_word_of_groups() -> None:
    remember_secret("open sesame/47")
    for spelled in ("open sesame/47", "open%20sesame%2F47"):
        assert mask(f"bad header {spelled}", LOG) == mask(f"bad header {spelled}", FOREIGN) == "bad header (secret)"
        assert mask(f"the group {spelled}") == f"the group {spelled}"


def test_a_short_secret_is_not_searched_for() -> None:
    remember_secret("x" * (module.SHORTEST_SECRET - 1))
    assert mask("x" * 9, LOG) == "x" * 9
