"""How Waxum words its failures: three kinds of body, by who refuses.

The server's own refusals are JSON with an object under `error`; the key check's have a text there; and what the web
framework refuses by itself (axum 0.8) is plain text.  Source: waxum src/error.rs, src/middleware/jwt.rs, read 2026-08.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from wagroups.simulation.server.http import Answer, EarlyAnswer, Request, json_answer, text_answer
from wagroups.simulation.world.refusal import WhatsAppError

JSON_TYPE: Final = "application/json"

BODY_LIMIT: Final = 2 * 1024 * 1024
"""Bytes: axum's default."""


def fine(value: object) -> Answer:
    return json_answer(value, content_type=JSON_TYPE)


SUCCESS: Final = fine({"success": True})


def refused(code: int, message: str) -> Answer:
    """The server's own error body."""
    body = {"success": False, "error": {"code": code, "message": message}}
    return json_answer(body, code, JSON_TYPE)


NOT_CONNECTED: Final = refused(503, "Client not connected")


def unauthorized(message: str) -> Answer:
    """The key check's error body."""
    return json_answer({"error": "Unauthorized", "message": message}, 401, JSON_TYPE)


def internal(text: str) -> Answer:
    return refused(500, f"Internal error: {text}")


def server_error(error: WhatsAppError) -> Answer:
    """WhatsApp's refusal, in the words of whatsapp-rust."""
    return internal(f"received a server error response: code={error.code}, text='{error.text}'")


def plain(text: str, status: int) -> Answer:
    return text_answer(text, status)


def body_of(request: Request) -> Mapping[str, object]:
    """The JSON object of a body.  Raises EarlyAnswer as axum's extractor refuses, before any handler runs."""
    if request.headers.get("content-type", "").split(";")[0].strip() != JSON_TYPE:
        raise EarlyAnswer(plain("Expected request with `Content-Type: application/json`", 415))
    if len(request.body) > BODY_LIMIT:
        raise EarlyAnswer(plain("Failed to buffer the request body: length limit exceeded", 413))
    try:
        value = json.loads(request.body)
    except ValueError:
        raise EarlyAnswer(plain("Failed to parse the request body as JSON: EOF while parsing a value", 400)) from None
    if not isinstance(value, dict):
        raise _mistyped("invalid type, expected a struct")
    return value


def text_field(body: Mapping[str, object], name: str) -> str:
    """A text that must be there."""
    if name not in body:
        raise _mistyped(f"missing field `{name}`")
    value = body[name]
    if not isinstance(value, str):
        raise _mistyped(f"{name}: invalid type, expected a string")
    return value


def optional_text(body: Mapping[str, object], name: str) -> str | None:
    """A text that may be null or missing; the two are not told apart."""
    return None if body.get(name) is None else text_field(body, name)


def texts_field(body: Mapping[str, object], name: str) -> list[str]:
    """A list of texts that must be there, and may be empty."""
    if name not in body:
        raise _mistyped(f"missing field `{name}`")
    value = body[name]
    if not isinstance(value, list):
        raise _mistyped(f"{name}: invalid type, expected a sequence")
    texts = [entry for entry in value if isinstance(entry, str)]
    if len(texts) != len(value):
        raise _mistyped(f"{name}: invalid type, expected a string")
    return texts


def word_field(body: Mapping[str, object], name: str, words: Sequence[str]) -> str | None:
    """One of some words, or nothing."""
    value = optional_text(body, name)
    if value is not None and value not in words:
        expected = " or ".join(f"`{word}`" for word in words)
        raise _mistyped(f"{name}: unknown variant `{value}`, expected {expected}")
    return value


def _mistyped(reason: str) -> EarlyAnswer:
    text = f"Failed to deserialize the JSON body into the target type: {reason} at line 1 column 1"
    return EarlyAnswer(plain(text, 422))
