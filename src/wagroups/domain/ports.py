"""What the engine needs from the outside, in its own words."""

from collections.abc import Collection, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import Glimpse, Picture, PictureMemory
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, InviteLink, Lid, Me, Phone
from wagroups.domain.live.capability import Aspect, Capabilities
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.last_read import ReadFacts
from wagroups.domain.live.memory import Applied, Intent, Memory, MemoryGround, PersonRefusal
from wagroups.domain.live.observed import Observed, ObservedGroup, Scope
from wagroups.domain.live.presence import Count
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.budget import Allowance, Breaker, CallClass, Restriction, Spent
from wagroups.domain.plans.history import PastAction
from wagroups.domain.plans.operation import CreateGroup, Edit
from wagroups.domain.plans.outcome import Receipt, StepOutcome


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
    """One connected WhatsApp account behind one HTTP gateway.

    Every method may raise a `GatewayError`; which one says what the caller may do next.  No method waits for
    a budget or asks twice: that is written once, in `execution.gateway_calls`, and nothing else calls a gateway.
    """

    account: AccountKey
    capabilities: Capabilities
    me: Me
    restrictions: tuple[Restriction, ...]
    """What the gateway knew while connecting.  That it knew of none proves nothing."""

    async def observe(self, scope: Scope) -> Observed:
        """Read all groups with one listing, or the named ones with one read each.

        In a read of named groups a group that is not shown goes to `absent` and one that fails to `failed`.
        Raises SessionLost, NotSent or Unanswered when nothing could be read.
        """
        ...

    async def glimpse(self, group: GroupJid) -> Glimpse:
        """Look at a group's picture (`Aspect.PICTURE`).  A download that fails is told in the glimpse, not raised."""
        ...

    async def join_requests(self, group: GroupJid) -> tuple[JoinRequest, ...]:
        """Who waits to be let into a group (`Aspect.JOIN_REQUESTS`).  Raises Refused where that cannot be asked."""
        ...

    async def refresh(self) -> None:
        """Have the gateway read everything anew from WhatsApp (`Aspect.REFRESH`)."""
        ...

    async def identify(self, phones: Sequence[Phone]) -> tuple[Lookup, ...]:
        """Ask which numbers exist, how WhatsApp spells them, and their LIDs; one answer for each, in order.

        Answers are given as they came: whether they are about the number asked for,
        `execution.number_checks` judges.
        """
        ...

    async def create(self, operation: CreateGroup) -> GroupJid:
        """Create a group.  Never repeated blindly: after `Unanswered` only looking tells."""
        ...

    async def perform(self, edit: Edit, group: GroupJid) -> Receipt:
        """Carry out one edit."""
        ...

    async def invite_link(self, group: GroupJid) -> InviteLink:
        """The group's invite link.  Raises Refused where the account may not see it."""
        ...

    async def reset_invite_link(self, group: GroupJid) -> InviteLink:
        """Make the invite link void and return the one that holds then.

        Never repeated blindly: every call makes the link before it void.  The answer is hearsay: whether the old link
        is dead, only reading it again tells.
        """
        ...

    async def behind(self, link: InviteLink) -> ObservedGroup:
        """The group that a link leads to, as far as it is shown to those who are not in it; joins nothing.

        Raises Refused for a link that is void.
        """
        ...

    async def join(self, link: InviteLink) -> GroupJid | None:
        """Join a group by its link.  `None` when no id was answered: an admin must approve first.

        With an id the account may still be waiting for an approval (WAHA's GOWS and WPP): reading the group tells.
        """
        ...

    async def send_text(self, to: Phone | GroupJid, text: str) -> None:
        """Send a text message.  Never repeated blindly: it would be read twice."""
        ...

    async def restricted(self) -> tuple[Restriction, ...]:
        """Ask WhatsApp anew whether it restricts the account (`Aspect.RESTRICTIONS`).

        An empty answer proves nothing: calls may be refused all the same.
        """
        ...

    async def health(self) -> Health:
        """How the connection is now."""
        ...

    async def close(self) -> None: ...


class Pictures(Protocol):
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


class Granted(NamedTuple):
    """The attempt is charged; go."""


class Deferred(NamedTuple):
    """Not charged.  `at` is the next free time; `None` = never within this budget."""

    at: datetime | None
    reason: str
    """`gap`, `hour`, `day`, `breaker:<reason>`."""


class Standing(NamedTuple):
    """How an account stands with its budget: the part of the memory that pacing needs."""

    spent: Mapping[CallClass, tuple[Spent, ...]]
    """Attempts of at least the last day, oldest first."""
    breakers: tuple[Breaker, ...]
    """Those that hold, and those that ended within `budget.LESSON`: what they taught still counts."""
    paused: Mapping[CallClass, datetime] = MappingProxyType({})
    """Classes that a run gave up waiting for, with the time that it named, as long as that is not over."""


class Ledger(Protocol):
    """The durable memory: one for a project, shared by every run, job and machine that uses it.

    Raises LedgerError when the store is damaged, newer than this program, or cannot be written.
    """

    @property
    def key(self) -> bytes:
        """The project's pseudonym key."""
        ...

    def recall(self, account: AccountKey, now: datetime) -> Memory:
        """Everything remembered of `account` that still holds at `now`."""
        ...

    def hold(self, account: AccountKey, now: datetime) -> AbstractContextManager[None]:
        """Hold the account's lease for as long as the context lasts; a thread keeps it alive.

        Raises Locked when another living run holds it.
        """
        ...

    def reserve(
        self,
        account: AccountKey,
        calls: CallClass,
        allowance: Allowance,
        now: datetime,
        stretch: float,
        *,
        urgent: bool = False,
    ) -> Granted | Deferred:
        """Charge one attempt, atomically, if the budget allows; `stretch` multiplies the gap after it.

        What is `urgent` is not kept by a lock about new people.
        """
        ...

    def standing(self, account: AccountKey, now: datetime) -> Standing:
        """Look at the budget without charging it."""
        ...

    def trip(self, account: AccountKey, breaker: Breaker) -> None:
        """Remember a breaker.  A later end replaces an earlier one of the same class."""
        ...

    def note_pause(self, account: AccountKey, calls: CallClass, until: datetime) -> None:
        """Remember that a run ended because `calls` are not free before `until`, and said so."""
        ...

    def reset_breaker(self, account: AccountKey, calls: CallClass | None) -> None:
        """Lift breakers before their time, with what they taught: of one class, or all with `None`."""
        ...

    def intend(self, intent: Intent) -> int:
        """Write down what is about to be asked; returns its number in the journal.  Durable on return."""
        ...

    def conclude(self, number: int, outcome: StepOutcome, at: datetime) -> None:
        """Write down how it ended, and at once what follows from it.

        A creation that was answered is bound, with the settings given to it; removals that were answered, or may
        have happened, count for the rolling day; answers about people who were added may rest additions (`signs`).
        An `Uncertain` outcome leaves the intent unsettled.
        """
        ...

    def settle(self, number: int, finding: str, at: datetime) -> None:
        """Close an unsettled intent after looking: `seen`, `not-seen`, `adopted`, `abandoned`."""
        ...

    def note_history(self, actions: Sequence[PastAction]) -> None:
        """Write down what became of a run's actions, as a look says."""
        ...

    def note_looks(self, numbers: Sequence[int]) -> None:
        """Count one more good reading of all groups that showed nothing new, for each of these unsettled creations."""
        ...

    def note_account(self, account: AccountKey, me: Me, now: datetime) -> None: ...

    def note_read(
        self,
        observed: Observed,
        good: frozenset[GroupJid],
        turnover: Mapping[GroupKey, Turnover] = MappingProxyType({}),
    ) -> None:
        """Remember identity pairs of a read, snapshots of the groups in `good`, and who left them or came back."""
        ...

    def note_last_read(self, account: AccountKey, facts: ReadFacts, read_at: datetime) -> None:
        """Keep a read of all groups, for plans that ask nobody."""
        ...

    def note_lookups(
        self,
        account: AccountKey,
        lookups: Sequence[Lookup],
        now: datetime,
        former: Mapping[Phone, Collection[Phone]] = MappingProxyType({}),
    ) -> frozenset[Phone]:
        """Remember answers about numbers; returns those whose LID contradicts what was learnt before.

        Of a contradiction neither side is believed until a read shows who is who.  That somebody's `former` numbers
        have their LID is none.
        """
        ...

    def note_exchanges(self, account: AccountKey, waits: Mapping[GroupKey, Set[Phone]], now: datetime) -> None:
        """Remember since when new numbers are waited for, in every group of `waits`; one that is not is forgotten."""
        ...

    def note_doubts(self, account: AccountKey, doubts: Mapping[GroupKey, Mapping[Phone, bool]], now: datetime) -> None:
        """Remember since when declared people may be hidden members, in every group of `doubts`; others are forgotten.

        The value says whether they were in the group before.
        """
        ...

    def note_presence(
        self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime, code: int | None, count: Count | None
    ) -> None:
        """Remember what somebody's addition told: see `Presence`."""
        ...

    def remember(self, account: AccountKey, jids: Collection[GroupJid], now: datetime, how: MemoryGround) -> None:
        """Believe from now on that what is not known of these groups did not happen.  Without effect where known."""
        ...

    def note_permissions(self, account: AccountKey, held: Permissions) -> None:
        """Remember what the files let this run do, for the next one to compare with."""
        ...

    def claim(self, project: str, jids: Collection[GroupJid]) -> None:
        """Let live groups belong to `project`, whoever had them before."""
        ...

    def note_spent(self, account: AccountKey, attempts: Mapping[CallClass, int], at: datetime) -> None:
        """Count attempts that this ledger did not see."""
        ...

    def bind(self, account: AccountKey, group: GroupKey, jid: GroupJid, now: datetime, *, created: bool) -> None: ...

    def rename(self, account: AccountKey, before: GroupKey, after: GroupKey) -> None:
        """Move everything remembered of a group to its new key."""
        ...

    def release(self, account: AccountKey, group: GroupKey) -> None:
        """Forget a group's binding and everything that hangs on its key."""
        ...

    def note_applied(self, account: AccountKey, applied: Mapping[GroupKey, Applied]) -> None:
        """Remember what was declared of these groups."""
        ...

    def note_approvals(self, account: AccountKey, approved: Mapping[GroupKey, Approval]) -> None:
        """Remember what was approved of these groups, in place of what was approved before."""
        ...

    def note_blind(self, account: AccountKey, group: GroupKey, field: str, value: str, *, refused: bool) -> None:
        """Remember a value written without being readable, or the refusal to write it."""
        ...

    def note_picture(self, account: AccountKey, group: GroupKey, picture: PictureMemory) -> None:
        """Remember what became of a group's picture, in place of what was remembered of it."""
        ...

    def note_refusal(self, account: AccountKey, group: GroupKey, phone: Phone, refusal: PersonRefusal) -> None: ...

    def note_departure(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None:
        """Remember that somebody left by themselves, as WhatsApp said when they were to be added."""
        ...

    def note_invitation(self, account: AccountKey, group: GroupKey, phone: Phone, invitation: Invitation) -> None:
        """Remember an invitation in place of the one before; a read that shows the person ends it."""
        ...

    def withdraw_invitations(self, account: AccountKey, people: Sequence[tuple[GroupKey, Phone]]) -> None:
        """Forget the invitations of people who are not to come any more."""
        ...

    def note_undemotable(
        self, account: AccountKey, jid: GroupJid, person: Identity, now: datetime, until: datetime | None = None
    ) -> None:
        """Remember that somebody kept rights that were to be taken: for good, or until a time."""
        ...

    def note_open(self, account: AccountKey, found: Mapping[GroupKey, Set[str]], now: datetime, *, met: bool) -> None:
        """Remember the ids of what is open in these groups, in place of those of an earlier look.

        `met`: an apply or a drift has met them, so they are new no longer.
        """
        ...

    def note_lack(self, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
        """Remember that the gateway, in this version, has no way to write a field."""
        ...

    def note_fruitless(
        self, account: AccountKey, group: GroupKey, action: str, person: Identity | None, now: datetime
    ) -> int:
        """Count an action that was asked for and did not come about; returns how often that was in the last days."""
        ...

    def note_unseen_addition(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None: ...

    def approve(self, digest: str, actions: Sequence[str], now: datetime) -> datetime:
        """Record that these action ids were approved; returns when the digest was first applied."""
        ...

    def audit(self, run: str, at: datetime, actor: str, entries: Sequence[str]) -> None:
        """Append sentences (already redacted) to the audit log: overrides and their reasons."""
        ...

    def close(self) -> None: ...
