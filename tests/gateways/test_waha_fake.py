"""What the fake WAHA does over time and where nothing was recorded: caches, WPP, WEBJS's side effects."""

import pytest

from tests.simulation.asking import KEY, SESSION, Asker
from tests.simulation.dialects import talk
from tests.simulation.worlds import BOARD, CHOIR, PHONES, club
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.simulation.gateways.waha import ENGINES, fake
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.world import World

CARLA = PHONES["carla"]


def people(*names: str) -> dict[str, object]:
    return {"participants": [{"id": PHONES[name]} for name in names]}


def asker(world: World, engine: str, version: str | None = None) -> Asker:
    if version is None:
        return talk(world, engine).ask
    app = fake(world, dialect=engine, session=SESSION, key=KEY, version=version)
    return Asker(app, {"X-Api-Key": KEY}, f"/api/{SESSION}")


def test_an_engine_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        fake(club(), dialect="venom", session=SESSION, key=KEY)


def test_an_older_version_lacks_the_newer_routes() -> None:
    ask = asker(club(), "noweb", "2026.7.1")
    answer = ask("GET", f"/groups/{CHOIR}/settings/security/membership-approval")
    assert answer.status_code == 404
    assert answer.json()["message"].startswith("Cannot GET /api/")


def test_noweb_keeps_the_old_size_until_it_is_refreshed() -> None:
    ask = asker(club(), "noweb")
    ask("GET", "/groups")
    ask("POST", f"/groups/{CHOIR}/participants/add", people("carla"))
    before = ask("GET", f"/groups/{CHOIR}").json()
    assert (before["size"], len(before["participants"])) == (4, 5)
    ask("POST", "/groups/refresh")
    assert ask("GET", f"/groups/{CHOIR}").json()["size"] == 5


def test_gows_hears_nothing_of_add_mode_and_approval_until_it_is_refreshed() -> None:
    ask = asker(club(), "gows")
    ask("PUT", f"/groups/{CHOIR}/settings/security/member-add-mode", {"membersCanAddNewMember": True})
    assert ask("GET", f"/groups/{CHOIR}").json()["MemberAddMode"] == "admin_add"
    ask("POST", "/groups/refresh")
    assert ask("GET", f"/groups/{CHOIR}").json()["MemberAddMode"] == "all_member_add"


def test_gows_learns_the_number_of_a_new_member_with_a_refresh() -> None:
    ask = asker(club(), "gows")
    ask("POST", f"/groups/{CHOIR}/participants/add", people("carla"))
    assert ask("GET", f"/groups/{CHOIR}/participants/v2").json()[-1]["pn"] == ""
    ask("POST", "/groups/refresh")
    assert ask("GET", f"/groups/{CHOIR}/participants/v2").json()[-1]["pn"] == CARLA


def test_gows_revokes_nothing() -> None:
    ask = asker(club(), "gows")
    before = ask("GET", f"/groups/{CHOIR}/invite-code").text
    assert before.startswith("https://chat.whatsapp.com/")
    assert ask("POST", f"/groups/{CHOIR}/invite-code/revoke").text == before


@pytest.mark.parametrize("engine", ["noweb", "webjs", "wpp"])
def test_other_engines_revoke(engine: str) -> None:
    ask = asker(club(), engine)
    before = ask("GET", f"/groups/{CHOIR}/invite-code").text
    assert ask("POST", f"/groups/{CHOIR}/invite-code/revoke").text not in ("", before)


def test_a_group_left_stays_in_the_cache_of_gows_without_us() -> None:
    ask = asker(club(), "gows")
    ask("POST", f"/groups/{BOARD}/leave")
    shown = ask("GET", f"/groups/{BOARD}").json()
    assert "100000000000100@lid" not in {member["JID"] for member in shown["Participants"]}
    ask("POST", "/groups/refresh")
    assert ask("GET", f"/groups/{BOARD}").status_code == 500


@pytest.mark.parametrize(("engine", "shown"), [("noweb", None), ("gows", ""), ("webjs", None), ("wpp", None)])
def test_a_hidden_number_is_never_shown(engine: str, shown: str | None) -> None:
    ask = asker(club(), engine)
    ask("GET", "/groups")
    listed = ask("GET", f"/groups/{CHOIR}/participants/v2").json()
    (hidden,) = [entry for entry in listed if entry["id"] == "100000000000107@lid"]
    assert hidden.get("pn") == shown
    assert ask("GET", "/lids/100000000000107").json()["pn"] is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_key_in_a_settings_body_switches_it_off_except_on_webjs(engine: str) -> None:
    world = club()
    ask = asker(world, engine)
    ask("GET", "/groups")
    path = f"/groups/{CHOIR}/settings/security/info-admin-only"
    ask("PUT", path, {"adminsOnly": True})
    ask("PUT", path, {"adminOnly": True})
    assert ask("GET", path).json() == {"adminsOnly": engine == "webjs"}


@pytest.mark.parametrize("engine", ["noweb", "gows", "webjs"])
def test_the_history_setting_is_written_and_read(engine: str) -> None:
    ask = asker(club(), engine)
    path = f"/groups/{CHOIR}/settings/security/member-share-history-mode"
    assert ask("PUT", path, {"membersCanShareHistory": True}).text == "true"
    assert ask("GET", path).json() == {"membersCanShareHistory": True}
    assert ask("PUT", path, {"membersCanShareHistory": "yes"}).status_code == 400


def test_webjs_sends_an_invitation_to_whoever_forbids_being_added() -> None:
    world = club()
    answer = asker(world, "webjs")("POST", f"/groups/{CHOIR}/participants/add", people("private")).json()
    assert answer[PHONES["private"]]["isInviteV4Sent"] is True
    assert [message.to for message in world.messages] == [PHONES["private"]]


def test_webjs_answers_false_with_status_200_when_refused() -> None:
    world = club()
    phone_of(world, "anna").set(BOARD, Setting.EDIT_INFO, "admins")
    answer = asker(world, "webjs")("PUT", f"/groups/{BOARD}/subject", {"subject": "Mine"})
    assert (answer.status_code, answer.text) == (200, "false")


def test_wpp_shows_an_unloaded_group_as_empty_until_a_listing() -> None:
    ask = asker(club(), "wpp")
    assert ask("GET", f"/groups/{CHOIR}/participants/v2").json() == []
    ask("GET", "/groups")
    assert len(ask("GET", f"/groups/{CHOIR}/participants/v2").json()) == 4


def test_wpp_shows_a_missing_group_as_false_or_as_defaults() -> None:
    ask = asker(club(), "wpp")
    missing = "/groups/120363999999999999@g.us"
    assert (ask("GET", missing).status_code, ask("GET", missing).text) == (200, "false")
    assert ask("GET", f"{missing}/participants/v2").json() == []
    assert ask("GET", f"{missing}/settings/security/info-admin-only").json() == {"adminsOnly": False}


def test_wpp_lists_ids_as_text_and_reads_them_as_objects() -> None:
    ask = asker(club(), "wpp")
    assert ask("GET", "/groups").json()[0]["id"] == CHOIR
    assert ask("GET", f"/groups/{CHOIR}").json()["id"]["_serialized"] == CHOIR


def test_wpp_refuses_to_promote_an_admin_or_to_demote_a_member() -> None:
    world = club()
    ask = asker(world, "wpp")
    assert ask("POST", f"/groups/{CHOIR}/admin/promote", people("ben")).text == "true"
    assert ask("POST", f"/groups/{CHOIR}/admin/promote", people("ben")).status_code == 500
    demoted = ask("POST", f"/groups/{CHOIR}/admin/demote", people("ben"))
    assert (demoted.status_code, demoted.text) == (200, "")
    assert ask("POST", f"/groups/{CHOIR}/admin/demote", people("ben")).status_code == 500
    assert world.group("Choir").members[phone_of(world, "ben").person] is Role.MEMBER


def test_wpp_removes_those_it_knows_and_fails_when_it_knows_none() -> None:
    world = club()
    ask = asker(world, "wpp")
    assert ask("POST", f"/groups/{CHOIR}/participants/remove", people("ben", "carla")).status_code == 200
    assert ask("POST", f"/groups/{CHOIR}/participants/remove", people("ben")).status_code == 500


def test_wpp_aborts_a_creation_with_a_number_without_whatsapp() -> None:
    world = club()
    assert asker(world, "wpp")("POST", "/groups", {"name": "New", **people("nobody")}).status_code == 500
    assert len(world.groups) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_the_number_of_a_person_asked_about_is_spelt_as_whatsapp_spells_it(engine: str) -> None:
    world = club()
    world.people.asked_for("551155550123@c.us")
    ask = asker(world, engine)
    answer = ask.raw("GET", f"/api/contacts/check-exists?session={SESSION}&phone=5511955550123").json()
    assert answer == {"numberExists": True, "chatId": "551155550123@c.us"}


@pytest.mark.parametrize(("engine", "learnt"), [("noweb", False), ("gows", True), ("webjs", True), ("wpp", True)])
def test_asking_about_a_number_teaches_its_lid(engine: str, learnt: bool) -> None:
    ask = asker(club(), engine)
    ask.raw("GET", f"/api/contacts/check-exists?session={SESSION}&phone=447700900103")
    known = ask("GET", "/lids/pn/447700900103").json()["lid"]
    assert (known == "100000000000103@lid") is learnt


def test_noweb_without_its_store_reads_live_and_keeps_no_pairs() -> None:
    world = club()
    app = fake(world, dialect="noweb", session=SESSION, key=KEY, noweb_store=False)
    ask = Asker(app, {"X-Api-Key": KEY}, f"/api/{SESSION}")
    ask("POST", f"/groups/{CHOIR}/participants/add", people("carla"))
    assert ask("GET", f"/groups/{CHOIR}").json()["size"] == 5
    assert ask("GET", "/lids").status_code == 400


@pytest.mark.parametrize(("engine", "status"), [("noweb", 200), ("gows", 200), ("webjs", 200), ("wpp", 501)])
def test_a_time_lock_can_be_asked_for_where_the_engine_knows(engine: str, status: int) -> None:
    assert asker(club(), engine).raw("GET", f"/api/sessions/{SESSION}/timelock").status_code == status
