"""What WAHA's error answers mean.

WAHA answers HTTP 500 for nearly everything: a rate limit, a missing right, an unknown group, a crash.  WhatsApp's
code is inside the `exception`, where each engine writes it in its own way; what names no code may have been done, so
it is `Unanswered` and only a look can tell.

Source: exchanges recorded from WAHA 2026.4.1 with the group routes of 2026.8, 2026-11-22.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Unanswered, Unsupported
from wagroups.gateways.shared import whatsapp_codes
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.json_fields import Record, record, text
from wagroups.gateways.shared.response import Response, excerpt
from wagroups.gateways.shared.whatsapp_codes import LOGGED_OUT
from wagroups.gateways.waha.engines import Engine

STARTING_PAUSE: Final = timedelta(seconds=10)
"""WAHA waits 10 s itself before it says that a session is not ready (recorded 2026-11-22)."""

STATUS_HINTS: Final = MappingProxyType(
    {
        "STOPPED": "Start the session in WAHA.",
        "SCAN_QR_CODE": "Scan the QR code that WAHA shows with WhatsApp on the phone.",
        "PASSKEY_REQUIRED": "Finish the login with the passkey in WAHA.",
        "PASSKEY_CONFIRMATION_REQUIRED": "Confirm the login on the phone.",
        "FAILED": "Restart the session in WAHA; if it fails again, log in again.",
    }
)


_ASKS_FOR_A_LOGIN: Final = frozenset({"SCAN_QR_CODE", "PASSKEY_REQUIRED", "PASSKEY_CONFIRMATION_REQUIRED"})


def session_state(status: str, where: str) -> GatewayError:
    """The error for a session that is not WORKING."""
    message = f"{where}: the session is {excerpt(status)}"
    if status == "STARTING":
        return NotSent(message, hint="It will become ready by itself.", retry_after=STARTING_PAUSE)
    restriction = LOGGED_OUT if status in _ASKS_FOR_A_LOGIN else None
    hint = STATUS_HINTS.get(status, "Check the session in WAHA.")
    return SessionLost(message, hint=hint, restriction=restriction)


def exception_of(answer: Response) -> Record:
    return record(record(answer.body).get("exception"))


def words_of(answer: Response) -> str:
    """What the answer says in words, as it came."""
    body, exception = record(answer.body), exception_of(answer)
    for source, key in ((exception, "details"), (exception, "message"), (body, "message"), (body, "error")):
        said = source.get(key)
        if isinstance(said, str) and said:
            return said
        if isinstance(said, list) and said:
            return "; ".join(str(part) for part in said)
    return answer.body if isinstance(answer.body, str) else ""


def failure(http: Http, engine: Engine | None, answer: Response, doing: str) -> GatewayError:
    """The error that `answer`, which is no success, stands for.  `engine` is `None` until it is known."""
    common = http.common_failure(answer, doing)
    error = common or _own_failure(http, engine, answer, doing)
    error.may_have_happened |= not _proves_refusal(answer)
    return error


def _proves_refusal(answer: Response) -> bool:
    """Whether WAHA itself wrote this error, and so before anything was carried out.

    Its framework repeats the status in the body, its session check names the session, and what WhatsApp refused is
    in `exception` (recorded 2026-11-22).  Anything else may be a proxy's, whatever its status.
    """
    body = record(answer.body)
    if answer.status >= 500:
        return bool(exception_of(answer)) or (answer.status == 501 and body.get("statusCode") == 501)
    return body.get("statusCode") == answer.status or (answer.status == 422 and "session" in body and "error" in body)


def _own_failure(http: Http, engine: Engine | None, answer: Response, doing: str) -> GatewayError:
    raw = words_of(answer)
    said = http.said(raw)
    about = http.about(doing)
    match answer.status:
        case 404:
            return _not_found(raw, said, about)
        case 422:
            return _unprocessable(record(answer.body), said, about)
        case 501:
            return Unsupported(
                f"{about}: this engine cannot do it ({said})", hint="Another WAHA engine may be able to."
            )
        case status if status >= 500:
            return _engine_failure(engine, answer, said, about)
        case status:
            return Rejected(f"{about}: WAHA answered {status} ({said})")


def _not_found(raw: str, said: str, about: str) -> GatewayError:
    if raw.startswith("Cannot "):
        return Unsupported(f"{about}: this version of WAHA has no such route", hint="Update WAHA.")
    if "session" in raw.lower():
        return SessionLost(
            f"{about}: WAHA has no running session of that name", hint="Check `session:` of the account, or start it."
        )
    return SessionLost(f"{about}: no WAHA server answers at this url ({said or 404})", hint="Check the account's url.")


def _unprocessable(body: Record, said: str, about: str) -> GatewayError:
    """422 is the session's: `{"error", "session", "status", "expected"}`; or a feature that the edition lacks."""
    status = text(body, "status")
    if status is not None:
        return session_state(status, about)
    if "session" in body:
        return SessionLost(f"{about}: WAHA has no session of that name", hint="Check `session:` of the account.")
    if "'default' session" in said:
        return SessionLost(
            f"{about}: this edition of WAHA knows only the session `default`",
            hint="Write `session: default`, or update WAHA to 2026.6.1 or newer.",
        )
    if "only in Plus version" in said:
        return Unsupported(f"{about}: this edition of WAHA cannot do it ({said})", hint="Update WAHA.")
    return Rejected(f"{about}: WAHA answered 422 ({said})")


def _engine_failure(engine: Engine | None, answer: Response, said: str, about: str) -> GatewayError:
    code = engine.code(exception_of(answer)) if engine is not None else None
    if code is None:
        code = whatsapp_codes.code_in_words(said)
    if code is not None:
        return whatsapp_codes.failure(code, said, about)
    # A lost connection, a late answer, or a crash after the request went out: all without a code.
    return Unanswered(
        f"{about}: WAHA answered {answer.status} ({said or 'no reason given'})",
        hint="It is not known whether it took effect; it will be checked by reading again.",
    )


_CREATION_FAILED: Final = "CreateGroupError"
"""whatsapp-web.js src/Client.js, `createGroup`; WEBJS passes it on as a text with status 201 (recorded 2026-11-22)."""


def denial(http: Http, answer: Response, doing: str) -> GatewayError | None:
    """The refusal inside an HTTP success: WEBJS answers `false`, or a sentence that begins with an error's name."""
    about = http.about(doing)
    if answer.body is False:
        return Rejected(
            f"{about}: WhatsApp refused, and WAHA does not say why",
            hint="Is the account an admin of the group, and is the value acceptable?",
        )
    if isinstance(answer.body, str) and answer.body.split(":", 1)[0].endswith("Error"):
        said = http.said(answer.body)
        code = whatsapp_codes.code_in_words(said)
        if code is None and "no admin rights" in said:
            code = 403
        if code is not None:
            return whatsapp_codes.failure(code, said, about)
        # Every failure of a creation is caught and worded alike, also one after WhatsApp had heard of it.
        return Rejected(f"{about}: {said}", may_have_happened=said.startswith(_CREATION_FAILED))
    return None
