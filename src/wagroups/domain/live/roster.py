"""Find people in a group by every name that is known of them.

A group may list somebody by LID whom git knows by phone; the pair was learnt from some earlier read.  The same
person may also be written in two spellings (`Phone.variants`).  Every comparison of people goes through here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from wagroups.domain.identity import Identity, Lid, Phone
from wagroups.domain.live.observed import ObservedMember


class Names:
    """An account's knowledge of which phone and which LID are one person."""

    __slots__ = ("_lids", "_phones", "_shared")

    def __init__(self, pairs: Mapping[Phone, Lid]) -> None:
        self._lids = pairs
        self._phones: dict[Lid, Phone] | None = None
        self._shared: frozenset[Phone] | None = None

    @property
    def shared(self) -> frozenset[Phone]:
        """The numbers of people who have more than one, as far as their LID tells."""
        if self._shared is None:
            times = Counter(self._lids.values())
            several = len(times) < len(self._lids)
            self._shared = frozenset(p for p, lid in self._lids.items() if times[lid] > 1) if several else frozenset()
        return self._shared

    def lid_of(self, phone: Phone) -> Lid | None:
        """The LID under which WhatsApp knows the person with this number, in any spelling."""
        for spelling in phone.variants():
            lid = self._lids.get(spelling)
            if lid is not None:
                return lid
        return None

    def phone_of(self, lid: Lid) -> Phone | None:
        """A number of the person behind `lid`, if one was ever learnt."""
        if self._phones is None:
            # Turned round when first asked for: where every member is listed with a number, nobody asks.
            self._phones = {lid: phone for phone, lid in self._lids.items()}
        return self._phones.get(lid)

    def of(self, name: Phone | Lid) -> tuple[Phone | Lid, ...]:
        """Every name of the person who has this one: each spelling of the number, and the LID, so far as known."""
        phone = name if isinstance(name, Phone) else self.phone_of(name)
        lid = name if isinstance(name, Lid) else self.lid_of(name)
        spellings = () if phone is None else phone.variants()
        return (*spellings, lid) if lid is not None else spellings


class Roster:
    """The people of one group, as one read listed them."""

    __slots__ = ("_by_lid", "_by_phone", "_names", "members")

    def __init__(self, members: Iterable[ObservedMember], names: Names) -> None:
        self.members = tuple(members)
        self._names = names
        self._by_phone = {member.phone: member for member in self.members if member.phone is not None}
        self._by_lid = {member.lid: member for member in self.members if member.lid is not None}

    def find(self, phone: Phone | None, lid: Lid | None = None) -> ObservedMember | None:
        """The member who has this phone, in any spelling, or this LID, or the LID learnt for the phone."""
        if lid is not None and lid in self._by_lid:
            return self._by_lid[lid]
        if phone is None:
            return None
        member = self._by_phone.get(phone)
        if member is not None:
            return member
        for spelling in phone.variants()[1:]:
            if spelling in self._by_phone:
                return self._by_phone[spelling]
        learnt = self._names.lid_of(phone)
        return None if learnt is None else self._by_lid.get(learnt)

    def find_any(self, phones: Iterable[Phone]) -> ObservedMember | None:
        """The first of these numbers of one person that is in the group."""
        return next(iter(self.find_all(phones)), None)

    def find_all(self, phones: Iterable[Phone]) -> tuple[ObservedMember, ...]:
        """Every member under one of these numbers, in their order: one person may be here with two telephones."""
        found = (self.find(phone) for phone in phones)
        return tuple(dict.fromkeys(member for member in found if member is not None))

    def find_identity(self, person: Identity) -> ObservedMember | None:
        return self.find(person.phone, person.lid)

    def listed(self, person: Identity) -> Identity:
        """`person` under the name by which the group lists them; unchanged when they are not in it."""
        member = self.find_identity(person)
        if member is None:
            return person
        return Identity(
            alias=person.alias, phone=person.phone or member.phone, lid=member.lid or person.lid, by_lid=member.by_lid
        )
