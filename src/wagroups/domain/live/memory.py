"""What the ledger remembers of one account.  Never a cache of the world."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from wagroups.domain._base import Value
from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Lid, Me, Phone
from wagroups.domain.live.capability import Aspect
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.observed import Observed, ObservedGroup
from wagroups.domain.live.presence import Presence
from wagroups.domain.live.roster import Names
from wagroups.domain.live.tombstone import Tombstones
from wagroups.domain.live.warning_codes import Codes
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.budget import Breaker, CallClass, Spent
from wagroups.domain.plans.operation import Journalled
from wagroups.domain.plans.removal import RemovalKind


class Binding(Value):
    """Which live group is the declared one."""

    group: GroupKey
    jid: GroupJid
    bound_at: datetime
    created: bool
    """Created by wagroups, as opposed to adopted."""


class Intent(Value):
    """What was about to be asked.  Written before the call; without a conclusion it is unsettled."""

    account: AccountKey
    group: GroupKey
    jid: GroupJid | None
    run: str
    step: str
    operation: Journalled
    intended_at: datetime
    seen_before: tuple[GroupJid, ...] = ()
    """Creations only: every group listed before the call, so that the new one can be told from them."""
    actor: str = ""


class Unsettled(NamedTuple):
    """An intent whose conclusion is not known, with its number in the journal."""

    number: int
    intent: Intent
    looks: int = 0
    """Creations only: good readings of all groups since then that showed no new group at all."""


class Snapshot(NamedTuple):
    """The last good read of one group's people."""

    read_at: datetime
    size: int
    people: AbstractSet[Phone | Lid]
    """One name for each member: the LID where it was known, else the phone."""
    admins: AbstractSet[Phone | Lid] = frozenset()
    """Those of `people` who ruled the group."""
    owners: AbstractSet[Phone | Lid] = frozenset()
    """Those of `admins` whom the gateway told to be the owner."""
    roll: bytes = b""
    """The read's `ObservedGroup.roll`: a read with the same one shows the same people."""


class Applied(Value):
    """What was declared when the group was last applied: tells a change in git from one on a phone."""

    at: datetime
    values: dict[str, str]
    """`subject`, `description`, `settings.…` → declared value."""
    people: frozenset[str]
    """Names (alias or pseudonym) of everybody declared."""
    admins: frozenset[str]
    unset: frozenset[str] | None = None
    """Fields of `values` that no read showed to be so; `None` in what an older program wrote, here and below."""
    absent: frozenset[str] | None = None
    """Those of `people` whom the read after it did not show in the group."""
    demoted: frozenset[str] | None = None
    """Those of `admins` who were no admins in it."""
    others: frozenset[str] | None = None
    """Names of everybody who was in the group undeclared."""
    other_admins: frozenset[str] | None = None
    """Those who were admins of it, declared or not, and not declared to be."""


class PersonRefusal(Value):
    """WhatsApp's lasting answer to adding somebody: not invited again until `until` or until the entry changes."""

    code: int
    at: datetime
    until: datetime


class UnseenAddition(Value):
    """Additions of one person that were answered and never seen."""

    times: int
    last_at: datetime


RIGHTS: Final = "rights"
"""In place of an action: the account was refused as if it were no admin, and a read after a refresh calls it one."""


class Fruitless(NamedTuple):
    """How often an action was asked for that did not come about."""

    times: int
    last_at: datetime


class Lack(NamedTuple):
    """A gateway's answer that it has no way to write a field."""

    version: str
    """What the gateway called its version; empty where it does not say."""
    at: datetime


class OpenPoint(NamedTuple):
    """A declared thing that is not so and needs someone to act, as an earlier look found it."""

    since: datetime
    met: bool
    """Whether an apply or a drift has met it: until then it is new."""


class Check(NamedTuple):
    """An answer of the exists-check, while it is fresh."""

    exists: bool
    dial: Phone | None
    """The spelling that WhatsApp uses."""
    checked_at: datetime


class Neighbour(NamedTuple):
    """Another account of the same ledger, whether or not `wagroups.yaml` still names it."""

    me: Me | None
    """The identity behind its name; `None` when it was never read, or was rebound since."""
    groups: frozenset[GroupKey]
    """The declared groups that are bound to it, and those whose creation was never answered."""


MemoryGround = Literal["import", "created", "word"]
"""Why a ledger is believed to remember a group: it was read by an import, made from here, or somebody said so."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Everything recalled for one account.  Empty for an account that was never seen."""

    account: AccountKey
    key: bytes = field(repr=False)
    """The project's pseudonym key."""
    me: Me | None = None
    """The identity behind the account's name when it was first used; another one is refused."""
    bindings: Mapping[GroupKey, Binding] = field(default_factory=lambda: MappingProxyType({}))
    permissions: Permissions | None = None
    """What the files let a run do when this account was last applied; `None` when it never was."""
    claims: Mapping[GroupJid, str] = field(default_factory=lambda: MappingProxyType({}))
    """Live group → the project that it belongs to, of all projects that share this ledger."""
    since: Mapping[GroupJid, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Since when it is remembered who left a group.  Of a group that is not here absent memory proves nothing."""
    neighbours: Mapping[AccountKey, Neighbour] = field(default_factory=lambda: MappingProxyType({}))
    """The ledger's other accounts: no group is made twice because a run looks at one account only."""
    unsettled: tuple[Unsettled, ...] = ()
    pairs: Mapping[Phone, Lid] = field(default_factory=lambda: MappingProxyType({}))
    """Phone → LID, learnt from reads and look-ups.

    Somebody who changed number has one LID and several phones here; a number that WhatsApp gave to somebody
    else has the latest LID.
    """
    checks: Mapping[Phone, Check] = field(default_factory=lambda: MappingProxyType({}))
    no_lid: Mapping[Phone, datetime] = field(default_factory=lambda: MappingProxyType({}))
    """Phones whose LID was looked up and could not be learnt, with the time of the look-up."""
    snapshots: Mapping[GroupJid, Snapshot] = field(default_factory=lambda: MappingProxyType({}))
    seen: frozenset[Phone] = frozenset()
    """Phones that some read of this account has shown in a group."""
    applied: Mapping[GroupKey, Applied] = field(default_factory=lambda: MappingProxyType({}))
    blind: Mapping[tuple[GroupKey, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """(group, field) → the value last written without being readable."""
    blind_refused: Mapping[tuple[GroupKey, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """(group, field) → the value whose blind writing was refused."""
    pictures: Mapping[GroupKey, PictureMemory] = field(default_factory=lambda: MappingProxyType({}))
    lacks: Mapping[Aspect, Lack] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that the gateway could not write after all, as long as that is believed."""
    open_points: Mapping[tuple[GroupKey, str], OpenPoint] = field(default_factory=lambda: MappingProxyType({}))
    """(group, id of the point) → what earlier looks found open."""
    refusals: Mapping[tuple[GroupKey, Phone], PersonRefusal] = field(default_factory=lambda: MappingProxyType({}))
    invitations: Mapping[tuple[GroupKey, Phone], Invitation] = field(default_factory=lambda: MappingProxyType({}))
    undemotable: frozenset[tuple[GroupJid, Phone | Lid]] = frozenset()
    """Admins whose demotion or removal was refused: the owner, on gateways that cannot tell."""
    unseen_additions: Mapping[tuple[GroupKey, Phone], UnseenAddition] = field(
        default_factory=lambda: MappingProxyType({})
    )
    exchanges: Mapping[tuple[GroupKey, Phone], datetime] = field(default_factory=lambda: MappingProxyType({}))
    """New number of somebody who is in a group under a former one → since when that one waits for it."""
    presences: Mapping[tuple[GroupKey, Phone], Presence] = field(default_factory=lambda: MappingProxyType({}))
    """Declared people who may be hidden members of a group."""
    fruitless: Mapping[tuple[GroupKey, str], Fruitless] = field(default_factory=lambda: MappingProxyType({}))
    """(group, action) → how often it was asked for in vain; `action` is the plan's id of the goal."""
    tombstones: Tombstones = field(default_factory=Tombstones)
    """Who left by themselves."""
    removed_lately: Mapping[GroupJid, AbstractSet[Phone | Lid]] = field(default_factory=lambda: MappingProxyType({}))
    """Everybody we removed from a group since about its last good read: they did not leave by themselves."""
    removed_today: Mapping[GroupJid, Mapping[RemovalKind, int]] = field(default_factory=lambda: MappingProxyType({}))
    """Our own removals per group in the rolling day, by what they were."""
    approvals: Mapping[GroupKey, Approval] = field(default_factory=lambda: MappingProxyType({}))
    """What was approved of groups, with the dates of their people."""
    removed_since_read: Mapping[GroupJid, int] = field(default_factory=lambda: MappingProxyType({}))
    """Our own removals per group since its last good read."""
    spent: Mapping[CallClass, tuple[Spent, ...]] = field(default_factory=lambda: MappingProxyType({}))
    breakers: tuple[Breaker, ...] = ()
    """Rests that hold."""
    lessons: tuple[Breaker, ...] = ()
    """Rests that ended so lately that what they taught still holds."""
    additions: Codes = ()
    """The latest answers to additions, in which signs are looked for."""
    writable: bool = True
    """False on a read-only or absent ledger: reads still work, with a notice."""

    @cached_property
    def names(self) -> Names:
        """The pairs, findable from both sides.  One value for all groups of the account."""
        return Names(self.pairs)

    def taught(self, observed: Observed) -> "Memory":
        """This memory with what a read taught about who is who.

        Whoever is in a group that shows the same people as at its last good read was learnt of then.  Snapshots stay as
        they were: the read is yet to be compared with them.
        """
        moved = [jid for jid, group in observed.groups.items() if not self._showed(group)]
        named = [(member.phone, member.lid) for member in observed.people(moved) if member.phone is not None]
        if not named:
            return self
        pairs = {**self.pairs, **{phone: lid for phone, lid in named if lid is not None}}
        return replace(self, pairs=MappingProxyType(pairs), seen=self.seen.union([phone for phone, _ in named]))

    def _showed(self, group: ObservedGroup) -> bool:
        snapshot = self.snapshots.get(group.jid)
        return snapshot is not None and snapshot.roll == group.roll
