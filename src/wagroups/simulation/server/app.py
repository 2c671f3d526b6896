"""The front door of every fake: it logs the request, lets the script misbehave, and asks the dialect for the answer.

Misbehaviour is the same on every gateway; only its disguise differs, and that is the dialect's.  A lie is the
honest answer given over a world that is put back afterwards.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, cast

from wagroups.simulation.server.control import PREFIX, Control
from wagroups.simulation.server.http import (
    Answer,
    Logged,
    Match,
    Request,
    Router,
    json_answer,
    read,
    send_answer,
    text_answer,
)
from wagroups.simulation.server.read_cache import Mirror
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.group import Group
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import ConnectionState, World

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

DROP: Final = "wagroups.drop"
"""The ASGI extension by which `server` lets an app cut the connection."""

LOG_LENGTH: Final = 100_000
"""Requests remembered: chosen, more than any test sends."""

_BAD_GATEWAY_PAGE: Final = b"<html><head><title>%d</title></head><body><h1>%d</h1></body></html>"


class ConnectionDropped(ConnectionError):
    """The server cut the connection without an answer.  Seen only where there is no real connection to cut."""


class Dialect(Protocol):
    """What a gateway's fake adds: its routes, its mirror, and how it words things."""

    world: World
    account: SimulatedAccount
    key: str
    mirror: Mirror
    router: Router

    def admit(self, request: Request) -> Answer | None:
        """The answer to a request without the right key, or `None` to let it in."""
        ...

    def stray(self, request: Request) -> Answer:
        """The answer to a request that no route takes."""
        ...

    def disguise(self, request: Request, match: Match, error: WhatsAppError) -> Answer:
        """How this gateway tells of a refusal by WhatsApp."""
        ...

    def unanswered(self, request: Request, match: Match, kind: FaultKind) -> Answer:
        """What this gateway says when it loses WhatsApp (`CUT_OFF`) or waited in vain (`TIME_OUT`)."""
        ...


class Front:
    """An ASGI application: one dialect in front of one world.  `log` holds every request, oldest first."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.world = dialect.world
        self.log: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self._control = Control(dialect.account, dialect.key, self.log)
        self._closed_until: datetime | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return
        request = await read(scope, receive)
        if request.path.startswith(PREFIX):
            answered = self._control.answer(request)
            self.world.tell()
            await send_answer(answered, send)
            return
        refused = self.dialect.admit(request)
        match = None if refused else self.dialect.router.find(request)
        faults = self._strike(request, match)
        answer = refused or await self._answer(request, match, faults)
        self.world.tell()
        kinds = {fault.kind for fault in faults}
        lost = answer is None or not kinds.isdisjoint({FaultKind.LOSE_ANSWER, FaultKind.HANG})
        self._note(request, match, None if lost or answer is None else answer.status)
        if FaultKind.HANG in kinds:
            await _until_gone(receive)
        elif lost or answer is None:
            await _drop(scope, receive)
        else:
            await asyncio.sleep(answer.delay)
            await send_answer(answer, send)

    @property
    def writes(self) -> Sequence[Logged]:
        """The requests that may have changed something."""
        return [entry for entry in self.log if entry.write]

    def _strike(self, request: Request, match: Match | None) -> list[Fault]:
        if match is None:
            return []
        with self.world.lock:
            return self.world.faults.strike(match.route.call, self._names(request, match))

    def _names(self, request: Request, match: Match) -> frozenset[str]:
        """What a script may call the group that a request is about: its JID or subject, also of one to be made."""
        group = self._group(match)
        if group is not None:
            return frozenset((group.id, group.subject))
        name = _subject_asked_for(request) if match.route.call is Call.CREATE else match.places.get("group")
        return frozenset() if name is None else frozenset((name,))

    def _group(self, match: Match) -> Group | None:
        try:
            return self.world.group(match.places["group"])
        except LookupError:
            return None

    async def _answer(self, request: Request, match: Match | None, faults: Sequence[Fault]) -> Answer | None:
        """The answer, or `None` for a connection that is dropped before anything is done."""
        if match is None:
            return self.dialect.stray(request)
        for fault in faults:
            match fault.kind:
                case FaultKind.SLOW:
                    await asyncio.sleep(fault.delay.total_seconds())
                case FaultKind.DROP_BEFORE:
                    return None
                case FaultKind.HTTP_STATUS:
                    page = _BAD_GATEWAY_PAGE % (fault.status, fault.status)
                    return Answer(fault.status, page, "text/html")
        with self.world.lock:
            answer = self._carry_out(request, match, faults)
        proxy = next((fault for fault in faults if fault.kind is FaultKind.REPLACE_ANSWER), None)
        return answer if proxy is None else _proxy_answer(proxy)

    def _is_closed(self, match: Match, faults: Sequence[Fault]) -> bool:
        """Whether the gateway is without WhatsApp now; only what would have to be asked of it meets that."""
        now = self.world.now()
        for fault in faults:
            if fault.kind is FaultKind.SOCKET_CLOSED:
                self._closed_until = now + fault.delay
        return match.route.write and self._closed_until is not None and now < self._closed_until

    def _carry_out(self, request: Request, match: Match, faults: Sequence[Fault]) -> Answer:
        kinds = {fault.kind for fault in faults}
        if self._is_closed(match, faults):
            return self.dialect.unanswered(request, match, FaultKind.CUT_OFF)
        if FaultKind.TIME_OUT in kinds:
            return self.dialect.unanswered(request, match, FaultKind.TIME_OUT)
        saved = self.world.save() if FaultKind.LIE in kinds else None
        try:
            for fault in faults:
                self._prepare(fault, match)
            self.world.restrictions.check(match.route.call, self.world.now())
            if self.world.faults.is_too_fast(match.route.call, self.world.now()):
                raise WhatsAppError(429)
            answer = match.route.handle(request, match.places)
            if FaultKind.CUT_OFF in kinds:
                return self.dialect.unanswered(request, match, FaultKind.CUT_OFF)
            return answer
        except WhatsAppError as error:
            return self.dialect.disguise(request, match, error)
        finally:
            self.world.mixed_up = None
            if saved is not None:
                self.world.restore(saved)

    def _prepare(self, fault: Fault, match: Match) -> None:
        mirror = self.dialect.mirror
        match fault.kind:
            case FaultKind.RATE_LIMIT:
                raise WhatsAppError(429)
            case FaultKind.REFUSE:
                raise WhatsAppError(fault.code)
            case FaultKind.SESSION_LOST:
                self.world.connect(self.dialect.account.person, ConnectionState.UNPAIRED)
            case FaultKind.EMPTY_LIST:
                mirror.curtail(groups=0)
            case FaultKind.SWAP_GROUPS:
                mirror.swap()
            case FaultKind.TRUNCATE_LIST:
                mirror.curtail(groups=fault.keep)
            case FaultKind.TRUNCATE_MEMBERS:
                mirror.curtail(members=fault.keep)
            case FaultKind.MIX_UP:
                self.world.mixed_up = self.world.people.called(fault.person or "")
            case FaultKind.STALE if (group := self._group(match)) is not None:
                mirror.freeze(group, fault.reads)

    def _note(self, request: Request, match: Match | None, status: int | None) -> None:
        self.log.append(
            Logged(
                at=self.world.now(),
                method=request.method,
                path=request.path,
                status=status,
                write=match is not None and match.route.write,
                call=match.route.call if match else "",
            )
        )


def _proxy_answer(fault: Fault) -> Answer:
    """What a proxy says of its own accord, in one of the forms that proxies have."""
    headers = {} if fault.advice is None else {"retry-after": str(fault.advice)}
    match fault.page:
        case "html":
            return Answer(fault.status, _BAD_GATEWAY_PAGE % (fault.status, fault.status), "text/html", headers)
        case "text":
            return text_answer("upstream connect error or disconnect/reset before headers", fault.status)._replace(
                headers=headers
            )
        case "json":
            return json_answer({"message": "no healthy upstream", "code": fault.status}, fault.status)._replace(
                headers=headers
            )


def _subject_asked_for(request: Request) -> str | None:
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    name = body.get("name") if isinstance(body, dict) else None
    return name if isinstance(name, str) else None


async def _until_gone(receive: "Receive") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _drop(scope: "Scope", receive: "Receive") -> None:
    drop = scope.get("extensions", {}).get(DROP)
    if drop is None:
        raise ConnectionDropped("the connection was dropped without an answer")
    cast("Callable[[], None]", drop)()
    await _until_gone(receive)
