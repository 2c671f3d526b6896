"""How WAHA words its failures: NestJS bodies, and one shape of 500 for whatever an engine throws.

Source: recorded exchanges with WAHA 2026.4.1 and the group routes of 2026.8 (2026-11-22).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from wagroups.simulation.server.http import Answer, Request, json_answer
from wagroups.simulation.world.refusal import WhatsAppError

_REASONS: Final = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Entity", 501: "Not Implemented"}


class JavaScriptError(Exception):
    """Something the server's own code throws, such as a TypeError; becomes a 500."""

    def __init__(self, message: str, *, name: str = "Error", **own: object) -> None:
        super().__init__(message)
        self.exception: dict[str, object] = {**own, "message": message, "name": name, "stack": "Error: …"}


def undefined(reading: str) -> JavaScriptError:
    """What reading a property of nothing throws."""
    return JavaScriptError(f"Cannot read properties of undefined (reading '{reading}')", name="TypeError")


def nest(status: int, message: str | list[str]) -> Answer:
    """A NestJS HttpException."""
    return json_answer({"message": message, "error": _REASONS[status], "statusCode": status}, status)


UNAUTHORIZED: Final = json_answer({"message": "Unauthorized", "statusCode": 401}, 401)


def not_implemented(engine: str) -> Answer:
    text = f"The method is not implemented by '{engine}' engine."
    return nest(501, f"{text} Check the docs and try another engine: https://waha.devlike.pro/")


def internal(
    exception: Mapping[str, object],
    request: Request,
    body: Mapping[str, object],
    version: Mapping[str, object],
    at: datetime,
) -> Answer:
    """The 500 of WAHA's exception filter.  `body` is `{"body": …}`, or empty when the request had none."""
    query = {name: values[0] if len(values) == 1 else list(values) for name, values in request.query.items()}
    query.pop("x-api-key", None)
    return json_answer(
        {
            "statusCode": 500,
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
            "exception": exception,
            "request": {"path": request.target, "method": request.method, **body, "query": query},
            "version": version,
        },
        500,
    )


def boom(error: WhatsAppError) -> JavaScriptError:
    """NOWEB: Baileys' Boom; the code is in `data`."""
    return JavaScriptError(error.text, data=error.code, isBoom=True, isServer=True, output={})


def grpc(details: str, code: int = 2) -> JavaScriptError:
    """GOWS: a gRPC status; WhatsApp's code is only in the text."""
    name = {2: "UNKNOWN", 13: "INTERNAL"}[code]
    return JavaScriptError(f"{code} {name}: {details}", code=code, details=details, metadata={})


def server_status(code: int) -> JavaScriptError:
    """WEBJS: what WhatsApp Web throws in the page."""
    return JavaScriptError(f"ServerStatusCodeError: {code}")
