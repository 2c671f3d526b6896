"""The fake Waxum tells as little, and as oddly, as the contract says."""

import json

import httpx
import pytest

from tests.simulation.asking import KEY, SESSION, Asker
from tests.simulation.dialects import talk
from tests.simulation.worlds import BOARD, CHOIR, OLD, club
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.simulation.gateways.waxum import fake
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.world import ConnectionState, World

JIDS = {
    name: f"44770090010{digit}@s.whatsapp.net"
    for digit, name in enumerate(("office", "anna", "ben", "carla", "private", "nobody"))
}
LIDS = {name: f"10000000000010{digit}@lid" for digit, name in enumerate(("office", "anna", "ben", "carla"))}


def asker(world: World) -> Asker:
    return talk(world, "waxum").ask


def people(*ids: str) -> dict[str, object]:
    return {"participants": list(ids)}


def error(answer: httpx.Response) -> str:
    body = answer.json()
    assert body["success"] is False
    assert body["error"]["code"] == answer.status_code
    return str(body["error"]["message"])


def test_the_listing_shows_subject_addressing_and_roles_without_the_owner() -> None:
    shown = asker(club())("GET", "/groups").json()
    assert shown["total"] == 3
    groups = {group["subject"]: group for group in shown["groups"]}
    assert set(groups["Choir"]) == {"jid", "subject", "addressing_mode", "participants"}
    assert (groups["Choir"]["addressing_mode"], groups["Old"]["addressing_mode"]) == ("Lid", "Pn")
    assert [member["role"] for member in groups["Choir"]["participants"]] == ["admin", "member", "member", "admin"]


def test_the_order_of_groups_differs_from_call_to_call() -> None:
    ask = asker(club())
    orders = {tuple(group["jid"] for group in ask("GET", "/groups").json()["groups"]) for _ in range(8)}
    assert len(orders) > 1


def test_numbers_are_null_until_the_contact_was_looked_up() -> None:
    ask = asker(club())

    def phones() -> dict[str, str | None]:
        return {p["jid"]: p["phone_number"] for p in ask("GET", f"/groups/{CHOIR}").json()["participants"]}

    assert phones()[LIDS["ben"]] is None
    ask("POST", "/contacts/check", {"phones": ["447700900102"]})
    assert phones()[LIDS["ben"]] == JIDS["ben"]


def test_a_phone_addressed_group_names_people_by_phone_and_has_no_number_beside() -> None:
    (_, ben) = asker(club())("GET", f"/groups/{OLD}").json()["participants"]
    assert ben == {"jid": JIDS["ben"], "phone_number": None, "role": "member"}


def test_info_makes_everybody_a_member() -> None:
    shown = asker(club())("GET", f"/groups/{CHOIR}/info").json()
    assert {(p["role"], p["phone_number"]) for p in shown["participants"]} == {("member", None)}


def test_an_addition_says_none_for_everybody_and_only_a_read_tells_who_is_in() -> None:
    world = club()
    ask = asker(world)
    answer = ask("POST", f"/groups/{CHOIR}/participants", people(JIDS["carla"], JIDS["private"], JIDS["nobody"]))
    assert {result["status"] for result in answer.json()["results"]} == {"None"}
    listed = {member["jid"] for member in ask("GET", f"/groups/{CHOIR}").json()["participants"]}
    assert LIDS["carla"] in listed
    assert len(listed) == 5


@pytest.mark.parametrize(
    "broken", ["+447700900103", "447700900103@c.us", "447700900103:12@s.whatsapp.net", "100000000000103@lid", "x@foo"]
)
def test_one_badly_named_person_fails_the_whole_addition(broken: str) -> None:
    world = club()
    answer = asker(world)("POST", f"/groups/{CHOIR}/participants", people(JIDS["carla"], broken))
    assert answer.status_code == 500
    assert "code=400, text='bad-request'" in error(answer)
    assert len(world.group("Choir").members) == 4


def test_a_removal_needs_the_listed_name_and_says_nothing_when_it_is_another() -> None:
    world = club()
    ask = asker(world)
    for name in (JIDS["ben"], LIDS["ben"]):
        answer = ask("DELETE", f"/groups/{CHOIR}/participants", people(name))
        assert answer.json()["results"] == [{"jid": LIDS["ben"], "status": "None"}]
        assert len(world.group("Choir").members) == (4 if name == JIDS["ben"] else 3)


def test_role_changes_always_succeed_in_words() -> None:
    world = club()
    ask = asker(world)
    assert ask("POST", f"/groups/{CHOIR}/admins", people(LIDS["carla"])).json() == {"success": True}
    assert ask("POST", f"/groups/{CHOIR}/admins", people(LIDS["ben"])).json() == {"success": True}
    assert world.group("Choir").members[phone_of(world, "ben").person] is Role.ADMIN
    assert ask("DELETE", f"/groups/{CHOIR}/admins", people(LIDS["office"])).json() == {"success": True}
    assert world.group("Choir").members[world.me] is Role.OWNER


def test_without_rights_whatsapps_code_is_in_the_text_of_a_500() -> None:
    ask = asker(club())
    assert "code=403, text='forbidden'" in error(ask("POST", f"/groups/{BOARD}/participants", people(JIDS["carla"])))
    assert "code=401, text='not-authorized'" in error(ask("GET", f"/groups/{BOARD}/invite-link"))
    assert "code=404, text='item-not-found'" in error(ask("GET", "/groups/120363999999999999@g.us"))
    foreign = club()
    phone_of(foreign, "anna").remove(BOARD, ["447700900100@c.us"])
    assert "code=403" in error(asker(foreign)("GET", f"/groups/{BOARD}"))


def test_a_creation_takes_three_modes_and_lets_everybody_add_by_default() -> None:
    world = club()
    ask = asker(world)
    made = ask("POST", "/groups", {"name": "A", "participants": [], "membership_approval_mode": "on"}).json()
    group = world.group(made["group_jid"])
    assert group.settings[Setting.APPROVE_JOINS] == "yes"
    assert group.settings[Setting.ADD_MEMBERS] == "everyone"


def test_a_creation_by_an_unmapped_lid_is_refused_by_the_library() -> None:
    answer = asker(club())("POST", "/groups", {"name": "A", "participants": [LIDS["ben"]]})
    assert "missing phone number mapping for LID" in error(answer)


def test_a_second_description_without_the_current_id_is_a_conflict() -> None:
    world = club()
    ask = asker(world)
    assert ask("PUT", f"/groups/{OLD}/description", {"description": "First"}).status_code == 200
    assert "code=409, text='conflict'" in error(ask("PUT", f"/groups/{OLD}/description", {"description": "Second"}))
    current = world.group("Old").description
    assert current is not None
    body = {"description": "Second", "prev_id": current.id}
    assert ask("PUT", f"/groups/{OLD}/description", body).json() == {"success": True}


def test_a_later_library_reads_the_id_by_itself() -> None:
    world = club()
    app = fake(world, session=SESSION, key=KEY, reads_description_id=True)
    ask = Asker(app, {"Authorization": f"Bearer {KEY}"}, f"/api/v1/sessions/{SESSION}")
    assert ask("PUT", f"/groups/{CHOIR}/description", {"description": "New"}).status_code == 200
    assert ask("PUT", f"/groups/{CHOIR}/description", {}).status_code == 200
    assert world.group("Choir").description is None


def test_texts_that_are_too_long_are_refused_before_whatsapp() -> None:
    ask = asker(club())
    subject = ask("PUT", f"/groups/{CHOIR}/subject", {"subject": "x" * 101})
    assert (subject.status_code, error(subject)) == (400, "Bad request: Group subject exceeds 100 characters")
    text = ask("PUT", f"/groups/{CHOIR}/description", {"description": "x" * 2049})
    assert (text.status_code, error(text)) == (400, "Bad request: Group description exceeds 2048 characters")


def test_settings_claim_success_and_change_nothing() -> None:
    world = club()
    before = dict(world.group("Choir").settings)
    ask = asker(world)
    answer = ask("PUT", f"/groups/{CHOIR}/settings", {"member_add_mode": "all_member_add"})
    assert answer.json() == {"success": True}
    assert world.group("Choir").settings == before
    assert ask("PUT", f"/groups/{CHOIR}/settings", {"member_add_mode": "everyone"}).status_code == 422


def test_reading_the_link_with_reset_is_a_write() -> None:
    client = talk(club(), "waxum")
    link = f"/groups/{CHOIR}/invite-link"
    first = client.ask("GET", link).json()["invite_link"]
    assert client.ask("GET", f"{link}?reset=true").json()["invite_link"] != first
    assert client.ask("GET", f"{link}?reset=1").status_code == 400
    assert [entry.call for entry in client.app.writes] == ["invite-reset"]


def test_contacts_are_answered_as_whatsapp_spells_them_and_not_in_order() -> None:
    world = club()
    world.people.asked_for("551155550123@c.us")
    body = {"phones": ["447700900103", "5511955550123", "447700900105"]}
    results = asker(world)("POST", "/contacts/check", body).json()["results"]
    assert [(entry["phone"], entry["is_registered"]) for entry in results] == [
        ("447700900105", False),
        ("551155550123", True),
        ("447700900103", True),
    ]


def test_users_tell_the_lid_of_a_number() -> None:
    (user,) = asker(club())("POST", "/contacts/users", {"jids": [JIDS["carla"]]}).json()["users"]
    assert (user["jid"], user["lid"]) == (JIDS["carla"], LIDS["carla"])


def test_our_own_ids_carry_the_device() -> None:
    device = asker(club())("GET", "/device").json()
    assert device["phone_number"] == "447700900100:12@s.whatsapp.net"
    assert device["lid"] == "100000000000100:12@lid"


def test_a_dead_socket_is_seen_in_the_status_only() -> None:
    world = club()
    world.connect(world.me, ConnectionState.FAILED)
    ask = asker(world)
    assert ask("GET", "").json()["status"] == "logged_in"
    status = ask("GET", "/status").json()
    assert (status["status"], status["is_logged_in"]) == ("connecting", True)
    assert error(ask("GET", "/groups")) == "Client not connected"


def test_an_unknown_session_is_404_by_itself_and_503_for_groups() -> None:
    ask = asker(club())
    assert error(ask.raw("GET", "/api/v1/sessions/nope")) == "Session not found: nope"
    assert ask.raw("GET", "/api/v1/sessions/nope/groups").status_code == 503


def test_the_token_comes_before_the_route_and_the_body_before_the_session() -> None:
    ask = asker(club())
    assert Asker(ask.app, {}).raw("GET", "/api/v1/nothing").json()["error"] == "Unauthorized"
    assert Asker(ask.app, {"Authorization": f"bearer {KEY}"}).raw("GET", "/api/v1/info").status_code == 401
    unknown = ask.raw("GET", "/api/v1/nothing")
    assert (unknown.status_code, unknown.text) == (404, "")
    assert ask.raw("POST", "/api/v1/sessions/nope/groups", {"name": "A"}).status_code == 422


def test_a_wrong_method_names_the_right_ones() -> None:
    answer = asker(club())("DELETE", f"/groups/{CHOIR}/subject")
    assert (answer.status_code, answer.text, answer.headers["allow"]) == (405, "", "PUT")


def test_refusals_of_the_web_framework_are_plain_text() -> None:
    ask = asker(club())
    path = f"/groups/{CHOIR}/subject"
    missing = ask("PUT", path, {})
    assert missing.status_code == 422
    assert missing.text.startswith("Failed to deserialize the JSON body into the target type: missing field `subject`")
    assert missing.headers["content-type"].startswith("text/plain")
    assert ask("PUT", path, {"subject": 42}).status_code == 422
    assert ask("PUT", path).status_code == 415


def test_a_bare_group_id_is_no_jid() -> None:
    answer = asker(club())("GET", "/groups/120363000000000001")
    assert (answer.status_code, error(answer)) == (400, "Invalid JID: 120363000000000001")


def test_a_text_is_sent_and_kept() -> None:
    world = club()
    answer = asker(world)("POST", "/messages/text", {"to": "+44 7700 900103", "text": "hello"}).json()
    assert (answer["status"], answer["to"]) == ("sent", JIDS["carla"])
    assert [(message.to, message.text) for message in world.messages] == [(JIDS["carla"], "hello")]


def test_health_needs_no_token() -> None:
    open_asker = Asker(asker(club()).app, {})
    assert open_asker.raw("GET", "/health").text == "OK"
    assert json.loads(open_asker.raw("GET", "/readyz").text)["db"] == "ok"
