"""Serve an application to gateways, in a thread of its own, for as long as a context lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import click

if TYPE_CHECKING:
    import asyncio
    import socket

    from starlette.types import ASGIApp


CONNECTIONS: Final = 64
"""At the same time.  Chosen: a handful of gateways, each with a few deliveries at once."""

CONNECTIONS_A_PEER: Final = 32
"""At the same time from one address.  Chosen: half of all, so that no single peer keeps the others out."""

HEADER_SECONDS: Final = 5.0
"""How long the head of a request may take to arrive.  Chosen: gateways are near and send it at once."""

STOP_SECONDS: Final = 5.0
"""How long a stop may take before the thread is left behind: chosen, it takes milliseconds."""


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class AddressType(click.ParamType[Address]):
    """`HOST:PORT` on the command line; an IPv6 address stands in brackets."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        if isinstance(value, Address):
            return value
        host, _, port = str(value).rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if not bare or (":" in bare) != host.startswith("[") or not (port.isascii() and port.isdigit()):
            self.fail(f"{value!r} is not an address; write HOST:PORT, such as 127.0.0.1:8765 or [::1]:8765", param, ctx)
        if int(port) > 65535:
            self.fail(f"there is no port {port}", param, ctx)
        return Address(bare, int(port))


class Guest(Protocol):
    """One connection."""

    peer: str

    @property
    def idle(self) -> bool:
        """Whether no request is being answered on it."""
        ...

    def dismiss(self) -> None:
        """Close it at once."""
        ...


class Guests:
    """Who is connected.  Whoever comes last is let in: the oldest idle connection makes room, and none is kept waiting.

    Half a request, sent by somebody who never sends the rest, must not keep a gateway from being heard.
    """

    def __init__(self) -> None:
        self._inside: dict[Guest, None] = {}

    def enter(self, guest: Guest) -> None:
        same = [other for other in self._inside if other.peer == guest.peer]
        if len(same) >= CONNECTIONS_A_PEER:
            self._make_room(guest, same)
        elif len(self._inside) >= CONNECTIONS:
            self._make_room(guest, self._inside)
        self._inside[guest] = None

    def leave(self, guest: Guest) -> None:
        self._inside.pop(guest, None)

    def _make_room(self, guest: Guest, among: Iterable[Guest]) -> None:
        going = next((other for other in among if other.idle), guest)
        self.leave(going)
        going.dismiss()


def _protocol(guests: Guests) -> type[Any]:
    """uvicorn's protocol with a limit of connections, and of the time that the head of a request may take."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Guarded(H11Protocol):
        peer = ""
        _timer: asyncio.TimerHandle | None = None

        @property
        def idle(self) -> bool:
            cycle: Any = self.cycle  # None before the first request, whatever uvicorn's annotation says
            return cycle is None or bool(cycle.response_complete)

        def dismiss(self) -> None:
            self.transport.abort()

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.peer = self.client[0] if self.client else ""
            guests.enter(self)
            self._expect_head()

        def data_received(self, data: bytes) -> None:
            if self.idle and self._timer is None:
                self._expect_head()
            super().data_received(data)
            if not self.idle:
                self._forget_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget_head()
            guests.leave(self)
            super().connection_lost(exc)

        def _expect_head(self) -> None:
            self._timer = self.loop.call_later(HEADER_SECONDS, self.dismiss)

        def _forget_head(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    return Guarded


@contextmanager
def listening(app: ASGIApp, at: Address) -> Iterator[Address]:
    """Serve `app`; yields the real address, which matters for port 0.  Raises UsageError when it is not available."""
    import socket
    import threading

    import uvicorn  # half of the command's start, and needed by this verb alone

    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    try:
        listener = socket.create_server((at.host, at.port), family=family)
    except OSError as error:
        reason = error.strerror or "it is not available"
        raise click.UsageError(f"Cannot listen on {at.host}:{at.port}: {reason.lower()}.") from None
    with listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=_protocol(Guests()),
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        thread = threading.Thread(target=_serve, args=(server, listener), name="wagroups-listening", daemon=True)
        thread.start()
        try:
            yield at._replace(port=listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(STOP_SECONDS)


def _serve(server: Any, listener: socket.socket) -> None:
    import asyncio

    asyncio.run(server.serve(sockets=[listener]))
