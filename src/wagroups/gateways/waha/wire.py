"""The requests that WAHA takes, the same on every engine.

Settings are always sent as real booleans: a missing or misspelt key switches a setting off with HTTP 200, and the
text `"false"` switches it on (no validation on these routes; recorded from WAHA 2026.4.1, 2026-11-22).
"""

from base64 import b64encode
from types import MappingProxyType
from typing import Final, NamedTuple, assert_never

from wagroups.domain.declared.settings import DISAPPEARING_SECONDS, Setting
from wagroups.domain.identity import GroupJid, Identity
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
from wagroups.gateways.shared.json_fields import Record, records


class SettingRoute(NamedTuple):
    """Where a setting is written."""

    path: str
    key: str
    true_value: str
    """Our word for `true`."""


SETTING_ROUTES: Final = MappingProxyType(
    {
        Setting.SEND_MESSAGES: SettingRoute("messages-admin-only", "adminsOnly", "admins"),
        Setting.EDIT_INFO: SettingRoute("info-admin-only", "adminsOnly", "admins"),
        Setting.ADD_MEMBERS: SettingRoute("member-add-mode", "membersCanAddNewMember", "everyone"),
        Setting.APPROVE_JOINS: SettingRoute("membership-approval", "newMembersApprovalRequired", "yes"),
        Setting.SHARE_HISTORY: SettingRoute("member-share-history-mode", "membersCanShareHistory", "everyone"),
    }
)
"""`share_link` and `disappearing` have no route (WAHA src/api/groups.controller.ts, read 2026-07)."""

REQUESTS: Final = "/participants/join-requests"
"""Since 2026.8.2 (`versions.MEMBERSHIP_APPROVAL`); also the path under which they are listed."""

TIMERS: Final = MappingProxyType({seconds: word for word, seconds in DISAPPEARING_SECONDS.items()})


def call_for(edit: Edit, image: bytes = b"") -> GroupRequest | None:
    """The request that carries out `edit`; `None` when WAHA has no route for it.  `image` is the JPEG of a picture."""
    match edit:
        case WriteSubject():
            return GroupRequest("PUT", "/subject", {"subject": edit.text}, "set the subject")
        case WriteDescription():
            return GroupRequest("PUT", "/description", {"description": edit.text}, "set the description")
        case WritePicture(picture=None):
            return GroupRequest("DELETE", "/picture", None, "remove a picture")
        case WritePicture():
            return _picture(image)
        case WriteSetting():
            route = SETTING_ROUTES.get(edit.setting)
            if route is None:
                return None
            json = {route.key: edit.value == route.true_value}
            return GroupRequest("PUT", f"/settings/security/{route.path}", json, f"set {edit.setting.value}")
        case AddMembers():
            ids = [{"id": dialled(person)} for person in edit.people]
            return GroupRequest("POST", "/participants/add", {"participants": ids}, "add members")
        case RemoveMembers():
            return GroupRequest("POST", "/participants/remove", _listed(edit.people), "remove members")
        case PromoteMembers():
            return GroupRequest("POST", "/admin/promote", _listed(edit.people), "promote members")
        case DemoteMembers():
            return GroupRequest("POST", "/admin/demote", _listed(edit.people), "demote members")
        case ApproveRequests():
            return GroupRequest("POST", f"{REQUESTS}/approve", _listed(edit.people), "approve a request to join")
        case RejectRequests():
            return GroupRequest("POST", f"{REQUESTS}/reject", _listed(edit.people), "reject a request to join")
        case LeaveGroup():
            return GroupRequest("POST", "/leave", None, "leave the group")
        case _:
            assert_never(edit)


def _picture(image: bytes) -> GroupRequest:
    # Without a file the same request takes the picture away (recorded from WAHA 2026.4.1, 2026-11-22).
    assert image
    file = {"mimetype": "image/jpeg", "data": b64encode(image).decode()}
    return GroupRequest("PUT", "/picture", {"file": file}, "set a picture")


def creation(operation: CreateGroup) -> dict[str, object]:
    """The body that creates a group.  `participants` must be there, even if empty."""
    people = [operation.first] if operation.first is not None else []
    return {"name": operation.subject, "participants": [{"id": dialled(person)} for person in people]}


def dialled(person: Identity) -> str:
    """The id by which somebody is added: `<digits>@c.us` works on every engine, a LID does not (WAHA issue 1473)."""
    if person.phone is not None:
        return f"{person.phone.digits()}@c.us"
    return person.lid.reveal() if person.lid is not None else ""


def _listed(people: tuple[Identity, ...]) -> dict[str, object]:
    """People under the name by which the group lists them: in LID groups the phone may be refused or do nothing
    (WAHA issue 1029, wa-js issue 2983)."""
    ids = [person.lid.reveal() if person.by_lid and person.lid is not None else dialled(person) for person in people]
    return {"participants": [{"id": person_id} for person_id in ids]}


def group_path(session: str, group: GroupJid) -> str:
    return f"/api/{session}/groups/{group.reveal()}"


def listed(answer: object) -> list[Record] | None:
    """The items of a listing: an array, or on NOWEB an object keyed by the groups' ids; an empty body is empty.

    `None` when the answer is no listing at all.
    """
    if answer is None:
        return []
    if isinstance(answer, dict):
        return list(records(list(answer.values())))
    return list(records(answer)) if isinstance(answer, list) else None
