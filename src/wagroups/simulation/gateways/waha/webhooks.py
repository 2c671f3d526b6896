"""WAHA's webhooks: what it tells of, in which words, and the noise that one engine makes.

A session is told where to deliver by its configuration: `PUT /api/sessions/{session}` with `config.webhooks`.
Source: WAHA documentation, “Events” and “Sessions”, and the group events of 2026.8 (read 2026-08).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.simulation.gateways.waha import errors
from wagroups.simulation.gateways.waha.dialect import STATUS, Waha, WahaRequest
from wagroups.simulation.gateways.waha.engine import Json
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, Request, Route, json_answer
from wagroups.simulation.server.webhook_sender import Letter, Postman
from wagroups.simulation.world.events import EventReader, News, Topic
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Group

_TYPES: Final = {Topic.JOINED: "join", Topic.LEFT: "leave", Topic.PROMOTED: "promote", Topic.DEMOTED: "demote"}

_UNTOLD: Final = {"GOWS": frozenset({Setting.EDIT_INFO, Setting.DISAPPEARING, Setting.ADD_MEMBERS})}
"""Settings whose change is no event on an engine."""

_JOIN_REQUEST: Final = "group.v2.participants.join-request"


class _Hook(NamedTuple):
    """One entry of `config.webhooks`."""

    url: str
    events: tuple[str, ...]
    key: str | None

    def wants(self, event: str) -> bool:
        return event in self.events or "*" in self.events


class WahaWebhooks:
    """Tells of what happens to the account."""

    def __init__(self, waha: Waha) -> None:
        self.waha = waha
        self._hooks: list[_Hook] = []
        self._reader = EventReader(waha.account)
        self._status = waha.world.connection(waha.account.person)
        self._postman = Postman()
        waha.world.listeners.append(self.catch_up)

    def routes(self) -> list[Route]:
        return [self.waha.route("PUT", "/api/sessions/{session}", Call.SESSION, self._configure)]

    def catch_up(self) -> None:
        """Tell of everything that happened since the last time."""
        if not self._hooks:
            return
        for news in self._reader.catch_up():
            told = self._told(news)
            if told is not None:
                self._emit(*told)
        status = self.waha.world.connection(self.waha.account.person)
        if status is not self._status:
            self._status = status
            self._emit("session.status", {"name": self.waha.session, "status": STATUS[status], "statuses": []})

    def echoing(self, routes: Iterable[Route]) -> list[Route]:
        """The routes, those with an echo that fetch everything from WhatsApp behind the scenes.

        NOWEB's library answers each such fetch with an update of every group: with the store on a refresh and the first
        generation of `participants`, with it off every read.
        """
        return [self._with_echo(route) if self._fetches(route) else route for route in routes]

    def _fetches(self, route: Route) -> bool:
        if self.waha.engine.name != "NOWEB" or "/groups" not in route.pattern or route.write:
            return False
        if route.call is Call.REFRESH or route.pattern.endswith("/participants"):
            return True
        stored = self.waha.engine.keeps_pairs
        return not stored and route.call in (Call.LIST, Call.GET, Call.SETTING)

    def _with_echo(self, route: Route) -> Route:
        def handle(request: Request, places: Mapping[str, str]) -> Answer:
            answer = route.handle(request, places)
            if self._hooks:
                for group in self.waha.account.groups():
                    self._emit("group.v2.update", self._about(group, subject=group.subject))
            return answer

        return route._replace(handle=handle)

    def _configure(self, asked: WahaRequest) -> Answer:
        if asked.places["session"] != self.waha.session:
            return errors.nest(404, "Session not found")
        config = asked.fields("config").get("config")
        written = config.get("webhooks") if isinstance(config, dict) else None
        entries = [entry for entry in written if isinstance(entry, dict)] if isinstance(written, list) else []
        if not all(str(entry.get("url")).startswith(("http://", "https://")) for entry in entries):
            return errors.nest(400, ["config.webhooks.0.url must be a URL address"])
        unknown = not self.waha.engine.version.has(Feature.JOIN_REQUESTS)
        for number, entry in enumerate(entries):
            if unknown and _JOIN_REQUEST in (entry.get("events") or ()):
                # One event that the version does not know, and the session keeps what it had (seen 2026-12-01).
                text = f"config.webhooks.{number}.each value in events must be one of the following values: *, message"
                return errors.nest(400, [text])
        self._hooks = [_hook(entry) for entry in entries]
        self._reader.catch_up()  # what happened before is told to nobody
        self._status = self.waha.world.connection(self.waha.account.person)
        shown: Json = {**self.waha.engine.config, "webhooks": entries}
        return json_answer({"name": self.waha.session, "status": STATUS[self._status], "config": shown})

    def _told(self, news: News) -> tuple[str, Json] | None:
        """The event and its payload, or `None` for what the engine keeps to itself."""
        match news.topic:
            case Topic.ENTERED:
                return "group.v2.join", self._about(news.group, subject=news.group.subject)
            case Topic.GONE:
                return "group.v2.leave", self._about(news.group)
            case Topic.SUBJECT | Topic.DESCRIPTION:
                return "group.v2.update", self._about(news.group, subject=news.group.subject)
            case Topic.SETTING:
                untold = news.setting in _UNTOLD.get(self.waha.engine.name, ())
                return None if untold else ("group.v2.update", self._about(news.group))
            case Topic.ASKED if self.waha.engine.version.has(Feature.JOIN_REQUESTS):
                asked = {"requesterId": news.people[0].lid_jid, "action": "created"}
                return _JOIN_REQUEST, {**self._about(news.group), **asked}
            case Topic.ASKED | Topic.PICTURE:
                return None
            case Topic.JOINED | Topic.LEFT | Topic.PROMOTED | Topic.DEMOTED:
                people = [{"id": person.lid_jid, "pn": None, "role": "participant"} for person in news.people]
                return "group.v2.participants", {
                    **self._about(news.group),
                    "type": _TYPES[news.topic],
                    "participants": people,
                }

    def _about(self, group: Group, **fields: object) -> Json:
        moment = int(self.waha.world.now().timestamp() * 1000)
        return {"timestamp": moment, "group": {"id": group.id, **fields}, "_data": {}}

    def _emit(self, event: str, payload: Json) -> None:
        world, me = self.waha.world, self.waha.account.person
        moment = int(world.now().timestamp() * 1000)
        envelope = {
            "id": "evt_" + world.token("event", 26).lower(),
            "timestamp": moment,
            "event": event,
            "session": self.waha.session,
            "metadata": {},
            "me": {"id": me.chat_id, "pushName": me.name},
            "payload": payload,
            "engine": self.waha.engine.name,
            "environment": {"version": self.waha.engine.version.text, "engine": self.waha.engine.name, "tier": "CORE"},
        }
        body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
        for hook in self._hooks:
            if hook.wants(event):
                headers = {"X-Webhook-Request-Id": world.token("request", 26), "X-Webhook-Timestamp": str(moment)}
                self._postman.send(Letter(hook.url, {**headers, **_signature(hook, body)}, body))


def _hook(entry: Mapping[str, object]) -> _Hook:
    events, signing = entry.get("events"), entry.get("hmac")
    key = signing.get("key") if isinstance(signing, dict) else None
    wanted = tuple(map(str, events)) if isinstance(events, list) else ()
    return _Hook(str(entry["url"]), wanted, None if key is None else str(key))


def _signature(hook: _Hook, body: bytes) -> dict[str, str]:
    if not hook.key:
        return {}
    digest = hmac.new(hook.key.encode(), body, hashlib.sha512).hexdigest()
    return {"X-Webhook-Hmac": digest, "X-Webhook-Hmac-Algorithm": "sha512"}
