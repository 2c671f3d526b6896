"""Differences that a reviewer approves.  Nouns; they know nothing of gateways."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from wagroups.domain._base import Value
from wagroups.domain.declared.picture import Likeness, Picture
from wagroups.domain.declared.settings import CLOSING, Setting
from wagroups.domain.identity import GroupJid, Identity
from wagroups.domain.plans.removal import RemovalKind


class GroupCreation(Value):
    """A declared group that does not exist yet."""

    kind: Literal["group.create"] = "group.create"
    subject: str


class GroupAdoption(Value):
    """A live group that becomes the declared one: by `--adopt`, or a creation found again."""

    kind: Literal["group.adopt"] = "group.adopt"
    jid: GroupJid


class GroupRelease(Value):
    """A group that wagroups forgets and leaves alone."""

    kind: Literal["group.release"] = "group.release"


class GroupDissolution(Value):
    """The account leaves a group after everybody was removed from it."""

    kind: Literal["group.dissolve"] = "group.dissolve"


class SubjectChange(Value):
    """Another subject.  `before` is `None` where the gateway did not say."""

    kind: Literal["subject.set"] = "subject.set"
    before: str | None
    after: str


class DescriptionChange(Value):
    """Another description; `""` is none."""

    kind: Literal["description.set"] = "description.set"
    before: str | None
    after: str
    blind: bool = False
    """Written without being able to read it back."""


class PictureChange(Value):
    """Another picture, or none."""

    kind: Literal["picture.set"] = "picture.set"
    before: Likeness | None
    """How the live one looks; `None` where the gateway did not show one."""
    after: Picture | None
    """`None` takes the picture away."""


class SettingChange(Value):
    """Another value of one setting."""

    kind: Literal["setting.set"] = "setting.set"
    setting: Setting
    before: str | None
    after: str
    blind: bool = False


class MemberAddition(Value):
    """Somebody declared who is not in the group."""

    kind: Literal["member.add"] = "member.add"
    person: Identity
    unseen: bool = False
    """No read of this account has ever shown them: such additions have a smaller budget."""
    beside: int = 0
    """Members whose number WhatsApp hides, and one of whom they may be: only an answer to this addition tells."""


class MemberInvitation(Value):
    """Somebody who may not be added, and is sent the group's link in a text."""

    kind: Literal["member.invite"] = "member.invite"
    person: Identity
    reminder: bool = False
    """They were written to before; this is the last time."""


class RequestApproval(Value):
    """Somebody declared who asks to join by the link."""

    kind: Literal["request.approve"] = "request.approve"
    person: Identity


class RequestRejection(Value):
    """Somebody who asks to join and is not declared."""

    kind: Literal["request.reject"] = "request.reject"
    person: Identity


class LinkReset(Value):
    """The invite link is reset: somebody who is not to come back knows it."""

    kind: Literal["link.reset"] = "link.reset"


class MemberRemoval(Value):
    """Somebody in the group who should not be."""

    kind: Literal["member.remove"] = "member.remove"
    person: Identity
    was_admin: bool = False
    evidence: Literal["expired", "denied", "former-number"] | None = None
    """Why, beyond not being declared.  Removals with evidence happen under `add-only` too."""
    foreseen: bool = False
    """With `expired`: whether the end was on record before it came."""

    @property
    def removal_kind(self) -> RemovalKind:
        """What the guards count it as."""
        match self.evidence:
            case "denied":
                return RemovalKind.DENIED
            case "former-number":
                return RemovalKind.FORMER_NUMBER
            case "expired":
                return RemovalKind.FORESEEN_END if self.foreseen else RemovalKind.PAST_END
            case _:
                return RemovalKind.UNDECLARED


class AdminPromotion(Value):
    """A member who should be an admin."""

    kind: Literal["admin.promote"] = "admin.promote"
    person: Identity


class AdminDemotion(Value):
    """An admin who should be a member."""

    kind: Literal["admin.demote"] = "admin.demote"
    person: Identity
    evidence: Literal["expired", "denied"] | None = None
    """Why, beyond not being declared as one.  A right that has ended, or is denied, goes under `add-only` too."""


Change: TypeAlias = Annotated[
    GroupCreation
    | GroupAdoption
    | GroupRelease
    | GroupDissolution
    | SubjectChange
    | DescriptionChange
    | PictureChange
    | SettingChange
    | MemberAddition
    | MemberInvitation
    | MemberRemoval
    | AdminPromotion
    | AdminDemotion
    | RequestApproval
    | RequestRejection
    | LinkReset,
    Field(discriminator="kind"),
]

PersonChange: TypeAlias = (
    MemberAddition
    | MemberInvitation
    | MemberRemoval
    | AdminPromotion
    | AdminDemotion
    | RequestApproval
    | RequestRejection
)

Arrival: TypeAlias = MemberAddition | RequestApproval
"""Changes after which somebody is a member."""


def is_urgent(change: Change) -> bool:
    """Whether it protects the members of a group that exists, and so waits for nothing else of a plan.

    Of people on the deny list only what is positive evidence counts: they are seen in the group.
    """
    match change:
        case MemberRemoval() | AdminDemotion():
            return change.evidence == "denied"
        case SettingChange():
            return (change.setting, change.after) in CLOSING
        case LinkReset():
            return True
        case _:
            return False
