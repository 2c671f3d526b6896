"""The routes around groups: health, sessions, contacts and texts.

Sources: waxum src/handlers/sessions.rs and contacts.rs at 0.9.1, read 2026-08.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from wagroups.domain.identity import Phone
from wagroups.gateways.waxum.fake import rejections
from wagroups.gateways.waxum.fake.dialect import Asked, Handler, Shape, Waxum
from wagroups.gateways.waxum.fake.rejections import fine, optional_text, text_field, texts_field
from wagroups.simulation.faults import Call
from wagroups.simulation.http import Answer, Route, text_answer
from wagroups.simulation.people import Person
from wagroups.simulation.world import Connection, SentMessage

VERSION: Final = "0.9.1"

_SESSION: Final = "/api/v1/sessions/{session}"

_STATUS: Final = {
    Connection.WORKING: "logged_in",
    Connection.STARTING: "connecting",
    Connection.UNPAIRED: "waiting_for_qr",
    Connection.FAILED: "connecting",
    Connection.STOPPED: "disconnected",
}

_CONTACTS_PER_PAGE: Final = 100
"""Waxum's default page of `/contacts`."""


class Surroundings:
    """What the other handlers answer."""

    def __init__(self, waxum: Waxum) -> None:
        self.waxum = waxum

    def routes(self) -> list[Route]:
        return [*self._server(), *self._sessions(), *self._contacts()]

    def _row(self, method: str, path: str, call: Call, handler: Handler, takes: Shape | None = None) -> Route:
        return self.waxum.route(method, path, call, handler, takes=takes, write=call is Call.MESSAGE)

    def _server(self) -> list[Route]:
        ready = {"db": "ok", "sessions_known": 1}
        return [
            self._row("GET", "/health", Call.OTHER, lambda asked: text_answer("OK")),
            self._row("GET", "/livez", Call.OTHER, lambda asked: text_answer("OK")),
            self._row("GET", "/readyz", Call.OTHER, lambda asked: fine(ready)),
            self._row("GET", "/api/v1/info", Call.OTHER, lambda asked: fine({"name": "waxum", "version": VERSION})),
        ]

    def _sessions(self) -> list[Route]:
        connected = self.waxum.connected
        return [
            self._row("GET", _SESSION, Call.SESSION, self._session),
            self._row("GET", _SESSION + "/status", Call.SESSION, self._status),
            self._row("GET", _SESSION + "/device", Call.SESSION, connected(self._device)),
        ]

    def _contacts(self) -> list[Route]:
        contacts, connected = _SESSION + "/contacts", self.waxum.connected
        return [
            self._row("GET", contacts, Call.IDENTIFY, connected(self._known)),
            self._row("POST", contacts + "/check", Call.IDENTIFY, connected(self._check), _phones),
            self._row("POST", contacts + "/users", Call.IDENTIFY, connected(self._users), _jids),
            self._row("POST", contacts + "/info", Call.IDENTIFY, connected(self._info), _phones),
            self._row("GET", contacts + "/{jid}/picture", Call.PICTURE, connected(self._picture)),
            self._row("POST", _SESSION + "/messages/text", Call.MESSAGE, connected(self._send), _message),
        ]

    # Sessions

    def _unknown(self, asked: Asked) -> Answer | None:
        name = asked.places["session"]
        return None if name == self.waxum.session else rejections.refused(404, f"Session not found: {name}")

    def _connection(self) -> Connection:
        return self.waxum.world.connection(self.waxum.account.person)

    def _session(self, asked: Asked) -> Answer:
        """The stored state, which does not notice a dead socket."""
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        me, connection = self.waxum.account.person, self._connection()
        stored = Connection.WORKING if connection in (Connection.STARTING, Connection.FAILED) else connection
        paired = stored is Connection.WORKING
        moment = _rfc3339(self.waxum.world.now())
        return fine(
            {
                "id": self.waxum.session,
                "name": self.waxum.session,
                "phone_number": me.phone.digits() if paired else None,
                "push_name": me.name if paired else None,
                "status": _STATUS[stored],
                "created_at": moment,
                "updated_at": moment,
                "last_connected_at": moment,
                "is_logged_in": paired,
            }
        )

    def _status(self, asked: Asked) -> Answer:
        """The live state; a dead socket is `connecting` and yet `is_logged_in`."""
        unknown = self._unknown(asked)
        if unknown is not None:
            return unknown
        me, connection = self.waxum.account.person, self._connection()
        paired = connection not in (Connection.UNPAIRED, Connection.STOPPED)
        return fine(
            {
                "status": _STATUS[connection],
                "is_logged_in": paired,
                "phone_number": me.phone.digits() if paired else None,
                "push_name": me.name if paired else None,
                "qr_code": None,
                "pair_code": None,
            }
        )

    def _device(self, asked: Asked) -> Answer:
        """Our own ids, with the device's number in them."""
        me = self.waxum.account.person
        return fine(
            {
                "device_id": None,
                "phone_number": me.pn_jid.replace("@", ":12@"),
                "lid": me.lid_jid.replace("@", ":12@"),
                "push_name": me.name,
            }
        )

    # Contacts

    def _look_up(self, text: str) -> Person | None:
        """Who has a number; the cache then knows the pair."""
        digits = text.partition("@")[0]
        if not re.fullmatch(r"\d{5,20}", digits):
            return None
        person = self.waxum.account.find(Phone.of("+" + digits))
        if person is not None:
            self.waxum.looked_up.add(person)
        return person

    def _check(self, asked: Asked) -> Answer:
        """Numbers as WhatsApp spells them, which may not be as they were asked for, and in its own order."""
        results: list[dict[str, object]] = []
        for text in reversed(_phones(asked.body)):
            person = self._look_up(text)
            if person is not None:
                results.append({"phone": person.phone.digits(), "jid": person.pn_jid, "is_registered": True})
            elif text.isdigit():
                results.append({"phone": text, "jid": f"{text}@s.whatsapp.net", "is_registered": False})
        return fine({"results": results})

    def _users(self, asked: Asked) -> Answer:
        people = [self._look_up(text) for text in reversed(_jids(asked.body))]
        users = [
            {"jid": p.pn_jid, "lid": p.lid_jid, "status": None, "is_business": False, "picture_id": None}
            for p in people
            if p is not None
        ]
        return fine({"users": users})

    def _info(self, asked: Asked) -> Answer:
        """`is_registered` is always true here."""
        contacts = [
            {
                "jid": f"{text}@s.whatsapp.net" if person is None else person.pn_jid,
                "lid": None if person is None else person.lid_jid,
                "is_registered": True,
                "is_business": False,
                "status": None,
                "picture_id": None,
            }
            for text in _phones(asked.body)
            for person in [self._look_up(text)]
        ]
        return fine({"contacts": contacts})

    def _known(self, asked: Asked) -> Answer:
        """A local table of the people the server has come across."""
        limit = int(asked.request.parameter("limit") or _CONTACTS_PER_PAGE)
        offset = int(asked.request.parameter("offset") or 0)
        people = sorted(self.waxum.looked_up, key=lambda person: person.lid)
        moment = _rfc3339(self.waxum.world.now())
        contacts = [
            {
                "jid": person.pn_jid,
                "phone": person.phone.digits(),
                "lid_jid": person.lid_jid,
                "full_name": None,
                "first_name": None,
                "push_name": person.name,
                "business_name": None,
                "source": "usync",
                "updated_at": moment,
            }
            for person in people[offset : offset + limit]
        ]
        return fine({"contacts": contacts, "total": len(people), "limit": limit, "offset": offset})

    def _picture(self, asked: Asked) -> Answer:
        try:
            picture = self.waxum.world.group(asked.places["jid"]).picture
        except LookupError:
            picture = None
        url = f"https://pps.whatsapp.net/v/sim/{picture}.jpg" if picture else None
        return fine({"url": url, "direct_path": None, "picture_id": picture})

    def _send(self, asked: Asked) -> Answer:
        to, text = _message(asked.body)
        jid = to if "@" in to else re.sub(r"\D", "", to) + "@s.whatsapp.net"
        send_at = optional_text(asked.body, "send_at")
        world = self.waxum.world
        if send_at is not None:
            return fine({"status": "pending", "schedule_id": world.token("schedule", 12), "send_at": send_at})
        at = world.now().astimezone(UTC)
        world.messages.append(SentMessage(self.waxum.account.person, jid, text, at))
        message_id = "3EB0" + world.token("message", 18)
        return fine({"status": "sent", "message_id": message_id, "timestamp": int(at.timestamp()), "to": jid})


def _phones(body: Mapping[str, object]) -> list[str]:
    return texts_field(body, "phones")


def _jids(body: Mapping[str, object]) -> list[str]:
    return texts_field(body, "jids")


def _message(body: Mapping[str, object]) -> tuple[str, str]:
    return text_field(body, "to"), text_field(body, "text")


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
