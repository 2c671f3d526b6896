"""Webhooks of both gateways: who is believed, and that nothing but a group's id is taken out of what they say."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagroups.domain.errors import SignatureError
from wagroups.domain.identity import GroupJid, Secret
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.events import Delivery, Events, Hint

NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KEY: Final = "a shared secret"
CHESS: Final = "120363000000000001@g.us"
Headers = dict[str, str]


def events_of(gateway: str) -> Events:
    events = KINDS[gateway].events
    assert events is not None
    return events


def waha_headers(body: bytes, key: str = KEY) -> Headers:
    digest = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return {"x-webhook-hmac": digest, "x-webhook-hmac-algorithm": "sha512", "x-webhook-timestamp": "1790000000123"}


def waxum_v1(body: bytes, key: str = KEY) -> Headers:
    return {"x-webhook-signature": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


def waxum_v2(body: bytes, key: str = KEY, at: datetime = NOW) -> Headers:
    time = str(int(at.timestamp()))
    digest = hmac.new(key.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "x-webhook-timestamp": time,
        "x-webhook-signature": f"sha256={digest}",
        "x-webhook-signature-version": "v2",
    }


def delivery(headers: Headers, body: bytes, key: str = KEY, session: str = "club") -> Delivery:
    return Delivery(headers, body, Secret.of(key), session, NOW)


def waha_body(event: str = "group.v2.participants", **changes: Any) -> bytes:
    payload = {"type": "join", "timestamp": 1790000000100, "group": {"id": CHESS}, "participants": [], "_data": {}}
    body = {"id": "evt_01k00000000000000000000000", "event": event, "session": "club", "payload": payload}
    return json.dumps({**body, **changes}).encode()


def waxum_body(event: str = "group_update", **changes: Any) -> bytes:
    data = {"group": CHESS, "update": 'Description { id: "ABCD1234", description: Some("Welcome") }'}
    body = {"session_id": "club", "event": event, "timestamp": 1767143203, "data": data}
    return json.dumps({**body, **changes}).encode()


SIGNERS: Final[dict[str, tuple[str, Callable[..., Headers], Callable[..., bytes]]]] = {
    "waha": ("waha", waha_headers, waha_body),
    "waxum v1": ("waxum", waxum_v1, waxum_body),
    "waxum v2": ("waxum", waxum_v2, waxum_body),
}

every_signature = pytest.mark.parametrize(("gateway", "sign", "made"), SIGNERS.values(), ids=SIGNERS)


def test_the_signature_of_wahas_own_documentation_is_believed() -> None:
    body = b'{"event":"message","session":"default","engine":"WEBJS"}'
    digest = (
        "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
        "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
    )
    headers = {"x-webhook-hmac": digest, "x-webhook-hmac-algorithm": "sha512"}
    receive = events_of("waha").receive
    assert receive(delivery(headers, body, "my-secret-key", "default")) is None
    with pytest.raises(SignatureError):
        receive(delivery(headers, body + b" ", "my-secret-key", "default"))


@every_signature
def test_a_signed_event_names_its_group(gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes]) -> None:
    body = made()
    hint = events_of(gateway).receive(delivery(sign(body), body))
    assert hint is not None
    assert hint.group == GroupJid.of(CHESS)


@every_signature
def test_whoever_lacks_the_secret_is_not_believed(
    gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes]
) -> None:
    body, receive = made(), events_of(gateway).receive
    signed = sign(body)
    for headers, changed in (
        ({}, body),
        (sign(body, "another secret"), body),
        (signed, body.replace(b"0001@", b"0002@")),
        ({name: value.upper() for name, value in signed.items()}, body),
        (dict.fromkeys(signed, ""), body),
        ({name: value + "é" for name, value in signed.items()}, body),
    ):
        with pytest.raises(SignatureError):
            receive(delivery(headers, changed))
    with pytest.raises(SignatureError):
        receive(delivery(sign(body, ""), body, key=""))


def test_waha_must_name_the_algorithm() -> None:
    body = waha_body()
    signature = waha_headers(body)
    for named in ("sha256", ""):
        with pytest.raises(SignatureError):
            events_of("waha").receive(delivery({**signature, "x-webhook-hmac-algorithm": named}, body))


def test_the_second_signature_is_believed_for_five_minutes() -> None:
    body, receive = waxum_body(), events_of("waxum").receive
    for ago in (timedelta(minutes=4), -timedelta(minutes=4)):
        assert receive(delivery(waxum_v2(body, at=NOW - ago), body)) is not None
    for ago in (timedelta(minutes=6), -timedelta(minutes=6)):
        with pytest.raises(SignatureError):
            receive(delivery(waxum_v2(body, at=NOW - ago), body))


def test_the_second_signature_cannot_be_passed_off_as_the_first() -> None:
    body, receive = waxum_body(), events_of("waxum").receive
    headers = waxum_v2(body)
    del headers["x-webhook-signature-version"]
    with pytest.raises(SignatureError):
        receive(delivery(headers, body))
    for version in ("v3", "", "V2"):
        with pytest.raises(SignatureError):
            receive(delivery({**waxum_v2(body), "x-webhook-signature-version": version}, body))
    for time in ("", "-1", "1e9", "²", "9" * 400):
        with pytest.raises(SignatureError):
            receive(delivery({**waxum_v2(body), "x-webhook-timestamp": time}, body))


@every_signature
def test_other_sessions_and_other_events_are_no_hints(
    gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes]
) -> None:
    receive = events_of(gateway).receive
    for body in (made("message"), made(session="choir", session_id="choir"), made(payload={}, data={})):
        assert receive(delivery(sign(body), body)) is None


@pytest.mark.parametrize("event", ["group.v2.join", "group.v2.leave", "group.v2.update"])
def test_every_group_event_of_waha_is_a_hint(event: str) -> None:
    body = waha_body(event)
    hint = events_of("waha").receive(delivery(waha_headers(body), body))
    assert hint == Hint("evt_01k00000000000000000000000", GroupJid.of(CHESS))


def test_a_changed_connection_is_about_the_whole_account() -> None:
    for status, told in (("WORKING", True), ("SCAN_QR_CODE", True), ("STARTING", False)):
        body = waha_body("session.status", payload={"name": "club", "status": status})
        hint = events_of("waha").receive(delivery(waha_headers(body), body))
        assert (hint is not None and hint.group is None) is told
    body = waxum_body("connected", data={})
    hint = events_of("waxum").receive(delivery(waxum_v2(body), body))
    assert hint is not None
    assert hint.group is None


def test_a_new_picture_is_a_hint_when_it_is_a_groups() -> None:
    receive = events_of("waxum").receive
    for jid, told in ((CHESS, True), ("447700900101@s.whatsapp.net", False)):
        body = waxum_body("picture_update", data={"jid": jid, "action": "set"})
        assert (receive(delivery(waxum_v2(body), body)) is not None) is told


def test_a_repeated_delivery_has_the_same_id_and_another_event_another() -> None:
    receive = events_of("waxum").receive
    first, later = waxum_body(), waxum_body(timestamp=1767143204)
    ids = []
    for body in (first, first, later):
        hint = receive(delivery(waxum_v2(body), body))
        assert hint is not None
        ids.append(hint.id)
    assert ids[0] == ids[1] != ids[2]


def test_an_endless_id_is_not_remembered() -> None:
    body = waha_body(id="x" * 10_000)
    hint = events_of("waha").receive(delivery(waha_headers(body), body))
    assert hint is not None
    assert len(hint.id) <= 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
bodies = st.binary(max_size=200) | st.one_of(
    json_values,
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(
                ["group.v2.update", "session.status", "group_update", "connected", "picture_update"]
            )
        },
        optional={
            "session": st.just("club") | json_values,
            "session_id": st.just("club") | json_values,
            "id": json_values,
            "payload": json_values | st.fixed_dictionaries({"group": json_values}),
            "data": json_values | st.fixed_dictionaries({"group": json_values}),
        },
    ),
).map(lambda value: json.dumps(value).encode())


@every_signature
@given(body=bodies)
def test_garbage_that_is_signed_is_no_hint_or_a_whole_one(
    gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes], body: bytes
) -> None:
    hint = events_of(gateway).receive(delivery(sign(body), body))
    assert hint is None or hint.group is None or GroupJid.parse(hint.group.reveal()) == hint.group


@every_signature
@given(body=st.binary(max_size=50), headers=st.dictionaries(st.sampled_from(sorted(waxum_v2(b""))), st.text()))
def test_garbage_that_is_not_signed_is_forged(
    gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes], body: bytes, headers: Headers
) -> None:
    with pytest.raises(SignatureError):
        events_of(gateway).receive(delivery(headers, body))


@every_signature
def test_a_body_nested_without_end_is_no_hint(
    gateway: str, sign: Callable[..., Headers], made: Callable[..., bytes]
) -> None:
    body = b"[" * 200_000
    assert events_of(gateway).receive(delivery(sign(body), body)) is None
