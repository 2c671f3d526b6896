"""The few things of HTTP that a fake needs: a request, an answer, and a table of routes.

Frameworks decide about slashes, methods and error bodies by themselves, and the dialects that are imitated here decide
otherwise; so routing is written out and only the two ends of ASGI are used.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs

from wagroups.simulation.world.faults import Call

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

JSON_TYPE: Final = "application/json; charset=utf-8"


class Request(NamedTuple):
    """One request, read to its end."""

    method: str
    path: str
    """Decoded, as routes see it."""
    target: str
    """As it was sent: the path, and the query after it."""
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    def parameter(self, name: str) -> str | None:
        values = self.query.get(name)
        return values[0] if values else None


class Answer(NamedTuple):
    """One answer.  `content_type` is left out where the dialect leaves it out."""

    status: int = 200
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    """Seconds that the server takes before it sends this."""


class EarlyAnswer(Exception):
    """A handler ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def json_answer(value: object, status: int = 200, content_type: str = JSON_TYPE) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), content_type)


def text_answer(text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Answer:
    return Answer(status, text.encode(), content_type)


class Route(NamedTuple):
    """One row of a dialect's table.  `{name}` in the pattern stands for one part of the path."""

    method: str
    pattern: str
    call: Call
    handle: Callable[[Request, Mapping[str, str]], Answer]
    write: bool = False
    """Whether it may change something on WhatsApp."""
    when: Callable[[Request], bool] | None = None
    """A further condition, for dialects in which the query decides what a request does."""


class Match(NamedTuple):
    """A route and what the path put into its places."""

    route: Route
    places: Mapping[str, str]


class Router:
    """Finds the route of a request: the first row that fits."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._rows = [(route, re.compile(_PLACE.sub(r"(?P<\1>[^/]+)", route.pattern))) for route in routes]

    def find(self, request: Request) -> Match | None:
        for route, pattern in self._rows:
            if route.method != request.method or not (match := pattern.fullmatch(request.path)):
                continue
            if route.when is None or route.when(request):
                return Match(route, match.groupdict())
        return None

    def methods(self, path: str) -> list[str]:
        """The methods that the path would take."""
        return [route.method for route, pattern in self._rows if pattern.fullmatch(path)]


_PLACE: Final = re.compile(r"\{(\w+)\}")


async def read(scope: "Scope", receive: "Receive") -> Request:
    """Read a request from ASGI, body included."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    raw_query = scope["query_string"].decode("latin-1")
    raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = parse_qs(raw_query, keep_blank_values=True)
    return Request(
        method=scope["method"],
        path=scope["path"],
        target=f"{raw_path.partition('?')[0]}?{raw_query}" if raw_query else raw_path,
        query={name: tuple(values) for name, values in query.items()},
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


async def send_answer(answer: Answer, send: "Send") -> None:
    """Write an answer to ASGI."""
    headers = {"content-length": str(len(answer.body)), **answer.headers}
    if answer.content_type is not None:
        headers["content-type"] = answer.content_type
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


class Logged(NamedTuple):
    """A request that came in."""

    at: datetime
    method: str
    path: str
    status: int | None
    """`None` when no answer was sent."""
    write: bool
    """Whether it was sent to a route that may change something on WhatsApp."""
    call: str
    """The word for what it was about, as in `faults.Call`; empty for an unknown route."""
