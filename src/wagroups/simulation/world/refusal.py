"""WhatsApp's refusals: a number and a word, which every gateway disguises in its own way."""

from types import MappingProxyType
from typing import Final

TEXTS: Final = MappingProxyType(
    {
        304: "not-modified",
        400: "bad-request",
        401: "not-authorized",
        402: "temporarily-banned",
        403: "forbidden",
        404: "item-not-found",
        405: "not-allowed",
        406: "not-acceptable",
        408: "request-timeout",
        409: "conflict",
        410: "gone",
        417: "expectation-failed",
        419: "resource-limit",
        421: "pending",
        423: "locked",
        429: "rate-overlimit",
        463: "reachout-timelocked",
        500: "internal-server-error",
        503: "service-unavailable",
        530: "partial-server-error",
    }
)
"""The word beside each number (whatsmeow errors.go, read 2026-07; 304, 402, 408, 417, 421 and 463 are worded here)."""


class WhatsAppError(Exception):
    """WhatsApp refused a whole call.  What became of single people is in the results of the call instead."""

    def __init__(self, code: int, text: str | None = None) -> None:
        self.code = code
        self.text = TEXTS.get(code, "") if text is None else text
        super().__init__(f"{code} {self.text}")


class Outsider(WhatsAppError):
    """The group is there, and the account is not in it."""

    def __init__(self) -> None:
        super().__init__(403)
