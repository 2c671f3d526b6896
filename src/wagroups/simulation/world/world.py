"""A small WhatsApp: people, groups, and the accounts through which they act.

The world keeps what is so; the rules of who may do what are `account`'s, and everybody is bound by them: the
account behind a gateway and a person tapping on a phone go through the same methods.  It does no I/O, invents its ids
by counting, and takes the time from a clock that is handed in, so that one script always gives one world.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from threading import RLock
from typing import Final, NamedTuple

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Role
from wagroups.simulation.world.faults import Call, Faults
from wagroups.simulation.world.group import Description, Group
from wagroups.simulation.world.people import Population, SimulatedPerson
from wagroups.simulation.world.restriction import Restrictions

FIRST_GROUP: Final = 120363400000000001
"""Ids of new groups count up from here; 18 digits and this beginning are what WhatsApp gives out today."""


class ConnectionState(StrEnum):
    """How an account's gateway is connected to WhatsApp."""

    WORKING = "working"
    STARTING = "starting"
    UNPAIRED = "unpaired"
    """Nobody has scanned the code, or the account was logged out."""
    FAILED = "failed"
    STOPPED = "stopped"


class SentMessage(NamedTuple):
    """A text that somebody was sent."""

    sender: SimulatedPerson
    to: str
    """A JID, as the gateway was told."""
    text: str
    at: datetime


class World:
    """Everything that is so on this WhatsApp.  Hold `lock` while reading it beside a running server."""

    def __init__(
        self,
        me: SimulatedPerson,
        people: Iterable[SimulatedPerson] = (),
        *,
        now: Callable[[], datetime],
        faults: Faults | None = None,
        strangers_exist: bool = True,
    ) -> None:
        self.lock = RLock()
        self.now = now
        self.people = Population((me, *people), strangers_exist=strangers_exist)
        self.me = me
        """The account behind the gateways, unless a session is tied to another (`tie`)."""
        self.faults = faults or Faults()
        self.restrictions = Restrictions()
        """What WhatsApp imposes on `me`."""
        self.groups: dict[GroupJid, Group] = {}
        self.messages: list[SentMessage] = []
        self.listeners: list[Callable[[], None]] = []
        """Told after everything that may have changed something (`tell`)."""
        self.mixed_up: SimulatedPerson | None = None
        """Whoever the gateway answers about at this moment, whatever number it is asked about."""
        self._connections: dict[SimulatedPerson, ConnectionState] = {}
        self._sessions: dict[str, SimulatedPerson] = {}
        self._minted = 0

    # People and their accounts

    def behind(self, session: str) -> SimulatedPerson:
        """Whose account a gateway's session is."""
        return self._sessions.get(session, self.me)

    def tie(self, session: str, person: SimulatedPerson) -> None:
        """Let a session belong to somebody else than `me`."""
        self._sessions[session] = person

    def connection(self, person: SimulatedPerson) -> ConnectionState:
        return self._connections.get(person, ConnectionState.WORKING)

    def connect(self, person: SimulatedPerson, connection: ConnectionState) -> None:
        """Change how somebody's gateway is connected."""
        self._connections[person] = connection

    # Groups

    def group(self, name: str) -> Group:
        """A group by its JID or subject.  Raises LookupError when there is none or more than one."""
        by_jid = self.groups.get(GroupJid.of(name))
        found = [by_jid] if by_jid else [group for group in self.groups.values() if group.subject == name]
        if len(found) != 1:
            raise LookupError(f"{len(found) or 'no'} groups have that id or subject")
        return found[0]

    def groups_of(self, person: SimulatedPerson) -> list[Group]:
        """In ascending order of their ids."""
        return [group for _, group in sorted(self.groups.items()) if person in group.members]

    def found_group(
        self,
        subject: str,
        creator: SimulatedPerson,
        *,
        jid: GroupJid | None = None,
        created_at: datetime | None = None,
        settings: Mapping[Setting, str] | None = None,
        members: Mapping[SimulatedPerson, Role] | None = None,
        lid_addressed: bool = True,
        description: str | None = None,
    ) -> Group:
        """Put a group into the world without asking the rules; for seeds and for `SimulatedAccount.create`."""
        moment = created_at or self.now()
        group = Group(
            jid=jid or self._next_jid(),
            subject=subject,
            subject_at=moment,
            subject_by=creator,
            creator=creator,
            created_at=moment,
            lid_addressed=lid_addressed,
            invite_code=self.token("invite", 22),
        )
        if description:
            group.description = Description(description, self.token("description", 16), moment, creator)
        group.settings.update(settings or {})
        group.members.update(members if members is not None else {creator: Role.OWNER})
        self.groups[group.jid] = group
        return group

    def refusal_of(self, call: Call, group: Group, person: SimulatedPerson) -> int | None:
        """The code a script refuses this person with."""
        called = frozenset((person.name, f"+{person.phone.digits()}"))
        return self.faults.refusal_of(call, frozenset((group.id, group.subject)), called)

    # Time and ids

    def token(self, kind: str, length: int) -> str:
        """A new id that nobody has, the same in every run: capital hex digits."""
        self._minted += 1
        return hashlib.sha256(f"{kind} {self._minted}".encode()).hexdigest()[:length].upper()

    def _next_jid(self) -> GroupJid:
        number = FIRST_GROUP
        while (jid := GroupJid.of(f"{number}@g.us")) in self.groups:
            number += 1
        return jid

    # News

    def tell(self) -> None:
        """Let those who listen look at what changed.  Whoever changes the world from outside a server calls this."""
        with self.lock:
            for listener in self.listeners:
                listener()

    # A call that turns out to be a lie

    def save(self) -> dict[GroupJid, Group]:
        """This moment, for `restore`."""
        return {jid: group.copy() for jid, group in self.groups.items()}

    def restore(self, saved: dict[GroupJid, Group]) -> None:
        self.groups = saved
