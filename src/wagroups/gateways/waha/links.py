"""Invite links and messages on WAHA: what is sent, and what the answers mean.

An answer to a link is bare text: the code on NOWEB, WEBJS and WPP, the whole link on GOWS, and nothing at all where
WEBJS may not show it (recorded 2026-11-22).
"""

from typing import Final

from wagroups.domain.errors import Rejected, Unanswered
from wagroups.domain.identity import GroupJid, InviteLink, Phone
from wagroups.domain.live.observed import ObservedGroup
from wagroups.gateways.shared.json_fields import record, text
from wagroups.gateways.shared.people import People
from wagroups.gateways.shared.response import Response
from wagroups.gateways.waha.engines import Engine

NO_RIGHT: Final = 401
"""What every other engine says where WEBJS answers nothing (recorded 2026-11-22)."""


def link_in(answer: Response, about: str) -> InviteLink:
    """The link in the answer to reading or resetting it."""
    if answer.body is None:
        raise Rejected(
            f"{about}: the account is not allowed to see the link",
            hint="Make the account an admin of the group.",
            code=NO_RIGHT,
        )
    # A code of digits alone arrives as a JSON number.
    link = InviteLink.parse(str(answer.body))
    if link is None:
        raise Unanswered(f"{about}: the answer is not a link", hint="Read the link again.")
    return link


def group_behind(answer: Response, engine: Engine, about: str) -> ObservedGroup:
    """The group in the answer to a look behind a link."""
    group = engine.behind(record(answer.body), People(engine.member))
    if group is None:
        raise Unanswered(f"{about}: the answer is not a group")
    return group


def joined(answer: Response) -> GroupJid | None:
    """The group that was joined.

    NOWEB answers `{}` where an admin must approve first (WAHA session.noweb.core.ts, read 2026-07).
    """
    return GroupJid.parse(text(record(answer.body), "id") or "")


def message(session: str, to: Phone | GroupJid, words: str) -> dict[str, object]:
    """The body that sends a text; here the session is a field and not in the path."""
    chat = f"{to.digits()}@c.us" if isinstance(to, Phone) else to.reveal()
    return {"session": session, "chatId": chat, "text": words}
