"""Serve an application to gateways, in a thread of its own, for as long as a context lasts."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

if TYPE_CHECKING:
    from starlette.types import ASGIApp

CONNECTIONS: Final = 64
"""At the same time; more are refused (503).  Chosen: a handful of gateways, each with a few deliveries at once."""

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


@contextmanager
def listening(app: "ASGIApp", at: Address) -> Iterator[Address]:
    """Serve `app`; yields the real address, which matters for port 0.  Raises UsageError when it cannot be had."""
    import uvicorn  # half of the command's start, and needed by this verb alone

    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    try:
        listener = socket.create_server((at.host, at.port), family=family)
    except OSError as error:
        reason = error.strerror or "it cannot be had"
        raise click.UsageError(f"Cannot listen on {at.host}:{at.port}: {reason.lower()}.") from None
    with listener:
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS,
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
    asyncio.run(server.serve(sockets=[listener]))
