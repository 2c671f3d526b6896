"""Join a declared group by its invite link: how a new account comes to the groups that it is to look after.

A look behind the link comes first, because a link says nothing of where it leads.  The account is in when a read of the
group lists it: some gateways answer with the group's id also where an admin must approve first.
"""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import Refusal, Rejected
from wagroups.domain.identity import AccountKey, GroupJid, InviteLink
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import ObservedGroup, Scope
from wagroups.domain.plans.operation import JoinGroup
from wagroups.domain.plans.outcome import Refused
from wagroups.domain.text import same_text
from wagroups.workflows.operate.manual_call import CallOptions, ManualCall, errand
from wagroups.workflows.reconcile.session import Session

VOID: Final = frozenset({400, 404, 406, 410})
"""Codes by which WhatsApp says that a link leads nowhere or was reset (whatsapp-rust GroupJoinError, read 2026-07)."""

Confirm = Callable[[ObservedGroup], bool]


class Joined(NamedTuple):
    """What became of joining."""

    jid: GroupJid
    how: Literal["joined", "already", "pending", "failed"]
    """`pending`: an admin must approve first."""
    why_not: str | None = None


async def join_group(
    session: Session, group: DesiredGroup, link: InviteLink, confirm: Confirm, wishes: CallOptions
) -> Joined | None:
    """Join by `link`, and bind the group.  `None` when `confirm`, asked with what is behind the link, said no.

    Raises Refusal when the link does not lead to the declared group, Locked, GatewayError, NotYet; nothing was
    joined then.
    """
    async with errand(session, group, wishes) as going:
        claim = going.gateway.capabilities.claim(Aspect.JOIN)
        if Access.WRITE not in claim.access:
            raise Refusal(
                "unsupported",
                f"{group.key}: {claim.note}",
                hint="Then plan again: it names the command that binds the group.",
            )
        with going.held():
            behind = await _look_behind(going, link)
            _check(session, going, behind)
            if await _is_in(going, behind.jid):
                joined = Joined(behind.jid, "already")
            elif not confirm(behind):
                return None
            else:
                joined = await _join(going, behind, link)
            if joined.how in ("joined", "already"):
                _bind(session, going, behind.jid)
            return joined


async def _look_behind(going: ManualCall, link: InviteLink) -> ObservedGroup:
    try:
        return await going.gateway.behind(link)
    except Rejected as error:
        if error.code not in VOID:
            raise
        raise Refusal(
            "void-link", "the link leads to no group, or was reset", hint="Ask an admin for the current link."
        ) from error


def _check(session: Session, going: ManualCall, behind: ObservedGroup) -> None:
    """Raises Refusal unless the link leads to the declared group: by its id, or else by its subject."""
    group = going.group
    owner = _owner(session, group.account, behind.jid)
    if owner not in (None, group.key, *group.previous_keys):
        raise Refusal(
            "other-group",
            f"the link leads to the group of {owner}, and not to {group.key}",
            hint=f"Ask an admin of {group.key} for its link.",
        )
    if going.bound is not None:
        if going.bound != behind.jid:
            raise Refusal(
                "other-group",
                f"the link leads to a different group than {group.key}",
                hint=f"Ask an admin of {group.key} for its link.",
            )
    elif behind.subject is None or group.subject is None or not same_text(behind.subject, group.subject):
        raise Refusal(
            "other-group",
            f"the link leads to a group whose subject is not that of {group.key}",
            hint=f"If it is the right one, write its id under {group.key}: `id: {behind.jid}`.",
        )


def _owner(session: Session, account: AccountKey, jid: GroupJid) -> str | None:
    """The key that the ledger binds a live group to."""
    bindings = session.ledger.recall(account, session.clock.now()).bindings
    return next((key for key, binding in bindings.items() if binding.jid == jid), None)


async def _join(going: ManualCall, behind: ObservedGroup, link: InviteLink) -> Joined:
    answered: list[GroupJid | None] = []

    async def follow(intend: Callable[[], None]) -> None:
        answered.append(await going.gateway.join(link, before=intend))

    going.settle()
    outcome = await going.write(JoinGroup(), behind.jid, follow)
    if isinstance(outcome, Refused):
        return Joined(behind.jid, "failed", outcome.message)
    if answered == [None]:
        return Joined(behind.jid, "pending")
    async for _ in going.looks():
        if await _is_in(going, behind.jid):
            return Joined(behind.jid, "joined")
    if answered:
        return Joined(behind.jid, "pending")
    return Joined(behind.jid, "failed", "no answer came, and reading the group does not show the account in it")


async def _is_in(going: ManualCall, jid: GroupJid) -> bool:
    observed = await going.gateway.observe(Scope((jid,)))
    live = observed.groups.get(jid)
    return live is not None and live.role_of(observed.me) is not None


def _bind(session: Session, going: ManualCall, jid: GroupJid) -> None:
    group = going.group
    if _owner(session, group.account, jid) is None:
        session.ledger.bind(group.account, group.key, jid, session.clock.now(), created=False)
    going.settle()
