"""Reads that may not be acted on, and people who may not be touched.

These rules run before the diff, so that the diff has no special cases: what is held never reaches it.
"""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.declared.safety import SHRINK_PEOPLE, SHRINK_PERCENT
from wagroups.domain.identity import GroupJid, GroupKey, Identity, Me, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.live.memory import Memory, Snapshot
from wagroups.domain.live.observed import Community, ObservedGroup, ObservedMember, is_me
from wagroups.domain.plans.plan import Hold, Notice
from wagroups.planning.binding import Bound
from wagroups.planning.situation import Situation, Terms

NOT_CONNECTED: Final = "not-connected"
"""The trouble of an account that was lost after it was read: nothing more of it can be true by now."""

NOT_SHOWN: Final = "not-shown"
"""The trouble of a read in which several groups that were there before are missing at once."""


def hold_of(bound: Bound, situation: Situation, terms: Terms, group: GroupKey | None = None) -> Hold | None:
    """Why no change of membership may follow from what was read of `group`; `None` when one may."""
    # Where nothing was shown there is nothing to act on: to pass that would call an unread group as declared.
    blind = bound.live is None
    return next((hold for hold in _holds(bound, situation) if blind or not terms.passes(hold.rule, group)), None)


def trusted(jid: GroupJid, situation: Situation, terms: Terms) -> bool:
    """Whether what was read of a live group, declared or not, may be remembered as its last good read."""
    group = _key_of(jid, situation.memory) if terms.overrides else None
    return hold_of(Bound(jid, situation.observed.groups.get(jid), "id"), situation, terms, group) is None


def _key_of(jid: GroupJid, memory: Memory) -> GroupKey | None:
    return next((key for key, binding in memory.bindings.items() if binding.jid == jid), None)


def _holds(bound: Bound, situation: Situation) -> Iterator[Hold]:
    observed, memory = situation.observed, situation.memory
    if memory.me is not None and not memory.me.same_as(observed.me):
        return  # somebody else's view of the groups: a guard refuses the whole run, and that says it all
    if observed.trouble is not None and (bound.live is None or observed.trouble == NOT_CONNECTED):
        yield Hold(rule=observed.trouble, message=_TROUBLE.get(observed.trouble, "the whole read failed"))
        return
    if bound.live is None:
        if bound.absence is None:
            why = bound.failure or "the gateway did not show it"
            yield Hold(rule="read-failed", message=f"the group could not be read: {why}")
        else:
            # Not a notice: a run that ended well in front of a declared group that nobody shows would be a lie.
            yield Hold(
                rule=NOT_SHOWN,
                message="the group was not shown this time: the account was removed from it, the id is wrong, or the "
                "gateway has not loaded it",
            )
        return
    live = bound.live
    if not live.hydrated:
        yield Hold(
            rule="not-hydrated",
            message="the gateway shows an unfinished record (no subject or creation time)",
        )
    if not situation.capabilities.can(Aspect.MEMBERS, Access.READ):
        return  # nobody is ever shown here, which is said, and no trouble of this read
    if live.flaw is not None:
        unread = "1 entry" if live.flaw.unread == 1 else f"{live.flaw.unread} entries"
        message = f"{unread} of {live.flaw.entries} in the gateway's list of members could not be read"
        # Of a list without anybody nothing follows that a person could vouch for; what is missing of another, they may.
        yield Hold(rule="read-short" if live.members else "read-empty", message=message)
        return
    if not live.members:
        yield Hold(rule="read-empty", message="the gateway shows the group without its members")
        return
    if live.may_hide(observed.me):
        yield Hold(
            rule="own-account-unknown",
            message="the group lists people only by LID, and the gateway does not say which of them is the account",
        )
    yield from _size_holds(live, len(live.members), memory)


def _size_holds(live: ObservedGroup, shown: int, memory: Memory) -> Iterator[Hold]:
    snapshot = memory.snapshots.get(live.jid)
    ours = memory.removed_since_read.get(live.jid, 0)
    if snapshot is not None:
        missing = snapshot.size - ours - shown
        if missing > SHRINK_PEOPLE and missing * 100 > SHRINK_PERCENT * snapshot.size:
            yield Hold(
                rule="read-shrank",
                message=f"the list of members shrank from {snapshot.size} to {shown} since "
                f"{snapshot.read_at:%Y-%m-%d %H:%M} UTC",
            )
    if live.stated_size is not None and shown < live.stated_size - ours and not _counts_doubles(live, snapshot, ours):
        twice = f" ({len(live.doubles)} of its entries name somebody twice)" if live.doubles else ""
        yield Hold(
            rule="read-short",
            message=f"the gateway lists {shown} members{twice} but says there are {live.stated_size}",
        )


def _counts_doubles(live: ObservedGroup, snapshot: Snapshot | None, ours: int) -> bool:
    """Whether the stated size is the number of entries, some of which name one person twice, and nobody is missing."""
    shown = len(live.members or ())
    if not live.doubles or live.stated_size != shown + len(live.doubles):
        return False
    return snapshot is None or shown >= snapshot.size - ours


_TROUBLE: Final = {
    NOT_CONNECTED: "the account is not connected to WhatsApp",
    "read-empty": "the gateway listed no groups at all, although there were some before",
    NOT_SHOWN: "not shown this time, like other groups that were there before: this is a problem of the gateway, "
    "not of the single groups; run `wagroups doctor`, then run again",
    "read-short": "the gateway lists fewer groups than it says there are",
}


def standing(bound: Bound, me: Me, group: DesiredGroup) -> Notice | None:
    """Why the account can do nothing in the group; `None` when it is an admin of it, or need not be.

    Nothing is ever done in a watched group, so no rights are missing there.
    """
    live = bound.live
    if live is None:
        return None
    if live.suspended:
        text = "WhatsApp has suspended this group; nothing is changed in it"
        return Notice(code="suspended", text=text, next=f"{group.key}: {{state: released}}")
    if not live.members or not live.hydrated:
        return None
    if live.may_hide(me):
        return None
    role = live.role_of(me)
    if role is None:
        text = "the account is not in this group; someone must add it again, or it can join by the group's link"
        return Notice(code="not-in-group", text=text, next=f"wagroups join {group.key}")
    if not role.is_admin and group.state is not State.WATCHED:
        text = (
            "the account is not an admin of this group, so nothing is changed in it; one of its admins must make it "
            "an admin"
        )
        return Notice(code="not-admin", text=text, next=f"wagroups apply --target {group.key}")
    return None


def unmanageable_people(live: ObservedGroup) -> Notice | None:
    """Communities: who is in the parent or its announcement group follows from the other groups."""
    if live.community in (Community.PARENT, Community.ANNOUNCEMENT):
        return Notice(
            code="community-list",
            text=f"membership of a community's {live.community} group cannot be managed as a list; left alone",
            next="manage: {members: ignore, admins: ignore}",
        )
    return None


class HandsOff:
    """Whom a plan never removes and never demotes, with the reason in words."""

    def __init__(self, group: DesiredGroup, live: ObservedGroup, situation: Situation, terms: Terms) -> None:
        self._me = situation.observed.me
        self._jid = live.jid
        self._protected = set(terms.safety.protect)
        self._undemotable = situation.memory.undemotable
        self._creator = live.creator
        self._names = situation.memory.names

    def protects(self, alias: str | None) -> bool:
        """Whether the project itself says that they stay."""
        return alias in self._protected

    def reason(self, member: ObservedMember, alias: str | None) -> str | None:
        """Why `member` is left alone; `None` when they need not be."""
        if is_me(member, self._me):
            return "it is the account itself"
        # WhatsApp refuses, and the refusal costs a call from the same budget as removals that would have worked.
        if member.role is Role.OWNER or self._is_creator(member):
            return "they created the group, and WhatsApp does not let anyone remove or demote the owner"
        if alias in self._protected:
            return "they are listed under `safety.protect`"
        if any((self._jid, name) in self._undemotable for name in (member.phone, member.lid) if name is not None):
            return "it failed before: they probably created the group"
        return None

    def _is_creator(self, member: ObservedMember) -> bool:
        creator: Identity | None = self._creator
        if creator is None or not member.role.is_admin:
            return False
        names = {name for own in (member.phone, member.lid) if own is not None for name in self._names.of(own)}
        return not names.isdisjoint((creator.phone, creator.lid))
