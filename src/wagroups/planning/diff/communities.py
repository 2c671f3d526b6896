"""Communities: which groups are not in the one that they are declared for, and what has to be done on a phone.

WhatsApp derives who is in a community and in its announcement group from the other groups, so neither is ever managed
as a list.  No gateway that we know can make a community or link a group (their claims say so), which is why this is
notices alone.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wagroups.domain.declared.desired import Desired, DesiredCommunity, DesiredGroup
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.live.observed import Community, ObservedGroup
from wagroups.domain.plans.plan import GroupPlan, Notice

COMMUNITY: Final = "community"

_NAMED: Final = 5
"""Admins whom a notice names.  Chosen: it stays one sentence."""


def community_notices(group: DesiredGroup, live: ObservedGroup | None, said: Capabilities) -> Iterator[Notice]:
    """Whether the group is known to be outside of the community that it is declared for."""
    if group.community is None or (live is not None and live.community is Community.LINKED):
        return
    claim = said.claim(Aspect.COMMUNITY)
    if live is None or (Access.READ in claim.access and live.community is not None):
        text = f"not linked to the community “{group.community}”: {claim.note}"
        yield Notice(code="not-linked", setting=COMMUNITY, text=text, next=f"wagroups plan --target {group.key}")
    else:
        text = f"whether it is linked to the community “{group.community}” cannot be seen: {claim.note}"
        yield Notice(code="community-unseen", setting=COMMUNITY, text=text)


def unlinked_communities(desired: Desired, plans: Iterable[GroupPlan]) -> Iterator[Notice]:
    """How each community has to be, for whoever makes it by hand; none whose groups are all in it."""
    keys = {
        desired.groups[plan.key].community
        for plan in plans
        if any(notice.setting == COMMUNITY for notice in plan.notices)
    }
    for key, community in desired.communities.items():
        if key in keys:
            yield Notice(code=COMMUNITY, text=f"community {key}: {_by_hand(community)}")


def _by_hand(community: DesiredCommunity) -> str:
    admins = [person.alias or "a number" for person in community.admins.people]
    named = ", ".join(admins[:_NAMED]) + (f" and {len(admins) - _NAMED} more" if len(admins) > _NAMED else "")
    return (
        f"make it on a phone as “{community.subject}”"
        + (f" with the admins {named}" if admins else "")
        + "; who is in it follows from its groups and is never a list"
    )
