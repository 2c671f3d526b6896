"""A WAHA server that lets one connect, for tests that are about what comes after."""

import json
from collections.abc import Awaitable, Callable

import httpx

from tests.gateways.exchanges import Exchange, Scripted, T, connection, with_gateway
from wagroups.domain.ports import WholeGateway
from wagroups.gateways.waha.connection import connect

JSON = {"Content-Type": "application/json; charset=utf-8"}


def exchange(method: str, target: str, status: int, answer: object, sent: object = None) -> Exchange:
    """An exchange with a JSON answer, or with a bare text or empty one."""
    if answer is None or isinstance(answer, str):
        return Exchange(
            target, method, target, {}, sent, status, {"Content-Type": "text/html"}, (answer or "").encode()
        )
    return Exchange(target, method, target, {}, sent, status, JSON, json.dumps(answer).encode())


def greeting(engine: str, *, session: str = "default", version: str = "2026.9.1", **info: object) -> list[Exchange]:
    """The exchanges of connecting to a working session."""
    said: dict[str, object] = {
        "name": session,
        "status": "WORKING",
        "config": {"noweb": {"store": {"enabled": True}}},
        "me": {"id": "447700900000@c.us", "lid": "900000000000000@lid"},
        "engine": {"engine": engine},
        **info,
    }
    return [
        exchange("GET", "/api/version", 200, {"version": version, "engine": engine, "tier": "CORE"}),
        exchange("GET", f"/api/sessions/{session}", 200, said),
    ]


def on(
    engine: str,
    act: Callable[[WholeGateway], Awaitable[T]],
    *exchanges: Exchange,
    session: str = "default",
    key: str = "key",
    version: str = "2026.9.1",
    transport: httpx.AsyncBaseTransport | None = None,
) -> T:
    """Do `act` on a gateway connected to a server that knows `exchanges`."""
    server = transport or Scripted(*greeting(engine, session=session, version=version), *exchanges)
    return with_gateway(connect, connection(server, session=session, key=key), act)
