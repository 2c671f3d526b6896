"""Calls to make, as plain data.  Imperatives; each is about one request.

An operation carries no group id: it meets it when it is performed, because a group to be created has none yet.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.declared.picture import Picture
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Identity
from wagroups.domain.live.capability import Aspect
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    DescriptionChange,
    GroupCreation,
    GroupDissolution,
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
from wagroups.domain.plans.change_kinds import KINDS, ChangeType
from wagroups.domain.plans.removal import RemovalKind


class CreateGroup(Value):
    """The one call that is not idempotent."""

    kind: Literal["create-group"] = "create-group"
    subject: str
    settings: dict[Setting, str] = Field(default_factory=dict)
    """Only those that the gateway takes at creation."""
    first: Identity | None = None
    """The one person a group is created with, where the gateway cannot create an empty one."""


class WriteSubject(Value):
    kind: Literal["write-subject"] = "write-subject"
    text: str


class WriteDescription(Value):
    kind: Literal["write-description"] = "write-description"
    text: str


class WritePicture(Value):
    kind: Literal["write-picture"] = "write-picture"
    picture: Picture | None
    """`None` takes it away.  The bytes are read from the project when they are sent."""


class WriteSetting(Value):
    kind: Literal["write-setting"] = "write-setting"
    setting: Setting
    value: str


class AddMembers(Value):
    kind: Literal["add-members"] = "add-members"
    people: tuple[Identity, ...]
    """Each with a phone: additions are asked for by number."""
    unseen: bool = False


class ApproveRequests(Value):
    kind: Literal["approve-requests"] = "approve-requests"
    people: tuple[Identity, ...]


class RejectRequests(Value):
    kind: Literal["reject-requests"] = "reject-requests"
    people: tuple[Identity, ...]


class SendInvitation(Value):
    """Write one text with the group's link, which is a secret and so is read when it is sent."""

    kind: Literal["send-invitation"] = "send-invitation"
    person: Identity
    reminder: bool = False


class RemoveMembers(Value):
    kind: Literal["remove-members"] = "remove-members"
    people: tuple[Identity, ...]
    why: RemovalKind = RemovalKind.UNDECLARED
    """For all of them: the ledger counts each kind of a day by itself."""


class PromoteMembers(Value):
    kind: Literal["promote-members"] = "promote-members"
    people: tuple[Identity, ...]


class DemoteMembers(Value):
    kind: Literal["demote-members"] = "demote-members"
    people: tuple[Identity, ...]


class LeaveGroup(Value):
    kind: Literal["leave-group"] = "leave-group"


class ResetInviteLink(Value):
    """Make the invite link void; WhatsApp gives a new one.  Asked for by a person, or after somebody was put out."""

    kind: Literal["reset-invite-link"] = "reset-invite-link"


class JoinGroup(Value):
    """Join by a link, which is a secret and so is not written down."""

    kind: Literal["join-group"] = "join-group"


Edit: TypeAlias = (
    WriteSubject
    | WriteDescription
    | WritePicture
    | WriteSetting
    | AddMembers
    | RemoveMembers
    | PromoteMembers
    | DemoteMembers
    | ApproveRequests
    | RejectRequests
    | LeaveGroup
)
Operation: TypeAlias = Annotated[CreateGroup | Edit | SendInvitation | ResetInviteLink, Field(discriminator="kind")]
"""What a plan's step asks for."""

Journalled: TypeAlias = Annotated[
    CreateGroup | Edit | SendInvitation | ResetInviteLink | JoinGroup, Field(discriminator="kind")
]
"""What the journal knows: the steps of plans, and what a person asks for by a verb of its own."""


_BRINGS: Final[Mapping[type, ChangeType]] = MappingProxyType(
    {
        CreateGroup: GroupCreation,
        WriteSubject: SubjectChange,
        WriteDescription: DescriptionChange,
        WritePicture: PictureChange,
        WriteSetting: SettingChange,
        ApproveRequests: RequestApproval,
        RejectRequests: RequestRejection,
        AddMembers: MemberAddition,
        SendInvitation: MemberInvitation,
        PromoteMembers: AdminPromotion,
        DemoteMembers: AdminDemotion,
        RemoveMembers: MemberRemoval,
        ResetInviteLink: LinkReset,
        LeaveGroup: GroupDissolution,
    }
)
"""Operation → the kind of change that it brings about; joining a group changes nothing of it."""


def call_class(operation: Journalled) -> CallClass:
    """The budget that one attempt at `operation` is charged to."""
    if isinstance(operation, JoinGroup):
        # One visible act about one group, as an edit is; it adds nobody else.
        return CallClass.EDIT
    if isinstance(operation, AddMembers) and operation.unseen:
        return CallClass.ADD_UNSEEN
    calls = KINDS[_BRINGS[type(operation)]].calls
    assert calls is not None, "a change that needs no call has no operation"
    return calls


def is_repeatable(operation: Journalled) -> bool:
    """Whether asking twice is the same as asking once: values and roles are, whatever makes something new is not."""
    return not isinstance(operation, CreateGroup | AddMembers | SendInvitation | ResetInviteLink | JoinGroup)


def aspect_of(operation: Journalled) -> Aspect | None:
    """What the gateway must be able to write to carry out `operation`."""
    match operation:
        case JoinGroup():
            return Aspect.JOIN
        case WriteDescription(text=""):
            return Aspect.DESCRIPTION_CLEAR
        case WriteSetting():
            return Aspect.of(operation.setting)
        case _:
            return KINDS[_BRINGS[type(operation)]].aspect


def people_of(operation: Journalled) -> tuple[Identity, ...]:
    """The people whom `operation` is about."""
    match operation:
        case AddMembers() | RemoveMembers() | PromoteMembers() | DemoteMembers() | ApproveRequests() | RejectRequests():
            return operation.people
        case SendInvitation():
            return (operation.person,)
        case CreateGroup():
            return (operation.first,) if operation.first else ()
        case _:
            return ()
