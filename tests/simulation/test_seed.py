"""A seed is a world written down."""

from datetime import timedelta

import pytest

from tests.simulation.worlds import CLUB, NOON, Time, club
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import SeedError
from wagroups.domain.identity import Phone, Role
from wagroups.simulation.world.faults import Call, FaultKind
from wagroups.simulation.world.restriction import Ban, Capping, Restrictions, Timelock
from wagroups.simulation.world.seed import dump, load


def test_a_world_written_down_and_read_again_is_the_same() -> None:
    written = dump(club())
    assert dump(load(written, now=Time())) == written


def test_whoever_left_is_invited_or_asks_to_join_is_written_down_too() -> None:
    marks = "left: {ben: 2026-11-01T09:00:00Z}, invited: [private], requests: [carla]"
    world = load(CLUB + f"  - {{subject: Band, {marks}}}\n", now=Time())
    band = world.group("Band")
    assert {person.name: at.isoformat() for person, at in band.left.items()} == {"ben": "2026-11-01T09:00:00+00:00"}
    assert [person.name for person in band.invitations] == ["private"]
    assert dump(load(dump(world), now=Time())) == dump(world)


def test_plus_numbers_and_words_like_off_stay_what_was_written() -> None:
    world = load(
        "me: a\npeople: {a: +447700900100}\ngroups: [{subject: '42', settings: {disappearing: off}}]", now=Time()
    )
    assert world.me.phone == Phone.of("+447700900100")
    assert world.group("42").settings[Setting.DISAPPEARING] == "off"


def test_the_owner_is_me_and_admins_and_members_have_their_roles() -> None:
    group = club().group("Choir")
    assert [(person.name, role) for person, role in group.members.items()] == [
        ("office", Role.OWNER),
        ("ben", Role.MEMBER),
        ("hidden", Role.MEMBER),
        ("anna", Role.ADMIN),
    ]


def test_restrictions_of_the_account_begin_with_the_world() -> None:
    text = "restrictions: {timelock: {hours: 6}, capping: {status: FIRST_WARNING, used: 640}, ban: {hours: 1}}"
    world = load(CLUB + text, now=Time())
    assert world.restrictions == Restrictions(
        Timelock(NOON + timedelta(hours=6)), Capping("FIRST_WARNING", 1000, 640), Ban(NOON + timedelta(hours=1))
    )


def test_faults_are_scripted() -> None:
    text = "faults: [{kind: refuse-person, on: add, person: ben, code: 403, times: all}]"
    (fault,) = load(CLUB + text, now=Time()).faults.scripted
    assert (fault.kind, fault.on, fault.code, fault.times) == (FaultKind.REFUSE_PERSON, Call.ADD, 403, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "me"),
        ("me: [", "not YAML"),
        ("me: x\npeople: {a: +447700900100}", "nobody among the people is called 'x'"),
        ("me: a\npeople: {a: 07700900100}", "must be written as"),
        ("me: a\npeople: {a: +447700900100, b: +447700900100}", "belongs to somebody else"),
        ("me: a\npeople: {a: +447700900100}\ngroups: [{subject: S, memebers: [a]}]", "groups.0.memebers"),
        ("me: a\npeople: {a: +447700900100}\ngroups: [{subject: S, members: [b]}]", "group 'S'"),
        ("me: a\npeople: {a: +447700900100}\ngroups: [{subject: S, settings: {send_messages: x}}]", "everyone, admins"),
        ("me: a\npeople: {a: +447700900100}\ngroups: [{subject: S, id: abc}]", "the id is none"),
        ("me: a\npeople: {a: +447700900100}\nfaults: [{kind: refuse}]", "needs a code"),
    ],
)
def test_a_wrong_seed_says_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(SeedError, match=words.replace("(", r"\(")) as caught:
        load(text, now=Time())
    assert caught.value.hint
    assert "900100" not in str(caught.value) or "must be written" in str(caught.value)
