"""Waxum's webhooks: registered by a route, one delivery an action, with a debug text for what happened.

Sources: waxum src/handlers/webhooks.rs and src/models/webhooks.rs at 0.9.1, and the webhook page of its documentation
for the second signature (read 2026-11).
"""

import hashlib
import hmac
import json
from typing import Final, Literal, NamedTuple

from wagroups.simulation.gateways.waxum import rejections
from wagroups.simulation.gateways.waxum.dialect import Waxum, WaxumRequest
from wagroups.simulation.gateways.waxum.rejections import SUCCESS, fine
from wagroups.simulation.server.http import Answer, Route
from wagroups.simulation.server.webhook_sender import Letter, Postman
from wagroups.simulation.world.events import EventReader, News, Topic
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.world import ConnectionState

_WEBHOOKS: Final = "/api/v1/sessions/{session}/webhooks"

SignatureVersion = Literal["v1", "v2"]

_WORDS: Final = {
    Topic.JOINED: "Add",
    Topic.LEFT: "Remove",
    Topic.PROMOTED: "Promote",
    Topic.DEMOTED: "Demote",
    Topic.SUBJECT: "Subject",
    Topic.DESCRIPTION: "Description",
    Topic.SETTING: "Modify",
    Topic.ASKED: "MembershipApprovalRequest",
    Topic.ENTERED: "Create",
    Topic.GONE: "Remove",
}
"""The first word of the debug text; what follows it is no contract."""


class _Hook(NamedTuple):
    """A registered webhook."""

    url: str
    events: tuple[str, ...]
    secret: str | None

    def shown(self) -> dict[str, object]:
        return {"url": self.url, "events": list(self.events), "secret": self.secret, "enabled": True}


class WaxumWebhooks:
    """Tells of what happens to the account.  Nothing is kept over a restart."""

    def __init__(self, waxum: Waxum, signature: SignatureVersion) -> None:
        self.waxum = waxum
        self._signature = signature
        self._hooks: dict[str, _Hook] = {}
        self._reader = EventReader(waxum.account)
        self._alive = self._connected()
        self._postman = Postman()
        waxum.world.listeners.append(self.catch_up)

    def routes(self) -> list[Route]:
        route = self.waxum.route
        return [
            route("POST", _WEBHOOKS, Call.OTHER, self._register, takes=_shape),
            route("GET", _WEBHOOKS, Call.OTHER, self._list),
            route("DELETE", _WEBHOOKS + "/{webhook}", Call.OTHER, self._remove),
        ]

    def catch_up(self) -> None:
        """Tell of everything that happened since the last time."""
        if not self._hooks:
            return
        for news in self._reader.catch_up():
            if news.topic is Topic.PICTURE:
                action = "set" if news.group.picture else "removed"
                self._emit("picture_update", {"jid": news.group.id, "action": action})
                continue
            self._emit("group_update", {"group": news.group.id, "update": _debug_text(news)})
        was_alive, self._alive = self._alive, self._connected()
        if self._alive and not was_alive:
            self._emit("connected", {})

    def _connected(self) -> bool:
        return self.waxum.world.connection(self.waxum.account.person) is ConnectionState.WORKING

    def _unknown(self, asked: WaxumRequest) -> Answer | None:
        name = asked.places["session"]
        return None if name == self.waxum.session else rejections.refused(404, f"Session not found: {name}")

    def _register(self, asked: WaxumRequest) -> Answer:
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        hook = _shape(asked.body)
        if not hook.url.startswith(("http://", "https://")):
            return rejections.refused(400, "Bad request: Webhook URL must start with http:// or https://")
        if any(other.url == hook.url for other in self._hooks.values()):
            return rejections.refused(409, f"Webhook already exists: {hook.url}")
        self._hooks[self.waxum.world.token("webhook", 32).lower()] = hook
        self._reader.catch_up()  # what happened before is told to nobody
        return fine(hook.shown())

    def _list(self, asked: WaxumRequest) -> Answer:
        shown = [hook.shown() for hook in self._hooks.values()]
        return self._unknown(asked) or fine({"webhooks": shown, "count": len(shown)})

    def _remove(self, asked: WaxumRequest) -> Answer:
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        removed = self._hooks.pop(asked.places["webhook"], None)
        return SUCCESS if removed else rejections.refused(404, f"Webhook not found: {asked.places['webhook']}")

    def _emit(self, event: str, data: dict[str, object]) -> None:
        moment = int(self.waxum.world.now().timestamp())
        envelope = {"session_id": self.waxum.session, "event": event, "timestamp": moment, "data": data}
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        for hook in self._hooks.values():
            if event in hook.events or "all" in hook.events:
                self._postman.send(Letter(hook.url, self._signed(hook, moment, body), body))

    def _signed(self, hook: _Hook, moment: int, body: bytes) -> dict[str, str]:
        if hook.secret is None:
            return {}
        signed = body if self._signature == "v1" else f"{moment}.".encode() + body
        digest = hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"X-Webhook-Signature": f"sha256={digest}"}
        if self._signature == "v2":
            headers |= {"X-Webhook-Timestamp": str(moment), "X-Webhook-Signature-Version": "v2"}
        return headers


def _shape(body: object) -> _Hook:
    """What a registration must hold.  Raises Rejected."""
    fields = body if isinstance(body, dict) else {}
    return _Hook(
        rejections.text_field(fields, "url"),
        tuple(rejections.texts_field(fields, "events")),
        rejections.optional_text(fields, "secret"),
    )


def _debug_text(news: News) -> str:
    """Looks like Rust's debug form, whose details nobody may rely on."""
    word = _WORDS[news.topic]
    match news.topic:
        case Topic.SUBJECT:
            return f"{word} {{ subject: {json.dumps(news.group.subject)} }}"
        case _ if news.people:
            people = ", ".join(f"Jid({person.lid_jid})" for person in news.people)
            return f"{word} {{ participants: [{people}] }}"
        case _:
            return word
