"""The door at which gateways knock: `POST /hooks/<account>`, and `GET /health` for whoever runs the process.

It answers at once and does nothing else: a gateway that waits counts us as failing, and after enough of that stops
telling (Waxum after 25 failures, documentation of 2026).  Whoever cannot sign gets one answer, whatever is wrong, and
nothing of what they sent is read.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wagroups.domain.errors import SignatureError
from wagroups.domain.identity import AccountKey, Secret
from wagroups.gateways.shared.events import Delivery, Events, Hint

PREFIX: Final = "/hooks/"

MAX_BYTES: Final = 4 * 1024 * 1024
"""Largest body that is read.  Chosen: WAHA's wordiest event holds a group of 1,024 people twice, about 1 MB."""

READ_SECONDS: Final = 10.0
"""How long a body may take to arrive.  Chosen: gateways are near, and give up after 10 s themselves (Waxum)."""

NO_CONTENT: Final = 204


class Hook(NamedTuple):
    """What is needed to believe one account's gateway."""

    session: str
    secret: Secret
    events: Events


class _TooLarge(Exception):
    """The body is larger than MAX_BYTES."""


def webhooks(
    hooks: Mapping[AccountKey, Hook],
    heard: Callable[[AccountKey, Hint, datetime], None],
    now: Callable[[], datetime],
    health: Callable[[], Mapping[str, object]],
) -> Starlette:
    """The application.  `heard` is told of every hint that is signed, in the thread that serves."""

    async def receive(request: Request) -> Response:
        try:
            body = await asyncio.wait_for(_body(request), READ_SECONDS)
        except _TooLarge:
            return Response(status_code=413)
        except TimeoutError:
            return Response(status_code=408)
        except ClientDisconnect:
            return Response(status_code=400)
        account = AccountKey(request.path_params["account"])
        hook, moment = hooks.get(account), now()
        if hook is None:
            return Response(status_code=401)
        try:
            hint = hook.events.receive(Delivery(request.headers, body, hook.secret, hook.session, moment))
        except SignatureError:
            return Response(status_code=401)
        if hint is not None:
            heard(account, hint, moment)
        return Response(status_code=NO_CONTENT)

    async def tell(request: Request) -> Response:
        return JSONResponse(dict(health()))

    return Starlette(
        routes=[
            Route(PREFIX + "{account}", receive, methods=["POST"]),
            Route("/health", tell, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes:
    """The whole body.  Raises _TooLarge as soon as that is known."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > MAX_BYTES:
        raise _TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _TooLarge
    return bytes(body)
