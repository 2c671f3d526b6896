"""Invitations: who is waited for, who is written to, whom nobody asks a third time, and when their link is made void.

An addition that WhatsApp refuses for somebody's privacy is an invitation from then on (`domain.live.invitation`).
While it rests the plan is quiet, but for `invite: message`: then each invitation brings one text with the group's
link.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.plans.change import LinkReset, MemberInvitation, MemberRemoval, PersonChange
from wagroups.domain.plans.plan import Notice
from wagroups.planning.situation import Situation


def wait_for(
    person: Person, group: DesiredGroup, invitation: Invitation, capabilities: Capabilities, now: datetime
) -> MemberInvitation | Notice:
    """What is done about somebody who was invited and has not come."""
    who = Identity(alias=person.alias, phone=person.phone)
    if not group.invite_by_message or invitation.texts >= invitation.times:
        return _waiting(who, group, invitation, now)
    for aspect, access in ((Aspect.SEND_TEXT, Access.WRITE), (Aspect.INVITE_LINK, Access.READ)):
        claim = capabilities.claim(aspect)
        if access not in claim.access:
            why = f"this gateway cannot send them a message ({claim.note})"
            return _waiting(who, group, invitation, now, why)
    return MemberInvitation(person=who, reminder=invitation.texts > 0)


def _waiting(who: Identity, group: DesiredGroup, invitation: Invitation, now: datetime, why: str = "") -> Notice:
    since = _ago(now, invitation.last_at)
    link = "they can join by the group's link"
    over = invitation.again_at is None and now >= invitation.expires_at
    if over:
        text = f"{{person}}: invited {invitation.times} times, last {since}, and not invited again; {link}"
    elif now < invitation.expires_at:
        how = " by message" if invitation.texts else ""
        text = f"{{person}}: invited {since}{how}, waiting; {link}"
    else:
        again = f"; invited once more after {invitation.again_at:%Y-%m-%d}" if invitation.again_at else ""
        text = f"{{person}}: invited {since}, waiting{again}; {link}"
    return Notice(
        code="invitation-over" if over else "invited",
        person=who,
        text=f"{text}; {why}" if why else text,
        next=f"wagroups link {group.key}",
        until=None if over else invitation.again_at,
    )


def _ago(now: datetime, at: datetime) -> str:
    days = (now - at).days
    return "today" if days < 1 else "1 day ago" if days == 1 else f"{days} days ago"


def reset_after(
    changes: Collection[PersonChange], group: DesiredGroup, situation: Situation
) -> Iterator[LinkReset | Notice]:
    """Make the link void where somebody on the deny list is removed, or say that it stays.

    Whoever was put out for good knows the link, and can pass it on.
    """
    if not any(isinstance(change, MemberRemoval) and change.evidence == "denied" for change in changes):
        return
    claim = situation.capabilities.claim(Aspect.INVITE_LINK_RESET)
    if Access.WRITE not in claim.access:
        text = f"the invite link stays as it is ({claim.note}): reset it on a phone, because people who leave know it"
        yield Notice(code="link-stays", text=text)
        return
    yield LinkReset()
    holders = sum(key == group.key for key, _ in situation.memory.invitations)
    if holders:
        who = "1 person who was invited has" if holders == 1 else f"{holders} people who were invited have"
        text = f"{who} the link that will be reset; send them the new one: wagroups link {group.key}"
        yield Notice(code="link-changes", text=text)
