"""The fake WAHA answers as a real one did: status, content type, the shape of the body, and every lasting value."""

import asyncio
import json
import re
from dataclasses import replace

import httpx
import pytest

from tests.gateways.fixtures.recorded_waha import KEY, Recording, recorded_world, recordings
from wagroups.simulation.gateways.waha import fake
from wagroups.simulation.server.app import Front
from wagroups.simulation.world.faults import Fault, FaultKind
from wagroups.simulation.world.world import ConnectionState, World

ENGINES = ("noweb", "gows", "webjs")

VERSION = "2026.8.2"
"""The version of the recorded group routes."""

ADDITIONS = ("participants.add", "participants.add.mixed", "participants.add.by-lid")

PRELUDES = {
    "admin.demote": ("admin.promote",),
    "err.body.setting-empty.get-after": ("err.body.setting-empty",),
    "err.body.setting-string.get-after": ("err.body.setting-string",),
    "err.not-member-group.get": ("leave",),
    "group.get.after-leave": ("leave",),
    "group.get.read-after-write-settled": ("subject.put", "description.put", *ADDITIONS, "participants.remove"),
    "invite-code.get-after-revoke": ("invite-code.revoke",),
    "participants.remove": ("participants.add",),
    "participants.v2.after-add": ADDITIONS,
    "picture.get.refresh": ("picture.put",),
    "setting.info-admin-only.get-after": ("setting.info-admin-only.put",),
    "setting.member-add-mode.get-after": ("setting.member-add-mode.put",),
    "setting.membership-approval.get-after": ("setting.membership-approval.put",),
    "setting.messages-admin-only.get-after": ("setting.messages-admin-only.put",),
}
"""What had been done before, by name of the exchange."""

GOWS_PRELUDES = {"lids.count": ("group.create", "participants.add.mixed")}

FAULTS = {
    "err.rate-overlimit.": Fault(kind=FaultKind.RATE_LIMIT),
    "err.connection-dropped.": Fault(kind=FaultKind.CUT_OFF),
    "err.wa-500.": Fault(kind=FaultKind.REFUSE, code=500),
}

SESSIONS = {
    "failed": ConnectionState.FAILED,
    "qr": ConnectionState.UNPAIRED,
    "stopped": ConnectionState.STOPPED,
}


def prepared(recording: Recording) -> tuple[World, Front]:
    """The recorded world and a fake in front of it, with the session that the exchange is about."""
    world = recorded_world()
    session, dialect = recording.engine, recording.engine
    if recording.engine not in ENGINES:
        session, dialect = "noweb", "noweb"
        for name, connection in SESSIONS.items():
            if f"/{name}" in recording.target:
                session = name
                world.connect(world.me, connection)
        if session == "failed":
            dialect = "webjs"
    return world, fake(world, dialect=dialect, session=session, key=KEY, version=VERSION)


def ask(app: Front, recording: Recording) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://waha") as client:
            headers = {"accept": "*/*", **recording.headers}
            request = httpx.Request(
                recording.method, f"http://waha{recording.target}", headers=headers, content=recording.sent
            )
            return await client.send(request)

    return asyncio.run(send())


def answered(response: httpx.Response) -> object:
    """The JSON value, or the text of a body that is none."""
    if response.headers.get("content-type", "").startswith("application/json"):
        return json.loads(response.content)
    return response.text


def lasting(value: object, key: str = "") -> object:
    """A value with everything replaced that another run would make anew: times, tokens, versions, new ids."""
    match value:
        case dict():
            return {name: lasting(entry, name) for name, entry in value.items()}
        case list():
            return [lasting(entry, key) for entry in value]
        case bool() | None:
            return value
        case int() | float():
            return "<time>" if value > 1_790_000_000 else value
        case str() if key in {"AnnounceVersionID", "ParticipantVersionID", "version", "WWebVersion"}:
            return "<version>"
        case str() if key in {"code", "Code", "messageSecret"}:
            return "<token>"
        case str():
            value = re.sub(r"2026-\d\d-\d\dT[\d:.]+Z", "<time>", value)
            value = re.sub(r"\b179\d{7}\d*\b", "<time>", value)
            value = re.sub(r"3EB0(?!ALPHA)[0-9A-F]*[0-9A-Z]+", "<token>", value)
            value = re.sub(r"(_)[0-9A-F]+(\.jpg)", r"\1<token>\2", value.replace("<time>.jpg", "00.jpg"))
            value = re.sub(r"\b1203634000000000\d\d\b", "<new group>", value)
            return "<link code>" if not key and re.fullmatch(r"[0-9A-Z]{10,22}", value) else value
        case _:
            raise AssertionError(f"not JSON: {type(value)}")


DIFFERENT = {
    "noweb-err.query.unknown-param": "the record carries the author of its last update; recorded after other writes",
    "noweb-group.get.read-after-write-settled": "the record carries the author of its last update",
    "webjs-err.query.unknown-param": "recorded after the subject had been set to a number",
    "noweb-me": "newer versions tell of restrictions",
    "noweb-session": "newer versions tell of restrictions",
    "gows-me": "newer versions tell of restrictions",
    "gows-session": "newer versions tell of restrictions",
    "auth-key-in-query": "newer versions tell of restrictions",
    "webjs-me": "newer versions tell the own LID",
    "webjs-session": "newer versions tell the own LID",
    "common-sessions.get.failed": "newer versions tell the own LID",
    "webjs-lids.count": "the stand-in for the browser knew everybody",
    "webjs-lids.list": "the stand-in for the browser knew everybody and ignored the limit",
}
"""Bodies that are not imitated to the letter, and why.  Status and content type are."""

ALL = [recording for engine in ENGINES for recording in recordings(engine).values()]


@pytest.mark.parametrize("recording", ALL, ids=lambda r: f"{r.engine}-{r.name}")
def test_an_engine_answers_as_recorded(recording: Recording) -> None:
    world, app = prepared(recording)
    by_name = recordings(recording.engine)
    engine_preludes = GOWS_PRELUDES if recording.engine == "gows" else {}
    for name in {**PRELUDES, **engine_preludes}.get(recording.name, ()):
        ask(app, by_name[name])
    for beginning, fault in FAULTS.items():
        if recording.name.startswith(beginning):
            world.faults.script(replace(fault))
    response = ask(app, recording)
    assert (response.status_code, response.headers.get("content-type")) == (recording.status, recording.content_type)
    same = lasting(answered(response)) == lasting(recording.body)
    assert same is (f"{recording.engine}-{recording.name}" not in DIFFERENT), (answered(response), recording.body)


NOT_IMITATED = {
    "common-sessions.list-all": "one session a fake",
    "common-sessions.list": "one session a fake",
    "auth-session-key.list": "one key a fake",
    "auth-session-key.own": "one key a fake",
    "auth-read-key.read": "one key a fake",
    "err-auth.read-key.write": "one key a fake",
    "err-auth.session-key.other-session": "one key a fake",
}

SURROUNDINGS = [
    recording
    for file in ("common", "err", "auth")
    for recording in recordings(file).values()
    if f"{file}-{recording.name}" not in NOT_IMITATED
]


CIRCUMSTANCES = {"uptime", "presence", "timestamps", "config"}
"""Fields that tell how long the recorded server had been running and how its sessions were set up."""


def settled(value: object) -> object:
    """A lasting value without the circumstances of the recording."""
    shown = lasting(value)
    return {k: "<any>" if k in CIRCUMSTANCES else v for k, v in shown.items()} if isinstance(shown, dict) else shown


@pytest.mark.parametrize("recording", SURROUNDINGS, ids=lambda r: f"{r.engine}-{r.name}")
def test_keys_sessions_and_stray_routes_answer_as_recorded(recording: Recording) -> None:
    _, app = prepared(recording)
    response = ask(app, recording)
    assert (response.status_code, response.headers.get("content-type")) == (recording.status, recording.content_type)
    same = settled(answered(response)) == settled(recording.body)
    assert same is (f"{recording.engine}-{recording.name}" not in DIFFERENT), (answered(response), recording.body)
