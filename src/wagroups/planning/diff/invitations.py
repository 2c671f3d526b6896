"""Invited people: who is waited for, who is written to, and whom nobody asks a third time.

An addition that WhatsApp refuses for somebody's privacy is an invitation from then on (`domain.live.invitation`).
While it rests the plan is quiet, but for `invite: message`: then each invitation brings one text with the group's
link.
"""

from datetime import datetime

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.plans.change import MemberInvitation
from wagroups.domain.plans.plan import Notice


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
            why = f"they cannot be written to on this gateway ({claim.note})"
            return _waiting(who, group, invitation, now, why)
    return MemberInvitation(person=who, reminder=invitation.texts > 0)


def _waiting(who: Identity, group: DesiredGroup, invitation: Invitation, now: datetime, why: str = "") -> Notice:
    since = _ago(now, invitation.last_at)
    link = "their way in is the group's link"
    over = invitation.again_at is None and now >= invitation.expires_at
    if over:
        text = f"{{person}}: invited {invitation.times} times, last {since}, and not asked again; {link}"
    elif now < invitation.expires_at:
        how = " by message" if invitation.texts else ""
        text = f"{{person}}: invited {since}{how}, waiting; {link}"
    else:
        again = f"; asked once more after {invitation.again_at:%Y-%m-%d}" if invitation.again_at else ""
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
