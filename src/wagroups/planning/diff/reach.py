"""Reach: what a plan would do to people and the gateway cannot do is said, and never tried.

Fields have their own words for it (`fields.py`, `pictures.py`), and so have links and invitations.  Who is in a group,
who rules it, who is let in and leaving it are claims like those: a call that the gateway does not have would be paid
for in each run.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupKey
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    GroupDissolution,
    LinkReset,
    MemberAddition,
    MemberRemoval,
    PersonChange,
    RequestApproval,
    RequestRejection,
)
from wagroups.domain.plans.change_kinds import ChangeType, aspect_of
from wagroups.domain.plans.plan import Notice

BEYOND = "cannot-be-set"
"""The code of what is declared, differs, and cannot be changed through this gateway."""


def within_reach(changes: Iterable[Change], capabilities: Capabilities, key: GroupKey) -> Iterator[Change | Notice]:
    """`changes` in their order, each that the gateway cannot carry out replaced by a notice."""
    wanted = tuple(changes)
    coming = {c.person.phone for c in wanted if isinstance(c, MemberAddition)}
    can_add = capabilities.can(Aspect.MEMBERS_ADD, Access.WRITE)
    stays = not capabilities.can(Aspect.MEMBERS_REMOVE, Access.WRITE) and any(
        isinstance(change, MemberRemoval) for change in wanted
    )
    for change in wanted:
        match change:
            case AdminPromotion(person=person) if person.phone in coming and not can_add:
                continue  # nobody is promoted who does not come; that they do not come is said
            case LinkReset() if stays:
                continue  # it follows a removal that does not take place
            case GroupDissolution() if stays:
                text = (
                    "the account does not leave the group while people are in it, and this gateway cannot remove anyone"
                )
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


class _Words(NamedTuple):
    """How it is said that a change cannot be carried out."""

    setting: str | None
    """The key of the manifest that asks for it."""
    text: str


_WORDS: Final[Mapping[ChangeType, _Words]] = MappingProxyType(
    {
        MemberAddition: _Words("members", "{person} is not in the group, and this gateway cannot add anyone"),
        MemberRemoval: _Words("members", "{person} should be removed, but this gateway cannot remove anyone"),
        AdminPromotion: _Words("admins", "{person} is not an admin, and this gateway cannot make anyone an admin"),
        AdminDemotion: _Words("admins", "{person} is an admin, and this gateway cannot demote anyone"),
        RequestApproval: _Words("members", "{person} asks to join, but this gateway cannot let anyone in"),
        RequestRejection: _Words(
            "reject_unknown", "{person} asks to join and is not declared, but this gateway cannot reject requests"
        ),
        GroupDissolution: _Words(None, "the group cannot be left on this gateway"),
    }
)
"""Of all other changes the part of the planner that asks for them says it."""


def _beyond(change: Change, capabilities: Capabilities, key: GroupKey) -> Notice | None:
    """Why the gateway cannot carry out `change`; `None` when it can."""
    words, aspect = _WORDS.get(type(change)), aspect_of(change)
    if words is None or aspect is None:
        return None
    claim = capabilities.claim(aspect)
    if Access.WRITE in claim.access:
        return None
    person = change.person if isinstance(change, PersonChange) else None
    # What a phone has to do is in the text; the look after it shows that it was done.
    after = f"wagroups plan --target {key}"
    text = f"{words.text}{_note(claim.note)}"
    return Notice(code=BEYOND, person=person, setting=words.setting, text=text, next=after)


def _note(note: str) -> str:
    return f": {note}" if note else ""
