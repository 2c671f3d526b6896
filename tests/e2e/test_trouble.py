"""What goes wrong outside: gateways that lie, die, answer garbage or say “too fast”, and a second run beside ours."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.e2e.club import NEWS, TRAINERS, Club, wait_for
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.world import ConnectionState


@contextmanager
def answering(status: int, body: bytes, content: str = "application/json") -> Iterator[str]:
    """A server that gives one answer to everything; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_gateway_that_answers_success_and_does_nothing_is_not_believed(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    settled.script(Fault(kind=FaultKind.LIE, on=Call.SUBJECT, times=None))
    end = settled.wagroups("apply", "--yes", "-o", "json")
    assert end.code == 4, end.out
    assert end.document["converged"] is False
    [action] = [action for group in end.document["groups"] for action in group["actions"]]
    assert (action["outcome"], action["error"]["code"]) == ("failed", "not-seen")
    assert [left["kind"] for left in end.document["remaining"]] == ["subject.set"]


def test_a_dead_gateway_loses_nothing(settled: Club) -> None:
    nowhere = {"WAGROUPS_URL": f"http://127.0.0.1:{free_port()}"}
    for verb in (["plan"], ["apply", "--yes"], ["drift"]):
        end = settled.wagroups(*verb, "-o", "json", env=nowhere)
        assert end.code == 7, end.out
        assert end.document["error"]["code"] == "gateway"
        assert end.document["error"]["hint"]
    assert settled.wagroups("plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize(
    ("status", "body", "content"),
    [
        (200, b"<html>Welcome to your router</html>", "text/html"),
        (200, b"", "application/json"),
        (200, b"[]", "application/json"),
        (200, b'{"unexpected": true}', "application/json"),
        (502, b"<html>Bad gateway</html>", "text/html"),
        (404, b'{"message": "Cannot GET"}', "application/json"),
        (302, b"", "text/html"),
    ],
)
def test_a_server_that_is_no_gateway_is_told_from_one(harbour: Club, status: int, body: bytes, content: str) -> None:
    with answering(status, body, content) as url:
        end = harbour.wagroups("plan", "-o", "json", env={"WAGROUPS_URL": url})
    assert end.code == 7, end.out
    assert end.document["error"]["message"]


def test_a_wrong_key_is_named_by_its_variable_and_not_by_its_value(harbour: Club) -> None:
    end = harbour.wagroups("plan", "-o", "json", env={"WAGROUPS_KEY": "wrong-key"})
    assert end.code == 7
    assert "key" in end.document["error"]["message"]
    assert "wrong-key" not in end.out + end.err


@pytest.mark.parametrize("connection", [c for c in ConnectionState if c is not ConnectionState.WORKING])
def test_an_account_that_is_not_connected_stops_everything(settled: Club, connection: ConnectionState) -> None:
    writes = len(settled.writes)
    settled.world.connect(settled.world.me, connection)
    end = settled.wagroups("apply", "--yes", "-o", "json")
    assert end.code == 7, end.out
    assert len(settled.writes) == writes


def test_a_list_that_was_cut_is_reported_and_not_acted_on(settled: Club) -> None:
    settled.replace("teams.yaml", "      - ivo\n", "")
    settled.script(
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.LIST, keep=3, times=None),
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=3, times=None),
    )
    writes = len(settled.writes)
    planned = settled.wagroups("plan", "-o", "json")
    assert planned.code == 7, planned.out
    assert planned.document["live"]["complete"] is False
    applied = settled.wagroups("apply", "--yes", "-o", "json")
    assert applied.code == 7, applied.out
    assert len(settled.writes) == writes
    settled.behave()
    assert settled.wagroups("apply", "--yes").code == 0
    assert "ivo" not in settled.members(NEWS)


def test_an_empty_listing_makes_no_group_anew(settled: Club) -> None:
    settled.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST, times=None))
    writes = len(settled.writes)
    end = settled.wagroups("apply", "--yes", "-o", "json")
    assert end.code in (0, 7), end.out  # what can be read by its id is known all the same
    assert len(settled.writes) == writes


def test_too_fast_pauses_the_run_and_the_next_process_remembers(settled: Club) -> None:
    settled.add_back()
    settled.on_the_phone(do="remove", who="amara", group=TRAINERS, people=["dana"])
    settled.script(Fault(kind=FaultKind.RATE_LIMIT, on=Call.ADD))
    paused = settled.wagroups("apply", "--yes", "-o", "json")
    assert paused.code == 5, paused.out
    assert paused.document["paused_until"] is not None
    writes = len(settled.writes)
    again = settled.wagroups("apply", "--yes", "--until", "5s", "-o", "json")
    assert again.code == 5, again.out
    assert len(settled.writes) == writes
    assert "`add` calls are paused until" in settled.wagroups("plan").out


def test_of_two_runs_at_once_one_is_refused_and_a_dead_one_is_in_nobodys_way(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    settled.script(Fault(kind=FaultKind.HANG, on=Call.SUBJECT))
    first = settled.start("apply", "--yes")
    wait_for(lambda: "subject" in settled.writes, "the first run's write")
    second = settled.wagroups("apply", "--yes", "-o", "json")
    assert second.code == 6, second.out
    assert second.document["error"]["code"] == "locked"
    assert settled.wagroups("plan").code == 0, "reading needs no lease"
    first.kill()
    settled.ended(first)
    third = settled.wagroups("apply", "--yes")
    assert third.code == 0, third.out
    assert settled.group(NEWS).subject == NEWS
    assert settled.writes.count("subject") == 1


def test_a_run_may_wait_for_the_one_before_it(settled: Club) -> None:
    settled.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    slow = Fault(kind=FaultKind.SLOW, on=Call.SUBJECT, seconds=2.0)
    settled.script(slow)
    first = settled.start("apply", "--yes")
    wait_for(lambda: slow.seen > 0, "the first run's write")
    assert settled.wagroups("apply", "--yes", "--lock-timeout", "30s").code == 0
    assert settled.ended(first).code == 0
    assert settled.writes.count("subject") == 1
