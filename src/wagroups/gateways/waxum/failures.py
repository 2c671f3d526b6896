"""What Waxum's error answers mean.

Its own errors are `{"success": false, "error": {"code", "message"}}`; every refusal of WhatsApp and every failure of
the library below is HTTP 500 with a sentence; its framework refuses in plain text.  The sentence tells whether the
request can have been carried out (whatsapp-rust src/request.rs and src/features/groups.rs, commit 0077186, 2026-07-23).
"""

import re
from datetime import timedelta
from typing import Final

from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Unanswered
from wagroups.gateways.shared import whatsapp_codes
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.json_fields import Record, flag, record, text
from wagroups.gateways.shared.response import Response, excerpt

RECONNECT_PAUSE: Final = timedelta(seconds=10)
"""After “Client not connected”.  Chosen: the library connects again within seconds."""

CONNECTING_PAUSE: Final = timedelta(seconds=10)
"""Chosen: a socket that dropped is back within seconds."""

NO_CONNECTION: Final = 503
"""What Waxum answers without a connection to WhatsApp, whatever the reason (its src/error.rs, 0.9.1)."""

_NOT_CONNECTED: Final = "Client not connected"
"""Said before anything is sent.  `client is not connected` behind an internal error is said of a dropped socket too."""

_FRAMEWORK: Final = ("Failed to parse the request body", "Failed to deserialize", "Failed to buffer the request body")
"""How axum 0.8 begins its refusals of a request that no handler has seen."""

READY: Final = "logged_in"

_HINTS: Final = {
    "waiting_for_qr": "Scan the QR code that Waxum shows with WhatsApp on the phone.",
    "waiting_for_pair_code": "Enter the pairing code that Waxum shows in WhatsApp on the phone.",
    "disconnected": "Connect the session in Waxum.",
}
_ASKS_FOR_A_LOGIN: Final = frozenset({"waiting_for_qr", "waiting_for_pair_code"})

_REFUSED: Final = re.compile(r"code=(\d+), text='([^']*)'")

_NOT_SENT: Final = ("failed to encode IQ request", "IQ request ID is already in flight")
"""Local faults, before anything is sent.  Failed sends are not among them: those were only *probably* not done."""

_CONFLICT: Final = "description changed since it was read"
"""How a later library says WhatsApp's 409 (whatsapp-rust pull request 1097)."""

_UNKNOWN_LID: Final = "missing phone number mapping for LID"


def failure(http: Http, answer: Response, doing: str) -> GatewayError:
    """The error that `answer`, which is no success, stands for."""
    common = http.common_failure(answer, doing)
    error = common or _own_failure(http, answer, doing)
    error.may_have_happened |= not _proves_refusal(answer)
    return error


def _proves_refusal(answer: Response) -> bool:
    """Whether Waxum itself wrote this error, and so before anything was carried out.

    Its own errors repeat the status as `error.code` (its src/error.rs, 0.9.1), and the framework below refuses bodies
    and routes in its own words.  Anything else may be a proxy's, whatever its status.
    """
    body = record(answer.body)
    if body.get("success") is False and record(body.get("error")).get("code") == answer.status:
        return answer.status != NO_CONNECTION or words_of(answer) == _NOT_CONNECTED
    return isinstance(answer.body, str) and answer.body.startswith(_FRAMEWORK)


def _own_failure(http: Http, answer: Response, doing: str) -> GatewayError:
    about = http.about(doing)
    raw = words_of(answer)
    said = http.said(raw)
    match answer.status:
        case status if status == NO_CONNECTION:
            return NotSent(
                f"{about}: Waxum has no connection to WhatsApp for this session",
                hint="It usually reconnects by itself; if not, check the session in Waxum.",
                retry_after=answer.retry_after or RECONNECT_PAUSE,
            )
        case 404 if raw.startswith("Session not found"):
            return SessionLost(f"{about}: Waxum has no session of that name", hint="Check `session:` of the account.")
        case 404 if not raw:
            return Rejected(f"{about}: this version of Waxum has no such route", hint="Update Waxum.")
        case status if status >= 500:
            return _internal(raw, said, about)
        case status:
            return Rejected(f"{about}: Waxum answered {status} ({said})")


def session_state(said: Record, where: str) -> GatewayError | None:
    """The error for a session (`GET status`) that is not ready; `None` for one that is.

    Only `logged_in` is ready: a dead socket shows `connecting`, with `is_logged_in` still true.
    """
    status = text(said, "status") or "unknown"
    if flag(said, "paused"):
        return SessionLost(f"{where}: the session is paused", hint="Resume the session in Waxum.")
    if status == READY:
        return None
    message = f"{where}: the session is {excerpt(status)}"
    if status in ("connecting", "connected"):
        return NotSent(message, hint="It will become ready by itself.", retry_after=CONNECTING_PAUSE)
    restriction = whatsapp_codes.LOGGED_OUT if status in _ASKS_FOR_A_LOGIN else None
    return SessionLost(message, hint=_HINTS.get(status, "Check the session in Waxum."), restriction=restriction)


def words_of(answer: Response) -> str:
    """What the answer says in words: from Waxum's error object, or as text."""
    body = record(answer.body)
    error = body.get("error")
    if isinstance(error, str):
        return text(body, "message") or error
    return text(record(error), "message") or (answer.body if isinstance(answer.body, str) else "")


def _internal(raw: str, said: str, about: str) -> GatewayError:
    """HTTP 500: the sentence behind `Internal error: ` decides."""
    refusal = _REFUSED.search(said)
    if refusal is not None:
        # Code 0 is a refusal that the library could not read, so it stays undecided below.
        code = int(refusal[1])
        if code:
            return whatsapp_codes.failure(code, refusal[2], about)
    if _CONFLICT in raw:
        return whatsapp_codes.failure(409, said, about)
    if _UNKNOWN_LID in raw:
        return Rejected(f"{about}: Waxum does not know the number behind a LID", hint="Name the person by number.")
    if any(fault in raw for fault in _NOT_SENT):
        return NotSent(f"{about}: Waxum could not send it ({said})")
    code_in_words = whatsapp_codes.code_in_words(said)
    if code_in_words is not None:
        return whatsapp_codes.failure(code_in_words, said, about)
    # Late answers, lost connections, and answers that could not be read: for a write it may well have worked.
    return Unanswered(
        f"{about}: Waxum answered with an error ({said or 'no reason given'})",
        hint="It is not known whether it took effect; it will be checked by reading again.",
    )
