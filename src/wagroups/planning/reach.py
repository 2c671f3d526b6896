"""Reach: what a plan would do to people and the gateway cannot do is said, and never tried.

Fields have their own words for it (`fields.py`, `pictures.py`), and so have requests and links.  Who is in a group, who
rules it and leaving it are claims like those, and a call that the gateway does not have would be paid for in each run.
"""

from collections.abc import Iterable, Iterator

from wagroups.domain.capability import Access, Aspect, Capabilities
from wagroups.domain.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    GroupDissolution,
    LinkReset,
    MemberAddition,
    MemberRemoval,
)
from wagroups.domain.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.plan import Notice

BEYOND = "cannot-be-set"
"""The code of what is declared, differs, and cannot be changed through this gateway."""


def within_reach(changes: Iterable[Change], capabilities: Capabilities, key: GroupKey) -> Iterator[Change | Notice]:
    """`changes` in their order, each that the gateway cannot carry out replaced by a notice."""
    wanted = tuple(changes)
    coming = {c.person.phone for c in wanted if isinstance(c, MemberAddition)}
    can_add = capabilities.can(Aspect.MEMBERS, Access.WRITE)
    for change in wanted:
        match change:
            case AdminPromotion(person=person) if person.phone in coming and not can_add:
                continue  # nobody is promoted who does not come; that they do not come is said
            case LinkReset() if not can_add and any(isinstance(c, MemberRemoval) for c in wanted):
                continue  # it follows a removal that does not take place
            case GroupDissolution() if not can_add and any(isinstance(c, MemberRemoval) for c in wanted):
                text = "the group is not left while people are in it, and nobody can be removed on this gateway"
                yield Notice(code="not-dissolved", text=text, next=f"{key}: {{state: released}}")
            case _:
                yield _beyond(change, capabilities, key) or change


def unseen_people(group: DesiredGroup, capabilities: Capabilities) -> Notice | None:
    """That nothing can be said of a group's declared people; `None` where the gateway shows who is in a group."""
    declared = group.members_declared or group.admins_declared
    claim = capabilities.claim(Aspect.MEMBERS)
    if not declared or Access.READ in claim.access:
        return None
    text = f"who is in the group cannot be read on this gateway{_note(claim.note)}"
    return Notice(code="unsupported", setting="members", text=text)


def _beyond(change: Change, capabilities: Capabilities, key: GroupKey) -> Notice | None:
    """Why the gateway cannot carry out `change`; `None` when it can."""
    match change:
        case MemberAddition():
            aspect, words = Aspect.MEMBERS, "{person} is not in the group, and nobody can be added on this gateway"
        case MemberRemoval():
            aspect, words = Aspect.MEMBERS, "{person} is to leave the group, and nobody can be removed on this gateway"
        case AdminPromotion():
            aspect, words = Aspect.ADMINS, "{person} is no admin, and nobody can be made one on this gateway"
        case AdminDemotion():
            aspect, words = Aspect.ADMINS, "{person} is an admin, and nobody can be made a member on this gateway"
        case GroupDissolution():
            aspect, words = Aspect.LEAVE, "the group cannot be left on this gateway"
        case _:
            return None
    claim = capabilities.claim(aspect)
    if Access.WRITE in claim.access:
        return None
    person = None if isinstance(change, GroupDissolution) else change.person
    setting = aspect.value if person is not None else None
    # What a phone has to do is in the text; the look after it shows that it was done.
    after = f"wagroups plan --target {key}"
    return Notice(code=BEYOND, person=person, setting=setting, text=f"{words}{_note(claim.note)}", next=after)


def _note(note: str) -> str:
    return f": {note}" if note else ""
