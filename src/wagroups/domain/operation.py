"""Calls to make, as plain data.  Imperatives; each is about one request.

An operation carries no group id: it meets it when it is performed, because a group to be created has none yet.
"""

from typing import Annotated, Literal, TypeAlias, assert_never

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.budget import CallClass
from wagroups.domain.capability import Aspect
from wagroups.domain.identity import Identity
from wagroups.domain.picture import Picture
from wagroups.domain.removal import RemovalKind
from wagroups.domain.settings import Setting


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


def call_class(operation: Journalled) -> CallClass:
    """The budget that one attempt at `operation` is charged to."""
    match operation:
        case CreateGroup():
            return CallClass.CREATE
        case WriteSubject() | WriteDescription() | WritePicture() | WriteSetting():
            return CallClass.EDIT
        case AddMembers():
            return CallClass.ADD_UNSEEN if operation.unseen else CallClass.ADD
        case RemoveMembers() | LeaveGroup():
            return CallClass.REMOVE
        case PromoteMembers() | DemoteMembers():
            return CallClass.ROLE
        case ApproveRequests() | RejectRequests():
            return CallClass.APPROVE
        case SendInvitation():
            return CallClass.MESSAGE
        case ResetInviteLink() | JoinGroup():
            # Each is one visible act about one group, as an edit is; neither adds anybody else.
            return CallClass.EDIT
        case _:
            assert_never(operation)


def is_repeatable(operation: Journalled) -> bool:
    """Whether asking twice is the same as asking once: values and roles are, whatever makes something new is not."""
    return not isinstance(operation, CreateGroup | AddMembers | SendInvitation | ResetInviteLink | JoinGroup)


def aspect_of(operation: Journalled) -> Aspect | None:
    """The field of a group that `operation` writes; `None` for what is done to people or to a group as a whole."""
    match operation:
        case WriteSubject():
            return Aspect.SUBJECT
        case WriteDescription():
            return Aspect.DESCRIPTION if operation.text else Aspect.DESCRIPTION_CLEAR
        case WritePicture():
            return Aspect.PICTURE
        case WriteSetting():
            return Aspect.of(operation.setting)
        case _:
            return None


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
