"""What Waxum can do, and how we know.  Its documentation promises more than its code does; the code is the source."""

import re
from typing import Final

from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim, ReadCost

CODE: Final = "imtaqin/waxum src/handlers and src/models, 0.9.1, read 2026-07; unchanged up to 0.12"
SETTINGS: Final = "imtaqin/waxum src/handlers/groups_management.rs, 0.9.1, read 2026-07"

_FULL: Final = Claim(access=Access.FULL, source=CODE)
_ACTION: Final = Claim(access=Access.WRITE, note="an action, nothing to read", source=CODE)
_LOOK_UP: Final = Claim(access=Access.READ, note="a look-up", source=CODE)
_AT_CREATION: Final = Claim(
    access=Access.CREATE,
    note="set when the group is created; later calls report success but change nothing, and nothing shows it",
    source=SETTINGS,
)
_NO_ROUTE: Final = Claim(access=Access.NONE, note="Waxum neither shows nor sets it; use a phone", source=CODE)

_CLAIMS: Final = {
    Aspect.CREATE: _ACTION,
    Aspect.SUBJECT: _FULL,
    Aspect.DESCRIPTION: Claim(
        access=Access.WRITE,
        note="Waxum's code does not show descriptions, though its documentation says so",
        source=f"{CODE}; its docs/api/groups.md",
    ),
    Aspect.DESCRIPTION_CLEAR: Claim(
        access=Access.WRITE, note="written without being able to read it back", source=SETTINGS
    ),
    Aspect.PICTURE: Claim(access=Access.NONE, note="Waxum has no route to set a group's picture", source=CODE),
    Aspect.MEMBERS: _FULL,
    Aspect.ADMINS: _FULL,
    Aspect.OWNER: Claim(access=Access.NONE, note="the owner is shown as an admin", source=CODE),
    Aspect.LEAVE: _ACTION,
    Aspect.REFRESH: Claim(access=Access.NONE, note="every read is fresh already", source=CODE),
    Aspect.EXISTS_CHECK: _LOOK_UP,
    Aspect.LID_LOOKUP: _LOOK_UP,
    Aspect.INVITE_LINK: Claim(access=Access.READ, note="only for admins of the group", source=CODE),
    Aspect.INVITE_LINK_RESET: Claim(access=Access.WRITE, note="the old link stops working at once", source=CODE),
    Aspect.JOIN: Claim(access=Access.NONE, note="Waxum has no route to join by a link; join on a phone", source=CODE),
    Aspect.SEND_TEXT: _ACTION,
    Aspect.RESTRICTIONS: Claim(
        access=Access.NONE, note="Waxum has no route for WhatsApp's restrictions of the account", source=CODE
    ),
    Aspect.JOIN_REQUESTS: Claim(access=Access.NONE, note="Waxum has no route for requests to join", source=CODE),
    Aspect.COMMUNITY: Claim(
        access=Access.NONE, note="Waxum neither shows nor links communities; look on a phone", source=CODE
    ),
    Aspect.PERSON_RESULTS: Claim(
        access=Access.NONE, note="answers say `None` for success and failure alike; only a read tells", source=SETTINGS
    ),
    Aspect.SEND_MESSAGES: _NO_ROUTE,
    Aspect.EDIT_INFO: _NO_ROUTE,
    Aspect.ADD_MEMBERS: _AT_CREATION,
    Aspect.SHARE_LINK: _AT_CREATION,
    Aspect.APPROVE_JOINS: _AT_CREATION,
    Aspect.SHARE_HISTORY: _NO_ROUTE,
    Aspect.DISAPPEARING: _NO_ROUTE,
}


LAST_WITH_CONFLICT: Final = (0, 9, 1)
"""Its library (whatsapp-rust 0077186) writes a description without reading the id of the one before, which WhatsApp
refuses with 409; pull request 1097 of the library, a day younger, reads it (Waxum's Cargo.toml at v0.9.1)."""

_CHANGE_PROVED: Final = "whatsapp-rust pull request 1097; Waxum's Cargo.toml at v0.9.1"
_VERSION: Final = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


_READ_COST: Final = ReadCost(listing=1, group=1, source=f"{CODE}: a list and a group by its id are asked of WhatsApp")


def capabilities(version: str | None = None) -> Capabilities:
    """The claims of one connection.  The group routes are the same from 0.9.1 to 0.12.

    A version that is not told is taken for an old one: a wrong notice costs less than a write refused each time.
    """
    claims = {**_CLAIMS, Aspect.DESCRIPTION_CHANGE: _description_change(version)}
    return Capabilities(gateway="waxum", version=version, claims=claims, two_reads_agree=True, read_cost=_READ_COST)


def _description_change(version: str | None) -> Claim:
    told = _VERSION.match(version or "")
    if told is not None and tuple(int(part or 0) for part in told.groups()) > LAST_WITH_CONFLICT:
        return Claim(access=Access.WRITE, note="an action; up to 0.9.1 WhatsApp refuses it", source=_CHANGE_PROVED)
    note = "up to 0.9.1 Waxum can write a group's first description only; update Waxum, or change it on a phone"
    return Claim(access=Access.NONE, note=note, source=_CHANGE_PROVED)


NEWEST: Final = "0.12.0"
"""The newest version whose routes were compared (its documentation and its PHP client, 2026-08)."""


def oldest(dialect: str) -> Capabilities:
    """What the oldest version can do whose code was read."""
    del dialect
    return capabilities("0.9.1")


def newest(dialect: str) -> Capabilities:
    """The claims of the newest known version; Waxum has one dialect."""
    del dialect
    return capabilities(NEWEST)
