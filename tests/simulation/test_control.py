"""Another process can watch and disturb the world through the control routes of any fake."""

from base64 import b64encode

import pytest
import yaml

from tests.images import png
from tests.simulation.asking import SESSION
from tests.simulation.dialects import DIALECTS, Talk, talk
from tests.simulation.worlds import CHOIR, OLD, PHONES, club
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.imaging import likeness_of
from wagroups.simulation.world.account import phone_of
from wagroups.simulation.world.faults import FaultKind


def control(client: Talk, method: str, route: str, body: object = None) -> object:
    answer = client.ask.raw(method, f"/__sandbox__/{route}", body)
    assert answer.status_code == 200, answer.text
    return answer.text if "yaml" in answer.headers["content-type"] else answer.json()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_world_is_shown_as_a_seed(dialect: str) -> None:
    shown = yaml.safe_load(str(control(talk(club(), dialect), "GET", "world")))
    assert [group["subject"] for group in shown["groups"]] == ["Choir", "Board", "Old"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_the_gateways_key_opens_it(dialect: str) -> None:
    client = talk(club(), dialect)
    stranger = type(client.ask)(client.app, {"X-Api-Key": "another"})
    assert stranger.raw("GET", "/__sandbox__/world").status_code == 401
    assert stranger.raw("POST", "/__sandbox__/phone", {"do": "leave", "group": CHOIR}).status_code == 401


@pytest.mark.parametrize("dialect", DIALECTS)
def test_people_change_what_they_let_others_do(dialect: str) -> None:
    world = club()
    client = talk(world, dialect)
    carla = PHONES["carla"].split("@")[0]
    control(client, "POST", "phone", {"who": "carla", "do": "set-privacy", "mark": "blocks_adds", "value": "yes"})
    client.add(CHOIR, carla)
    choir = world.group("Choir")
    assert phone_of(world, "carla").person not in choir.members
    control(client, "POST", "phone", {"who": "carla", "do": "accept", "group": "Choir"})
    assert phone_of(world, "carla").person in choir.members
    assert not choir.invitations


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_group_that_moves_to_lids_hides_the_numbers_of_those_who_wish_it(dialect: str) -> None:
    client = talk(club(), dialect)
    number = PHONES["ben"].split("@")[0]
    client.listing()  # WPP shows a group without its people until then
    assert number in client.get(OLD).text
    hide = {"who": "ben", "do": "set-privacy", "mark": "hidden_number", "value": "yes"}
    control(client, "POST", "phone", [hide, {"do": "migrate", "group": "Old", "value": "lid"}])
    shown = client.get(OLD).text
    assert "100000000000102" in shown
    assert number not in shown


@pytest.mark.parametrize(
    "action",
    [
        {"who": "ben", "do": "set-privacy", "mark": "blocks_adds"},
        {"who": "ben", "do": "set-privacy", "mark": "blocks_adds", "value": "perhaps"},
        {"who": "ben", "do": "set-privacy", "value": "yes"},
        {"do": "migrate", "group": "Old", "value": "mars"},
        {"who": "ben", "do": "accept", "group": "Choir"},
    ],
)
def test_an_action_that_lacks_something_is_refused(action: dict[str, str]) -> None:
    answer = talk(club(), "noweb").ask.raw("POST", "/__sandbox__/phone", action)
    assert answer.status_code in (409, 422)


def test_people_act_on_their_phones() -> None:
    world = club()
    client = talk(world, "noweb")
    actions = [
        {"who": "anna", "do": "rename", "group": "Choir", "subject": "Band"},
        {"who": "anna", "do": "add", "group": "Band", "people": ["carla", "+1 212 555 0123"]},
        {"who": "anna", "do": "promote", "group": "Band", "people": ["ben"]},
        {"who": "anna", "do": "set", "group": "Band", "setting": "send_messages", "value": "admins"},
        {"who": "anna", "do": "describe", "group": "Band"},
        {"who": "anna", "do": "picture", "group": "Band", "image": b64encode(png()).decode()},
        {"who": "hidden", "do": "leave", "group": "Band"},
        {"who": "ben", "do": "change-number", "value": "+44 7700 900199"},
    ]
    control(client, "POST", "phone", actions)
    band = world.group("Band")
    assert band.members[phone_of(world, "ben").person] is Role.ADMIN
    assert band.settings[Setting.SEND_MESSAGES] == "admins"
    assert band.description is None
    assert band.image is not None
    assert likeness_of(band.image).looks_like(likeness_of(png()))
    assert len(band.members) == 5
    assert phone_of(world, "ben").person.chat_id == "447700900199@c.us"


def test_without_a_name_another_admin_acts() -> None:
    world = club()
    control(talk(world, "noweb"), "POST", "phone", {"do": "rename", "group": "Choir", "subject": "Band"})
    assert world.group("Band").subject_by.name == "anna"


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ({"who": "ben", "do": "remove", "group": "Choir", "people": ["anna"]}, 409),
        ({"who": "anna", "do": "remove", "group": "Choir", "people": ["office"]}, 409),
        ({"who": "nobody-here", "do": "leave", "group": "Choir"}, 422),
        ({"do": "leave", "group": "No such group"}, 422),
        ({"do": "rename", "group": "Choir"}, 422),
        ({"do": "picture", "group": "Choir", "image": "bm8gaW1hZ2U="}, 409),
        ({"do": "picture", "group": "Choir", "image": "%"}, 422),
        ({"do": "explode"}, 422),
    ],
)
def test_an_action_that_cannot_be_is_refused(action: dict[str, object], status: int) -> None:
    answer = talk(club(), "noweb").ask.raw("POST", "/__sandbox__/phone", action)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_faults_are_scripted_and_lifted() -> None:
    world = club()
    client = talk(world, "gows")
    control(client, "POST", "faults", [{"kind": "http-status", "status": 504, "times": None}])
    assert client.listing().status_code == 504
    assert world.faults.scripted[0].kind is FaultKind.HTTP_STATUS
    control(client, "DELETE", "faults")
    assert client.listing().status_code == 200


def test_the_connection_is_lost_and_found() -> None:
    client = talk(club(), "webjs")
    control(client, "POST", "connection", {"state": "unpaired"})
    assert client.listing().status_code == 422
    control(client, "POST", "connection", {"state": "working"})
    assert client.listing().status_code == 200


def test_requests_are_told_and_forgotten() -> None:
    client = talk(club(), "waxum")
    client.add(CHOIR, PHONES["carla"].removesuffix("@c.us"))
    requests = control(client, "GET", "requests")
    assert isinstance(requests, list)
    assert [(entry["method"], entry["write"], entry["call"]) for entry in requests] == [("POST", True, "add")]
    control(client, "DELETE", "requests")
    assert control(client, "GET", "requests") == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_account_is_restricted_and_set_free(dialect: str) -> None:
    client = talk(club(), dialect)
    carla = PHONES["carla"].removesuffix("@c.us")
    control(client, "POST", "restrictions", {"timelock": {"hours": 6}})
    assert client.rename(CHOIR, "Band").status_code == 200
    refused = client.add(CHOIR, carla)
    assert refused.status_code == 500
    assert "463" in refused.text or "reachout-timelocked" in refused.text
    control(client, "POST", "restrictions", {"ban": {"hours": 1}})
    assert client.listing().status_code == 500
    control(client, "DELETE", "restrictions")
    assert client.listing().status_code == 200
    assert client.add(CHOIR, carla).status_code == 200


def test_a_lock_is_told_by_the_engines_that_know_of_it() -> None:
    client = talk(club(), "gows")
    route = f"/api/sessions/{SESSION}/timelock"
    assert client.ask.raw("GET", route).text == ""
    control(client, "POST", "restrictions", {"timelock": {"hours": 6}, "capping": {"used": 640, "status": "NONE"}})
    lock = client.ask.raw("GET", route).json()
    assert (lock["isActive"], lock["enforcementType"]) == (True, "RESTRICT_ALL_COMPANIONS")
    me = client.ask.raw("GET", f"/api/sessions/{SESSION}").json()["me"]
    assert me["reachoutTimelock"] == lock
    assert me["messageCapping"]["usedQuota"] == 640
    control(client, "POST", "restrictions", {"timelock": {"told": False}})
    assert client.ask.raw("GET", route).text == ""
