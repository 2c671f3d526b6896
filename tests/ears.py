"""An account whose gateway tells somebody: a fake with a webhook, over real sockets, and the receiver it tells."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests import builders as b
from tests.rig import KEY, Rig, rig
from wagroups.domain.identity import GroupJid, Secret
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.events import Hint
from wagroups.gateways.shared.webhooks import Hook, webhooks
from wagroups.simulation.server.server import serve

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
