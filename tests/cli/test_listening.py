"""The socket of `watch`: whoever sends half a request keeps nobody else from being heard."""

import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wagroups.cli.ui import webhook_server as module
from wagroups.cli.ui.webhook_server import Address, Guests, listening

HALF = b"POST /hooks/office HTTP/1.1\r\nHost: watch\r\n"


async def health(request: Any) -> PlainTextResponse:
    return PlainTextResponse("ok")


@contextlib.contextmanager
def open_door() -> Iterator[Address]:
    with listening(Starlette(routes=[Route("/health", health)]), Address("127.0.0.1", 0)) as address:
        yield address


def asks(address: Address) -> int:
    return httpx.get(f"{address.url}/health", timeout=5, trust_env=False).status_code


def knock(address: Address, said: bytes = HALF) -> socket.socket:
    connection = socket.create_connection((address.host, address.port), timeout=5)
    connection.sendall(said)
    return connection


@pytest.mark.parametrize("said", [b"", HALF], ids=["nothing", "half a request"])
def test_seventy_half_open_connections_keep_nobody_out(said: bytes) -> None:
    with open_door() as address, contextlib.ExitStack() as stack:
        for _ in range(70):
            stack.enter_context(knock(address, said))
        time.sleep(0.2)
        assert [asks(address) for _ in range(3)] == [200, 200, 200]


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_a_head_that_does_not_come_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADER_SECONDS", 0.3)
    with open_door() as address, knock(address) as connection:
        assert is_closed(connection)


def test_a_head_that_drips_ends_the_connection_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADER_SECONDS", 0.3)
    with open_door() as address, knock(address) as connection:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 3:
                connection.sendall(b"X-Slow: 1\r\n")
                time.sleep(0.05)
        assert time.monotonic() - began < 2


def test_a_connection_that_was_kept_is_held_to_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADER_SECONDS", 0.3)
    with open_door() as address, knock(address, b"GET /health HTTP/1.1\r\nHost: watch\r\n\r\n") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(HALF)
        time.sleep(0.1)
        while (said := connection.recv(4096)) not in (b"",):
            assert said == b"ok"


class Knocker:
    def __init__(self, peer: str, *, idle: bool = True) -> None:
        self.peer, self.idle, self.gone = peer, idle, False

    def dismiss(self) -> None:
        self.gone = True


def test_one_peer_takes_at_most_its_share() -> None:
    guests = Guests()
    other = Knocker("198.51.100.2")
    guests.enter(other)
    many = [Knocker("198.51.100.1") for _ in range(100)]
    for guest in many:
        guests.enter(guest)
    assert sum(not guest.gone for guest in many) == module.CONNECTIONS_A_PEER
    assert not other.gone


def test_who_is_being_answered_is_not_sent_away() -> None:
    guests = Guests()
    busy = [Knocker("198.51.100.1", idle=False) for _ in range(module.CONNECTIONS_A_PEER)]
    for guest in busy:
        guests.enter(guest)
    last = Knocker("198.51.100.1")
    guests.enter(last)
    assert last.gone
    assert not any(guest.gone for guest in busy)
