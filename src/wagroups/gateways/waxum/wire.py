"""Waxum's JSON, to the domain and back.

People are written as JIDs and nothing converts them: `@c.us`, a plus or a device suffix fails the whole call (Waxum
src/handlers/groups_management.rs, 0.9.1).

Groups are shown in one of two shapes, and both are read: with `subject` and `participants` and nothing else, as the
code writes them (src/models/groups.rs, 0.9.1), or as its documentation shows them (docs/api/groups.md, read 2026-12),
with `name`, `topic`, `participant_count`, `created_at`, and the people and the `owner` only under `/info`.
"""

from types import MappingProxyType
from typing import Any, Final, NamedTuple, assert_never

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role, member_id
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.domain.plans.operation import (
    AddMembers,
    ApproveRequests,
    CreateGroup,
    DemoteMembers,
    Edit,
    LeaveGroup,
    PromoteMembers,
    RejectRequests,
    RemoveMembers,
    WriteDescription,
    WritePicture,
    WriteSetting,
    WriteSubject,
)
from wagroups.gateways.shared.http import GroupRequest
from wagroups.gateways.shared.json_fields import Record, epoch, instant, number, text
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People

PEOPLE: Final = "participants"
LISTING: Final = Shape(groups=("groups",), people=(PEOPLE,))


class CreateSetting(NamedTuple):
    """A setting that can be given when a group is created, and never again."""

    key: str
    words: MappingProxyType[str, str]
    """Our words, each with Waxum's."""


CREATE_SETTINGS: Final = MappingProxyType(
    {
        Setting.APPROVE_JOINS: CreateSetting("membership_approval_mode", MappingProxyType({"yes": "on", "no": "off"})),
        Setting.ADD_MEMBERS: CreateSetting(
            "member_add_mode", MappingProxyType({"everyone": "all_member_add", "admins": "admin_add"})
        ),
        Setting.SHARE_LINK: CreateSetting(
            "member_link_mode", MappingProxyType({"everyone": "all_member_link", "admins": "admin_link"})
        ),
    }
)

_ROLES: Final = MappingProxyType(
    # The creator is shown as `admin`; the two words for a superadmin are documented and never sent (Waxum
    # src/handlers/groups.rs, 0.9.1), and would be believed.
    {"admin": Role.ADMIN, "super_admin": Role.OWNER, "superadmin": Role.OWNER}
)


def call_for(edit: Edit) -> GroupRequest | None:
    """The request that carries out `edit`; `None` when there is none that has an effect.

    `PUT settings` exists, answers success and only logs the intention, so it is never called.
    """
    match edit:
        case WriteSubject():
            return GroupRequest("PUT", "/subject", {"subject": edit.text}, "set the subject")
        case WriteDescription():
            # `null` deletes; `""` would write an empty text, which is not the same.
            return GroupRequest("PUT", "/description", {"description": edit.text or None}, "set the description")
        case WriteSetting() | WritePicture() | ApproveRequests() | RejectRequests():
            return None
        case AddMembers():
            people = [dialled(person) for person in edit.people]
            return GroupRequest("POST", "/participants", {"participants": people}, "add members")
        case RemoveMembers():
            return GroupRequest("DELETE", "/participants", _listed(edit.people), "remove members")
        case PromoteMembers():
            return GroupRequest("POST", "/admins", _listed(edit.people), "promote members")
        case DemoteMembers():
            return GroupRequest("DELETE", "/admins", _listed(edit.people), "demote members")
        case LeaveGroup():
            return GroupRequest("POST", "/leave", None, "leave the group")
        case _:
            assert_never(edit)


def creation(operation: CreateGroup) -> dict[str, object]:
    """The body that creates a group, empty unless a first person is given.  A setting left out is WhatsApp's choice."""
    body: dict[str, object] = {
        "name": operation.subject,
        "participants": [dialled(operation.first)] if operation.first is not None else [],
    }
    for setting, value in operation.settings.items():
        wire = CREATE_SETTINGS.get(setting)
        if wire is not None and value in wire.words:
            body[wire.key] = wire.words[value]
    return body


def dialled(person: Identity) -> str:
    """The JID by which somebody is added: by LID, WhatsApp refuses the whole call (Baileys issue 2001)."""
    if person.phone is not None:
        return phone_jid(person.phone)
    return person.lid.reveal() if person.lid is not None else ""


def phone_jid(phone: Phone) -> str:
    return f"{phone.digits()}@s.whatsapp.net"


def _listed(people: tuple[Identity, ...]) -> dict[str, object]:
    """People under the name by which the group lists them; the other form fails or does nothing (WAHA issue 1029)."""
    return {
        "participants": [
            person.lid.reveal() if person.by_lid and person.lid is not None else dialled(person) for person in people
        ]
    }


def group(item: Record, people: People) -> ObservedGroup | None:
    """One group of a listing, or the answer of a read by id; `None` when it is no group."""
    jid = GroupJid.parse(text(item, "jid") or "")
    if jid is None:
        return None
    members = people.listed(item.get(PEOPLE))
    return ObservedGroup(
        jid=jid,
        subject=text(item, "subject") or text(item, "name") or None,
        description=text(item, "topic"),
        members=members,
        flaw=people.flaw(item.get(PEOPLE)) if members is None else None,
        stated_size=number(item, "participant_count") or None,
        created_at=epoch(item, "created_at") or instant(item, "created_at"),
        creator=_creator(item),
    )


def _creator(item: Record) -> Identity | None:
    name = member_id(text(item, "owner") or "")
    if isinstance(name, Lid):
        return Identity(lid=name, by_lid=True)
    return Identity(phone=name) if name is not None else None


def is_short(listing: Record, groups: int) -> bool:
    """Whether the listing says that there are more groups than the `groups` it shows."""
    return groups < (number(listing, "total") or 0)


def member(entry: dict[str, Any]) -> ObservedMember:
    """One entry of a group's list of people.  Raises ValueError when it names nobody."""
    phone_number, role = entry.get("phone_number"), entry.get("role")
    name, beside = member_id(entry["jid"]), member_id(phone_number) if phone_number else None
    if name is None:
        raise ValueError("a member without a name")
    its_role = _ROLES.get(role or "", Role.MEMBER)
    if isinstance(name, Lid):
        return ObservedMember(beside if isinstance(beside, Phone) else None, name, its_role, by_lid=True)
    return ObservedMember(name, None, its_role)
