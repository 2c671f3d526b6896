"""A live list is not trusted to be a set."""

from collections.abc import Sequence
from itertools import permutations
from types import MappingProxyType
from typing import Any

import pytest

from tests import builders as b
from wagroups.domain.identity import Lid, Me, Phone, Role
from wagroups.domain.live.duplicates import recognised
from wagroups.domain.live.join_requests import JoinRequest, Requests
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.domain.live.roster import Names

RIO_NEW, RIO_OLD = Phone.of("+5521998765432"), Phone.of("+552198765432")


def group(
    *members: ObservedMember, pairs: dict[Phone, Lid] | None = None, me: Me = b.ME, **fields: Any
) -> ObservedGroup:
    """One group after everybody in it was recognised."""
    read = b.observed(b.live(members=members, myself=None, **fields), me=me)
    return recognised(read, Names(MappingProxyType(pairs or {}))).groups[b.JID]


def entry(
    phone: Phone | None, lid: Lid | None = None, role: Role = Role.MEMBER, *, by_lid: bool = False
) -> ObservedMember:
    return ObservedMember(phone, lid, role, by_lid)


TWICE = {
    "verbatim": (entry(b.phone(1)), entry(b.phone(1))),
    "by LID and number, and by number alone": (entry(b.phone(1), b.lid(1), by_lid=True), entry(b.phone(1))),
    "by LID and number, and by LID alone": (entry(b.phone(1), b.lid(1)), entry(None, b.lid(1), by_lid=True)),
    "by LID alone and by number alone": (entry(None, b.lid(1), by_lid=True), entry(b.phone(1))),
    "in two spellings": (entry(RIO_NEW), entry(RIO_OLD)),
    "under an old number and a new one": (entry(b.phone(1), b.lid(1)), entry(b.phone(2), b.lid(1))),
    "under two numbers whose LID was learnt": (entry(b.phone(1)), entry(b.phone(2))),
}
KNOWN = {b.phone(1): b.lid(1), b.phone(2): b.lid(1)}


@pytest.mark.parametrize("entries", TWICE.values(), ids=TWICE)
def test_entries_of_one_person_are_one_member(entries: Sequence[ObservedMember]) -> None:
    for order in permutations((*entries, entry(b.phone(9)))):
        found = group(*order, pairs=KNOWN)
        assert len(found.members or ()) == 2
        assert len(found.doubles) == 1


@pytest.mark.parametrize("entries", TWICE.values(), ids=TWICE)
def test_what_was_recognised_once_stays_as_it_is(entries: Sequence[ObservedMember]) -> None:
    once = group(*entries, pairs=KNOWN)
    assert recognised(b.observed(once), Names(KNOWN)).groups[b.JID] == once


def test_an_entry_that_joins_two_others_makes_them_one_person() -> None:
    members = (entry(b.phone(1)), entry(None, b.lid(1), by_lid=True), entry(b.phone(1), b.lid(1)))
    assert group(*members).members == (entry(b.phone(1), b.lid(1)),)


def test_an_admin_is_one_if_any_entry_says_so() -> None:
    (member,) = group(entry(b.phone(1), role=Role.ADMIN), entry(b.phone(1), b.lid(1), by_lid=True)).members or ()
    assert member == entry(b.phone(1), b.lid(1), Role.ADMIN, by_lid=True)


def test_an_owner_listed_as_a_member_too_is_the_owner() -> None:
    (member,) = group(entry(b.phone(1)), entry(b.phone(1), b.lid(1), Role.OWNER)).members or ()
    assert member.role is Role.OWNER


def test_the_account_is_one_member_under_both_of_its_names() -> None:
    found = group(entry(b.ME.phone), entry(None, b.ME.lid, Role.ADMIN, by_lid=True))
    assert len(found.members or ()) == 1
    assert found.role_of(b.ME) is Role.ADMIN


def test_the_account_is_known_by_a_lid_that_was_learnt() -> None:
    assert b.ME.phone is not None
    assert b.ME.lid is not None
    read = b.observed(b.live(members=[entry(None, b.ME.lid, Role.ADMIN)], myself=None), me=Me(b.ME.phone, None))
    found = recognised(read, Names({b.ME.phone: b.ME.lid}))
    assert found.groups[b.JID].role_of(found.me) is Role.ADMIN


def test_two_people_are_two_members_whatever_else_is_known() -> None:
    members = (entry(b.phone(1), b.lid(1)), entry(b.phone(2), b.lid(2)), entry(b.phone(3)), entry(None, b.lid(4)))
    found = group(*members, pairs={b.phone(3): b.lid(3)})
    assert found.members == members
    assert found.doubles == ()


def test_what_a_list_says_outranks_what_was_learnt() -> None:
    """WhatsApp gave the number to somebody else since: the list shows their LID."""
    members = (entry(b.phone(1), b.lid(2)), entry(None, b.lid(1)))
    assert group(*members, pairs={b.phone(1): b.lid(1)}).members == members


def test_somebody_who_asks_twice_asks_once() -> None:
    asking = Requests((JoinRequest(b.phone(1), None), JoinRequest(None, b.lid(1), by_lid=True)))
    found = group(entry(b.phone(9)), pairs={b.phone(1): b.lid(1)}, requests=asking)
    assert found.requests == Requests((JoinRequest(b.phone(1), b.lid(1), by_lid=True),))
