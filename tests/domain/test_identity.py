"""Two spellings of one person are one person, and two people never are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.declared.desired import DesiredMember, Origin, Person
from wagroups.domain.declared.members import DesiredMembers, Entry
from wagroups.domain.identity import Identity, Lid, Me, Phone, Role, member_id
from wagroups.domain.live.observed import ObservedMember
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

ONE_PERSON = (
    ("+5511987650001", "+551187650001"),
    ("+5215512340001", "+525512340001"),
    ("+5491123450001", "+541123450001"),
    ("+2250702030405", "+22502030405"),
    ("+2290197000001", "+22997000001"),
)
"""Brazil's ninth digit, Mexico's 1, Argentina's 9, Ivory Coast before and after 2021, Benin before and after 2024."""

NEIGHBOURS = (
    ("+5511987650001", "+551187650002"),
    ("+5511887650001", "+551187650001"),  # the digit that was added is a nine
    ("+5215512340001", "+525512340002"),
    ("+447700900001", "+447700900002"),
    ("+2250902030405", "+22502030405"),  # 09 is no prefix of the new numbers
    ("+2290297000001", "+22997000001"),  # nor is Benin's 02
    ("+2280197000001", "+22897000001"),  # Togo, its neighbour, has not moved
)


@pytest.mark.parametrize("pair", ONE_PERSON)
def test_both_spellings_of_a_number_are_one_person(pair: tuple[str, str]) -> None:
    one, other = map(Phone.of, pair)
    assert Identity(phone=one).same_as(Identity(phone=other))
    assert Identity(phone=other).same_as(Identity(phone=one))
    assert Me(one, None).same_as(Me(other, None))


@pytest.mark.parametrize("pair", NEIGHBOURS)
def test_numbers_that_only_look_alike_are_two_people(pair: tuple[str, str]) -> None:
    one, other = map(Phone.of, pair)
    assert not Identity(phone=one).same_as(Identity(phone=other))
    assert not Identity(phone=other).same_as(Identity(phone=one))


@given(
    st.sampled_from(("55", "521", "52", "549", "54", "225", "2250", "229", "22901", "44")), st.integers(10**6, 10**11)
)
def test_being_one_person_goes_both_ways(prefix: str, rest: int) -> None:
    phone = Phone.of(f"+{prefix}{rest}")
    assert phone.variants()[0] == phone
    for other in phone.variants():
        assert phone in other.variants()


@pytest.mark.parametrize("pair", [*ONE_PERSON, *(pair[::-1] for pair in ONE_PERSON)])
def test_somebody_listed_in_another_spelling_is_neither_added_nor_removed(pair: tuple[str, str]) -> None:
    declared, listed = map(Phone.of, pair)
    anna = Person(alias=None, phone=declared, origin=Origin("people.yaml", 1))
    members = DesiredMembers.of([DesiredMember.of(anna, [Entry(Origin("groups.yaml", 2), admin=True)])])
    group = b.group("chess", id=b.JID, members=(), admins=())
    group = replace(group, members=members)
    live = b.live(members=[ObservedMember(listed, None, Role.ADMIN)])
    plan = make_plan(b.desired(group), {b.ACCOUNT: b.situation(b.observed(live))}, Terms(), b.NOW).plan
    assert plan.empty
    assert not plan.groups[0].notices


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("447700900001@s.whatsapp.net", Phone.of("+447700900001")),
        ("447700900001@c.us", Phone.of("+447700900001")),
        ("447700900001:12@s.whatsapp.net", Phone.of("+447700900001")),
        ("447700900001_1:12@s.whatsapp.net", Phone.of("+447700900001")),
        ("447700900001.1:12@c.us", Phone.of("+447700900001")),
        ("447700900001@hosted", Phone.of("+447700900001")),
        (" 447700900001@S.WhatsApp.net ", Phone.of("+447700900001")),
        ("100000000000001@lid", Lid.of("100000000000001@lid")),
        ("100000000000001:3@lid", Lid.of("100000000000001@lid")),
        ("100000000000001@hosted.lid", Lid.of("100000000000001@lid")),
        ("120363000000000001@g.us", None),
        ("447700900001", None),
        ("status@broadcast", None),
    ],
)
def test_every_form_of_a_users_id_is_read_and_a_lid_never_becomes_a_number(
    written: str, meant: Phone | Lid | None
) -> None:
    assert member_id(written) == meant
    assert type(member_id(written)) is type(meant)
