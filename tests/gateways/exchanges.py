"""Golden exchanges, and a server made of them.

A golden file is one HTTP exchange as it goes over the wire, after comment lines that name its source and date:

    # source: …
    # date: …
    PUT /api/default/groups/1203…@g.us/subject HTTP/1.1
    X-Api-Key: …

    {"subject": "Ops"}

    HTTP/1.1 200 OK
    Content-Type: text/html; charset=utf-8

    true
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

import httpx

from wagroups.domain.identity import AccountKey, Secret
from wagroups.domain.plans.budget import Allowance, CallClass, Pace
from wagroups.domain.ports import Clock, Gateway, WholeGateway
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.rate_limit import Pacer
from wagroups.gateways.shared.connection import Connection
from wagroups.state.volatile import volatile_ledger

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
T = TypeVar("T")


class Exchange(NamedTuple):
    """What is sent and what comes back."""

    name: str
    method: str
    target: str
    headers: dict[str, str]
    sent: object
    status: int
    answer_headers: dict[str, str]
    answer: bytes
    notes: dict[str, str] = {}  # noqa: RUF012 - never changed

    def respond(self) -> httpx.Response:
        return httpx.Response(self.status, headers=self.answer_headers, content=self.answer)


def golden(name: str) -> Exchange:
    """Read `golden/<name>.http`."""
    lines = (GOLDEN / f"{name}.http").read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    rest = [line for line in lines if not line.startswith("#")]
    notes = dict(line[1:].strip().split(": ", 1) for line in comments if ": " in line)
    split = next(number for number, line in enumerate(rest) if line.startswith("HTTP/1.1 "))
    method, target, _ = rest[0].split(" ", 2)
    headers, body = _message(rest[1:split])
    answer_headers, answer = _message(rest[split + 1 :])
    sent = json.loads(body) if body else None
    return Exchange(
        name, method, target, headers, sent, int(rest[split].split(" ")[1]), answer_headers, answer.encode(), notes
    )


def _message(lines: Sequence[str]) -> tuple[dict[str, str], str]:
    blank = list(lines).index("") if "" in lines else len(lines)
    headers = dict(line.split(": ", 1) for line in lines[:blank])
    return headers, "\n".join(lines[blank + 1 :]).strip()


def recorded(engine: str) -> dict[str, Exchange]:
    """Every exchange recorded from a running WAHA with `engine`, by name (see golden/waha-recorded)."""
    path = GOLDEN / "waha-recorded" / f"{engine}.jsonl"
    return {one.name: one for one in map(_recorded, path.read_text(encoding="utf-8").splitlines())}


def _recorded(line: str) -> Exchange:
    said = json.loads(line)
    answer = json.dumps(said["body"]).encode() if "body" in said else said.get("text", "").encode()
    headers = {"Content-Type": said["content_type"]} if said.get("content_type") else {}
    return Exchange(
        said["name"],
        said["method"],
        said["target"],
        said["headers"],
        said.get("sent"),
        said["status"],
        headers,
        answer,
    )


class Scripted(httpx.AsyncBaseTransport):
    """A server that knows these exchanges and nothing else; a request that is none of them fails the test."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.exchanges = list(exchanges)
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        sent = json.loads(request.content) if request.content else None
        for exchange in self.exchanges:
            if _same(exchange, request, sent):
                return exchange.respond()
        raise AssertionError(f"no such exchange: {request.method} {request.url.raw_path.decode()} {sent}")


def _same(exchange: Exchange, request: httpx.Request, sent: object) -> bool:
    asked, known = urlsplit(request.url.raw_path.decode()), urlsplit(exchange.target)
    return (
        exchange.method == request.method
        and asked.path == known.path
        and parse_qsl(asked.query) == parse_qsl(known.query)
        and exchange.sent == sent
        and type(exchange.sent) is type(sent)
        and all(request.headers.get(name) == value for name, value in exchange.headers.items())
    )


class Failing(httpx.AsyncBaseTransport):
    """A network that fails in one way, once the given exchanges are used up."""

    def __init__(self, error: Exception, *exchanges: Exchange) -> None:
        self.error = error
        self.before = Scripted(*exchanges)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self.before.handle_async_request(request)
        except AssertionError:
            raise self.error from None


class FakeClock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.time = NOW
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)
        self.time += duration

    def jitter(self) -> float:
        return 1.0


def connection(
    transport: httpx.AsyncBaseTransport,
    *,
    session: str = "default",
    key: str = "key",
    url: str = "http://localhost:3000",
) -> Connection:
    source = "the variable WAGROUPS_OFFICE_KEY"
    return Connection(AccountKey("office"), url, Secret.of(key), session, FakeClock(), transport, key_from=source)


@contextmanager
def as_called(gateway: Gateway, clock: Clock) -> Iterator[PacedGateway]:
    """`gateway` as everything meets it: what it does not claim is not asked of it.  Its budget is unlimited."""
    ledger = volatile_ledger()
    try:
        pace = Pace(MappingProxyType({calls: Allowance() for calls in CallClass}))
        yield PacedGateway(gateway, Pacer(ledger, gateway.account, pace, clock), clock)
    finally:
        ledger.close()


def with_gateway(
    connect: Callable[[Connection], Awaitable[Gateway]], to: Connection, act: Callable[[WholeGateway], Awaitable[T]]
) -> T:
    """Connect, do one thing that the gateway offers, close."""

    async def run() -> T:
        gateway = await connect(to)
        try:
            return await act(cast(WholeGateway, gateway))
        finally:
            await gateway.close()

    return asyncio.run(run())
