"""The routes of `/api/v1/sessions/{session}/groups`: what they show, and how little they tell.

Sources: waxum src/handlers/groups.rs and groups_management.rs at 0.9.1, read 2026-08.
"""

from collections.abc import Callable, Sequence
from typing import Final

from wagroups.simulation.gateways.waxum import rejections, shapes
from wagroups.simulation.gateways.waxum.dialect import (
    Handler,
    Shape,
    Waxum,
    WaxumRequest,
    listed_jids,
    participant,
    phone_jids,
)
from wagroups.simulation.gateways.waxum.rejections import SUCCESS, fine, plain, text_field
from wagroups.simulation.server.http import Answer, EarlyAnswer, Request, Route
from wagroups.simulation.server.read_cache import Sight
from wagroups.simulation.world.account import DESCRIPTION_CHARS, SUBJECT_CHARS
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError

_GROUPS: Final = "/api/v1/sessions/{session}/groups"
_GROUP: Final = _GROUPS + "/{group}"

_DONE: Final = "None"
"""The debug text of a missing `type` attribute: the status of everybody, refused or not."""

RoleChange = Callable[[str, Sequence[str]], Sequence[Result]]


class GroupHandlers:
    """What the groups handlers answer."""

    def __init__(self, waxum: Waxum) -> None:
        self.waxum = waxum
        self.account = waxum.account

    def routes(self) -> list[Route]:
        return [*self._reads(), *self._writes(), *self._people(), *self._links()]

    def _row(self, method: str, pattern: str, call: Call, handler: Handler, takes: Shape | None = None) -> Route:
        connected = self.waxum.connected(handler)
        return self.waxum.route(method, pattern, call, connected, takes=takes, write=takes is not None)

    def _reads(self) -> list[Route]:
        return [
            self._row("GET", _GROUPS, Call.LIST, self._list),
            self._row("GET", _GROUP, Call.GET, self._one),
            self._row("GET", _GROUP + "/info", Call.GET, self._info),
        ]

    def _writes(self) -> list[Route]:
        leave = self.waxum.connected(self._leave)
        return [
            self._row("POST", _GROUPS, Call.CREATE, self._create, shapes.new_group),
            self._row("PUT", _GROUP + "/subject", Call.SUBJECT, self._subject, shapes.subject),
            self._row("PUT", _GROUP + "/description", Call.DESCRIPTION, self._description, shapes.description),
            self._row("PUT", _GROUP + "/settings", Call.SETTING, self._settings, shapes.modes),
            self.waxum.route("POST", _GROUP + "/leave", Call.LEAVE, leave, write=True),
        ]

    def _people(self) -> list[Route]:
        return [
            self._row("POST", _GROUP + "/participants", Call.ADD, self._add, shapes.people),
            self._row("DELETE", _GROUP + "/participants", Call.REMOVE, self._remove, shapes.people),
            self._row("POST", _GROUP + "/admins", Call.PROMOTE, self._role(self.account.promote), shapes.people),
            self._row("DELETE", _GROUP + "/admins", Call.DEMOTE, self._role(self.account.demote), shapes.people),
        ]

    def _links(self) -> list[Route]:
        link, connected = _GROUP + "/invite-link", self.waxum.connected
        return [
            self.waxum.route("GET", link, Call.INVITE_RESET, connected(self._link), write=True, when=_resets),
            self.waxum.route("GET", link, Call.INVITE, connected(self._link)),
        ]

    # Reading

    def _list(self, asked: WaxumRequest) -> Answer:
        sights = {sight.group.id: sight for sight in self.waxum.mirror.see_all()}
        order = self.waxum.shuffled([sight.group for sight in sights.values()])
        shown = shapes.documented_in_list if self.waxum.documented else shapes.shown
        total = len(self.waxum.account.groups())
        return fine({"total": total, "groups": [shown(sights[group.id]) for group in order]})

    def _one(self, asked: WaxumRequest) -> Answer:
        sight = self._sight(asked.group)
        return fine(shapes.documented(sight) if self.waxum.documented else shapes.shown(sight))

    def _info(self, asked: WaxumRequest) -> Answer:
        sight = self._sight(asked.group)
        if self.waxum.documented:
            return fine(shapes.documented_with_people(sight))
        people = [
            {"jid": shapes.listed_as(sight, p), "phone_number": None, "role": "member"} for p in sight.group.members
        ]
        return fine({"addressing_mode": shapes.addressing(sight), "participants": people})

    def _sight(self, jid: str) -> Sight:
        """A group, asked of WhatsApp; raises 404 and 403."""
        self.account.member_group(jid)
        sight = self.waxum.mirror.see(jid)
        if sight is None:
            raise WhatsAppError(404)
        return sight

    # Writing

    def _create(self, asked: WaxumRequest) -> Answer:
        name, people = text_field(asked.body, "name"), shapes.people(asked.body)
        settings = {**shapes.DEFAULT_MODES, **shapes.modes(asked.body)}
        jids = [participant(text) for text in people]
        for jid in jids:
            self._check_mapped(jid)
        if jids:
            listed_jids(jids)
        return fine({"group_jid": self.account.create(name, jids, settings).group.id})

    def _check_mapped(self, jid: str) -> None:
        known = {person.lid_jid for person in self.waxum.looked_up}
        if jid.endswith("@lid") and jid not in known:
            text = f"invalid group request: missing phone number mapping for LID {jid}"
            raise EarlyAnswer(rejections.internal(text))

    def _subject(self, asked: WaxumRequest) -> Answer:
        subject = shapes.subject(asked.body)
        _check_length(subject, SUBJECT_CHARS, "Group subject")
        self.account.rename(asked.group, subject)
        return SUCCESS

    def _description(self, asked: WaxumRequest) -> Answer:
        """No text deletes; an empty text is written.  Without the current id an existing one is a conflict."""
        text, previous = shapes.description(asked.body)
        _check_length(text or "", DESCRIPTION_CHARS, "Group description")
        if previous is None and self.waxum.reads_description_id:
            self.account.overwrite_description(asked.group, text)
        else:
            self.account.describe(asked.group, text, previous)
        return SUCCESS

    def _settings(self, asked: WaxumRequest) -> Answer:
        """Reads, and changes nothing."""
        self.account.member_group(asked.group)
        return SUCCESS

    def _leave(self, asked: WaxumRequest) -> Answer:
        self.account.leave(asked.group)
        return SUCCESS

    # People

    def _add(self, asked: WaxumRequest) -> Answer:
        jids = phone_jids(shapes.people(asked.body))
        return self._results(asked.group, [result.person for result in self.account.add(asked.group, jids)])

    def _remove(self, asked: WaxumRequest) -> Answer:
        jids = listed_jids(shapes.people(asked.body))
        self._by_listed_name(asked.group, jids, self.account.remove)
        return self._results(asked.group, [self.waxum.world.people.asked_for(jid) for jid in jids])

    def _role(self, change: RoleChange) -> Handler:
        def handle(asked: WaxumRequest) -> Answer:
            jids = listed_jids(shapes.people(asked.body))
            self._by_listed_name(asked.group, jids, change)
            return SUCCESS

        return handle

    def _by_listed_name(self, jid: str, jids: Sequence[str], change: RoleChange) -> None:
        """Do it for those who are named as the group lists them; for others WhatsApp does nothing and says so not.

        Reported in waha issue 1029 and whatsapp-web.js issue 3631.
        """
        group = self.account.member_group(jid)
        if not group.is_admin(self.account.person):
            raise WhatsAppError(403)
        fitting = [name for name in jids if name.endswith("@lid") is group.lid_addressed]
        if fitting:
            change(jid, fitting)

    def _results(self, jid: str, people: Sequence[SimulatedPerson]) -> Answer:
        lid = self.waxum.world.group(jid).lid_addressed
        results = [
            {"jid": person.lid_jid if lid and not person.no_account else person.pn_jid, "status": _DONE}
            for person in people
        ]
        return fine({"results": results})

    # Links

    def _link(self, asked: WaxumRequest) -> Answer:
        reset = asked.request.parameter("reset")
        if reset not in (None, "true", "false"):
            raise EarlyAnswer(plain("Failed to deserialize query string: reset: provided string was not a bool", 400))
        code = self.account.invite_code(asked.group, reset=reset == "true")
        return fine({"invite_link": f"https://chat.whatsapp.com/{code}"})


def _resets(request: Request) -> bool:
    return request.parameter("reset") == "true"


def _check_length(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        raise EarlyAnswer(rejections.refused(400, f"Bad request: {what} exceeds {limit} characters"))
