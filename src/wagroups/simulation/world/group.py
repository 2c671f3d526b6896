"""A group as WhatsApp keeps it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.observed import Community
from wagroups.simulation.world.people import SimulatedPerson

DEFAULT_SETTINGS: Final = MappingProxyType(
    {
        Setting.SEND_MESSAGES: "everyone",
        Setting.EDIT_INFO: "everyone",
        Setting.ADD_MEMBERS: "admins",
        Setting.SHARE_LINK: "admins",
        Setting.APPROVE_JOINS: "no",
        Setting.SHARE_HISTORY: "admins",
        Setting.DISAPPEARING: "off",
    }
)
"""What a group has when its creator asked for nothing: an absent mark means the off value, and for adding
members admins only (Baileys' reading of an absent `member_add_mode`, 2026-07)."""


class Description(NamedTuple):
    """A description and the id under which a writer must name it to replace it."""

    text: str
    id: str
    at: datetime
    by: SimulatedPerson


class PendingRequest(NamedTuple):
    """Somebody waiting for an admin's approval."""

    person: SimulatedPerson
    at: datetime
    method: str = "invite_link"
    """`invite_link`, `linked_group_join` or `non_admin_add`."""


class InvitationCode(NamedTuple):
    """What comes with a refused addition: a code to send to that one person."""

    code: str
    expires: datetime


class Result(NamedTuple):
    """What became of one person in a call that passed as a whole."""

    person: SimulatedPerson
    code: int = 200
    invitation: InvitationCode | None = None


INVITATION_LIFE: Final = timedelta(hours=72)
"""Reported, not documented (wa-js issue 1222)."""

REJOIN_REST: Final = timedelta(hours=24)
"""For how long somebody who left cannot be put back (408).  Chosen: the true time is not known."""


@dataclass(slots=True, kw_only=True)
class Group:
    """One group.  Changed only by `Account`, which knows the rules."""

    jid: GroupJid
    subject: str
    subject_at: datetime
    subject_by: SimulatedPerson
    creator: SimulatedPerson
    created_at: datetime
    description: Description | None = None
    settings: dict[Setting, str] = field(default_factory=lambda: dict(DEFAULT_SETTINGS))
    members: dict[SimulatedPerson, Role] = field(default_factory=dict)
    """In the order of joining."""
    lid_addressed: bool = True
    invite_code: str = ""
    dead_codes: set[str] = field(default_factory=set)
    """Invite codes that a reset made void."""
    requests: list[PendingRequest] = field(default_factory=list)
    invitations: dict[SimulatedPerson, InvitationCode] = field(default_factory=dict)
    """Whoever could not be added, with the latest private invitation."""
    left: dict[SimulatedPerson, datetime] = field(default_factory=dict)
    """Who left by themselves, and when."""
    banished: set[SimulatedPerson] = field(default_factory=set)
    """Who was removed: joining by link is refused to them (405)."""
    picture: str | None = None
    """The picture's id, another one for every picture."""
    image: bytes | None = None
    """The picture as WhatsApp encoded it, which is never what was sent."""
    version: int = 1
    """Counts changes of membership."""
    community: Community = Community.NONE
    parent: GroupJid | None = None
    suspended: bool = False

    @property
    def id(self) -> str:
        """The JID as text, for the wire."""
        return self.jid.reveal()

    def copy(self) -> "Group":
        """This moment of the group; people stay the same objects."""
        return replace(
            self,
            settings=dict(self.settings),
            members=dict(self.members),
            dead_codes=set(self.dead_codes),
            requests=list(self.requests),
            invitations=dict(self.invitations),
            left=dict(self.left),
            banished=set(self.banished),
        )

    def is_admin(self, person: SimulatedPerson) -> bool:
        role = self.members.get(person)
        return role is not None and role.is_admin
