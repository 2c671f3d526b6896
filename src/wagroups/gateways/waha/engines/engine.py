"""What differs between WAHA's engines: how a group, a creation, a per-person result and a refusal are written.

Everything else (routes, sessions, keys, bodies of requests) is the same on all of them and lives in the adapter.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Lid, Phone, Role
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.gateways.shared.json_fields import Record
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People, ReadMember


class PersonAnswer(NamedTuple):
    """What an answer says became of one person, under the names that the answer uses."""

    phone: Phone | None
    lid: Lid | None
    code: int
    invite_expires: datetime | None = None
    invite_sent: bool = False
    """The engine itself sent them the private invitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine's wire table."""

    name: str
    """As WAHA spells it: `NOWEB`."""
    read_timeout: float
    """Seconds to wait for an answer: longer than the engine itself waits for WhatsApp."""
    shape: Shape
    """Of its listing."""
    member: ReadMember
    """One entry of a group's list of people."""
    group: Callable[[Record, People], ObservedGroup | None]
    """One item of a listing, or the answer of a read by id; `None` when it is no group."""
    behind: Callable[[Record, People], ObservedGroup | None]
    """The group to which an invite link leads."""
    created: Callable[[object], GroupJid | None]
    """The id in the answer to a creation."""
    told: Callable[[object], Iterable[PersonAnswer]]
    """The per-person results in the answer to a change of members or roles, as far as it holds any."""
    code: Callable[[Record], int | None]
    """WhatsApp's code in the `exception` of an HTTP 500."""
    pages: bool = False
    """Whether pages of a listing are cut from the engine's own store, in the order of the groups' ids.  Elsewhere every
    page costs a whole read of WhatsApp or of the browser, or follows the chats' activity."""
    not_held: re.Pattern[str] | None = None
    """The text with which a read by id says that the group is not in the engine's own store, which tells neither that
    it does not exist nor that we are not in it."""
    already: Mapping[str, re.Pattern[str]] = field(default_factory=lambda: MappingProxyType({}))
    """By kind of edit, the refusal that says it was done before, on engines where asking twice is an error."""


def member(phone: Phone | None, lid: Lid | None, role: Role, by_lid: bool) -> ObservedMember:
    """Raises ValueError when the list names nobody."""
    if phone is None and lid is None:
        raise ValueError("a member without a name")
    return ObservedMember(phone, lid, role, by_lid)


def settings(said: Mapping[Setting, str | None]) -> Mapping[Setting, str]:
    """The settings that were said."""
    return MappingProxyType({setting: value for setting, value in said.items() if value is not None})


def audience(admins_only: bool | None) -> str | None:
    return None if admins_only is None else "admins" if admins_only else "everyone"


def yes_no(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


ADD_MODES: Final = MappingProxyType({"all_member_add": "everyone", "admin_add": "admins"})
HISTORY_MODES: Final = MappingProxyType({"all_member_share": "everyone", "admin_share": "admins"})
