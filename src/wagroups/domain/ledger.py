"""The durable memory that the engine needs, in small parts; whoever uses it names the part that it needs.

Every method is one transaction.  All of them raise LedgerError when the store is damaged, newer than this program, or
cannot be written.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Identity, Me, Phone
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.last_read import LastRead, ReadFacts
from wagroups.domain.live.memory import Applied, Binding, Intent, Memory, MemoryGround, PersonRefusal
from wagroups.domain.live.observed import Observed
from wagroups.domain.live.presence import Count
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.budget import Allowance, Breaker, CallClass, Spent
from wagroups.domain.plans.history import HistoryQuery, PastAction
from wagroups.domain.plans.outcome import StepOutcome
from wagroups.domain.ports import Lookup


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


class Lock(Protocol):
    """At most one run works on an account."""

    def hold(self, account: AccountKey, now: datetime) -> AbstractContextManager[None]:
        """Hold the account's lease for as long as the context lasts; a thread keeps it alive.

        Raises Locked when another living run holds it.
        """
        ...


class Budgets(Protocol):
    """What an account has spent, and what it may spend: other runs, jobs and machines spend from it too."""

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

    def note_spent(self, account: AccountKey, attempts: Mapping[CallClass, int], at: datetime) -> None:
        """Count attempts that this ledger did not see."""
        ...


class Journal(Protocol):
    """What was asked of gateways and what became of it; what was approved and by whom."""

    def intend(self, intent: Intent) -> int:
        """Write down what is about to be asked; returns its number in the journal.  Durable on return."""
        ...

    def conclude(self, number: int, outcome: StepOutcome, at: datetime) -> None:
        """Write down how it ended, and at once what follows from it.

        A creation that was answered is bound, with the settings given to it; removals that were answered, or may
        have happened, count for the rolling day; answers about people who were added may rest additions.
        An `Uncertain` outcome leaves the intent unsettled.
        """
        ...

    def settle(self, number: int, finding: str, at: datetime) -> None:
        """Close an unsettled intent after looking: `seen`, `not-seen`, `adopted`, `abandoned`."""
        ...

    def note_looks(self, numbers: Sequence[int]) -> None:
        """Count one more good reading of all groups that showed nothing new, for each of these unsettled creations."""
        ...

    def note_history(self, actions: Sequence[PastAction]) -> None:
        """Write down what became of a run's actions, as a look says."""
        ...

    def history(self, account: AccountKey, query: HistoryQuery) -> tuple[PastAction, ...]:
        """What was done to the groups of an account, newest first."""
        ...

    def approve(self, digest: str, actions: Sequence[str], now: datetime) -> datetime:
        """Record that these action ids were approved; returns when the digest was first applied."""
        ...

    def audit(self, run: str, at: datetime, actor: str, entries: Sequence[str]) -> None:
        """Append sentences (already redacted) to the audit log: overrides and their reasons."""
        ...


class Recall(Protocol):
    """Everything that is remembered of an account, at once."""

    def recall(self, account: AccountKey, now: datetime) -> Memory:
        """Everything remembered of `account` that still holds at `now`."""
        ...


class DeclaredFacts(Protocol):
    """Which live group each declared one is, and what was declared, approved and permitted last."""

    def bindings(self, account: AccountKey) -> Mapping[GroupKey, Binding]:
        """The live groups of an account's declared ones, without the rest of what is remembered."""
        ...

    def bind(self, account: AccountKey, group: GroupKey, jid: GroupJid, now: datetime, *, created: bool) -> None: ...

    def rename(self, account: AccountKey, before: GroupKey, after: GroupKey) -> None:
        """Move everything remembered of a group to its new key."""
        ...

    def release(self, account: AccountKey, group: GroupKey) -> None:
        """Forget a group's binding and everything that hangs on its key."""
        ...

    def claim(self, project: str, jids: Collection[GroupJid]) -> None:
        """Let live groups belong to `project`, whoever had them before."""
        ...

    def remember(self, account: AccountKey, jids: Collection[GroupJid], now: datetime, how: MemoryGround) -> None:
        """Believe from now on that what is not known of these groups did not happen.  Without effect where known."""
        ...

    def note_applied(self, account: AccountKey, applied: Mapping[GroupKey, Applied]) -> None:
        """Remember what was declared of these groups."""
        ...

    def note_approvals(self, account: AccountKey, approved: Mapping[GroupKey, Approval]) -> None:
        """Remember what was approved of these groups, in place of what was approved before."""
        ...

    def note_permissions(self, account: AccountKey, held: Permissions) -> None:
        """Remember what the files let this run do, for the next one to compare with."""
        ...


class AnswerFacts(Protocol):
    """What reading an account and asking about numbers has shown, and since when somebody is waited for in vain."""

    def note_account(self, account: AccountKey, me: Me, now: datetime) -> None: ...

    def fresh_until(self, account: AccountKey, now: datetime) -> datetime | None:
        """Until when the account's number is new to WhatsApp; `None` when it is not."""
        ...

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

    def last_read(self, account: AccountKey) -> LastRead | None:
        """The last read of all groups of an account; `None` when there was none."""
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

    def note_open(self, account: AccountKey, found: Mapping[GroupKey, Set[str]], now: datetime, *, met: bool) -> None:
        """Remember the ids of what is open in these groups, in place of those of an earlier look.

        `met`: an apply or a drift has met them, so they are new no longer.
        """
        ...


class ChangeFacts(Protocol):
    """What became of changes, so that the next run does not ask in vain."""

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

    def note_unseen_addition(self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime) -> None: ...

    def note_presence(
        self, account: AccountKey, group: GroupKey, phone: Phone, now: datetime, code: int | None, count: Count | None
    ) -> None:
        """Remember what somebody's addition told: see `Presence`."""
        ...

    def note_fruitless(
        self, account: AccountKey, group: GroupKey, action: str, person: Identity | None, now: datetime
    ) -> int:
        """Count an action that was asked for and did not come about; returns how often that was in the last days."""
        ...

    def note_lack(self, account: AccountKey, aspect: Aspect, version: str, now: datetime) -> None:
        """Remember that the gateway, in this version, has no way to write a field."""
        ...


class Facts(Recall, DeclaredFacts, AnswerFacts, ChangeFacts, Protocol):
    """All that is known of an account, its groups and their people."""


class Ledger(Lock, Budgets, Journal, Facts, Protocol):
    """The whole ledger: one for a project, shared by every run, job and machine that uses it."""

    @property
    def key(self) -> bytes:
        """The project's pseudonym key."""
        ...

    def close(self) -> None: ...
