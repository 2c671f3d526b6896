"""The rules that everybody on the simulated WhatsApp is bound by."""

from datetime import timedelta

import pytest

from tests.simulation.worlds import BOARD, CHOIR, PHONES, Time, club
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Phone, Role
from wagroups.simulation.world.account import account_of, phone_of
from wagroups.simulation.world.membership import MEMBERS
from wagroups.simulation.world.people import invented_lid
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import World


def codes(results: object) -> list[int]:
    assert isinstance(results, tuple)
    return [result.code for result in results]


def roles(world: World, group: str) -> dict[str, Role]:
    return {person.name: role for person, role in world.group(group).members.items()}


def refusal(act: object, *args: object, **kwargs: object) -> int:
    assert callable(act)
    with pytest.raises(WhatsAppError) as caught:
        act(*args, **kwargs)
    return caught.value.code


def test_everybody_who_can_be_added_is_added_and_the_others_have_a_code_each() -> None:
    world = club()
    results = account_of(world, "s").add(
        CHOIR, [PHONES[name] for name in ("carla", "private", "nobody", "angry", "ben")]
    )
    assert codes(results) == [200, 403, 404, 401, 409]
    assert set(roles(world, "Choir")) == {"office", "anna", "ben", "hidden", "carla"}


def test_a_privacy_refusal_brings_an_invitation_that_ends() -> None:
    world = club()
    (result,) = account_of(world, "s").add(CHOIR, [PHONES["private"]])
    assert result.invitation is not None
    assert result.invitation.expires - world.now() == timedelta(hours=72)


def test_a_full_group_takes_nobody() -> None:
    world = club()
    strangers = [f"4477019{number:05}@c.us" for number in range(MEMBERS)]
    results = codes(account_of(world, "s").add(CHOIR, strangers))
    assert results.count(200) == MEMBERS - 4
    assert results[-1] == 419


@pytest.mark.parametrize("broken", ["+447700900103@c.us", "447700900103", "x@c.us", "999999999999999@lid"])
def test_one_malformed_or_unknown_id_fails_the_whole_batch(broken: str) -> None:
    world = club()
    assert refusal(account_of(world, "s").add, CHOIR, [PHONES["carla"], broken]) == 400
    assert "carla" not in roles(world, "Choir")


def test_somebody_who_left_can_be_added_again_only_after_a_rest() -> None:
    time = Time()
    world = club(time)
    phone_of(world, "ben").leave(CHOIR)
    assert codes(account_of(world, "s").add(CHOIR, [PHONES["ben"]])) == [408]
    time.pass_by(timedelta(days=2))
    assert codes(account_of(world, "s").add(CHOIR, [PHONES["ben"]])) == [200]


def test_somebody_who_was_removed_can_be_added_but_cannot_join_by_link() -> None:
    world = club()
    account = account_of(world, "s")
    account.remove(CHOIR, [PHONES["ben"]])
    assert refusal(phone_of(world, "ben").join, account.invite_code(CHOIR)) == 405
    assert codes(account.add(CHOIR, [PHONES["ben"]])) == [200]


def test_a_group_is_made_even_when_nobody_can_be_in_it() -> None:
    world = club()
    creation = account_of(world, "s").create("New", [PHONES["private"], PHONES["nobody"]])
    assert codes(creation.results) == [403, 404]
    assert roles(world, "New") == {"office": Role.OWNER}


def test_a_description_is_replaced_only_by_a_writer_who_knows_the_current_one() -> None:
    world = club()
    account = account_of(world, "s")
    current = world.group("Choir").description
    assert current is not None
    assert refusal(account.describe, CHOIR, "Other", None) == 409
    account.describe(CHOIR, "Other", current.id)
    assert refusal(account.describe, CHOIR, "Third", current.id) == 409
    assert world.group("Choir").description is not None


@pytest.mark.parametrize(("subject", "code"), [("", 400), ("x" * 101, 406)])
def test_a_subject_must_have_a_sensible_length(subject: str, code: int) -> None:
    assert refusal(account_of(club(), "s").rename, CHOIR, subject) == code


def test_a_description_must_not_be_too_long() -> None:
    assert refusal(account_of(club(), "s").overwrite_description, CHOIR, "x" * 2049) == 406


def test_the_owner_is_neither_demoted_nor_removed() -> None:
    world = club()
    assert codes(phone_of(world, "anna").demote(CHOIR, [PHONES["office"]])) == [405]
    assert codes(phone_of(world, "anna").remove(CHOIR, [PHONES["office"]])) == [405]


def test_a_plain_member_administers_nothing() -> None:
    account = account_of(club(), "s")
    assert refusal(account.add, BOARD, [PHONES["carla"]]) == 403
    assert refusal(account.remove, BOARD, [PHONES["ben"]]) == 403
    assert refusal(account.set, BOARD, Setting.SEND_MESSAGES, "admins") == 403
    assert refusal(account.invite_code, BOARD) == 401


def test_a_plain_member_edits_the_subject_unless_the_group_is_locked() -> None:
    world = club()
    account_of(world, "s").rename(BOARD, "Committee")
    phone_of(world, "anna").set(BOARD, Setting.EDIT_INFO, "admins")
    assert refusal(account_of(world, "s").rename, BOARD, "Again") == 403


def test_a_plain_member_adds_where_everybody_may() -> None:
    world = club()
    phone_of(world, "anna").set(BOARD, Setting.ADD_MEMBERS, "everyone")
    assert codes(account_of(world, "s").add(BOARD, [PHONES["carla"]])) == [200]


def test_when_the_last_admin_leaves_somebody_is_appointed() -> None:
    world = club()
    phone_of(world, "anna").leave(BOARD)
    assert roles(world, "Board") == {"office": Role.ADMIN, "ben": Role.MEMBER}


def test_an_outsider_sees_nothing_and_a_missing_group_is_missing() -> None:
    world = club()
    assert refusal(phone_of(world, "carla").rename, CHOIR, "Mine") == 403
    assert refusal(account_of(world, "s").rename, "120363999999999999@g.us", "Mine") == 404


def test_a_reset_kills_the_old_link() -> None:
    world = club()
    account = account_of(world, "s")
    old = account.invite_code(CHOIR)
    new = account.invite_code(CHOIR, reset=True)
    assert refusal(phone_of(world, "carla").join, old) == 410
    assert phone_of(world, "carla").join(new).subject == "Choir"


def test_where_admins_approve_a_link_only_makes_a_request() -> None:
    world = club()
    account = account_of(world, "s")
    account.set(CHOIR, Setting.APPROVE_JOINS, "yes")
    phone_of(world, "carla").join(account.invite_code(CHOIR))
    assert "carla" not in roles(world, "Choir")
    assert [request.person.name for request in account.requests(CHOIR)] == ["carla"]
    assert codes(account.approve(CHOIR, [PHONES["carla"]])) == [200]
    assert roles(world, "Choir")["carla"] is Role.MEMBER


def test_an_unlisted_number_belongs_to_the_same_stranger_in_every_run() -> None:
    phone = Phone.of("+12125550123")
    first, second = account_of(club(), "s").find(phone), account_of(club(), "s").find(phone)
    assert first is not None
    assert second is not None
    assert first.lid == second.lid == invented_lid(phone)


def test_a_number_is_found_in_another_spelling_but_dialled_only_in_whatsapps_own() -> None:
    world = club()
    old = world.people.reached_at(Phone.of("+551155550123"))
    assert account_of(world, "s").find(Phone.of("+5511955550123")) is old
    assert codes(account_of(world, "s").add(CHOIR, ["5511955550123@c.us"])) == [404]


def test_a_changed_number_keeps_the_memberships() -> None:
    world = club()
    world.people.change_number(phone_of(world, "ben").person, Phone.of("+12125550199"))
    assert roles(world, "Choir")["ben"] is Role.MEMBER
    assert world.people.with_phone(Phone.of("+12125550199")) is world.people.called("ben")
