"""The invite link after an offboarding: whoever was put out for good knows it, and can pass it on."""

from collections.abc import Collection, Iterator

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.change import LinkReset, MemberRemoval, PersonChange
from wagroups.domain.plans.plan import Notice
from wagroups.planning.situation import Situation


def reset_after(
    changes: Collection[PersonChange], group: DesiredGroup, situation: Situation
) -> Iterator[LinkReset | Notice]:
    """Make the link void where somebody on the deny list is removed, or say that it stays."""
    if not any(isinstance(change, MemberRemoval) and change.evidence == "denied" for change in changes):
        return
    claim = situation.capabilities.claim(Aspect.INVITE_LINK_RESET)
    if Access.WRITE not in claim.access:
        text = f"the invite link stays as it is ({claim.note}): reset it on a phone, because whoever leaves knows it"
        yield Notice(code="link-stays", text=text)
        return
    yield LinkReset()
    holders = sum(key == group.key for key, _ in situation.memory.invitations)
    if holders:
        who = "1 person who was invited has" if holders == 1 else f"{holders} people who were invited have"
        text = f"{who} the link that is made void; hand them the new one: wagroups link {group.key}"
        yield Notice(code="link-changes", text=text)
