"""The people of a simulated WhatsApp, under both of their names.

A number that nobody seeded belongs to somebody all the same, as on WhatsApp, where most numbers a club has are
taken; their LID is worked out from the number, so that two runs of one script see the same people.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from wagroups.domain.identity import Lid, Phone, member_id
from wagroups.simulation.world.refusal import WhatsAppError

_NAMEABLE: Final = re.compile(r"\d{5,20}@(c\.us|s\.whatsapp\.net|lid)")
"""Ids WhatsApp takes in a request.  Anything else fails the whole batch (waha issue 266, baileys issue 2001)."""

_INVENTED_LIDS: Final = 10**14
"""How many LIDs can be invented; real ones have 15 digits too."""


@dataclass(slots=True, eq=False)
class SimulatedPerson:
    """Somebody with a telephone."""

    name: str
    phone: Phone
    """As WhatsApp spells it, which may differ from what people write (Brazil's ninth digit)."""
    lid: Lid
    blocks_adds: bool = False
    """Privacy settings forbid being added: 403 and an invitation code."""
    no_account: bool = False
    blocked_us: bool = False
    hidden_number: bool = False
    """Group lists show only the LID."""
    listed_again: tuple[Phone | Lid, ...] = ()
    """Names under which group lists show them once more, each alone, as stale caches do: their LID, their number,
    another spelling of it, or one they had before."""

    @property
    def jids_again(self) -> tuple[str, ...]:
        """`listed_again` as ids of users."""
        return tuple(n.reveal() if isinstance(n, Lid) else f"{n.digits()}@s.whatsapp.net" for n in self.listed_again)

    @property
    def pn_jid(self) -> str:
        """`447700900123@s.whatsapp.net`"""
        return f"{self.phone.digits()}@s.whatsapp.net"

    @property
    def chat_id(self) -> str:
        """`447700900123@c.us`, the form of WhatsApp Web."""
        return f"{self.phone.digits()}@c.us"

    @property
    def lid_jid(self) -> str:
        """`100000000000001@lid`"""
        return self.lid.reveal()


def invented_lid(phone: Phone) -> Lid:
    """The LID of a person who was given none: always the same for one number."""
    number = int.from_bytes(hashlib.sha256(bytes(phone)).digest()[:8], "big") % _INVENTED_LIDS
    return Lid.of(f"{_INVENTED_LIDS + number}@lid")


class Population:
    """Everybody, found by name, number or LID."""

    def __init__(self, people: Iterable[SimulatedPerson] = (), *, strangers_exist: bool = True) -> None:
        self.strangers_exist = strangers_exist
        """Whether a number that is not listed belongs to somebody."""
        self._by_phone: dict[Phone, SimulatedPerson] = {}
        self._by_lid: dict[Lid, SimulatedPerson] = {}
        self._by_name: dict[str, SimulatedPerson] = {}
        for person in people:
            self.enter(person)

    def __iter__(self) -> Iterator[SimulatedPerson]:
        return iter(self._by_lid.values())

    def enter(self, person: SimulatedPerson) -> SimulatedPerson:
        """Add somebody; raises ValueError when the name, the number or the LID is taken."""
        if person.name in self._by_name or person.phone in self._by_phone or person.lid in self._by_lid:
            raise ValueError(f"{person.name!r}: the name, the number or the LID belongs to somebody else already")
        self._by_name[person.name] = person
        self._by_phone[person.phone] = person
        self._by_lid[person.lid] = person
        return person

    def called(self, name: str) -> SimulatedPerson | None:
        return self._by_name.get(name)

    def with_phone(self, phone: Phone) -> SimulatedPerson | None:
        """Who WhatsApp knows under exactly this spelling."""
        return self._by_phone.get(phone)

    def reached_at(self, phone: Phone) -> SimulatedPerson:
        """Who answers at this number in any of its spellings, as the exists-check finds them; perhaps a stranger."""
        for spelling in phone.variants():
            if spelling in self._by_phone:
                return self._by_phone[spelling]
        return self._meet(phone)

    def asked_for(self, text: str) -> SimulatedPerson:
        """Who an id in a request means.  Raises WhatsAppError 400 for an id WhatsApp cannot read or resolve."""
        identity = member_id(text) if _NAMEABLE.fullmatch(text) else None
        match identity:
            case Phone():
                return self._by_phone.get(identity) or self._meet(identity)
            case Lid() if identity in self._by_lid:
                return self._by_lid[identity]
            case _:
                raise WhatsAppError(400)

    def change_number(self, person: SimulatedPerson, phone: Phone) -> None:
        """Give somebody a new number; the LID stays."""
        if phone in self._by_phone:
            raise ValueError(f"the new number of {person.name!r} belongs to somebody else already")
        del self._by_phone[person.phone]
        person.phone = phone
        self._by_phone[phone] = person

    def _meet(self, phone: Phone) -> SimulatedPerson:
        misspelt = any(spelling in self._by_phone for spelling in phone.variants())
        return self.enter(
            SimulatedPerson(
                name=f"stranger {len(self._by_name) + 1}",
                phone=phone,
                lid=invented_lid(phone),
                no_account=misspelt or not self.strangers_exist,
            )
        )
