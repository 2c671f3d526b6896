"""Invite links, joining and messages, where nothing was recorded: the WPP engine, Waxum, and what else is answered."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from tests.fake_clock import FakeClock
from tests.gateways.exchanges import Scripted, as_called, connection, golden, with_gateway
from tests.gateways.waha_connected import exchange, on
from wagroups.domain.errors import Rejected, Unanswered
from wagroups.domain.identity import GroupJid, InviteLink, Phone
from wagroups.domain.ports import Gateway, WholeGateway
from wagroups.gateways.waxum.connection import connect

Act = Callable[[WholeGateway], Awaitable[Any]]
OPS = GroupJid.of("120363000000000001@g.us")
ANNA = Phone.of("+447700900002")
LINK = InviteLink.of("https://chat.whatsapp.com/OpsInviteCode000000001")
WORDS = "Please use the link"


def read(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.invite_link(OPS)


def reset(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.reset_invite_link(OPS)


def waha(name: str, act: Act) -> Any:
    return on(name.split("/")[0].upper(), act, golden(f"waha/{name}"))


def waxum(name: str, act: Act) -> Any:
    server = Scripted(*(golden(f"waxum/{each}") for each in ("info", "status", "device", name)))
    return with_gateway(connect, connection(server, session="club", url="http://localhost:3451"), act)


WAHA_GOLDENS: dict[str, tuple[Act, object]] = {
    "wpp/invite-code": (read, LINK),
    "wpp/invite-code-revoke": (reset, InviteLink.of("https://chat.whatsapp.com/OpsInviteCode000000002")),
    "wpp/join": (lambda gateway: gateway.join(LINK), OPS),
    "wpp/send-text": (lambda gateway: gateway.send_text(ANNA, WORDS), None),
    "noweb/join-pending": (lambda gateway: gateway.join(LINK), None),
}


@pytest.mark.parametrize("name", WAHA_GOLDENS)
def test_waha_is_asked_and_understood(name: str) -> None:
    act, expected = WAHA_GOLDENS[name]
    assert waha(name, act) == expected


def test_wpp_shows_what_is_behind_a_link() -> None:
    group = waha("wpp/join-info", lambda gateway: gateway.behind(LINK))
    assert (group.jid, group.subject) == (OPS, "Ops")


def test_gows_says_in_words_that_a_link_is_void() -> None:
    with pytest.raises(Rejected) as caught:
        waha("gows/join-revoked", lambda gateway: gateway.join(LINK))
    assert caught.value.code == 410


WAXUM_GOLDENS: dict[str, tuple[Act, object]] = {
    "invite-link": (read, InviteLink.of("https://chat.whatsapp.com/AAAABBBBCCCCDDDDEEEE00")),
    "invite-link-reset": (reset, InviteLink.of("https://chat.whatsapp.com/FFFFBBBBCCCCDDDDEEEE00")),
    "send-text": (lambda gateway: gateway.send_text(ANNA, WORDS), None),
    "send-text-group": (lambda gateway: gateway.send_text(OPS, WORDS), None),
}


@pytest.mark.parametrize("name", WAXUM_GOLDENS)
def test_waxum_is_asked_and_understood(name: str) -> None:
    act, expected = WAXUM_GOLDENS[name]
    assert waxum(name, act) == expected


def test_waxum_shows_no_link_to_those_who_are_no_admins() -> None:
    with pytest.raises(Rejected) as caught:
        waxum("invite-link-not-admin", read)
    assert caught.value.code == 401


@pytest.mark.parametrize("act", [lambda gateway: gateway.join(LINK), lambda gateway: gateway.behind(LINK)])
def test_waxum_is_not_asked_to_join(act: Act) -> None:
    async def called(gateway: Gateway) -> None:
        with as_called(gateway, FakeClock()) as paced:
            await act(cast(WholeGateway, paced))

    with pytest.raises(Rejected, match="phone"):
        waxum("info", called)


@pytest.mark.parametrize("said", ["<html>Welcome</html>", {"success": True}])
def test_what_is_no_link_is_not_taken_for_one(said: object) -> None:
    answer = exchange("GET", "/api/default/groups/120363000000000001@g.us/invite-code", 200, said)
    with pytest.raises(Unanswered):
        on("NOWEB", read, answer)


@pytest.mark.parametrize(
    "written",
    [
        "OpsInviteCode000000001",
        "https://chat.whatsapp.com/OpsInviteCode000000001",
        "http://chat.whatsapp.com/invite/OpsInviteCode000000001/",
        " chat.whatsapp.com/OpsInviteCode000000001?mode=ac_t#top\n",
    ],
)
def test_a_link_is_read_as_people_copy_it(written: str) -> None:
    assert InviteLink.parse(written) == LINK


@pytest.mark.parametrize(
    "written", ["", "nope", "https://example.org/OpsInviteCode000000001", "chat.whatsapp.com/", "two words of text"]
)
def test_what_is_no_link_is_none(written: str) -> None:
    assert InviteLink.parse(written) is None


def test_a_link_is_printed_nowhere() -> None:
    assert "Ops" not in f"{LINK} {LINK!r} {LINK!s}"
