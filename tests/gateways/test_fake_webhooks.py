"""The fakes' webhooks, held against the receivers that were written apart from them: over real sockets, and signed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests import builders as b
from tests.rig import DIALECTS, KEY, Rig, rig
from wagroups.domain.identity import GroupJid, Role, Secret
from wagroups.domain.settings import Setting
from wagroups.gateways.events import Hint
from wagroups.gateways.registry import KINDS
from wagroups.gateways.webhooks import Hook, webhooks
from wagroups.simulation.server import serve
from wagroups.simulation.world import Connection

SECRET = "a shared secret"
PATIENCE = 5.0
"""Seconds that a delivery may take: generous, it takes milliseconds."""


@dataclass
class Listening:
    """An account on a fake, and everything heard from it."""

    account: Rig
    client: httpx.Client
    url: str
    """Of the webhook."""
    hints: list[Hint] = field(default_factory=list)

    def subscribe(self, secret: str = SECRET, url: str | None = None) -> httpx.Response:
        kind = KINDS[self.account.gateway]
        assert kind.events is not None
        events = list(kind.events.subscribe)
        if self.account.gateway == "waxum":
            body: dict[str, Any] = {"url": url or self.url, "events": events, "secret": secret}
            return self.ask("POST", "/api/v1/sessions/default/webhooks", body)
        hook = {"url": url or self.url, "events": events, "hmac": {"key": secret}}
        return self.ask("PUT", "/api/sessions/default", {"config": {"webhooks": [hook]}})

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"X-Api-Key": KEY, "Authorization": f"Bearer {KEY}"}
        return self.client.request(method, self.account.url + path, headers=headers, json=body)

    def phone(self, **action: object) -> None:
        self.ask("POST", "/__sandbox__/phone", action).raise_for_status()

    def groups(self, count: int) -> list[GroupJid | None]:
        """The groups of the first so many hints."""
        wait_for(lambda: len(self.hints) >= count)
        return [hint.group for hint in self.hints[:count]]


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.005)


@contextmanager
def listening(gateway: str, dialect: str, **fake: Any) -> Iterator[Listening]:
    kind = KINDS[gateway]
    assert kind.events is not None
    with (
        rig(gateway, dialect, "anna", "ben", "carla", **fake) as account,
        # Nothing is encrypted on this machine, and loading certificates takes longer than a test.
        httpx.Client(verify=False, trust_env=False) as client,
    ):
        made = Listening(account, client, "")
        hooks = {b.ACCOUNT: Hook("default", Secret.of(SECRET), kind.events)}
        app = webhooks(hooks, lambda _, hint, at: made.hints.append(hint), account.clock.now, dict)
        with serve(app) as server:
            made.url = f"{server.url}/hooks/{b.ACCOUNT}"
            yield made


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
    ear.ask("POST", "/__sandbox__/connection", {"state": Connection.UNPAIRED})
    ear.ask("POST", "/__sandbox__/connection", {"state": Connection.WORKING})
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
