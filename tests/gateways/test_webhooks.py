"""The door of `watch`: it lets in what is signed, and says nothing else to anybody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.gateways.test_events import CHESS, KEY, NOW, events_of, waha_body, waha_headers, waxum_body, waxum_v2
from wagroups.domain.identity import AccountKey, GroupJid, Secret
from wagroups.gateways.shared import webhooks as module
from wagroups.gateways.shared.events import Hint
from wagroups.gateways.shared.webhooks import MAX_BYTES, Hook, webhooks

Heard = list[tuple[AccountKey, Hint, datetime]]
HOOKS = {
    AccountKey("office"): Hook("club", Secret.of(KEY), events_of("waha")),
    AccountKey("shop"): Hook("club", Secret.of("another secret"), events_of("waxum")),
}


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture
def door(heard: Heard) -> Starlette:
    return webhooks(HOOKS, lambda *hint: heard.append(hint), lambda: NOW, lambda: {"status": "ok", "rounds": 3})


def ask(door: Starlette, method: str, path: str, **request: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=door)
        async with httpx.AsyncClient(transport=transport, base_url="http://watch") as client:
            return await client.request(method, path, **request)

    return asyncio.run(asked())


def test_a_signed_event_is_heard_for_its_account(door: Starlette, heard: Heard) -> None:
    body = waha_body()
    assert ask(door, "POST", "/hooks/office", content=body, headers=waha_headers(body)).status_code == 204
    body = waxum_body()
    signed = waxum_v2(body, "another secret")
    assert ask(door, "POST", "/hooks/shop", content=body, headers=signed).status_code == 204
    assert [(account, hint.group, at) for account, hint, at in heard] == [
        ("office", GroupJid.of(CHESS), NOW),
        ("shop", GroupJid.of(CHESS), NOW),
    ]


def test_whoever_cannot_sign_gets_one_answer_and_nothing_is_done(door: Starlette, heard: Heard) -> None:
    body = waha_body()
    signed = waha_headers(body)
    answers = [
        ask(door, "POST", path, content=content, headers=headers)
        for path, content, headers in (
            ("/hooks/office", body, {}),
            ("/hooks/office", b"", {}),
            ("/hooks/office", body + b"\n", signed),
            ("/hooks/shop", body, signed),
            ("/hooks/nobody", body, signed),
            ("/hooks/" + "x" * 2000, body, signed),
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b"")}
    assert heard == []


def test_an_event_that_is_none_of_ours_is_taken_and_forgotten(door: Starlette, heard: Heard) -> None:
    for body in (waha_body("message"), b"not even JSON"):
        assert ask(door, "POST", "/hooks/office", content=body, headers=waha_headers(body)).status_code == 204
    assert heard == []


def test_a_body_without_end_is_cut_off(door: Starlette, heard: Heard) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 3 * MAX_BYTES:
            sent += 65536
            yield bytes(65536)

    large = bytes(MAX_BYTES + 1)
    assert ask(door, "POST", "/hooks/office", content=large, headers=waha_headers(large)).status_code == 413
    assert heard == []
    scope, answers = {"type": "http", "method": "POST", "path": "/hooks/office", "headers": [], "query_string": b""}, []

    async def unannounced() -> None:
        chunks = endless()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await anext(chunks), "more_body": True}

        async def send(message: Any) -> None:
            answers.append(message)

        await door(scope, receive, send)

    asyncio.run(unannounced())
    assert answers[0]["status"] == 413
    assert sent <= MAX_BYTES + 65536


def test_a_body_that_never_ends_to_arrive_is_given_up(door: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_SECONDS", 0.05)
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/hooks/office", "headers": [], "query_string": b""}
    asyncio.run(door(scope, receive, send))
    assert answers[0]["status"] == 408


def test_there_is_nothing_else(door: Starlette) -> None:
    assert ask(door, "GET", "/hooks/office").status_code == 405
    assert ask(door, "POST", "/health").status_code == 405
    assert ask(door, "GET", "/").status_code == 404


def test_whoever_runs_the_process_can_ask_how_it_is(door: Starlette) -> None:
    answer = ask(door, "GET", "/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "rounds": 3})
