"""Invite links: show one, and make one void.

The link is written nowhere, not even into the ledger.  The answer to a reset is hearsay (GOWS answers with the old
link, WAHA 2026.4.1, recorded 2026-11-22): a link is void when another one is read.
"""

from collections.abc import Callable
from typing import NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import GatewayError, NotYet, Refusal
from wagroups.domain.identity import GroupJid, InviteLink
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.operation import ResetInviteLink
from wagroups.domain.plans.outcome import Refused
from wagroups.workflows.operate.manual_call import CallOptions, ManualCall, errand
from wagroups.workflows.reconcile.session import Session


class Rotation(NamedTuple):
    """What became of making a link void."""

    link: InviteLink | None
    """The link that holds now; `None` when it was not read."""
    why_not: str | None = None
    """Why the old link is not known to be void; `None` = it is."""


async def read_link(session: Session, group: DesiredGroup, wishes: CallOptions) -> InviteLink:
    """The group's invite link.  Raises Refusal for a group that is not bound, GatewayError, NotYet."""
    async with errand(session, group, wishes) as going:
        jid = _bound(going)
        return await going.gateway.invite_link(jid)


async def rotate_link(session: Session, group: DesiredGroup, wishes: CallOptions) -> Rotation:
    """Make the invite link void, and read it before and after to know that it is.

    Raises Refusal and Locked before anything was written, GatewayError, NotYet.
    """
    async with errand(session, group, wishes) as going:
        jid = _bound(going)
        claim = going.gateway.capabilities.claim(Aspect.INVITE_LINK_RESET)
        if Access.WRITE not in claim.access:
            return Rotation(None, f"{claim.note}; reset the link on a phone")
        with going.held():
            before = await going.gateway.invite_link(jid)
            going.settle()

            async def reset(intend: Callable[[], None]) -> None:
                await going.gateway.reset_invite_link(jid, before=intend)

            outcome = await going.write(ResetInviteLink(), jid, reset)
            if isinstance(outcome, Refused):
                return Rotation(before, outcome.message)
            rotation = await _until_another(going, jid, before)
            if rotation.link is not None:
                going.settle()
            return rotation


async def _until_another(going: ManualCall, jid: GroupJid, before: InviteLink) -> Rotation:
    """Read the link until it is another one than `before`, or the last look is over."""
    async for _ in going.looks():
        try:
            link = await going.gateway.invite_link(jid)
        except (NotYet, GatewayError) as error:
            return Rotation(None, f"the link could not be read again: {error.message}")
        if link != before:
            return Rotation(link)
    return Rotation(before, "reading the link again shows the old one")


def _bound(going: ManualCall) -> GroupJid:
    if going.bound is None:
        raise Refusal(
            "not-bound",
            f"{going.group.key} is not bound to a group on WhatsApp yet",
            hint="`wagroups apply` creates it; `wagroups join` joins one that exists.",
        )
    return going.bound
