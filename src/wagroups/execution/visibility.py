"""Whether a read shows that a change has come about.

An answer is hearsay; only a read proves an effect.  `None` means that the read cannot tell: the gateway does not
show the field, or the person may be one of the members whose number it hides.
"""

from typing import assert_never

from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.live.join_requests import Requests
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.roster import Names, Roster
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Arrival,
    Change,
    DescriptionChange,
    GroupAdoption,
    GroupCreation,
    GroupDissolution,
    GroupRelease,
    LinkReset,
    MemberAddition,
    MemberInvitation,
    MemberRemoval,
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.text import same_text


def visible(change: Change, live: ObservedGroup, names: Names) -> bool | None:
    """Whether `live` shows the goal of `change`; `None` when it cannot tell."""
    match change:
        case SubjectChange():
            return None if live.subject is None else same_text(live.subject, change.after)
        case DescriptionChange():
            return None if live.description is None else same_text(live.description, change.after)
        case PictureChange():
            return _picture_visible(change, live.picture)
        case SettingChange():
            shown = live.settings.get(change.setting)
            return None if shown is None else shown == change.after
        case MemberAddition() | RequestApproval() | MemberRemoval() | AdminPromotion() | AdminDemotion():
            return _person_visible(change, live, names)
        case RequestRejection():
            return _request_gone(change, live.requests)
        case MemberInvitation() | LinkReset():
            return None  # a text and a link are in no read of the group
        case GroupCreation() | GroupAdoption():
            return True
        case GroupRelease():
            return None
        case GroupDissolution():
            return False  # a group that is still shown was not left
        case _:
            assert_never(change)


def _picture_visible(change: PictureChange, glimpse: Glimpse | None) -> bool | None:
    """A touch-up looks like what was up before: there only other bytes tell that something happened.

    A picture that is to be gone was seen before, so that none shown after an answer is taken for gone; the next
    glimpse of it would contradict.
    """
    if glimpse is not None and change.after is None and glimpse.there:
        return False
    if glimpse is None or glimpse.trouble:
        return None
    if change.after is None:
        return glimpse.likeness is None
    if glimpse.likeness is None:
        return False
    unchanged = change.before is not None and glimpse.likeness.digest == change.before.digest
    return not unchanged and glimpse.likeness.looks_like(change.after.likeness)


def _request_gone(change: RequestRejection, requests: Requests | None) -> bool | None:
    if requests is None or requests.trouble:
        return None
    return not any(request.identity().same_as(change.person) for request in requests.waiting)


def _person_visible(
    change: Arrival | MemberRemoval | AdminPromotion | AdminDemotion, live: ObservedGroup, names: Names
) -> bool | None:
    if not live.members:
        return None
    roster = Roster(live.members, names)
    member = roster.find_identity(change.person)
    match change:
        case MemberAddition() | RequestApproval():
            return True if member is not None else _nobody_unknown(change, roster, names)
        case MemberRemoval():
            return member is None
        case AdminPromotion():
            return member is not None and member.role.is_admin
        case AdminDemotion():
            return member is None or not member.role.is_admin


def _nobody_unknown(change: Arrival, roster: Roster, names: Names) -> bool | None:
    """Not seen means not there, unless somebody the account cannot name might be them."""
    person = change.person
    if person.lid is not None or (person.phone is not None and names.lid_of(person.phone) is not None):
        return False
    unknown = any(m.phone is None and m.lid is not None and names.phone_of(m.lid) is None for m in roster.members)
    return None if unknown else False
