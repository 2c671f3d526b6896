"""A fake on a loopback port, in a thread of its own, for as long as a context lasts.

`with serve(app) as server: httpx.get(server.url)`
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from wagroups.simulation.server.app import DROP

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

HOST: Final = "127.0.0.1"
"""Loopback only: a sandbox with a well-known key must not be reachable from elsewhere."""

STOP_SECONDS: Final = 5
"""How long a stop may take before the thread is left behind: chosen, it takes milliseconds."""


class Served(NamedTuple):
    """A running server."""

    url: str
    """`http://127.0.0.1:port`"""
    port: int


class _Dropping:
    """Gives the app the means to cut a connection: uvicorn itself would answer 500 for an app that says nothing."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app
        self.transports: dict[tuple[str, int], asyncio.Transport] = {}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        def drop() -> None:
            transport = self.transports.get(tuple(scope["client"]))
            if transport is not None:
                transport.abort()

        scope["extensions"] = {**scope.get("extensions", {}), DROP: drop}
        await self.app(scope, receive, send)

    def protocol(self) -> type[H11Protocol]:
        transports = self.transports

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client is not None:
                    transports[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    transports.pop(self.client, None)
                super().connection_lost(exc)

        return Protocol


@contextmanager
def serve(app: "ASGIApp", port: int = 0) -> Iterator[Served]:
    """Serve an app on loopback; port 0 means any free one.  Raises OSError when the port is taken."""
    # asyncio turns Nagle's algorithm off only on sockets that say they are TCP; with it each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
        bound = listener.getsockname()[1]
        dropping = _Dropping(app)
        server = uvicorn.Server(
            uvicorn.Config(
                dropping,
                http=dropping.protocol(),
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=_run, args=(server, listener), name="wagroups-sandbox", daemon=True)
        thread.start()
        try:
            yield Served(f"http://{HOST}:{bound}", bound)
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)
    finally:
        listener.close()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[listener]))
