"""Who is declared to be in a group.

There may be a quarter of a million memberships, nearly all of them a line in a list with nothing to it but a name.
So people are kept as the lists that name them: one object for what a list says of everybody in it, and for each
person a reference and the number of a place.  A membership as a value of its own is made when somebody asks for it.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple, Self, overload

from wagroups.domain.identity import Alias, Phone
from wagroups.domain.origin import Origin, unpacked

_ALIAS: Final = attrgetter("alias")
_PHONE: Final = attrgetter("phone")


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
    """One declared membership."""

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


class Clause(NamedTuple):
    """What a list says of everybody whom it names in the same way; see `DesiredMember`."""

    file: str
    admin: bool = False
    via: tuple[str, ...] = ()
    starts: date | None = None
    until: date | None = None
    reason: str | None = None

    @property
    def dated(self) -> bool:
        return self.starts is not None or self.until is not None


class Batch(NamedTuple):
    """People whom one list names in the same way, with the mark of each entry (see `origin`)."""

    clause: Clause
    people: Sequence[Person]
    marks: Sequence[int]

    @classmethod
    def of(cls, member: DesiredMember) -> Self:
        """A batch of one."""
        person, admin, origin, via, starts, until, reason = member
        clause = Clause(origin.file, admin, via, starts, until, reason)
        return cls(clause, (person,), (origin.mark,))

    def members(self, phones: Collection[Phone] | None = None) -> Iterator[DesiredMember]:
        """The memberships, or those of some people alone, in the order of the list."""
        file, admin, via, starts, until, reason = self.clause
        for person, mark in zip(self.people, self.marks, strict=True):
            if phones is None or person.phone in phones:
                yield DesiredMember(person, admin, unpacked(file, mark), via, starts, until, reason)

    def without(self, phones: Collection[Phone]) -> Self:
        """Everybody but these people."""
        kept = [index for index, person in enumerate(self.people) if person.phone not in phones]
        if len(kept) == len(self.people):
            return self
        return self._replace(
            people=[self.people[index] for index in kept], marks=array("Q", [self.marks[index] for index in kept])
        )


class DesiredMembers(Sequence[DesiredMember]):
    """Everybody declared in a group, once each, sorted by alias; bare numbers follow.

    To ask for `people` costs little; to go through the memberships makes each of them.
    """

    __slots__ = ("_dated", "_people", "batches")

    def __init__(self, batches: Iterable[Batch] = ()) -> None:
        """`batches` name everybody once."""
        self.batches = tuple(batch for batch in batches if batch.people)
        self._people: tuple[Person, ...] | None = None
        self._dated: bool | None = None

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody, in order."""
        if self._people is None:  # A project is checked far more often than planned, and checking needs no order.
            self._people = tuple(_in_order(chain.from_iterable(batch.people for batch in self.batches)))
        return self._people

    @classmethod
    def of(cls, members: Iterable[DesiredMember]) -> Self:
        return cls(map(Batch.of, members))

    @property
    def dated(self) -> bool:
        """Whether anything is said about the time of any membership."""
        if self._dated is None:
            self._dated = any(batch.clause.dated for batch in self.batches) or any(
                person.until for batch in self.batches for person in batch.people
            )
        return self._dated

    @property
    def admins(self) -> list[Person]:
        """Everybody who is declared to be an admin, in order."""
        return _in_order(chain.from_iterable(batch.people for batch in self.batches if batch.clause.admin))

    def find(self, phones: Collection[Phone]) -> dict[Phone, DesiredMember]:
        """The memberships of these people, as far as they are declared, by the number that is declared."""
        return {member.person.phone: member for batch in self.batches for member in batch.members(phones)}

    def __len__(self) -> int:
        return sum(len(batch.people) for batch in self.batches)

    def __iter__(self) -> Iterator[DesiredMember]:
        found = {member.person.phone: member for batch in self.batches for member in batch.members()}
        return (found[person.phone] for person in self.people)

    @overload
    def __getitem__(self, index: int) -> DesiredMember: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[DesiredMember, ...]: ...
    def __getitem__(self, index: int | slice) -> DesiredMember | tuple[DesiredMember, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DesiredMembers) and tuple(self) == tuple(other)

    def __repr__(self) -> str:
        return f"DesiredMembers({len(self)})"


def _in_order(people: Iterable[Person]) -> list[Person]:
    """By alias; bare numbers follow."""
    people = list(people)
    named = [person for person in people if person.alias is not None]
    numbers = [person for person in people if person.alias is None] if len(named) < len(people) else []
    return sorted(named, key=_ALIAS) + sorted(numbers, key=_PHONE)
