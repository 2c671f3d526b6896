"""WAHA's way with a request: the key first, then the route, the session, the body, and last the engine.

Order matters to a client: an unknown route without a key is 401, a stopped session is 422 before the body is
looked at, and only then does anything reach WhatsApp.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from wagroups.simulation.gateways.waha import errors
from wagroups.simulation.gateways.waha.engine import FakeEngine, Json
from wagroups.simulation.gateways.waha.errors import JavaScriptError, undefined
from wagroups.simulation.server.http import Answer, EarlyAnswer, Match, Request, Route, Router, json_answer
from wagroups.simulation.server.read_cache import Mirror, Sight
from wagroups.simulation.world.account import account_of
from wagroups.simulation.world.faults import Call, FaultKind
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import ConnectionState, World

STATUS: Final = {
    ConnectionState.WORKING: "WORKING",
    ConnectionState.STARTING: "STARTING",
    ConnectionState.UNPAIRED: "SCAN_QR_CODE",
    ConnectionState.FAILED: "FAILED",
    ConnectionState.STOPPED: "STOPPED",
}

_OPEN: Final = ("/ping", "/v/sim/")
"""Beginnings of paths that need no key: the second stands for WhatsApp's own servers."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """For how long the server waits for a session before it gives up, in seconds.

    A real server waits 5 for one that is unknown or stopped and 10 for one that is not connected (measured).
    """

    absent: float = 0.0
    unready: float = 0.0


class WahaRequest(NamedTuple):
    """A request as a handler meets it."""

    request: Request
    places: Mapping[str, str]
    body: object
    """The JSON value; `None` stands for `undefined` too."""

    @property
    def group(self) -> str:
        return self.places["group"]

    def fields(self, first_read: str) -> Mapping[str, object]:
        """The body's fields.  Reading `first_read` of no body at all is a TypeError."""
        if self.body is None:
            raise undefined(first_read)
        return self.body if isinstance(self.body, dict) else {}


Handler = Callable[[WahaRequest], Answer]


class Waha:
    """One WAHA server with one session.  `router` is filled by the modules that define routes."""

    def __init__(
        self,
        world: World,
        engine: FakeEngine,
        *,
        session: str,
        key: str,
        patience: Timeouts,
    ) -> None:
        self.world = world
        self.engine = engine
        self.session = session
        self.key = key
        self.patience = patience
        self.account = account_of(world, session)
        self.mirror = Mirror(self.account, engine.lag)
        self.router = Router(())
        self.asked_about: set[SimulatedPerson] = set()
        """People whose number was looked up: their LID is then known."""

    def admit(self, request: Request) -> Answer | None:
        offered = request.headers.get("x-api-key") or request.parameter("x-api-key")
        return None if request.path.startswith(_OPEN) or offered == self.key else errors.UNAUTHORIZED

    def stray(self, request: Request) -> Answer:
        return errors.nest(404, f"Cannot {request.method} {request.path}")

    def disguise(self, request: Request, match: Match, error: WhatsAppError) -> Answer:
        if match.route.call is Call.PICTURE and request.method == "GET":
            return json_answer({"url": None})  # a failed fetch looks like no picture
        swallowed = self.engine.swallow(error, match.route.call)
        return swallowed or self.internal(request, self.engine.failure(error, match.route.call))

    def unanswered(self, request: Request, match: Match, kind: FaultKind) -> Answer:
        call = match.route.call
        try:
            return self.engine.cut_off(call) if kind is FaultKind.CUT_OFF else self.engine.timed_out(call)
        except JavaScriptError as error:
            return self.internal(request, error)

    def internal(self, request: Request, error: JavaScriptError) -> Answer:
        try:
            body = _json_body(request)
        except ValueError:
            body = None
        echoed = {} if body is None else {"body": body}
        return errors.internal(error.exception, request, echoed, self.version_info(), self.world.now())

    def version_info(self) -> Json:
        return {
            "version": self.engine.version.text,
            "engine": self.engine.name,
            "tier": "CORE",
            "browser": self.engine.browser,
            "platform": "linux/x64",
            "worker": {"id": None},
        }

    def sight(self, group: str) -> Sight | None:
        """A group as the engine believes it to be; an engine that asks WhatsApp is refused what others do not have."""
        sight = self.mirror.see(group)
        if sight is None and self.engine.raises_for_outsiders:
            self.account.member_group(group)
        return sight

    def route(self, method: str, pattern: str, call: Call, handler: Handler, *, write: bool = False) -> Route:
        """A row whose handler may throw what this server throws."""

        def handle(request: Request, places: Mapping[str, str]) -> Answer:
            try:
                return handler(WahaRequest(request, places, self._body(request)))
            except EarlyAnswer as thrown:
                return thrown.answer
            except JavaScriptError as error:
                return self.internal(request, error)

        return Route(method, pattern, call, handle, write)

    def working(self, handler: Handler) -> Handler:
        """Let a handler run only while the session in the path is connected."""

        def guarded(asked: WahaRequest) -> Answer:
            self.check_session(asked.places["session"])
            return handler(asked)

        return guarded

    def check_session(self, name: str) -> None:
        """Raises EarlyAnswer with a 422 unless the session is connected."""
        if name != self.session:
            body: Json = {"error": f'Session "{name}" does not exist', "session": name}
            raise EarlyAnswer(json_answer(body, 422)._replace(delay=self.patience.absent))
        connection = self.world.connection(self.account.person)
        if connection is not ConnectionState.WORKING:
            body = {
                "error": "Session status is not as expected. Try again later or restart the session",
                "session": name,
                "status": STATUS[connection],
                "expected": ["WORKING"],
            }
            stopped = connection is ConnectionState.STOPPED
            raise EarlyAnswer(
                json_answer(body, 422)._replace(delay=self.patience.absent if stopped else self.patience.unready)
            )

    @staticmethod
    def _body(request: Request) -> object:
        try:
            return _json_body(request)
        except ValueError:
            raise EarlyAnswer(errors.nest(400, "Unexpected end of JSON input")) from None


def _json_body(request: Request) -> object:
    """The body, or `None` where Express would leave it undefined: no body, or another content type."""
    is_json = request.headers.get("content-type", "").split(";")[0].strip() == "application/json"
    return json.loads(request.body) if is_json and request.body else None
