"""A listing is read without reading everybody anew, and says the same as if everybody had been."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.identity import Lid, Phone
from wagroups.domain.live.observed import ObservedGroup
from wagroups.gateways.shared.json_fields import Record, records
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People, ReadMember
from wagroups.gateways.shared.response import parsed
from wagroups.gateways.waha.engines import ENGINES
from wagroups.gateways.waxum import wire

JID = "120363000000000001@g.us"


class Dialect(NamedTuple):
    """How one gateway writes a listing, and who reads it."""

    shape: Shape
    member: ReadMember
    group: Callable[[Record, People], ObservedGroup | None]
    written: Callable[[object], object]
    """A listing of two groups with this list of people each."""
    person: Callable[[str, str | None], object]
    """Somebody listed by LID, with a phone or without."""


def twins(group: Mapping[str, object]) -> list[Mapping[str, object]]:
    return [group, group]


def browser(people: object) -> object:
    return twins({"id": JID, "groupMetadata": {"id": JID, "subject": "x", "creation": 1, "participants": people}})


def chat_member(lid: str, phone: str | None) -> object:
    return {"id": {"_serialized": phone or lid}, "isAdmin": False, "isSuperAdmin": None}


DIALECTS = {
    "NOWEB": Dialect(
        ENGINES["NOWEB"].shape,
        ENGINES["NOWEB"].member,
        ENGINES["NOWEB"].group,
        lambda people: {"a": {"id": JID, "participants": people}, "b": {"id": JID, "participants": people}},
        lambda lid, phone: {"id": lid, **({"phoneNumber": phone} if phone else {}), "admin": None},
    ),
    "GOWS": Dialect(
        ENGINES["GOWS"].shape,
        ENGINES["GOWS"].member,
        ENGINES["GOWS"].group,
        lambda people: twins({"JID": JID, "Participants": people}),
        lambda lid, phone: {"JID": lid, "PhoneNumber": phone or "", "LID": lid, "IsAdmin": True, "Error": 0},
    ),
    "WEBJS": Dialect(ENGINES["WEBJS"].shape, ENGINES["WEBJS"].member, ENGINES["WEBJS"].group, browser, chat_member),
    "WPP": Dialect(ENGINES["WPP"].shape, ENGINES["WPP"].member, ENGINES["WPP"].group, browser, chat_member),
    "WAXUM": Dialect(
        wire.LISTING,
        wire.member,
        wire.group,
        lambda people: {"groups": twins({"jid": JID, "participants": people})},
        lambda lid, phone: {"jid": lid, "phone_number": phone, "role": "admin"},
    ),
}

pytestmark = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def groups(dialect: Dialect, body: object) -> list[ObservedGroup | None]:
    people = People(dialect.member)
    for key in dialect.shape.groups:
        body = body.get(key) if isinstance(body, dict) else None
    items = list(body.values()) if isinstance(body, dict) else body
    return [dialect.group(item, people) for item in records(items)]


def both_ways(dialect: Dialect, written: bytes) -> tuple[object, object]:
    """What the groups of a listing are, read as a listing and read like any other answer."""
    lazily, eagerly = dialect.shape.read(bytearray(written), "utf-8"), parsed(bytearray(written), "utf-8")
    if isinstance(eagerly, dict | list):
        return groups(dialect, lazily), groups(dialect, eagerly)
    return lazily, eagerly


names = st.sampled_from(["100000000000001@lid", "447700900001@c.us", "12125550100:7@s.whatsapp.net", "x", "", "\ud83d"])
odd = st.none() | st.booleans() | st.integers() | names | st.lists(names, max_size=1)
keys = st.sampled_from(
    ["id", "phoneNumber", "lid", "admin", "JID", "PhoneNumber", "LID", "IsAdmin", "Error", "jid", "phone_number"]
)
entries = st.dictionaries(keys, odd, max_size=4) | odd


@given(people=st.lists(entries, max_size=4) | odd)
def test_an_odd_listing_says_the_same_as_if_everybody_had_been_read_anew(dialect: Dialect, people: object) -> None:
    for spaces in (None, (",", ":")):
        lazily, eagerly = both_ways(dialect, json.dumps(dialect.written(people), separators=spaces).encode())
        assert lazily == eagerly


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "null", "false", "0", '"text"', "<html>", "[", "{}", "[]", "[null]", '{"a": null}', "[[]]", "[NaN]"),
        *('{"groups": 1}', '{"groups": [{}]}', '{"groups": null}', '[{"groupMetadata": null}]', '{"a": {"id": 1e999}}'),
        '[{"groupMetadata": {"participants": {}}}]',
        '{"a": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_what_is_no_listing_is_read_like_any_other_answer(dialect: Dialect, written: str) -> None:
    lazily, eagerly = both_ways(dialect, written.encode())
    assert lazily == eagerly


def test_each_wording_is_read_once(dialect: Dialect) -> None:
    readings: Counter[str] = Counter()

    def counting(entry: Any) -> Any:
        readings[json.dumps(entry)] += 1
        return dialect.member(entry)

    people = [dialect.person(f"{number}@lid", f"1212555{number}@c.us") for number in range(1000, 1100)]
    written = json.dumps(dialect.written(people)).encode()
    found = groups(dialect._replace(member=counting), dialect.shape.read(bytearray(written), "utf-8"))
    assert [len(group.members or ()) for group in found if group is not None] == [100, 100]
    assert set(readings.values()) == {1}


def test_a_list_that_names_somebody_twice_keeps_both_entries(dialect: Dialect) -> None:
    """What is one person is the planner's to find out; nothing is lost on the way to it."""
    lid, phone = "100000000000001@lid", "12125550100@s.whatsapp.net"
    pair, by_phone, by_lid = dialect.person(lid, phone), dialect.person(phone, phone), dialect.person(lid, None)
    for people in ([pair, by_phone], [by_phone, pair], [by_lid, by_phone], [pair, pair], [by_phone, by_lid, pair]):
        body = dialect.shape.read(bytearray(json.dumps(dialect.written(people)).encode()), "utf-8")
        for group in groups(dialect, body):
            assert group is not None
            listed = group.members or ()
            assert len(listed) == len(people)
            assert {Lid.of(lid), Phone.of("+12125550100")} >= {member.phone or member.lid for member in listed}


def test_one_value_stands_for_somebody_in_all_groups(dialect: Dialect) -> None:
    person = dialect.person("100000000000001@lid", "12125550100@c.us")
    for read in (dialect.shape.read, parsed):
        body = read(bytearray(json.dumps(dialect.written([person])).encode()), "utf-8")
        one, other = [group.members or () for group in groups(dialect, body) if group is not None]
        assert one[0] is other[0]


def test_whoever_is_listed_without_a_phone_is_known(dialect: Dialect) -> None:
    people = People(dialect.member)
    shown = dialect.person("100000000000001@lid", "12125550100@c.us")
    hidden = dialect.person("100000000000002@lid", None)
    people.listed([shown, hidden])
    assert [(member.phone, member.lid) for member in people.undisclosed()] == [(None, Lid.of("100000000000002@lid"))]
    assert people.listed([shown]) != people.listed([hidden])
    assert Phone.of("+12125550100") in {member.phone for member in people.listed([shown]) or ()}
