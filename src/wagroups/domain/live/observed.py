"""What a gateway said.  A missing field means that it did not say, never that there is nothing."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.picture import Glimpse
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, GroupJid, Identity, Lid, Me, Phone, Role
from wagroups.domain.live.join_requests import Requests

_MARKS: Final = {role: role.value.encode() for role in Role}

WEIGHT_BYTES: Final = 16
"""Length of a member's weight: chosen; two lists of a project have the same sum once in 2^64 lists."""

ROLL_BYTES: Final = WEIGHT_BYTES + 4
"""Room for the sum of four thousand million weights."""


class _Listed(NamedTuple):
    phone: Phone | None
    lid: Lid | None
    role: Role = Role.MEMBER
    by_lid: bool = False
    """Whether the list names them by LID; removals and roles are asked for under that name."""


class ObservedMember(_Listed):
    """Somebody in a group's list.  At least one of phone and LID is present."""

    @cached_property
    def weight(self) -> int:
        """A hash over the names and the role, made once for all groups of the person."""
        mark = b"%b %b %b" % (self.phone or b"", self.lid or b"", _MARKS[self.role])
        return int.from_bytes(hashlib.blake2b(mark, digest_size=WEIGHT_BYTES).digest())

    @property
    def order(self) -> tuple[bytes, bytes]:
        """Sorts people alike however a gateway lists them: what follows from a list may not depend on its order."""
        return self.phone or b"", self.lid or b""

    def identity(self) -> Identity:
        return Identity(phone=self.phone, lid=self.lid, by_lid=self.by_lid)


_WEIGHT: Final = attrgetter("weight")


class Community(StrEnum):
    """A group's place in a community, where the gateway tells."""

    PARENT = "parent"
    ANNOUNCEMENT = "announcement"
    LINKED = "linked"
    NONE = "none"


class Flaw(NamedTuple):
    """How much of a list of people could not be read: such a list is unknown, not shorter."""

    unread: int
    entries: int


@dataclass(frozen=True, kw_only=True)
class ObservedGroup:
    """One group as one read showed it."""

    jid: GroupJid
    subject: str | None = None
    description: str | None = None
    """`""` is a group without a description; `None` is a gateway that did not say."""
    settings: Mapping[Setting, str] = field(default_factory=lambda: MappingProxyType({}))
    picture: Glimpse | None = None
    """`None`: nobody looked.  It takes a read of its own, made only for groups that declare a picture."""
    requests: Requests | None = None
    """`None`: nobody looked.  It takes a read of its own, made only for groups that people join by link."""
    members: tuple[ObservedMember, ...] | None = None
    doubles: tuple[ObservedMember, ...] = ()
    """Entries that name one of `members` once more (`domain.live.duplicates`)."""
    flaw: Flaw | None = None
    """Why `members` is unknown although a list was shown."""
    stated_size: int | None = None
    """The size the gateway states beside the list; on some gateways it lags behind."""
    created_at: datetime | None = None
    creator: Identity | None = None
    community: Community | None = None
    suspended: bool = False
    """WhatsApp took the group out of service: hands off."""
    hydrated: bool = True
    """False when subject or creation time are missing on a gateway that always gives them."""

    @cached_property
    def roll(self) -> bytes:
        """A hash over everybody, under both names and with their roles, whatever the order of the list."""
        # Sums of hashes tell sets apart as well as a hash over the sorted list (Bellare and Micciancio, 1997), and
        # nothing is sorted or joined for a quarter of a million memberships.
        weights: Iterable[int] = map(_WEIGHT, self.members or ())
        return sum(weights).to_bytes(ROLL_BYTES)

    def left_by(self, me: Me) -> bool:
        """Whether the list is there and the account is not in it."""
        return self.members is not None and self.role_of(me) is None and not self.may_hide(me)

    def may_hide(self, me: Me) -> bool:
        """Whether the account, whose LID nobody told, may be one of those who are listed by LID alone."""
        return me.lid is None and self.role_of(me) is None and any(m.phone is None for m in self.members or ())

    def role_of(self, me: Me) -> Role | None:
        """The account's own role; `None` when it is not in the list, or the list is unknown."""
        for member in self.members or ():
            if is_me(member, me):
                return member.role
        return None


def is_me(member: ObservedMember, me: Me) -> bool:
    """Whether `member` is the connected account, by either of its names."""
    if member.lid is not None and member.lid == me.lid:
        return True
    return member.phone is not None and me.phone is not None and member.phone in me.phone.variants()


class Absence(StrEnum):
    """What a read of one group by its id said instead of the group."""

    NOT_FOUND = "not-found"
    NOT_A_MEMBER = "not-a-member"
    UNKNOWN = "unknown"
    """The gateway answers the same for a group that does not exist and one it has not loaded."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One account's groups as read at one moment."""

    account: AccountKey
    me: Me
    read_at: datetime
    groups: Mapping[GroupJid, ObservedGroup] = field(default_factory=lambda: MappingProxyType({}))
    """In sorted order of their ids."""
    absent: Mapping[GroupJid, Absence] = field(default_factory=lambda: MappingProxyType({}))
    """Groups that were asked for by id and not shown."""
    failed: Mapping[GroupJid, str] = field(default_factory=lambda: MappingProxyType({}))
    """Groups whose read failed, with the reason in words."""
    listing: bool = False
    """Whether this was a read of all groups."""
    listed_at: datetime | None = None
    """When all groups were read last; `None` = they were not.  Of a listing, its own time."""
    recalled: bool = False
    """Whether it is the last read, as the ledger kept it: nobody was asked."""
    trouble: str | None = None
    """Why the read as a whole may not be acted on (`not-connected`, `read-empty`); `None` = nothing known."""

    def __post_init__(self) -> None:
        if self.listing and self.listed_at is None:
            object.__setattr__(self, "listed_at", self.read_at)

    def people(self, jids: Iterable[GroupJid]) -> tuple[ObservedMember, ...]:
        """Everybody of these groups, once for each way in which they are listed; in the order of the groups."""
        groups = [self.groups[jid] for jid in jids]
        lists = (*(group.doubles for group in groups), *(group.members or () for group in groups))
        return tuple(dict.fromkeys(chain.from_iterable(lists)))

    def merged(self, later: "Observed") -> "Observed":
        """This read with a later one laid over it; what took a look of its own stays until there is another."""
        touched = {*later.groups, *later.absent, *later.failed}
        latest = {j: _with_looks_of(self.groups.get(j), group) for j, group in later.groups.items()}
        return Observed(
            account=self.account,
            me=later.me,
            read_at=max(self.read_at, later.read_at),
            groups=MappingProxyType(
                dict(sorted({**{j: g for j, g in self.groups.items() if j not in touched}, **latest}.items()))
            ),
            absent=MappingProxyType({**{j: a for j, a in self.absent.items() if j not in touched}, **later.absent}),
            failed=MappingProxyType({**{j: f for j, f in self.failed.items() if j not in touched}, **later.failed}),
            listing=self.listing or later.listing,
            listed_at=later.listed_at or self.listed_at,
            trouble=later.trouble or self.trouble,
        )


def _with_looks_of(earlier: ObservedGroup | None, later: ObservedGroup) -> ObservedGroup:
    """`later` with the picture and the requests that an earlier look showed, where it has none of its own."""
    if earlier is None or (earlier.picture is None and earlier.requests is None):
        return later
    return replace(later, picture=later.picture or earlier.picture, requests=later.requests or earlier.requests)


class Scope(NamedTuple):
    """What to read: every group the account is in, or these."""

    groups: tuple[GroupJid, ...] | None = None
    page: int | None = None
    """Read a listing so many groups at a time, where the gateway's pages hold together; `None` = all at once."""

    @property
    def everything(self) -> bool:
        return self.groups is None


EVERYTHING = Scope()
