"""Who created a group, where the gateway does not say: WhatsApp lets nobody demote or remove that person."""

from collections.abc import Iterable, Iterator

from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import AdminDemotion, Change, MemberRemoval
from wagroups.domain.plans.plan import Notice
from wagroups.planning.situation import Situation


def perhaps_owners(changes: Iterable[Change], live: ObservedGroup, situation: Situation) -> Iterator[Notice]:
    """A notice for each admin who would lose their rights and, for all the gateway tells, created the group.

    The change stays planned: a refusal harms nobody, and is remembered.
    """
    told = situation.capabilities.can(Aspect.OWNER, Access.READ) or live.creator is not None
    if told or _created_here(live, situation):
        return
    for change in changes:
        if isinstance(change, AdminDemotion) or (isinstance(change, MemberRemoval) and change.was_admin):
            yield Notice(
                code="may-be-owner",
                person=change.person,
                text="{person} may have created the group, in which case WhatsApp refuses; this gateway does not "
                "show who did",
            )


def _created_here(live: ObservedGroup, situation: Situation) -> bool:
    """Whether wagroups created the group with this very account."""
    return any(binding.jid == live.jid and binding.created for binding in situation.memory.bindings.values())
