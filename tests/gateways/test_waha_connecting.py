"""Connecting to WAHA: each thing that can be wrong has its own remedy."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.gateways.exchanges import Exchange, Failing, FakeClock, Scripted, connection, recorded, with_gateway
from tests.gateways.waha_connected import exchange, greeting
from wagroups.domain.errors import GatewayError, NotSent, SessionLost, Unanswered
from wagroups.domain.identity import Lid, Me, Phone
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.budget import Restriction
from wagroups.domain.ports import WholeGateway
from wagroups.gateways.waha.connection import connect

COMMON = recorded("common")
MISSING = {"message": "Cannot GET /api/version", "error": "Not Found", "statusCode": 404}
ME = Me(Phone.of("+447700900000"), Lid.of("900000000000000@lid"))


async def itself(gateway: WholeGateway) -> WholeGateway:
    return gateway


def meet(
    *exchanges: Exchange,
    session: str = "default",
    act: Callable[[WholeGateway], Awaitable[Any]] = itself,
    key: str = "key",
) -> Any:
    return with_gateway(connect, connection(Scripted(*exchanges), session=session, key=key), act)


@pytest.mark.parametrize("engine", ["noweb", "gows", "webjs"])
def test_a_recorded_server_is_understood(engine: str) -> None:
    known = recorded(engine)
    # Recorded of somebody else, and written anew to be of the account.
    recorded_pair = known["lids.by-pn"]
    own_lid = recorded_pair._replace(
        target="/api/webjs/lids/pn/15550000001@c.us", answer=recorded_pair.answer.replace(b"0010@", b"0001@")
    )
    gateway = meet(COMMON["version"], known["session"], own_lid, session=engine, key="admin-key")
    # The server as a whole calls itself NOWEB; the session knows better.
    assert gateway.capabilities.engine == engine.upper()
    assert gateway.capabilities.version == "2026.4.1"
    assert not gateway.capabilities.can(Aspect.APPROVE_JOINS, Access.WRITE)
    assert gateway.me.phone == Phone.of("+15550000001")
    assert gateway.me.lid is not None


def test_an_older_server_tells_its_version_elsewhere() -> None:
    version, session = greeting("NOWEB")
    older = version._replace(target="/api/server/version")
    assert meet(exchange("GET", "/api/version", 404, MISSING), older, session).capabilities.version == "2026.9.1"


def test_a_key_of_one_session_is_enough() -> None:
    forbidden = exchange("GET", "/api/version", 403, {"message": "Forbidden", "statusCode": 403})
    gateway = meet(forbidden, greeting("GOWS")[1])
    assert gateway.capabilities.engine == "GOWS"
    assert gateway.capabilities.version is None


@pytest.mark.parametrize(
    "answer",
    [
        exchange("GET", "/api/version", 200, "<html>Welcome to nginx</html>"),
        exchange("GET", "/api/version", 404, "<html>Not Found</html>"),
        exchange("GET", "/api/version", 404, MISSING),
        exchange("GET", "/api/version", 200, {"status": "ok"}),
        exchange("GET", "/api/version", 200, None),
    ],
)
def test_another_server_is_not_taken_for_waha(answer: Exchange) -> None:
    with pytest.raises(SessionLost, match="not WAHA") as caught:
        meet(answer, answer._replace(target="/api/server/version"))
    assert "url" in caught.value.hint


@pytest.mark.parametrize("name", ["auth.wrong-key", "auth.no-key", "auth.empty-key", "auth.inactive-key"])
def test_a_wrong_key_names_the_variable_to_check(name: str) -> None:
    refused = recorded("err")[name]
    with pytest.raises(SessionLost, match="rejected the API key") as caught:
        meet(refused._replace(target="/api/version", headers={}))
    assert "Check the variable WAGROUPS_OFFICE_KEY" in caught.value.hint
    assert "`gateway`" in caught.value.hint


def test_a_key_without_rights_on_the_session_says_so() -> None:
    forbidden = exchange("GET", "/api/sessions/default", 403, {"message": "Forbidden", "statusCode": 403})
    with pytest.raises(SessionLost, match="is not allowed to do this"):
        meet(greeting("NOWEB")[0], forbidden)


@pytest.mark.parametrize(
    ("status", "kind", "hint"),
    [
        ("STOPPED", SessionLost, "Start the session"),
        ("STARTING", NotSent, "by itself"),
        ("SCAN_QR_CODE", SessionLost, "Scan the QR code"),
        ("PASSKEY_REQUIRED", SessionLost, "passkey"),
        ("PASSKEY_CONFIRMATION_REQUIRED", SessionLost, "Confirm"),
        ("FAILED", SessionLost, "Restart"),
        ("DREAMING", SessionLost, "Check the session"),
    ],
)
def test_a_session_that_does_not_work_says_what_to_do(status: str, kind: type[GatewayError], hint: str) -> None:
    with pytest.raises(kind, match=status) as caught:
        meet(*greeting("NOWEB", status=status))
    assert type(caught.value) is kind
    assert hint in caught.value.hint


def test_an_engine_nobody_knows_is_named() -> None:
    with pytest.raises(SessionLost, match="VENOM") as caught:
        meet(*greeting("VENOM"))
    assert "GOWS" in caught.value.hint


def test_a_session_name_cannot_leave_its_path() -> None:
    server = Scripted()
    with pytest.raises(AssertionError):
        with_gateway(connect, connection(Scripted(greeting("NOWEB")[0]), session="../keys?x=1"), itself)
    version, session = greeting("NOWEB")
    server = Scripted(version, session._replace(target="/api/sessions/..%2Fkeys%3Fx%3D1"))
    with_gateway(connect, connection(server, session="../keys?x=1"), itself)
    assert server.requests[1].url.raw_path == b"/api/sessions/..%2Fkeys%3Fx%3D1"


class Thoughtful(httpx.AsyncBaseTransport):
    """Says who it is only when asked for the third time."""

    def __init__(self, *before: Exchange) -> None:
        self.before = Scripted(*before)
        self.asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/api/sessions/default/me":
            return await self.before.handle_async_request(request)
        self.asked += 1
        said = {"id": "447700900000@c.us", "lid": "900000000000000@lid"}
        return httpx.Response(200, json=said) if self.asked == 3 else httpx.Response(200)


def test_an_account_that_does_not_know_itself_yet_is_asked_again() -> None:
    to = connection(Thoughtful(*greeting("GOWS", me=None)))
    gateway = with_gateway(connect, to, itself)
    assert gateway.me == ME
    assert isinstance(to.clock, FakeClock)
    assert to.clock.slept == [timedelta(seconds=seconds) for seconds in (1, 2, 4)]


def test_an_account_that_never_says_who_it_is_is_not_connected() -> None:
    silent = exchange("GET", "/api/sessions/default/me", 200, None)
    with pytest.raises(NotSent, match="which number"):
        meet(*greeting("GOWS", me=None), silent)


def test_an_account_learns_its_own_lid_where_the_session_does_not_say_it() -> None:
    lookup = exchange(
        "GET", "/api/default/lids/pn/447700900000@c.us", 200, {"lid": ME.lid.reveal() if ME.lid else "", "pn": None}
    )
    assert meet(*greeting("WEBJS", me={"id": "447700900000@c.us"}), lookup).me == ME


def test_an_account_without_a_known_lid_is_still_connected() -> None:
    unknown = exchange("GET", "/api/default/lids/pn/447700900000@c.us", 400, {"message": "Enable NOWEB store"})
    assert meet(*greeting("WEBJS", me={"id": "447700900000:7@c.us"}), unknown).me == ME._replace(lid=None)


@pytest.mark.parametrize(
    ("error", "kind"), [(httpx.ConnectError("refused"), NotSent), (httpx.ReadTimeout("slow"), Unanswered)]
)
def test_a_server_that_cannot_be_reached_is_told_from_one_that_is_silent(
    error: Exception, kind: type[GatewayError]
) -> None:
    with pytest.raises(kind):
        with_gateway(connect, connection(Failing(error)), itself)


def test_a_failed_connection_is_closed() -> None:
    class Counted(Scripted):
        closed = 0

        async def aclose(self) -> None:
            Counted.closed += 1

    with pytest.raises(SessionLost):
        asyncio.run(_connected(Counted(*greeting("NOWEB", status="STOPPED"))))
    assert Counted.closed == 1


async def _connected(server: httpx.AsyncBaseTransport) -> WholeGateway:
    return await connect(connection(server))


def remarks(engine: str, **info: Any) -> tuple[str, ...]:
    told: tuple[str, ...] = meet(*greeting(engine, **info), act=lambda gateway: gateway.health()).remarks
    return told


def test_health_warns_of_a_configuration_that_makes_reads_lie() -> None:
    assert remarks("NOWEB") == ()
    assert "store is off" in remarks("NOWEB", config={})[0]
    assert "does not store groups" in remarks("GOWS", config={"gows": {"storage": {"groups": False}}})[0]
    assert "ignores groups" in remarks("WEBJS", config={"ignore": {"groups": True}})[0]


def test_health_tells_of_restrictions() -> None:
    me = {"id": "447700900000@c.us", "lid": "900000000000000@lid"}
    locked = {**me, "reachoutTimelock": {"isActive": True, "enforcementType": "RESTRICT_ALL_COMPANIONS"}}
    assert "contact new people" in remarks("GOWS", me=locked)[0]
    assert "used up" in remarks("GOWS", me={**me, "messageCapping": {"cappingStatus": "CAPPED"}})[0]
    assert remarks("GOWS", me={**me, "messageCapping": {"cappingStatus": "NONE"}, "reachoutTimelock": None}) == ()


LOCKED = {"isActive": True, "enforcementType": "RESTRICT_ALL_COMPANIONS"}
TEN = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "restrictions"),
    [
        ({"reachoutTimelock": None, "messageCapping": None}, ()),
        ({"reachoutTimelock": {**LOCKED, "timeEnforcementEnds": None}}, (Restriction("reachout-timelock", None),)),
        (
            {"reachoutTimelock": {**LOCKED, "timeEnforcementEnds": int(TEN.timestamp())}},
            (Restriction("reachout-timelock", TEN),),
        ),
        ({"reachoutTimelock": {**LOCKED, "isActive": False}}, ()),
        ({"reachoutTimelock": {**LOCKED, "enforcementType": "DEFAULT"}}, ()),
        ({"reachoutTimelock": {**LOCKED, "timeEnforcementEnds": 1_700_000_000}}, ()),
        ({"messageCapping": {"cappingStatus": "SECOND_WARNING", "totalQuota": 1000, "usedQuota": 900}}, ()),
        (
            {"messageCapping": {"cappingStatus": "CAPPED", "cycleEnd": int(TEN.timestamp())}},
            (Restriction("message-capping", TEN),),
        ),
    ],
)
def test_a_restriction_is_known_from_the_moment_of_connecting_and_asked_for_anew(
    told: dict[str, Any], restrictions: tuple[Restriction, ...]
) -> None:
    me = {"id": "447700900000@c.us", "lid": "900000000000000@lid"}
    assert meet(*greeting("NOWEB", me={**me, **told})).restrictions == restrictions
    routes = [
        exchange("GET", f"/api/sessions/default/{route}", 200, told.get(key))
        for route, key in (("timelock", "reachoutTimelock"), ("capping", "messageCapping"))
    ]
    assert meet(*greeting("NOWEB"), *routes, act=lambda gateway: gateway.restricted()) == restrictions


def test_health_shows_a_session_that_stopped_working_meanwhile() -> None:
    class Stopping(Scripted):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            if len(self.requests) < 3:
                return response
            return httpx.Response(200, json={"status": "FAILED"}, headers={"Date": "Sun, 22 Nov 2026 12:00:05 GMT"})

    to = connection(Stopping(*greeting("NOWEB")))
    health = with_gateway(connect, to, lambda gateway: gateway.health())
    assert (health.working, health.status) == (False, "FAILED")
    assert health.server_time is not None
    assert health.server_time - to.clock.now() == timedelta(seconds=5)
