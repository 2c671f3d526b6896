"""What one connection can do, as claims with a note and a source."""

from collections.abc import Mapping
from enum import Flag, StrEnum, auto
from types import MappingProxyType
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.declared.settings import Setting
from wagroups.domain.plans.budget import CallClass


class Access(Flag):
    """How far a gateway reaches a field."""

    NONE = 0
    READ = auto()
    WRITE = auto()
    CREATE = auto()
    """Can be given when a group is created, and never again."""
    FULL = READ | WRITE


class Aspect(StrEnum):
    """Something a gateway may be able to do with a group."""

    CREATE = "create"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    DESCRIPTION_CLEAR = "description.clear"
    """Taking a description away (`description: ""`), which some engines cannot."""
    DESCRIPTION_CHANGE = "description.change"
    """Writing another description where there is one already, which some versions cannot."""
    PICTURE = "picture"
    MEMBERS = "members"
    MEMBERS_ADD = "members.add"
    MEMBERS_REMOVE = "members.remove"
    ADMINS = "admins"
    ADMINS_PROMOTE = "admins.promote"
    ADMINS_DEMOTE = "admins.demote"
    OWNER = "owner"
    """Telling the superadmin from an admin."""
    LEAVE = "leave"
    REFRESH = "refresh"
    """Asking the gateway to read everything anew from WhatsApp."""
    EXISTS_CHECK = "exists-check"
    LID_LOOKUP = "lid-lookup"
    INVITE_LINK = "invite-link"
    INVITE_LINK_RESET = "invite-link.reset"
    JOIN = "join"
    """Joining a group by its invite link."""
    SEND_TEXT = "send-text"
    """Sending a text message to a person or a group."""
    JOIN_REQUESTS = "join-requests"
    REQUESTS_APPROVE = "join-requests.approve"
    REQUESTS_REJECT = "join-requests.reject"
    RESTRICTIONS = "restrictions"
    """Asking whether WhatsApp restricts the account."""
    COMMUNITY = "community"
    """Whether a group is linked to a community."""
    PERSON_RESULTS = "person-results"
    """Whether an answer to an addition says what became of each person."""
    SEND_MESSAGES = "settings.send_messages"
    EDIT_INFO = "settings.edit_info"
    ADD_MEMBERS = "settings.add_members"
    SHARE_LINK = "settings.share_link"
    APPROVE_JOINS = "settings.approve_joins"
    SHARE_HISTORY = "settings.share_history"
    DISAPPEARING = "settings.disappearing"

    @classmethod
    def of(cls, setting: Setting) -> "Aspect":
        return cls(f"settings.{setting.value}")


PARTS: Final[Mapping[Aspect, Aspect]] = MappingProxyType(
    {
        Aspect.MEMBERS_ADD: Aspect.MEMBERS,
        Aspect.MEMBERS_REMOVE: Aspect.MEMBERS,
        Aspect.ADMINS_PROMOTE: Aspect.ADMINS,
        Aspect.ADMINS_DEMOTE: Aspect.ADMINS,
        Aspect.REQUESTS_APPROVE: Aspect.JOIN_REQUESTS,
        Aspect.REQUESTS_REJECT: Aspect.JOIN_REQUESTS,
    }
)
"""Part → whole.  A gateway claims the whole; a part only where it is otherwise.  They are apart because a route may be
missing for one: a gateway that turns out not to add people may still take out somebody on the deny list."""


class Claim(Value):
    """What we claim a gateway does, and how we know."""

    access: Access
    note: str = ""
    """For people: what it cannot do, in one sentence."""
    source: str = ""
    """Where a reader can check it, and when we did."""


NO_CLAIM: Final = Claim(access=Access.NONE, note="not supported by this gateway")


class Limits(Value):
    """What a gateway or WhatsApp accepts.  Texts are counted in Unicode scalar values."""

    subject_chars: int = 100
    """WhatsApp's client property group_max_subject (whatsapp-rust, read 2026-07)."""
    description_chars: int = 2048
    """WhatsApp's client property group_description_length (same source)."""
    members: int = 1024
    """WhatsApp's help pages, 2026."""
    people_per_add: int = 1
    """People in one call.  One by default: a malformed or refused id fails whole batches."""
    people_per_removal: int = 1


class ReadCost(Value):
    """What looking costs, in questions to WhatsApp: the scarce good that its rate limits count."""

    listing: int = 1
    """Questions for a list of all groups; 0 is a gateway that answers from its own store."""
    group: int = 1
    """Questions for one group by its id."""
    group_by_listing: bool = False
    """A group by its id is found in a list of all groups, so that it costs what that costs."""
    source: str = ""

    @property
    def listing_class(self) -> CallClass:
        """The budget that a list of all groups is charged to."""
        return CallClass.LIST if self.listing else CallClass.LOOK

    @property
    def group_class(self) -> CallClass:
        """The budget that a read of one group is charged to."""
        if not self.group:
            return CallClass.LOOK
        return CallClass.LIST if self.group_by_listing else CallClass.READ


class Capabilities(Value):
    """The claims of one connection: learnt from its engine and version while connecting."""

    gateway: str
    engine: str | None = None
    version: str | None = None
    claims: dict[Aspect, Claim]
    limits: Limits = Limits()
    creates_with_one: bool = False
    """A group must be created with one person; otherwise it is created empty."""
    read_cost: ReadCost = ReadCost()
    cached_reads: bool = False
    """A read may show what was before a write: poll, and refresh once before believing it."""
    two_reads_agree: bool = False
    """A listing proves nothing alone: after an unanswered creation two must agree."""

    def claim(self, aspect: Aspect) -> Claim:
        """What is claimed of `aspect`; of a part that is not claimed by itself, what is claimed of the whole."""
        claimed = self.claims.get(aspect)
        return claimed or self.claims.get(PARTS.get(aspect, aspect), NO_CLAIM)

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """All that there is to tell: a part only where it is claimed by itself."""
        return tuple(aspect for aspect in Aspect if aspect not in PARTS or aspect in self.claims)

    def without(self, lacking: Mapping[Aspect, str]) -> "Capabilities":
        """These capabilities without the writing of some fields, each with the reason in words."""
        less = {
            aspect: Claim(access=self.claim(aspect).access & Access.READ, note=note, source="the gateway's own answer")
            for aspect, note in lacking.items()
        }
        return self.model_copy(update={"claims": {**self.claims, **less}}) if less else self

    def can(self, aspect: Aspect, access: Access) -> bool:
        return access in self.claim(aspect).access
