"""The routes around groups: versions, sessions, numbers, LIDs, pictures and texts."""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from wagroups.domain.identity import Lid, Phone, member_id
from wagroups.simulation.gateways.waha import errors
from wagroups.simulation.gateways.waha.dialect import STATUS, Handler, Waha, WahaRequest
from wagroups.simulation.gateways.waha.engine import EMPTY, Json, seconds
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, EarlyAnswer, Route, json_answer, text_answer
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.restriction import Restrictions
from wagroups.simulation.world.world import ConnectionState, SentMessage

_LIDS_PER_PAGE: Final = 100
"""WAHA's default page of `/lids`."""


_HERE: Final = ("127.0.0.1", "localhost")

_ADDRESS_KEPT: Final = timedelta(days=1)
"""For how long WAHA keeps a picture's address (its in-memory cache)."""


class Surroundings:
    """What the other controllers answer."""

    def __init__(self, waha: Waha) -> None:
        self.waha = waha
        self._pictures: dict[str, tuple[datetime, str | None]] = {}
        """When a picture's address was fetched, and what came of it, failures included."""

    def routes(self) -> list[Route]:
        return [*self._server(), *self._sessions(), *self._numbers(), *self._pictures_and_texts()]

    def _row(self, method: str, pattern: str, call: Call, handler: Handler, *, write: bool = False) -> Route:
        return self.waha.route(method, pattern, call, handler, write=write)

    def _server(self) -> list[Route]:
        return [
            self._row("GET", "/ping", Call.OTHER, lambda asked: json_answer({"message": "pong"})),
            self._row("GET", "/health", Call.OTHER, self._health),
            self._row("GET", "/api/version", Call.OTHER, lambda asked: json_answer(self.waha.version_info())),
            self._row("GET", "/api/server/version", Call.OTHER, lambda asked: json_answer(self.waha.version_info())),
            self._row("GET", "/api/server/status", Call.OTHER, self._status),
        ]

    def _sessions(self) -> list[Route]:
        session = "/api/sessions/{session}"
        return [
            self._row("GET", "/api/sessions", Call.SESSION, self._session_list),
            self._row("GET", session, Call.SESSION, self._session),
            self._row("GET", session + "/me", Call.SESSION, self._me),
            self._row("GET", session + "/timelock", Call.SESSION, self._restriction(_timelock)),
            self._row("GET", session + "/capping", Call.SESSION, self._restriction(_capping)),
        ]

    def _numbers(self) -> list[Route]:
        lids = "/api/{session}/lids"
        return [
            self._row("GET", "/api/contacts/check-exists", Call.IDENTIFY, self._check_exists),
            self._row("GET", lids, Call.IDENTIFY, self._stored(self._lids)),
            self._row("GET", lids + "/count", Call.IDENTIFY, self._stored(self._lids_count)),
            self._row("GET", lids + "/{lid}", Call.IDENTIFY, self._stored(self._lid)),
            self._row("GET", lids + "/pn/{phone}", Call.IDENTIFY, self._stored(self._lid_of_phone)),
        ]

    def _pictures_and_texts(self) -> list[Route]:
        picture = "/api/{session}/groups/{group}/picture"
        working = self.waha.working
        return [
            self._row("GET", picture, Call.PICTURE, working(self._picture)),
            self._row("PUT", picture, Call.PICTURE, working(self._in_core(self._put_picture)), write=True),
            self._row("DELETE", picture, Call.PICTURE, working(self._in_core(self._delete_picture)), write=True),
            self._row("GET", "/v/sim/{picture}.jpg", Call.MEDIA, self._image),
            self._row("POST", "/api/sendText", Call.MESSAGE, self._send_text, write=True),
        ]

    # Server and sessions

    def _health(self, asked: WahaRequest) -> Answer:
        return self._plus_only()

    def _plus_only(self) -> Answer:
        text = f"The feature is available only in Plus version for '{self.waha.engine.name}' engine."
        return errors.nest(422, f"{text} Check this out: https://waha.devlike.pro/")

    def _status(self, asked: WahaRequest) -> Answer:
        now = int(self.waha.world.now().timestamp() * 1000)
        return json_answer({"startTimestamp": now, "uptime": 0, "worker": {"id": ""}})

    def _info(self) -> Json:
        connection = self.waha.world.connection(self.waha.account.person)
        absent = connection in (ConnectionState.UNPAIRED, ConnectionState.STOPPED)
        return {
            "name": self.waha.session,
            "status": STATUS[connection],
            "config": self.waha.engine.config,
            "me": None if absent else self._own_names(),
            "presence": None,
            "timestamps": {"activity": None} if connection is ConnectionState.STOPPED else {},
        }

    def _session_list(self, asked: WahaRequest) -> Answer:
        return json_answer([self._info()])

    def _session(self, asked: WahaRequest) -> Answer:
        if asked.places["session"] != self.waha.session:
            return errors.nest(404, "Session not found")
        info = self._info()
        return json_answer({**info, "engine": {} if info["status"] == "STOPPED" else self.waha.engine.session_details})

    def _me(self, asked: WahaRequest) -> Answer:
        name = asked.places["session"]
        info = self._info()
        if name != self.waha.session or info["status"] == "STOPPED":
            text = f"We didn't find a session with name '{name}'."
            return errors.nest(404, f"{text}\nPlease start it first by using POST /api/sessions/{name}/start request")
        return json_answer(info["me"]) if info["me"] is not None else EMPTY

    def _own_names(self) -> Json:
        """Who the account is, and how it is restricted where the engine tells that."""
        names = self.waha.engine.me(self.waha.account.person)
        if not (self.waha.engine.tells_restrictions and self.waha.engine.version.has(Feature.RESTRICTIONS)):
            return names
        told = self.waha.world.restrictions
        return {**names, "reachoutTimelock": _timelock(told), "messageCapping": _capping(told)}

    def _restriction(self, told: Callable[[Restrictions], Json | None]) -> Handler:
        """One restriction as it is now; nothing when there is none."""

        def answer(asked: WahaRequest) -> Answer:
            if not self.waha.engine.tells_restrictions:
                return errors.not_implemented(self.waha.engine.name)
            if not self.waha.engine.version.has(Feature.RESTRICTIONS):
                return errors.nest(404, f"Cannot GET {asked.request.path}")
            said = told(self.waha.world.restrictions)
            return EMPTY if said is None else json_answer(said)

        return self.waha.working(answer)

    # Numbers

    def _check_exists(self, asked: WahaRequest) -> Answer:
        session = asked.request.parameter("session")
        if not session:
            return errors.nest(400, "Session name is required")
        self.waha.check_session(session)
        digits = re.sub(r"\D", "", (asked.request.parameter("phone") or "").split("@")[0])
        person = self.waha.account.find(Phone.of("+" + digits)) if digits else None
        if person is not None and self.waha.engine.learns_numbers_by_asking:
            self.waha.asked_about.add(person)
        return json_answer(self.waha.engine.exists(digits, person))

    def _stored(self, handler: Handler) -> Handler:
        """Let a handler run only where pairs are kept."""

        def guarded(asked: WahaRequest) -> Answer:
            if self.waha.engine.keeps_pairs:
                return handler(asked)
            return errors.nest(400, "Enable NOWEB store to use this method")

        return self.waha.working(guarded)

    def _known(self) -> dict[Lid, SimulatedPerson]:
        """Pairs the gateway has learnt: members whose number is shown, and people it was asked about."""
        shown = {
            person
            for sight in self.waha.mirror.see_all()
            for person in sight.group.members
            if not person.hidden_number or not sight.group.lid_addressed
        }
        return {person.lid: person for person in shown | self.waha.asked_about}

    def _lids(self, asked: WahaRequest) -> Answer:
        limit = int(asked.request.parameter("limit") or _LIDS_PER_PAGE)
        offset = int(asked.request.parameter("offset") or 0)
        known = sorted(self._known().items())
        return json_answer([_pair(person) for _, person in known][offset : offset + limit])

    def _lids_count(self, asked: WahaRequest) -> Answer:
        return json_answer({"count": len(self._known())})

    def _lid(self, asked: WahaRequest) -> Answer:
        text = asked.places["lid"]
        text = f"{text}@lid" if "@" not in text else text
        if not text.endswith("@lid"):
            return errors.nest(422, "Invalid LID - it must end with @lid")
        person = self._known().get(Lid.of(text))
        return json_answer(_pair(person) if person else {"lid": text, "pn": None})

    def _lid_of_phone(self, asked: WahaRequest) -> Answer:
        text = asked.places["phone"]
        identity = member_id(text if "@" in text else f"{text}@c.us")
        if isinstance(identity, Lid):
            return json_answer({"lid": identity.reveal(), "pn": None})
        known = {person.phone: person for person in self._known().values()}
        person = self.waha.world.mixed_up or (known.get(identity) if identity else None)
        shown = f"{text.lstrip('+').split('@')[0]}@c.us"
        return json_answer(_pair(person) if person else {"lid": None, "pn": shown})

    # Pictures and texts

    def _picture(self, asked: WahaRequest) -> Answer:
        now = self.waha.world.now()
        at, address = self._pictures.get(asked.group, (None, None))
        if asked.request.parameter("refresh") == "true" or at is None or now - at >= _ADDRESS_KEPT:
            address = self._address(asked)
            self._pictures[asked.group] = (now, address)
        return json_answer({"url": address})

    def _address(self, asked: WahaRequest) -> str | None:
        """Where the picture is; every failure looks like none.

        It stands on WhatsApp's servers; a fake on this machine plays their part, under the same path.
        """
        group = asked.group
        try:
            shown = self.waha.account.member_group(group)
        except WhatsAppError:
            return None
        digits = group.partition("@")[0]
        if shown.picture is None:
            return None
        host = asked.request.headers.get("host", "")
        server = f"http://{host}" if host.partition(":")[0] in _HERE else "https://pps.whatsapp.net"
        return f"{server}/v/sim/{digits}_{shown.picture}.jpg"

    def _image(self, asked: WahaRequest) -> Answer:
        """WhatsApp's part: it knows no key, and no address of a picture that was replaced."""
        if "x-api-key" in asked.request.headers:
            return text_answer("a key was sent to a server that is not the gateway", 400)
        digits, _, picture = asked.places["picture"].partition("_")
        for group in self.waha.world.groups.values():
            if group.picture == picture and group.image is not None and group.id.partition("@")[0] == digits:
                return Answer(200, group.image, "image/jpeg")
        return text_answer("URL signature expired", 403)

    def _in_core(self, handler: Handler) -> Handler:
        """Older versions write pictures in the paid edition only."""

        def guarded(asked: WahaRequest) -> Answer:
            return handler(asked) if self.waha.engine.version.has(Feature.PICTURES) else self._plus_only()

        return guarded

    def _put_picture(self, asked: WahaRequest) -> Answer:
        """A body without a file takes the picture down."""
        file = asked.fields("file").get("file")
        data = file.get("data") if isinstance(file, dict) else None
        self.waha.account.picture(asked.group, b64decode(str(data)) if data else None)
        self._pictures.pop(asked.group, None)
        return json_answer({"success": True})

    def _delete_picture(self, asked: WahaRequest) -> Answer:
        self.waha.account.picture(asked.group, None)
        self._pictures.pop(asked.group, None)
        return json_answer({"success": True})

    def _send_text(self, asked: WahaRequest) -> Answer:
        fields = asked.fields("session")
        self.waha.check_session(str(fields.get("session") or ""))
        world, to, text = self.waha.world, str(fields.get("chatId") or ""), str(fields.get("text") or "")
        if not to:
            raise EarlyAnswer(errors.nest(400, ["chatId must be a string"]))
        at = world.now().astimezone(UTC)
        world.messages.append(SentMessage(self.waha.account.person, to, text, at))
        message_id = "3EB0" + world.token("message", 18)
        return json_answer(self.waha.engine.sent(self.waha.account, to, text, message_id, at), 201)


def _pair(person: SimulatedPerson) -> Json:
    return {"lid": person.lid_jid, "pn": person.chat_id}


def _timelock(told: Restrictions) -> Json | None:
    """As in `me` and by a route of its own.  Source: WAHA's session DTOs, documented in its issue 2219 (2026.7.2)."""
    lock = told.timelock
    if lock is None or not lock.told:
        return None
    ends = None if lock.until is None else seconds(lock.until)
    return {"enforcementType": lock.kind, "isActive": True, "timeEnforcementEnds": ends}


def _capping(told: Restrictions) -> Json | None:
    cap = told.capping
    if cap is None:
        return None
    ends = None if cap.until is None else seconds(cap.until)
    quota = {"cappingStatus": cap.status, "totalQuota": cap.total, "usedQuota": cap.used}
    return {**quota, "cycleStart": None, "cycleEnd": ends, "mvStatus": None, "oteStatus": None}
