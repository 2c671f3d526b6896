"""The fakes' webhooks, held against the receivers that were written apart from them: over real sockets, and signed."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from tests import builders as b
from tests.ears import Listening, listening
from tests.rig import DIALECTS, KEY, rig
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.gateways.registry import KINDS
from wagroups.simulation.world.world import ConnectionState


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def ear(request: pytest.FixtureRequest) -> Iterator[Listening]:
    with listening(*request.param) as made:
        yield made


def test_what_people_do_on_their_phones_is_told(ear: Listening) -> None:
    jid = ear.account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    ear.account.live_group("Choir", {"anna": Role.ADMIN})
    assert ear.subscribe().status_code == 200
    ear.phone(do="rename", group="Chess", subject="Chess club")
    ear.phone(do="add", group="Chess club", people=["carla"])
    ear.phone(do="promote", group="Chess club", people=["ben"])
    ear.phone(do="remove", group="Chess club", people=["carla"])
    ear.phone(do="set", group="Chess club", setting="send_messages", value="admins")
    ear.phone(do="describe", group="Chess club", text="Bring a board")
    assert ear.groups(6) == [jid] * 6
    assert len({hint.id for hint in ear.hints}) >= 1


def test_what_the_account_does_itself_comes_back_as_an_event(ear: Listening) -> None:
    jid = ear.account.live_group("Chess", {"anna": Role.MEMBER})
    ear.subscribe()
    ear.account.apply(b.group("chess", id=jid, subject="Chess club", members=["anna"]))
    assert jid in ear.groups(1)


def test_the_account_hears_of_groups_it_is_put_into_and_out_of(ear: Listening) -> None:
    ear.subscribe()
    ear.phone(do="create", who="anna", subject="Choir", people=["me"])
    jid = ear.account.group("Choir").jid
    ear.phone(do="remove", who="anna", group="Choir", people=["me"])
    assert ear.groups(2) == [jid, jid]


def test_nothing_is_told_of_groups_the_account_is_not_in(ear: Listening) -> None:
    ear.subscribe()
    ear.phone(do="create", who="anna", subject="Secret", people=["ben"])
    jid = ear.account.live_group("Chess", {"anna": Role.ADMIN})
    ear.account.world.tell()
    assert ear.groups(1) == [jid]


def test_a_session_that_comes_back_is_told(ear: Listening) -> None:
    ear.subscribe()
    ear.ask("POST", "/__sandbox__/connection", {"state": ConnectionState.UNPAIRED})
    ear.ask("POST", "/__sandbox__/connection", {"state": ConnectionState.WORKING})
    assert ear.groups(1) == [None]


def test_another_secret_is_not_believed(ear: Listening) -> None:
    jid = ear.account.live_group("Chess", {"anna": Role.ADMIN})
    ear.subscribe("another secret", ear.url + "?forged")
    ear.phone(do="rename", group="Chess", subject="Forged")
    ear.subscribe()
    ear.phone(do="rename", group="Forged", subject="Chess")
    assert ear.groups(1) == [jid]
    assert len(ear.hints) == 1


def test_a_webhook_needs_an_address(ear: Listening) -> None:
    assert ear.subscribe(url="ftp://nowhere").status_code == 400


@pytest.mark.parametrize("store", [True, False], ids=["with its store", "without its store"])
def test_noweb_tells_of_every_group_whenever_it_fetches_them(store: bool) -> None:
    with listening("waha", "noweb", noweb_store=store) as ear:
        jids = {ear.account.live_group(name, {"anna": Role.ADMIN}) for name in ("Chess", "Choir")}
        ear.subscribe()
        ear.ask("GET", "/api/default/groups")
        if store:
            ear.ask("POST", "/api/default/groups/refresh")
        assert set(ear.groups(2)) == jids
        assert len(ear.hints) == 2


def test_gows_keeps_some_settings_to_itself() -> None:
    with listening("waha", "gows") as ear:
        jid = ear.account.live_group("Chess", {"anna": Role.ADMIN})
        ear.subscribe()
        ear.phone(do="set", group="Chess", setting=Setting.EDIT_INFO, value="admins")
        ear.phone(do="rename", group="Chess", subject="Chess club")
        assert ear.groups(1) == [jid]
        assert len(ear.hints) == 1


def test_waxum_tells_of_pictures() -> None:
    with listening("waxum", "waxum") as ear:
        jid = ear.account.live_group("Chess", {"anna": Role.ADMIN})
        ear.subscribe()
        with ear.account.world.lock:
            ear.account.group("Chess").picture = "A0B1C2D3E4"
        ear.account.world.tell()
        assert ear.groups(1) == [jid]


def test_waxums_second_signature_is_believed_while_it_is_new() -> None:
    with listening("waxum", "waxum", signature="v2") as ear:
        jid = ear.account.live_group("Chess", {"anna": Role.ADMIN})
        ear.subscribe()
        ear.phone(do="rename", group="Chess", subject="Chess club")
        assert ear.groups(1) == [jid]


def test_waxum_registers_an_address_once_and_lists_it() -> None:
    with listening("waxum", "waxum") as ear:
        assert ear.subscribe().status_code == 200
        assert ear.subscribe().status_code == 409
        listed = ear.ask("GET", "/api/v1/sessions/default/webhooks").json()
        assert (listed["count"], listed["webhooks"][0]["url"]) == (1, ear.url)
        assert ear.ask("GET", "/api/v1/sessions/other/webhooks").status_code == 404
        assert ear.ask("DELETE", "/api/v1/sessions/default/webhooks/none").status_code == 404


def test_a_receiver_that_is_not_there_disturbs_nobody(ear: Listening) -> None:
    ear.account.live_group("Chess", {"anna": Role.ADMIN})
    ear.subscribe(url="http://127.0.0.1:9/hooks/office")
    started = datetime.now(UTC)
    ear.phone(do="rename", group="Chess", subject="Chess club")
    assert (datetime.now(UTC) - started).total_seconds() < 1


def test_one_event_that_a_version_does_not_know_costs_all_of_them() -> None:
    """What the setting printed by `watch` must not do to an older server."""
    kind = KINDS["waha"]
    assert kind.events is not None
    with rig("waha", "noweb", "anna", version="2026.7.2") as account, httpx.Client(trust_env=False) as client:

        def configured(events: tuple[str, ...]) -> int:
            hook = {"url": "http://127.0.0.1:9/hooks/office", "events": list(events), "hmac": {"key": "secret"}}
            body = {"config": {"webhooks": [hook]}}
            return client.put(f"{account.url}/api/sessions/default", headers={"X-Api-Key": KEY}, json=body).status_code

        assert configured(kind.events.subscribe) == 400
        assert configured(kind.events.everywhere()) == 200
        assert set(kind.events.subscribe) - set(kind.events.everywhere()) == set(kind.events.later)
