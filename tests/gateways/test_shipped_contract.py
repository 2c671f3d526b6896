"""The checks that come along for gateways of others: ours pass them, and a gateway that breaks one is told which."""

import asyncio
from dataclasses import replace

import pytest

from tests import builders as b
from tests.execution.test_gateway_offers import Reader, Writer
from tests.fake_clock import FakeClock
from wagroups import contract
from wagroups.contract import Result, of_claims, of_connection, results
from wagroups.domain.errors import SessionLost
from wagroups.domain.identity import Secret
from wagroups.domain.live.capability import Access
from wagroups.domain.live.observed import Observed, Scope
from wagroups.domain.ports import Gateway, Health
from wagroups.gateways.kind import GatewayKind
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.connection import Connection

TO = Connection(b.ACCOUNT, "http://localhost:1", Secret.of("key"), "default", FakeClock())


@pytest.mark.parametrize("name", KINDS)
def test_our_gateways_pass(name: str) -> None:
    said = list(results(KINDS[name], None))
    assert [str(result) for result in said if result.word == "FAIL"] == []
    assert {result.about for result in said} == set(KINDS[name].dialects)
    assert {result.title for result in said if result.word == "ok"} >= {check.title for check in contract.ON_READING}


def offering(gateway: Gateway) -> GatewayKind:
    async def connect(_: Connection) -> Gateway:
        return gateway

    return GatewayKind(name="reader", dialects=("reader",), connect=connect, claims=lambda _: gateway.capabilities)


def failures(gateway: Gateway, *, writing: bool = False) -> dict[str, str]:
    kind = offering(gateway)
    said: list[Result] = [*of_claims(kind), *asyncio.run(of_connection(kind, "reader", TO, writing=writing))]
    return {result.title: result.why for result in said if result.word == "FAIL"}


class Sound(Reader):
    """Reads as it should."""

    async def observe(self, scope: Scope) -> Observed:
        live = b.live()
        jids = [jid for jid in scope.groups or [live.jid] if jid == live.jid]
        found = replace(b.observed(live), listing=scope.everything, listed_at=None)
        shown = {jid: found.groups[jid] for jid in jids}
        return replace(found, groups=shown, failed={j: "not shown" for j in scope.groups or () if j not in shown})


class Forgetful(Sound):
    """Tells an unknown group as nothing, and an empty account as one without groups."""

    async def observe(self, scope: Scope) -> Observed:
        return replace(b.observed(), listing=scope.everything)


class Lost(Sound):
    async def health(self) -> Health:
        raise SessionLost("account office: logged out")


class ClosedOnce(Sound):
    closed = False

    async def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True


class Unheeding(Sound, Writer):
    """Answers that it wrote, and wrote nothing."""


def test_a_sound_reader_passes() -> None:
    assert set(failures(Sound(members=Access.READ))) == {"every claim below full has a note"}


@pytest.mark.parametrize(
    ("gateway", "title", "why"),
    [
        (Sound(subject=Access.FULL), "every claim has its method", "subject is claimed and there is no method perform"),
        (Forgetful(), "all groups are read, with people who have a number or a LID", "an empty answer"),
        (Forgetful(), "a group that is not shown is told as absent", "belongs in `absent` or `failed`"),
        (Lost(), "the connection tells how it is", "logged out"),
        (ClosedOnce(), "closing twice is no error", "RuntimeError: closed already"),
    ],
)
def test_what_is_broken_is_named(gateway: Gateway, title: str, why: str) -> None:
    assert why in failures(gateway)[title]


def test_a_write_that_no_read_shows_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract, "PAUSE_S", 0.0)
    broken = failures(Unheeding(subject=Access.FULL), writing=True)
    assert broken["a new subject is seen"] == "5 reads after it do not show it"
    assert "a new description is seen" not in broken
