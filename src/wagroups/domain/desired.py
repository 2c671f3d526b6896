"""What is declared, after defaults, profiles and teams are resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from wagroups.domain.identity import AccountKey, Alias, GroupJid, GroupKey, Phone
from wagroups.domain.picture import Picture
from wagroups.domain.settings import Setting


class Origin(NamedTuple):
    """The place in git where a value was written.  Lines and columns count from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the people directory, or a bare number in a list (then `alias` is `None`)."""

    alias: Alias | None
    phone: Phone
    origin: Origin
    name: str | None = None
    former_phones: tuple[Phone, ...] = ()
    """Earlier numbers: being listed under one is evidence for a removal."""
    until: date | None = None
    """The last day of every membership of this person."""
    denied: date | None = None
    """Set by an offboarding: removed wherever members are managed, and may not be declared again."""
    label: bytes = field(init=False, repr=False, compare=False)
    """The person's name in fingerprints: the alias, else the number.  Made once: a person is in many groups."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.phone if self.alias is None else self.alias.encode())


class DesiredMember(NamedTuple):
    """One declared membership.  A tuple, because there may be a quarter of a million."""

    person: Person
    admin: bool
    origin: Origin
    via: tuple[str, ...] = ()
    """The way from the group to the entry: `("profile class", "team board")`."""
    starts: date | None = None
    until: date | None = None
    """The last day, included."""
    reason: str | None = None

    def active(self, today: date) -> bool:
        """Whether the membership holds on `today`."""
        return (self.starts is None or self.starts <= today) and not self.expired(today)

    def expired(self, today: date) -> bool:
        """Whether the membership ended before `today`."""
        end = min((day for day in (self.until, self.person.until) if day is not None), default=None)
        return end is not None and end < today


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
    members: tuple[DesiredMember, ...] = ()
    """Everybody declared, admins included, once each; sorted by alias, then number."""
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

    def origin_of(self, name: str) -> Origin:
        return self.origins.get(name, self.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The whole project.  Groups and people are in sorted order."""

    groups: Mapping[GroupKey, DesiredGroup]
    people: tuple[Person, ...]
    accounts: frozenset[AccountKey] = frozenset()
    """Every account that `wagroups.yaml` names, also those without groups."""
    timezone: str = "UTC"
    """An IANA name; dates such as `until` are read in it."""
    files: int = 0
    digest: str = ""
    """Over the bytes of every file read, in sorted order."""
