"""Waxum's way with a request: the token, then the route, then the body, and last the connection.

An unknown session and a dead socket look the same (503), and a bad body is refused before either is noticed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

from wagroups.simulation.gateways.waxum import rejections
from wagroups.simulation.gateways.waxum.rejections import NOT_CONNECTED
from wagroups.simulation.server.http import Answer, EarlyAnswer, Match, Request, Route, Router
from wagroups.simulation.server.read_cache import Mirror
from wagroups.simulation.world.account import account_of
from wagroups.simulation.world.faults import Call, FaultKind
from wagroups.simulation.world.group import Group
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import ConnectionState, World

OPEN: Final = ("/health", "/livez", "/readyz", "/metrics")
"""Paths that need no token."""

_GROUP_JID: Final = re.compile(r"[^@\s]+@[\w.]+")
_PHONE_JID: Final = re.compile(r"\d{5,20}@s\.whatsapp\.net")
_LID_JID: Final = re.compile(r"\d{5,20}@lid")


class WaxumRequest(NamedTuple):
    """A request as a handler meets it."""

    request: Request
    places: Mapping[str, str]
    body: Mapping[str, object]
    """The JSON object; empty for routes without a body."""

    @property
    def group(self) -> str:
        """The group's JID.  Raises EarlyAnswer for a text that is no JID at all."""
        text = self.places["group"]
        if not _GROUP_JID.fullmatch(text):
            raise EarlyAnswer(rejections.refused(400, f"Invalid JID: {text}"))
        return text


Handler = Callable[[WaxumRequest], Answer]

Shape = Callable[[Mapping[str, object]], object]
"""Raises EarlyAnswer for a body that does not have it."""


GroupShape = Literal["observed", "documented"]


class Waxum:
    """One Waxum server with one session.  `router` is filled by the modules that define routes."""

    def __init__(
        self,
        world: World,
        *,
        session: str,
        key: str,
        reads_description_id: bool,
        shape: GroupShape = "observed",
    ) -> None:
        self.world = world
        self.session = session
        self.key = key
        self.reads_description_id = reads_description_id
        """Whether the library reads a description's id before it writes, as versions after 0.9.1 do."""
        self.documented = shape == "documented"
        """Whether groups and numbers look as docs/api of waxum-doc shows them (read 2026-12)."""
        self.account = account_of(world, session)
        self.looked_up: set[SimulatedPerson] = {self.account.person}
        """People whose number the server's cache has; group reads show no other numbers."""
        self.mirror = Mirror(self.account, discloses=lambda person: person in self.looked_up)
        self.router = Router(())
        self._listings = 0

    def admit(self, request: Request) -> Answer | None:
        if request.path in OPEN:
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            message = "Missing or invalid Authorization header. Use: Bearer <token>"
            return rejections.unauthorized(message)
        return None if token == self.key else rejections.unauthorized("Invalid token format")

    def stray(self, request: Request) -> Answer:
        methods = self.router.methods(request.path)
        if methods:
            return Answer(405, headers={"allow": ",".join(sorted(set(methods)))})
        return Answer(404)

    def disguise(self, request: Request, match: Match, error: WhatsAppError) -> Answer:
        return rejections.server_error(error)

    def unanswered(self, request: Request, match: Match, kind: FaultKind) -> Answer:
        cut_off = kind is FaultKind.CUT_OFF
        return rejections.internal("client is not connected" if cut_off else "IQ request timed out")

    def route(
        self,
        method: str,
        pattern: str,
        call: Call,
        handler: Handler,
        *,
        takes: Shape | None = None,
        write: bool = False,
        when: Callable[[Request], bool] | None = None,
    ) -> Route:
        """A row.  `takes` is the shape of the JSON body, refused before the handler runs; without one none is read."""

        def handle(request: Request, places: Mapping[str, str]) -> Answer:
            try:
                body = {} if takes is None else rejections.body_of(request)
                if takes is not None:
                    takes(body)
                return handler(WaxumRequest(request, places, body))
            except EarlyAnswer as rejected:
                return rejected.answer

        return Route(method, pattern, call, handle, write, when)

    def connected(self, handler: Handler) -> Handler:
        """Let a handler run only with a live client of the session in the path."""

        def guarded(asked: WaxumRequest) -> Answer:
            alive = self.world.connection(self.account.person) is ConnectionState.WORKING
            return handler(asked) if alive and asked.places["session"] == self.session else NOT_CONNECTED

        return guarded

    def shuffled(self, groups: list[Group]) -> list[Group]:
        """In an order that is another one in each listing, as a hash map's is."""
        self._listings += 1
        return sorted(groups, key=lambda group: hashlib.sha256(f"{group.id}{self._listings}".encode()).digest())


def participant(text: str) -> str:
    """What the server makes of an entry of `participants`: a text that is no JID becomes the user of one."""
    return text if re.fullmatch(r"[\w.:+-]+@(s\.whatsapp\.net|c\.us|lid|g\.us)", text) else f"{text}@s.whatsapp.net"


def phone_jids(texts: list[str]) -> list[str]:
    """The JIDs to add.  One that is not a plain phone JID has WhatsApp refuse the whole call (400)."""
    jids = [participant(text) for text in texts]
    if not jids or not all(_PHONE_JID.fullmatch(jid) for jid in jids):
        raise WhatsAppError(400)
    return jids


def listed_jids(texts: list[str]) -> list[str]:
    """The JIDs to remove, promote or demote: phone or LID, but well formed, or the whole call is refused."""
    jids = [participant(text) for text in texts]
    if not jids or not all(_PHONE_JID.fullmatch(jid) or _LID_JID.fullmatch(jid) for jid in jids):
        raise WhatsAppError(400)
    return jids
