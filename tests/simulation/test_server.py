"""A served fake is a real HTTP server on loopback."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.simulation.asking import KEY, SESSION
from tests.simulation.worlds import CHOIR, club
from wagroups.simulation.gateways.waha import fake
from wagroups.simulation.gateways.waha.dialect import Timeouts
from wagroups.simulation.server.server import serve
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.world import ConnectionState

HEADERS = {"X-Api-Key": KEY}
GROUPS = f"/api/{SESSION}/groups"


def client_of(url: str, seconds: float = 5.0) -> httpx.Client:
    return httpx.Client(base_url=url, headers=HEADERS, timeout=seconds)


def rename(client: httpx.Client, subject: str) -> httpx.Response:
    return client.put(f"{GROUPS}/{CHOIR}/subject", json={"subject": subject})


def test_it_answers_on_loopback_and_stops_with_its_context() -> None:
    app = fake(club(), dialect="noweb", session=SESSION, key=KEY)
    with serve(app) as server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        with client_of(server.url) as client:
            assert len(client.get(GROUPS).json()) == 3
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, timeout=1)


def test_a_lost_answer_is_a_dropped_connection_and_the_next_call_is_answered() -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.SUBJECT))
    with serve(fake(world, dialect="noweb", session=SESSION, key=KEY)) as server, client_of(server.url) as client:
        with pytest.raises(httpx.TransportError) as lost:
            rename(client, "Band")
        assert not isinstance(lost.value, httpx.TimeoutException)
        assert client.get(f"{GROUPS}/{CHOIR}").json()["subject"] == "Band"


def test_a_hanging_call_is_a_timeout_and_was_carried_out() -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.HANG, on=Call.SUBJECT))
    with serve(fake(world, dialect="noweb", session=SESSION, key=KEY)) as server, client_of(server.url, 0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            rename(client, "Band")
        assert world.group("Band").id == CHOIR


def test_a_slow_answer_is_late() -> None:
    world = club()
    world.faults.script(Fault(kind=FaultKind.SLOW, on=Call.SUBJECT, seconds=0.4))
    with serve(fake(world, dialect="noweb", session=SESSION, key=KEY)) as server:
        with client_of(server.url, 0.1) as hasty, pytest.raises(httpx.ReadTimeout):
            rename(hasty, "Band")
        with client_of(server.url) as patient:
            assert rename(patient, "Band").status_code == 200


def test_the_servers_patience_with_a_session_can_be_set() -> None:
    world = club()
    world.connect(world.me, ConnectionState.FAILED)
    app = fake(world, dialect="noweb", session=SESSION, key=KEY, patience=Timeouts(unready=0.4))
    with serve(app) as server:
        with client_of(server.url, 0.1) as hasty, pytest.raises(httpx.ReadTimeout):
            hasty.get(GROUPS)
        with client_of(server.url) as patient:
            assert patient.get(GROUPS).status_code == 422


def test_several_clients_ask_at_once() -> None:
    world = club()
    with serve(fake(world, dialect="noweb", session=SESSION, key=KEY)) as server:
        barrier = threading.Barrier(8)

        def create(number: int) -> int:
            with client_of(server.url) as client:
                barrier.wait()
                return client.post(GROUPS, json={"name": f"G{number}", "participants": []}).status_code

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(create, range(8))) == [201] * 8
    assert len({group.jid for group in world.groups.values()}) == 11


def test_two_servers_share_one_world() -> None:
    world = club()
    first = fake(world, dialect="noweb", session=SESSION, key=KEY)
    second = fake(world, dialect="gows", session=SESSION, key=KEY)
    with serve(first) as noweb, serve(second) as gows, client_of(noweb.url) as client, client_of(gows.url) as other:
        rename(client, "Band")
        assert "Band" in {item["Name"] for item in other.get(GROUPS).json()}


def test_a_taken_port_is_refused() -> None:
    app = fake(club(), dialect="noweb", session=SESSION, key=KEY)
    with serve(app) as server, pytest.raises(OSError), serve(app, port=server.port):
        pass
