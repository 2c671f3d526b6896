"""Reading many groups: one that fails does not cost the others, and a large listing is reduced at the pace of JSON."""

import asyncio
import gc
import json
from collections.abc import Callable
from time import perf_counter

import pytest

from wagroups.domain.errors import GatewayError, NotSent, Refused, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import GroupJid
from wagroups.domain.observed import Absence, ObservedGroup, ObservedMember
from wagroups.gateways.reading import Readings, by_jid, read_each
from wagroups.gateways.waha.engines import ENGINES
from wagroups.gateways.waxum import wire

ONE, TWO, THREE = (GroupJid.of(f"12036300000000000{number}@g.us") for number in (1, 2, 3))

Found = ObservedGroup | Absence | GatewayError


def readings(**found: Found) -> Readings:
    answers = dict(zip((ONE, TWO, THREE), found.values(), strict=False))

    async def read(jid: GroupJid) -> ObservedGroup | Absence:
        answer = answers[jid]
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    return asyncio.run(read_each(list(answers), read))


def test_each_group_is_found_absent_or_failed() -> None:
    found = readings(one=ObservedGroup(jid=ONE), two=Absence.UNKNOWN, three=Unanswered("no answer in time"))
    assert [group.jid for group in found.groups] == [ONE]
    assert dict(found.absent) == {TWO: Absence.UNKNOWN}
    assert dict(found.failed) == {THREE: "no answer in time"}


@pytest.mark.parametrize("error", [Throttled("too fast"), SessionLost("logged out")])
def test_what_holds_for_all_groups_ends_the_reading(error: GatewayError) -> None:
    with pytest.raises(type(error)):
        readings(one=ObservedGroup(jid=ONE), two=error)


def test_a_reading_that_never_began_may_be_asked_again() -> None:
    with pytest.raises(NotSent):
        readings(one=NotSent("refused"), two=ObservedGroup(jid=TWO))


def test_a_reading_that_broke_off_keeps_what_it_has() -> None:
    found = readings(one=ObservedGroup(jid=ONE), two=NotSent("refused"), three=Refused("no"))
    assert [group.jid for group in found.groups] == [ONE]
    assert set(found.failed) == {TWO, THREE}


def test_groups_are_sorted_and_strangers_left_out() -> None:
    assert list(by_jid([ObservedGroup(jid=TWO), None, ObservedGroup(jid=ONE)])) == [ONE, TWO]


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_collection_is_left_as_it_was(collecting: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if collecting else gc.disable()
        by_jid([])
        assert gc.isenabled() is collecting
    finally:
        gc.enable() if before else gc.disable()


def lid(number: int) -> str:
    return f"{100000000000000 + number}@lid"


def phone(number: int, server: str = "s.whatsapp.net") -> str:
    return f"{447000000000 + number}@{server}"


MEMBERS: dict[str, Callable[[int], object]] = {
    "NOWEB": lambda number: {"id": lid(number), "phoneNumber": phone(number), "admin": None},
    "GOWS": lambda number: {
        "JID": lid(number),
        "PhoneNumber": phone(number),
        "LID": lid(number),
        "IsAdmin": False,
        "IsSuperAdmin": False,
        "Error": 0,
    },
    "WEBJS": lambda number: {"id": {"_serialized": phone(number, "c.us")}, "isAdmin": False, "isSuperAdmin": False},
    "WAXUM": lambda number: {"jid": lid(number), "phone_number": phone(number), "role": "member"},
}


def listing(engine: str, groups: int, people: int) -> str:
    """Groups of 250, which share their people."""
    items: list[object] = []
    for number in range(groups):
        jid = f"1203630000000{number:05}@g.us"
        members = [MEMBERS[engine]((number * 97 + place) % people) for place in range(250)]
        if engine == "WEBJS":
            items.append({"id": jid, "groupMetadata": {"subject": "x", "creation": 1, "participants": members}})
        elif engine == "GOWS":
            items.append({"JID": jid, "Name": "x", "GroupCreated": "2026-01-01T00:00:00Z", "Participants": members})
        else:
            items.append({"id": jid, "jid": jid, "subject": "x", "creation": 1, "participants": members})
    return json.dumps(items)


@pytest.mark.parametrize("engine", MEMBERS)
def test_a_large_listing_is_reduced_at_the_pace_of_json(engine: str) -> None:
    written = listing(engine, groups=100, people=5000)
    group = ENGINES[engine].group if engine in ENGINES else wire.group
    shares = []
    for _ in range(5):
        start = perf_counter()
        items = json.loads(written)
        parsed = perf_counter()
        people: dict[object, ObservedMember] = {}
        found = by_jid(group(item, people) for item in items)
        shares.append((perf_counter() - parsed) / (parsed - start))
    assert sum(len(each.members or ()) for each in found.values()) == 25_000
    # About 1 to 2 on an idle machine; a pattern match for each member, or no sharing, is 10 and more.
    assert min(shares) < 6
