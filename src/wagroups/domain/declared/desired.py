"""What is declared, after defaults, profiles and teams are resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from wagroups.domain.declared.known import Known
from wagroups.domain.declared.members import Boundary, DesiredMember, DesiredMembers, Entry, Person, Turn
from wagroups.domain.declared.picture import Picture
from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey
from wagroups.domain.origin import Origin
from wagroups.domain.problem import Problem

__all__ = [
    "Boundary",
    "Desired",
    "DesiredCommunity",
    "DesiredGroup",
    "DesiredMember",
    "DesiredMembers",
    "Entry",
    "Manage",
    "Origin",
    "Person",
    "State",
    "Turn",
]


class Manage(StrEnum):
    """How far the declared list of people reaches."""

    EXACT = "exact"
    ADD_ONLY = "add-only"
    IGNORE = "ignore"


class State(StrEnum):
    """What wagroups may do with a group."""

    MANAGED = "managed"
    WATCHED = "watched"
    RELEASED = "released"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredGroup:
    """One declared group.  A field that is `None`, or a setting that is missing, is not ours to decide."""

    key: GroupKey
    account: AccountKey
    origin: Origin
    id: GroupJid | None = None
    previous_keys: tuple[GroupKey, ...] = ()
    subject: str | None = None
    description: str | None = None
    """`""` clears it."""
    settings: Mapping[Setting, str] = field(default_factory=lambda: MappingProxyType({}))
    members: DesiredMembers = field(default_factory=DesiredMembers)
    """Everybody declared, admins included."""
    members_declared: bool = False
    """Whether `members:` is written: without it nobody is ever removed."""
    admins_declared: bool = False
    """Whether `admins:` is written: without it no role changes."""
    manage_members: Manage = Manage.EXACT
    manage_admins: Manage = Manage.EXACT
    respect_left: bool = True
    state: State = State.MANAGED
    join_by_link: bool = False
    invite_by_message: bool = False
    reject_unknown: bool = False
    picture: Picture | Literal["none"] | None = None
    """`none` takes it away."""
    community: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=lambda: MappingProxyType({}))
    """Where each field was written: `subject`, `settings.send_messages`, `admins`, …"""

    vias: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """The way from the group to each field that it does not write itself: `("profile class",)`."""
    via: tuple[str, ...] = ()
    """What a generated group is made of: `("generate parents", "rosters/classes.csv:12")`."""
    faults: tuple[Problem, ...] = ()
    """Lists of the group that come to nobody by accident, or to others than their author counted: who is in it is not
    known, and neither additions nor removals may follow from them."""
    sources: frozenset[str] = frozenset()
    """Every file that had a say in the group, also one that names nobody any more.  The directory of people is not
    among them: who is in it says where."""

    def at(self, instant: datetime) -> "DesiredGroup":
        """The group with the members and admins of `instant`, as if they were so for good."""
        return replace(self, members=self.members.at(instant))

    def boundaries(self) -> tuple[Boundary, ...]:
        """Everything that changes in the group by the clock alone, in order of time."""
        return self.members.boundaries()

    def origin_of(self, name: str) -> Origin:
        return self.origins.get(name, self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredCommunity:
    """One declared community.  Its groups name it; who is in it follows from them."""

    key: str
    origin: Origin
    subject: str
    description: str | None = None
    admins: DesiredMembers = field(default_factory=DesiredMembers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The whole project.  Groups and people are in sorted order."""

    groups: Mapping[GroupKey, DesiredGroup]
    people: tuple[Person, ...]
    communities: Mapping[str, DesiredCommunity] = field(default_factory=lambda: MappingProxyType({}))
    accounts: frozenset[AccountKey] = frozenset()
    """Every account that `wagroups.yaml` names, also those without groups."""
    known: tuple[Known, ...] = ()
    """Open points that the files say are known, whatever the day is."""
    timezone: str = "UTC"
    """An IANA name; dates such as `until` are read in it."""
    files: int = 0
    digest: str = ""
    """Over the bytes of every file read, in sorted order."""

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.timezone)

    def at(self, instant: datetime) -> "Desired":
        """The project with the memberships of `instant`, as if they were so for good."""
        groups = {key: group.at(instant) for key, group in self.groups.items()}
        return replace(self, groups=MappingProxyType(groups))
