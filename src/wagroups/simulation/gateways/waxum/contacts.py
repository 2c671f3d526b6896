"""Numbers, LIDs, pictures and texts.

Source: waxum src/handlers/contacts.rs at 0.9.1, read 2026-08.
"""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from wagroups.domain.identity import Phone
from wagroups.simulation.gateways.waxum.dialect import Handler, Shape, Waxum, WaxumRequest
from wagroups.simulation.gateways.waxum.rejections import fine, optional_text, text_field, texts_field
from wagroups.simulation.gateways.waxum.sessions import rfc3339
from wagroups.simulation.server.http import Answer, Route
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.world import SentMessage

_SESSION: Final = "/api/v1/sessions/{session}"

_CONTACTS_PER_PAGE: Final = 100
"""Waxum's default page of `/contacts`."""


class Contacts:
    """What the contacts and messages handlers answer."""

    def __init__(self, waxum: Waxum) -> None:
        self.waxum = waxum

    def _row(self, method: str, path: str, call: Call, handler: Handler, takes: Shape | None = None) -> Route:
        return self.waxum.route(method, path, call, handler, takes=takes, write=call is Call.MESSAGE)

    def routes(self) -> list[Route]:
        contacts, connected = _SESSION + "/contacts", self.waxum.connected
        return [
            self._row("GET", contacts, Call.IDENTIFY, connected(self._known)),
            self._row("POST", contacts + "/check", Call.IDENTIFY, connected(self._check), _phones),
            self._row("POST", contacts + "/users", Call.IDENTIFY, connected(self._users), _jids),
            self._row("POST", contacts + "/info", Call.IDENTIFY, connected(self._info), _phones),
            self._row("GET", contacts + "/{jid}/picture", Call.PICTURE, connected(self._picture)),
            self._row("POST", _SESSION + "/messages/text", Call.MESSAGE, connected(self._send), _message),
        ]

    def _look_up(self, text: str) -> SimulatedPerson | None:
        """Who has a number; the cache then knows the pair."""
        digits = text.partition("@")[0]
        if not re.fullmatch(r"\d{5,20}", digits):
            return None
        person = self.waxum.account.find(Phone.of("+" + digits))
        if person is not None:
            self.waxum.looked_up.add(person)
        return person

    def _check(self, asked: WaxumRequest) -> Answer:
        """Numbers as WhatsApp spells them, which may not be as they were asked for, and in its own order."""
        exists = "exists" if self.waxum.documented else "is_registered"
        results: list[dict[str, object]] = []
        for text in reversed(_phones(asked.body)):
            person = self._look_up(text)
            if person is not None:
                results.append({"phone": person.phone.digits(), "jid": person.pn_jid, exists: True})
            elif text.isdigit():
                jid = None if self.waxum.documented else f"{text}@s.whatsapp.net"
                results.append({"phone": text, "jid": jid, exists: False})
        return fine({"results": results})

    def _users(self, asked: WaxumRequest) -> Answer:
        people = [self._look_up(text) for text in reversed(_jids(asked.body))]
        users = [
            {"jid": p.pn_jid, "lid": p.lid_jid, "status": None, "is_business": False, "picture_id": None}
            for p in people
            if p is not None
        ]
        return fine({"users": users})

    def _info(self, asked: WaxumRequest) -> Answer:
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

    def _known(self, asked: WaxumRequest) -> Answer:
        """A local table of the people the server has come across."""
        limit = int(asked.request.parameter("limit") or _CONTACTS_PER_PAGE)
        offset = int(asked.request.parameter("offset") or 0)
        people = sorted(self.waxum.looked_up, key=lambda person: person.lid)
        moment = rfc3339(self.waxum.world.now())
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

    def _picture(self, asked: WaxumRequest) -> Answer:
        try:
            picture = self.waxum.world.group(asked.places["jid"]).picture
        except LookupError:
            picture = None
        url = f"https://pps.whatsapp.net/v/sim/{picture}.jpg" if picture else None
        return fine({"url": url, "direct_path": None, "picture_id": picture})

    def _send(self, asked: WaxumRequest) -> Answer:
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
