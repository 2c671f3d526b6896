"""What the engine needs from the outside, in its own words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from wagroups.domain.declared.picture import Glimpse, Picture
from wagroups.domain.identity import AccountKey, GroupJid, InviteLink, Lid, Me, Phone
from wagroups.domain.live.capability import Capabilities
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.observed import Observed, ObservedGroup, Scope
from wagroups.domain.plans.budget import Restriction
from wagroups.domain.plans.operation import CreateGroup, Edit
from wagroups.domain.plans.outcome import Receipt


class Lookup(NamedTuple):
    """What a gateway knows of one number.  `None` = it did not say."""

    asked: Phone
    exists: bool | None
    dial: Phone | None
    """The spelling WhatsApp uses; what additions are asked for by."""
    lid: Lid | None
    paired: Phone | None = None
    """The number that the answer gives beside the LID, where it gives one."""

    @property
    def about_another(self) -> bool:
        """Whether the answer names another number than the one that was asked about: nothing of it is usable."""
        return self.dial is not None and self.dial not in self.asked.variants()

    @property
    def mispaired(self) -> bool:
        """Whether the LID comes with another number than the one that was asked about: it is somebody else's."""
        return self.paired is not None and self.paired not in self.asked.variants()

    def usable(self) -> "Lookup":
        """What of the answer is about the number that was asked about."""
        if self.about_another:
            return Lookup(self.asked, None, None, None)
        return self._replace(lid=None, paired=None) if self.mispaired else self


class Health(NamedTuple):
    """The state of a connection, for `doctor`."""

    working: bool
    status: str
    """The gateway's own word: `WORKING`, `SCAN_QR_CODE`, `logged_in`, …"""
    server_time: datetime | None
    """From the `Date` header; tells whether the clocks agree."""
    remarks: tuple[str, ...] = ()
    """Configuration of the gateway that makes reads lie, in sentences."""


class Gateway(Protocol):
    """One connected WhatsApp account behind one HTTP gateway: what every gateway offers.

    Whatever else one offers stands in the protocols below, each of them optional; `execution.gateway_offers` tells
    which claim needs which method, and what is claimed without its method counts as not claimed.

    Every method may raise a `GatewayError`; which one says what the caller may do next.  No method waits for
    a budget or asks twice: that is written once, in `execution.gateway_calls`, and nothing else calls a gateway.
    """

    account: AccountKey
    capabilities: Capabilities
    me: Me

    async def observe(self, scope: Scope) -> Observed:
        """Read all groups with one listing, or the named ones with one read each.

        In a read of named groups a group that is not shown goes to `absent` and one that fails to `failed`.
        Raises SessionLost, NotSent or Unanswered when nothing could be read.
        """
        ...

    async def health(self) -> Health:
        """How the connection is now."""
        ...

    async def close(self) -> None:
        """Give the connection back.  Closing twice is no error."""
        ...


class Writes(Protocol):
    """Changes of groups that exist: every aspect that is claimed with `Access.WRITE` and has no method of its own."""

    async def perform(self, edit: Edit, group: GroupJid) -> Receipt:
        """Carry out one edit."""
        ...


class Creates(Protocol):
    """New groups (`Aspect.CREATE`)."""

    async def create(self, operation: CreateGroup) -> GroupJid:
        """Create a group.  Never repeated blindly: after `Unanswered` only looking tells."""
        ...


class Refreshes(Protocol):
    """A gateway with a store of its own that can be made to read anew (`Aspect.REFRESH`)."""

    async def refresh(self) -> None:
        """Have the gateway read everything anew from WhatsApp."""
        ...


class Pictures(Protocol):
    """The pictures of groups (`Aspect.PICTURE`, to read)."""

    async def glimpse(self, group: GroupJid) -> Glimpse:
        """Look at a group's picture.  A download that fails is told in the glimpse, not raised."""
        ...


class JoinRequests(Protocol):
    """Those who ask to join (`Aspect.JOIN_REQUESTS`, to read); they are answered by `perform`."""

    async def join_requests(self, group: GroupJid) -> tuple[JoinRequest, ...]:
        """Who waits to be let into a group.  Raises Rejected where that cannot be asked."""
        ...


class NumberChecks(Protocol):
    """What WhatsApp knows of a number (`Aspect.EXISTS_CHECK`, `Aspect.LID_LOOKUP`)."""

    async def identify(self, phones: Sequence[Phone]) -> tuple[Lookup, ...]:
        """Ask which numbers exist, how WhatsApp spells them, and their LIDs; one answer for each, in order.

        Answers are given as they came: whether they are about the number asked for,
        `execution.number_checks` judges.
        """
        ...


class Links(Protocol):
    """The invite links of the account's own groups (`Aspect.INVITE_LINK`, `Aspect.INVITE_LINK_RESET`)."""

    async def invite_link(self, group: GroupJid) -> InviteLink:
        """The group's invite link.  Raises Rejected where the account may not see it."""
        ...

    async def reset_invite_link(self, group: GroupJid) -> InviteLink:
        """Make the invite link void and return the one that holds then.

        Never repeated blindly: every call makes the link before it void.  The answer is hearsay: whether the old link
        is dead, only reading it again tells.
        """
        ...


class Joins(Protocol):
    """Joining the groups of others by their links (`Aspect.JOIN`)."""

    async def behind(self, link: InviteLink) -> ObservedGroup:
        """The group that a link leads to, as far as it is shown to those who are not in it; joins nothing.

        Raises Rejected for a link that is void.
        """
        ...

    async def join(self, link: InviteLink) -> GroupJid | None:
        """Join a group by its link.  `None` when no id was answered: an admin must approve first.

        With an id the account may still be waiting for an approval (WAHA's GOWS and WPP): reading the group tells.
        """
        ...


class Messages(Protocol):
    """Texts to people (`Aspect.SEND_TEXT`)."""

    async def send_text(self, to: Phone | GroupJid, text: str) -> None:
        """Send a text message.  Never repeated blindly: it would be read twice."""
        ...


class Restrictions(Protocol):
    """What WhatsApp says of the account itself (`Aspect.RESTRICTIONS`)."""

    restrictions: tuple[Restriction, ...]
    """What the gateway knew while connecting.  That it knew of none proves nothing."""

    async def restricted(self) -> tuple[Restriction, ...]:
        """Ask WhatsApp anew whether it restricts the account.

        An empty answer proves nothing: calls may be refused all the same.
        """
        ...


class WholeGateway(
    Gateway,
    Writes,
    Creates,
    Refreshes,
    Pictures,
    JoinRequests,
    NumberChecks,
    Links,
    Joins,
    Messages,
    Restrictions,
    Protocol,
):
    """A gateway that offers everything there is to offer."""


class PictureFiles(Protocol):
    """Where the bytes of declared pictures come from."""

    def __call__(self, picture: Picture) -> bytes:
        """The JPEG to send.  Raises Refused when the file is not the one that was declared any more."""
        ...


class Clock(Protocol):
    """All “now” comes from here, so that tests do not wait."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    async def sleep(self, duration: timedelta) -> None: ...

    def jitter(self) -> float:
        """A factor around 1, within `budget.JITTER`."""
        ...
