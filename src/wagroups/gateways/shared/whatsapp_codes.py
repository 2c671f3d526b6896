"""What WhatsApp's own codes mean for the caller.

Every gateway wraps them differently; once a code is unwrapped, its meaning is the same everywhere.

Sources: rules on refusals and restrictions from whatsmeow (errors.go, types/events), Baileys and wa-js, read 2026-07;
codes recorded from a running WAHA, 2026-11-22.
"""

import re
from typing import Final

from wagroups.domain.errors import GatewayError, Rejected, SessionLost, Throttled, Unanswered

RATE_OVERLIMIT: Final = 429
REACHOUT_TIMELOCK: Final = 463
"""Messages and additions to new people are refused for a while (Baileys issue 2441, WAHA issue 2219)."""

TEMPORARILY_BANNED: Final = 402
"""Among the reasons of a failed connection (whatsmeow, types/events)."""

_UNDECIDED: Final = frozenset({408, 500, 502, 503, 504, 530})
"""WhatsApp's servers failed or were late: nothing says how far they came."""

_MEANINGS: Final = {
    400: "an id or a value is malformed",
    401: "the account lacks the right",
    403: "the account lacks the right",
    404: "this group or person does not exist",
    405: "not allowed, as for the group's owner",
    406: "WhatsApp does not accept the value",
    409: "someone changed it in the meantime",
    410: "it is gone",
    419: "the group is full",
    423: "it is locked",
}

_HINTS: Final = {
    401: "Make the account an admin of the group.",
    403: "Make the account an admin of the group.",
    404: "Read the group again; it may have been left or deleted.",
    406: "Shorten or change the value.",
    409: "Read the group again and see what changed.",
}

LOGGED_OUT: Final = "logged-out"
_TIMELOCK: Final = "reachout-timelock"
_BANNED: Final = "temporary-ban"
_RESTRICTING: Final = {REACHOUT_TIMELOCK: _TIMELOCK, TEMPORARILY_BANNED: _BANNED}
_RESTRICTIONS: Final = (
    (re.compile(r"\b463\b|reach-?out|time-?lock", re.IGNORECASE), _TIMELOCK),
    (re.compile(r"temporar\w+.bann|temporary.ban", re.IGNORECASE), _BANNED),
    (re.compile(r"logged.out", re.IGNORECASE), LOGGED_OUT),
    (re.compile(r"account_?restricted", re.IGNORECASE), "account-restricted"),
)
"""Words with which WhatsApp, through any library, says that the account itself is restricted or gone."""

_RATE_WORDS: Final = re.compile(r"rate-overlimit|too many requests", re.IGNORECASE)

_REST_HINT: Final = "Check the account in WhatsApp on the phone, and wait before anything is changed again."


def code_in_words(said: str) -> int | None:
    """The code that a text names only in words: a rate limit or a restriction of the account."""
    if _RATE_WORDS.search(said):
        return RATE_OVERLIMIT
    return REACHOUT_TIMELOCK if _restriction_in(said) else None


def _restriction_in(said: str) -> str | None:
    return next((word for pattern, word in _RESTRICTIONS if pattern.search(said)), None)


def failure(code: int, said: str, doing: str) -> GatewayError:
    """The error for WhatsApp's `code` while `doing` something; `said` is its text, already an `excerpt`."""
    about = f"{doing}: WhatsApp answered {code}" + (f" ({said})" if said else "")
    if code == RATE_OVERLIMIT:
        return Throttled(about, hint="WhatsApp says “too fast”; these calls are paused for a while.", code=code)
    restriction = _restriction_in(said) or _RESTRICTING.get(code)
    if restriction is not None:
        return SessionLost(about, hint=_REST_HINT, code=code, restriction=restriction)
    if code in _UNDECIDED:
        return Unanswered(
            about, hint="It is not known whether it took effect; it will be checked by reading again.", code=code
        )
    meaning = _MEANINGS.get(code)
    return Rejected(f"{about}: {meaning}" if meaning else about, hint=_HINTS.get(code, ""), code=code)
