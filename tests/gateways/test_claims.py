"""Claims are promises: each one below full says what is missing, each says how we know, and each can be kept."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.fake_clock import FakeClock
from tests.gateways.exchanges import Exchange, as_called, connection
from tests.gateways.waha_connected import exchange, greeting
from wagroups.domain.declared.settings import SETTINGS, Setting
from wagroups.domain.errors import GatewayError
from wagroups.domain.identity import GroupJid, Identity, InviteLink, Phone
from wagroups.domain.live.capability import PARTS, Access, Aspect, Capabilities
from wagroups.domain.plans.operation import (
    AddMembers,
    CreateGroup,
    Edit,
    LeaveGroup,
    PromoteMembers,
    WriteDescription,
    WritePicture,
    WriteSetting,
    WriteSubject,
)
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.gateways.registry import KINDS
from wagroups.gateways.waha.claims import capabilities

DIALECTS = [(kind.name, dialect) for kind in KINDS.values() for dialect in kind.dialects]
GROUP = GroupJid.of("120363000000000001@g.us")
LINK = InviteLink.of("https://chat.whatsapp.com/AlphaInviteCode0000001")
SOMEONE = (Identity(phone=Phone.of("+447700900002")),)
NOT_YET_CALLED = {Aspect.JOIN_REQUESTS}
"""Claims about actions for which the port has no operation yet."""

EDITS: dict[Aspect, Edit] = {
    Aspect.SUBJECT: WriteSubject(text="Ops"),
    Aspect.DESCRIPTION: WriteDescription(text="Runbook"),
    Aspect.DESCRIPTION_CLEAR: WriteDescription(text=""),
    Aspect.DESCRIPTION_CHANGE: WriteDescription(text="Runbook"),
    Aspect.PICTURE: WritePicture(picture=None),
    Aspect.MEMBERS: AddMembers(people=SOMEONE),
    Aspect.ADMINS: PromoteMembers(people=SOMEONE),
    Aspect.LEAVE: LeaveGroup(),
    **{Aspect.of(each): WriteSetting(setting=each, value=SETTINGS[each].values[0]) for each in Setting},
}


def claims(kind: str, dialect: str) -> Capabilities:
    return KINDS[kind].claims(dialect)


def action(aspect: Aspect) -> Callable[[PacedGateway], Awaitable[object]]:
    match aspect:
        case Aspect.CREATE:
            return lambda gateway: gateway.create(CreateGroup(subject="Ops"))
        case Aspect.REFRESH:
            return lambda gateway: gateway.refresh()
        case Aspect.INVITE_LINK_RESET:
            return lambda gateway: gateway.reset_invite_link(GROUP)
        case Aspect.JOIN:
            return lambda gateway: gateway.join(LINK)
        case Aspect.SEND_TEXT:
            return lambda gateway: gateway.send_text(GROUP, "hello")
        case _:
            return lambda gateway: gateway.perform(EDITS[aspect], GROUP)


ACTIONS = (Aspect.CREATE, Aspect.REFRESH, Aspect.INVITE_LINK_RESET, Aspect.JOIN, Aspect.SEND_TEXT)
"""What is done by a method of its own."""


class Writes(httpx.AsyncBaseTransport):
    """Lets one connect, counts what is written, and answers nothing to it."""

    def __init__(self, *greetings: Exchange) -> None:
        self.greetings = greetings
        self.written: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for known in self.greetings:
            if request.method == "GET" and known.target == request.url.path:
                return known.respond()
        self.written.append(f"{request.method} {request.url.path}")
        return httpx.Response(200)


def writes(kind: str, dialect: str, act: Callable[[PacedGateway], Awaitable[Any]]) -> list[str]:
    """What is written by `act`; nothing when it is not claimed."""
    waxum = [
        exchange("GET", "/api/v1/sessions/default/status", 200, {"status": "logged_in"}),
        exchange("GET", "/api/v1/sessions/default/device", 200, {"phone_number": "447700900000:1@s.whatsapp.net"}),
        exchange("GET", "/api/v1/info", 200, {"version": "0.12.0"}),
    ]
    server = Writes(*(greeting(dialect.upper()) if kind == "waha" else waxum))

    async def run() -> None:
        gateway = await KINDS[kind].connect(connection(server))
        try:
            with as_called(gateway, FakeClock()) as called:
                await act(called)
        except GatewayError:
            pass  # an empty answer to a creation is none
        finally:
            await gateway.close()

    asyncio.run(run())
    return server.written


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
def test_every_aspect_is_claimed_or_denied(kind: str, dialect: str) -> None:
    """A part of what can be done is claimed with the whole, or by itself where it is otherwise."""
    said = set(claims(kind, dialect).claims)
    assert said - set(PARTS) == set(Aspect) - set(PARTS)


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
def test_a_claim_below_full_says_what_is_missing(kind: str, dialect: str) -> None:
    said = claims(kind, dialect).claims
    assert {aspect for aspect, claim in said.items() if claim.access is not Access.FULL and not claim.note} == set()


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
def test_every_claim_has_a_source(kind: str, dialect: str) -> None:
    assert {aspect for aspect, claim in claims(kind, dialect).claims.items() if not claim.source} == set()


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
@pytest.mark.parametrize("aspect", [*EDITS, *ACTIONS])
def test_what_is_claimed_is_sent_and_what_is_not_claimed_is_not(kind: str, dialect: str, aspect: Aspect) -> None:
    claimed = claims(kind, dialect).can(aspect, Access.WRITE)
    asked = writes(kind, dialect, action(aspect))
    # On WPP the route for the history setting exists and answers 501, which newer versions may mend.
    if (dialect, aspect) != ("wpp", Aspect.SHARE_HISTORY):
        assert bool(asked) is claimed


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
def test_every_writable_aspect_is_covered_above(kind: str, dialect: str) -> None:
    writable = {aspect for aspect in set(Aspect) - set(PARTS) if claims(kind, dialect).can(aspect, Access.WRITE)}
    assert writable <= {*EDITS, *ACTIONS} | NOT_YET_CALLED


@pytest.mark.parametrize(
    ("version", "aspect", "access"),
    [
        ("2026.7.1", Aspect.ADD_MEMBERS, Access.READ),
        ("2026.7.2", Aspect.ADD_MEMBERS, Access.FULL),
        ("2026.8.0", Aspect.RESTRICTIONS, Access.NONE),
        ("2026.8.1", Aspect.APPROVE_JOINS, Access.READ),
        ("2026.8.2", Aspect.APPROVE_JOINS, Access.FULL),
        ("2026.8.2", Aspect.SHARE_HISTORY, Access.NONE),
        ("2026.8.1", Aspect.JOIN_REQUESTS, Access.NONE),
        ("2025.5.3", Aspect.LID_LOOKUP, Access.NONE),
        ("2026.10", Aspect.SHARE_HISTORY, Access.FULL),
        ("dev", Aspect.SHARE_HISTORY, Access.FULL),
        (None, Aspect.SHARE_HISTORY, Access.FULL),
    ],
)
def test_a_version_has_what_came_with_it(version: str | None, aspect: Aspect, access: Access) -> None:
    claim = capabilities("NOWEB", version).claim(aspect)
    assert claim.access == access
    assert access is Access.FULL or "update WAHA" in claim.note


@pytest.mark.parametrize(
    ("version", "tier", "access"),
    [
        ("2026.6.0", "CORE", Access.NONE),
        ("2026.6.0", None, Access.NONE),
        ("2026.6.0", "PLUS", Access.FULL),
        ("2026.6.1", "CORE", Access.FULL),
        (None, None, Access.FULL),
    ],
)
def test_pictures_were_a_feature_of_the_paid_edition_once(
    version: str | None, tier: str | None, access: Access
) -> None:
    claim = capabilities("GOWS", version, tier=tier).claim(Aspect.PICTURE)
    assert claim.access == access
    assert access is Access.FULL or "update WAHA" in claim.note


def test_wpp_shows_the_history_setting_and_cannot_set_it() -> None:
    assert capabilities("WPP").claim(Aspect.SHARE_HISTORY).access == Access.READ
    assert capabilities("WPP", "2026.8.2").claim(Aspect.SHARE_HISTORY).access == Access.NONE


@pytest.mark.parametrize(("version", "clears"), [("2026.8.2", False), ("2026.9", True), (None, True)])
def test_gows_takes_a_description_away_from_2026_9_on(version: str | None, clears: bool) -> None:
    assert capabilities("GOWS", version).can(Aspect.DESCRIPTION_CLEAR, Access.WRITE) is clears


@pytest.mark.parametrize(("engine", "tells"), [("NOWEB", True), ("GOWS", True), ("WEBJS", True), ("WPP", False)])
def test_all_engines_but_one_tell_of_restrictions(engine: str, tells: bool) -> None:
    assert capabilities(engine, "2026.8.1").can(Aspect.RESTRICTIONS, Access.READ) is tells


def test_noweb_without_its_store_reads_afresh_and_looks_up_no_lid() -> None:
    without = capabilities("NOWEB", store=False)
    assert not without.cached_reads
    assert without.claim(Aspect.LID_LOOKUP).access == Access.NONE
    assert capabilities("NOWEB").cached_reads
    assert capabilities("GOWS", store=False).cached_reads


@pytest.mark.parametrize(("kind", "dialect"), DIALECTS)
def test_how_a_gateway_creates_is_said(kind: str, dialect: str) -> None:
    said = claims(kind, dialect)
    assert said.creates_with_one is (kind == "waha")
    assert said.two_reads_agree is (kind == "waxum")
    assert said.gateway == kind
    assert said.engine == (dialect.upper() if kind == "waha" else None)
