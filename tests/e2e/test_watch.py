"""Somebody changes a group on the phone: `drift` sees it when it is run, `watch` within seconds."""

import json
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.e2e.club import JUNIORS, KEY, NEWS, REGATTA, Club, club, wait_for
from wagroups.gateways.registry import KINDS
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.world import ConnectionState

SECRET: Final = "a secret that the club shares with its gateway"
ENVIRON: Final = {"WAGROUPS_WATCH_SECRET": SECRET}
SECONDS: Final = 20.0
"""Within this a change must have been noticed.  Chosen: it takes four, on a machine that is not busy."""


@dataclass
class Watch:
    """A running `wagroups watch -o json`, and the lines it has written."""

    club: Club
    process: "subprocess.Popen[str]"
    documents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rounds(self) -> list[dict[str, Any]]:
        return [document for document in self.documents if "round" in document]

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.documents.append(json.loads(line))

    def wait_for_rounds(self, count: int) -> dict[str, Any]:
        """The round of that number."""
        wait_for(lambda: len(self.rounds) >= count, f"{count} rounds", SECONDS)
        return self.rounds[count - 1]

    def subscribe(self) -> None:
        """Tell the gateway where to send its events, as the first line says."""
        url = self.documents[0]["listening"]["hooks"]["office"]
        kind = KINDS[self.club.gateway]
        assert kind.events is not None
        events = list(kind.events.subscribe)
        headers = {"X-Api-Key": KEY, "Authorization": f"Bearer {KEY}"}
        base = self.club.environ["WAGROUPS_URL"]
        with httpx.Client(base_url=base, headers=headers, trust_env=False, verify=False) as client:
            if self.club.gateway == "waxum":
                body: dict[str, Any] = {"url": url, "events": events, "secret": SECRET}
                answer = client.post("/api/v1/sessions/default/webhooks", json=body)
            else:
                hook = {"url": url, "events": events, "hmac": {"key": SECRET}}
                answer = client.put("/api/sessions/default", json={"config": {"webhooks": [hook]}})
        answer.raise_for_status()

    def phone(self, **action: Any) -> None:
        self.club.on_the_phone(**action)
        self.club.world.tell()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def watching(harbour: Club, *arguments: str) -> Iterator[Watch]:
    """`watch` on any free port, after its first look."""
    process = harbour.start("watch", "--listen", "127.0.0.1:0", "-o", "json", *arguments, env=ENVIRON)
    made = Watch(harbour, process)
    reader = threading.Thread(target=made.read, daemon=True)
    reader.start()
    try:
        assert made.wait_for_rounds(1)["round"]["cause"] == "start"
        yield made
    finally:
        process.kill()
        process.wait(SECONDS)
        reader.join(SECONDS)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


@pytest.mark.parametrize(("gateway", "dialect"), [("waha", "noweb"), ("waxum", "waxum")])
def test_a_change_on_a_phone_is_noticed_within_seconds(tmp_path: Path, gateway: str, dialect: str) -> None:
    with club(tmp_path / "harbour", gateway, dialect) as harbour:
        harbour.wagroups("apply", "--yes")
        writes = len(harbour.writes)
        with watching(harbour) as watch:
            watch.subscribe()
            _knock_without_the_secret(watch)
            watch.phone(do="rename", group=REGATTA, subject="A group that is in no manifest")
            watch.phone(do="rename", group=JUNIORS, subject="Renamed on a phone")
            found = watch.wait_for_rounds(2)
            assert found["round"]["groups"] == ["juniors"]
            assert found["exit"] == {"code": 2, "reason": "changes"}
            assert [(drift["kind"], drift["cause"]) for drift in found["plan"]["drift"]] == [("subject.set", "phone")]
            assert watch.end() == 0
        assert len(harbour.writes) == writes
        ended = harbour.wagroups("drift")
        assert (ended.code, "changed on a phone" in ended.out) == (2, True), "without a watch, drift sees the same"


def _knock_without_the_secret(watch: Watch) -> None:
    """Whoever cannot sign is refused, and nothing is looked at."""
    where = watch.documents[0]["listening"]
    body = {"id": "evt_1", "event": "session.status", "session": "default", "payload": {"status": "WORKING"}}
    with httpx.Client(trust_env=False, verify=False) as client:
        for headers in ({}, {"X-Webhook-Hmac": "0" * 128, "X-Webhook-Hmac-Algorithm": "sha512"}):
            assert client.post(where["hooks"]["office"], json=body, headers=headers).status_code == 401
        assert client.post(where["hooks"]["office"], content=b"\xff" * 1000).status_code == 401
        assert client.get(f"{where['url']}/health").json()["rounds"] == 1


def test_with_apply_what_was_changed_is_put_back_and_the_brakes_hold(settled: Club) -> None:
    with watching(settled, "--apply") as watch:
        watch.subscribe()
        watch.phone(do="rename", group=JUNIORS, subject="Renamed on a phone")
        done = watch.wait_for_rounds(2)
        assert (done["exit"]["reason"], done["report"]["converged"]) == ("ok", True)
        assert done["report"]["outcomes"] == {"done": 1}
        assert settled.group(JUNIORS).subject == JUNIORS
        # More strangers than `max_removals` lets anybody put out at once.
        strangers = [f"+44 7700 9002{number:02}" for number in range(12)]
        watch.phone(do="add", group=NEWS, people=strangers)
        wait_for(lambda: any(r["exit"]["reason"] == "refused" for r in watch.rounds), "a refusal", SECONDS)
        assert len(settled.members(NEWS)) >= len(strangers)
        assert Call.REMOVE not in settled.writes


def test_trouble_is_told_and_does_not_end_it(harbour: Club) -> None:
    with watching(harbour) as watch:
        watch.subscribe()
        harbour.replace("wagroups.yaml", "version: 2", "version: one")
        for state in (ConnectionState.UNPAIRED, ConnectionState.WORKING):
            harbour.world.connect(harbour.world.me, state)
            harbour.world.tell()
        told = watch.wait_for_rounds(2)
        assert (told["plan"], told["exit"]["reason"]) == (None, "invalid")
        assert told["error"]["message"]
        assert watch.process.poll() is None


def test_it_prints_a_line_for_each_look_and_ends_cleanly_when_it_is_told_to(harbour: Club) -> None:
    process = harbour.start("watch", "--listen", "127.0.0.1:0", env=ENVIRON)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT  start     juniors, news, trainers: \d+ differences: ", line)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (0, "")
    assert "/hooks/office" in err
    assert "Traceback" not in err
    assert SECRET not in err
