"""Who is declared to be in a group, and when.

There may be a quarter of a million memberships, nearly all of them a line in a list with nothing to it but a name.
So people are kept as the lists that name them: one object for what a list says of everybody in it, and for each
person a reference and the number of a place.  A membership as a value of its own is made when somebody asks for it,
or when several lines speak of one person.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple, Self, overload

from wagroups.domain.declared.period import ALWAYS, NEVER, Period, Periods
from wagroups.domain.identity import Alias, Phone
from wagroups.domain.origin import Origin, unpacked

_ALIAS: Final = attrgetter("alias")
_PHONE: Final = attrgetter("phone")


class Consent(NamedTuple):
    """What somebody agreed to; either may be missing."""

    basis: str | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the people directory, or a bare number in a list (then `alias` is `None`)."""

    alias: Alias | None
    phone: Phone
    origin: Origin
    name: str | None = None
    former_phones: tuple[Phone, ...] = ()
    """Earlier numbers: being listed under one is evidence for a removal."""
    periods: Periods = ALWAYS
    """Between the person's own `from` and `until`: the limits of every membership of theirs."""
    denied: date | None = None
    """Set by an offboarding: removed wherever members are managed, whatever list still names them."""
    consent: Consent | None = None
    """Why the person may be added, as somebody wrote it down."""
    other_phones: tuple[Phone, ...] = ()
    """More present numbers: somebody who is in a group under any of them is there, and is added under `phone`."""
    label: bytes = field(init=False, repr=False, compare=False)
    """The person's name in fingerprints: the alias, else the number.  Made once: a person is in many groups."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.phone if self.alias is None else self.alias.encode())

    @property
    def phones(self) -> tuple[Phone, ...]:
        """Every present number, the first one first."""
        return (self.phone, *self.other_phones)

    @property
    def spellings(self) -> tuple[Phone, ...]:
        """Every spelling of every present number."""
        if not self.other_phones:
            return self.phone.variants()
        return tuple(spelling for phone in self.phones for spelling in phone.variants())


class Exclusion(NamedTuple):
    """A dated line of an `except`: somebody is out for a time."""

    origin: Origin
    periods: Periods
    reason: str | None = None


class Entry(NamedTuple):
    """One line that names somebody."""

    origin: Origin
    admin: bool = False
    """Whether it stands in a list of admins."""
    via: tuple[str, ...] = ()
    """The way from the group to the entry: `("profile class", "team board")`."""
    periods: Periods = ALWAYS
    """The entry's own dates, cut with those of everything on the way, without the time of `exclusions`."""
    reason: str | None = None
    exclusions: tuple[Exclusion, ...] = ()
    """Why there is a gap in `periods`."""


class DesiredMember(NamedTuple):
    """One person in one group: when they are a member, when an admin, and the lines that say so.

    An entry in `admins` makes a member too, so `admin` lies within `member`.
    """

    person: Person
    member: Periods
    admin: Periods
    """False (as a set without any period) for somebody who is never an admin."""
    entries: tuple[Entry, ...]
    """The admins' lists first."""

    @classmethod
    def of(cls, person: Person, entries: Iterable[Entry]) -> Self:
        """What some lines about one person come to: they add up, within the person's own time."""
        lines = tuple(entries)
        member, admin = joined(lines)
        return cls(person, member & person.periods, admin & person.periods, lines)

    @property
    def origin(self) -> Origin:
        """The place of the first line; see `entry_at`."""
        return self.entries[0].origin

    @property
    def via(self) -> tuple[str, ...]:
        return self.entries[0].via

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """What keeps the person out for a time, each once."""
        return tuple(dict.fromkeys(exclusion for entry in self.entries for exclusion in entry.exclusions))

    def entry_at(self, instant: datetime, *, admin: bool = False) -> Entry:
        """The line that counts at `instant`, of the admins' lists if asked for.

        When none does, the next to begin, else the last to end.
        """
        entries = [entry for entry in self.entries if entry.admin] if admin and self.admin else self.entries
        now = next((entry for entry in entries if instant in entry.periods), None)
        if now is not None:
            return now
        later = [(start, entry) for entry in entries if (start := entry.periods.next_start(instant)) is not None]
        if later:
            return min(later, key=lambda one: one[0])[1]
        return max(entries, key=lambda entry: entry.periods.edges[-1:])

    def period_about(self, instant: datetime) -> Period | None:
        """The period of membership that holds `instant`, else the next to begin, else the last."""
        periods = list(self.member)
        ahead = (period for period in periods if period.end is None or period.end > instant)
        return next(ahead, periods[-1] if periods else None)

    def is_admin_about(self, instant: datetime) -> bool:
        """Whether they are an admin at `instant`; of somebody who is out then, in the period that is meant above."""
        period = self.period_about(instant)
        if period is None or instant in self.member:
            return instant in self.admin
        return bool(self.admin & Periods.of(*period))

    def at(self, instant: datetime) -> "DesiredMember | None":
        """What holds at `instant`, as if it held for good; `None` for somebody who is out then."""
        if instant not in self.member:
            return None
        admin = instant in self.admin
        entry = self.entry_at(instant, admin=admin)
        return DesiredMember.of(
            replace(self.person, periods=ALWAYS), (entry._replace(admin=admin, periods=ALWAYS, exclusions=()),)
        )

    def ended_by(self, instant: datetime) -> bool:
        """Whether the person is out at `instant` because some time of theirs is over, or an exception says so.

        Somebody whose time is only yet to come has not ended.
        """
        if instant in self.member:
            return False
        over = self.member.ended_by(instant) or self.person.periods.over_at(instant)
        return over or any(
            entry.periods.ended_by(instant) or any(instant in exclusion.periods for exclusion in entry.exclusions)
            for entry in self.entries
        )

    def admin_ended_by(self, instant: datetime) -> bool:
        """The same for the right of an admin."""
        lines = tuple(entry for entry in self.entries if entry.admin)
        return bool(lines) and DesiredMember.of(self.person, lines).ended_by(instant)


def joined(entries: Iterable[Entry]) -> tuple[Periods, Periods]:
    """The time of all lines, and the time of those in lists of admins."""
    member = admin = NEVER
    for entry in entries:
        member |= entry.periods
        admin |= entry.periods if entry.admin else NEVER
    return member, admin


class Turn(StrEnum):
    """What a boundary does to somebody."""

    JOINS = "joins"
    LEAVES = "leaves"
    PROMOTED = "becomes-admin"
    DEMOTED = "stops-being-admin"
    """And stays a member; who leaves is not said to be demoted."""


class Boundary(NamedTuple):
    """An instant at which what is declared of somebody changes by itself.  In order of time."""

    at: datetime
    person: Person
    turn: Turn
    origin: Origin
    """The line that begins, or that held until then."""


class Clause(NamedTuple):
    """What a list says of everybody whom it names in the same way; see `Entry`."""

    file: str
    admin: bool = False
    via: tuple[str, ...] = ()
    periods: Periods = ALWAYS
    reason: str | None = None
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def dated(self) -> bool:
        return self.periods is not ALWAYS

    def entry(self, mark: int) -> Entry:
        """The line at a place of the list."""
        file, admin, via, periods, reason, exclusions = self
        return Entry(unpacked(file, mark), admin, via, periods, reason, exclusions)


class Batch(NamedTuple):
    """People whom one list names in the same way, with the mark of each entry (see `origin`)."""

    clause: Clause
    people: Sequence[Person]
    marks: Sequence[int]

    @classmethod
    def of(cls, person: Person, entry: Entry) -> Self:
        """A batch of one."""
        origin, admin, via, periods, reason, exclusions = entry
        clause = Clause(origin.file, admin, via, periods, reason, exclusions)
        return cls(clause, (person,), (origin.mark,))

    def entries(self, phones: Collection[Phone] | None = None) -> Iterator[tuple[Person, Entry]]:
        """Everybody, or some people alone, each with their line, in the order of the list."""
        for person, mark in zip(self.people, self.marks, strict=True):
            if phones is None or person.phone in phones:
                yield person, self.clause.entry(mark)

    def members(self, phones: Collection[Phone] | None = None) -> Iterator[DesiredMember]:
        """The memberships, as if no other line named these people."""
        admin = self.clause.periods if self.clause.admin else NEVER
        for person, entry in self.entries(phones):
            if person.periods is ALWAYS:
                yield DesiredMember(person, entry.periods, admin, (entry,))
            else:
                yield DesiredMember.of(person, (entry,))

    def without(self, phones: Collection[Phone]) -> Self:
        """Everybody but these people."""
        return self._chosen(lambda person: person.phone not in phones)

    def only(self, phones: Collection[Phone]) -> Self:
        """These people alone."""
        return self._chosen(lambda person: person.phone in phones)

    def _chosen(self, chosen: Callable[[Person], bool]) -> Self:
        kept = [index for index, person in enumerate(self.people) if chosen(person)]
        if len(kept) == len(self.people):
            return self
        return self._replace(
            people=[self.people[index] for index in kept], marks=array("Q", [self.marks[index] for index in kept])
        )


class DesiredMembers(Sequence[DesiredMember]):
    """Everybody declared in a group, at whatever time, once each, sorted by alias; bare numbers follow.

    To ask for `people` costs little; to go through the memberships makes each of them.
    """

    __slots__ = ("_dated", "_people", "batches", "several")

    def __init__(self, batches: Iterable[Batch] = (), several: Iterable[DesiredMember] = ()) -> None:
        """`batches` name people of whom one line speaks, `several` are all others: together everybody once."""
        self.batches = tuple(batch for batch in batches if batch.people)
        self.several = tuple(several)
        self._people: tuple[Person, ...] | None = None
        self._dated: bool | None = None

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is written down, at whatever time, in order."""
        if self._people is None:  # A project is checked far more often than planned, and checking needs no order.
            listed = chain.from_iterable(batch.people for batch in self.batches)
            self._people = tuple(_in_order(chain(listed, (member.person for member in self.several))))
        return self._people

    @classmethod
    def of(cls, members: Iterable[DesiredMember]) -> Self:
        members = list(members)
        return cls(
            [Batch.of(member.person, member.entries[0]) for member in members if len(member.entries) == 1],
            [member for member in members if len(member.entries) > 1],
        )

    @property
    def dated(self) -> bool:
        """Whether the time of any membership or right is limited."""
        if self._dated is None:
            self._dated = (
                bool(self.several)
                or any(batch.clause.dated for batch in self.batches)
                or any(person.periods is not ALWAYS for batch in self.batches for person in batch.people)
            )
        return self._dated

    @property
    def admins(self) -> list[Person]:
        """Everybody who is declared to be an admin at whatever time, in order."""
        listed = chain.from_iterable(batch.people for batch in self.batches if batch.clause.admin)
        return _in_order(chain(listed, (member.person for member in self.several if member.admin)))

    def people_at(self, instant: datetime) -> tuple[Person, ...]:
        """Everybody who is to be a member at `instant`, in order."""
        if not self.dated:
            return self.people
        return tuple([member.person for member in self if instant in member.member])

    def admins_at(self, instant: datetime) -> list[Person]:
        """Everybody who is to be an admin at `instant`, in order."""
        if not self.dated:
            return self.admins
        return [member.person for member in self if instant in member.admin]

    def at(self, instant: datetime) -> "DesiredMembers":
        """Everybody who is in at `instant`, as if that held for good."""
        if not self.dated:
            return self
        return DesiredMembers.of(found for member in self if (found := member.at(instant)) is not None)

    def find(self, phones: Collection[Phone]) -> dict[Phone, DesiredMember]:
        """The memberships of these people, as far as they are declared, by the number that is declared."""
        found = {member.person.phone: member for batch in self.batches for member in batch.members(phones)}
        found.update((member.person.phone, member) for member in self.several if member.person.phone in phones)
        return found

    def limited(self) -> Iterator[DesiredMember]:
        """The memberships whose time, or whose right, is limited, in order."""
        if self.dated:
            yield from (member for member in self if member.member is not ALWAYS or member.admin.edges)

    def boundaries(self) -> tuple[Boundary, ...]:
        """Everything that changes by the clock alone, in order of time."""
        found = chain.from_iterable(map(_boundaries_of, self.limited()))
        return tuple(sorted(found, key=lambda one: (one.at, one.person.label, one.turn)))

    def __len__(self) -> int:
        return sum(len(batch.people) for batch in self.batches) + len(self.several)

    def __iter__(self) -> Iterator[DesiredMember]:
        found = {member.person.phone: member for batch in self.batches for member in batch.members()}
        found.update((member.person.phone, member) for member in self.several)
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


def _boundaries_of(member: DesiredMember) -> Iterator[Boundary]:
    """What changes for one person; who comes as an admin joins and becomes one."""
    person = member.person
    for start, end in member.member:
        if start is not None:
            yield Boundary(start, person, Turn.JOINS, _beginning(member, start, admin=False))
        if end is not None:
            yield Boundary(end, person, Turn.LEAVES, _ending(member, end, admin=False))
    for start, end in member.admin:
        if start is not None:
            yield Boundary(start, person, Turn.PROMOTED, _beginning(member, start, admin=True))
        if end is not None and end in member.member:
            yield Boundary(end, person, Turn.DEMOTED, _ending(member, end, admin=True))


def _beginning(member: DesiredMember, instant: datetime, *, admin: bool) -> Origin:
    """The line by which somebody comes."""
    lines = [entry for entry in member.entries if instant in entry.periods and (entry.admin or not admin)]
    return lines[0].origin


def line_that_ended(member: DesiredMember, instant: datetime, *, admin: bool) -> Origin:
    """The line by which somebody went before `instant`, or by which their right ended."""
    periods = member.admin if admin else member.member
    ends = [period.end for period in periods if period.end is not None and period.end <= instant]
    return _ending(member, ends[-1], admin=admin) if ends else member.entry_at(instant).origin


def _ending(member: DesiredMember, instant: datetime, *, admin: bool) -> Origin:
    """The line by which somebody goes: an exception that begins, an entry that ends, or the person's own end."""
    lines = [entry for entry in member.entries if entry.admin or not admin]
    exclusions = [a.origin for entry in lines for a in entry.exclusions if instant in a.periods.edges]
    ends = [entry.origin for entry in lines if instant in entry.periods.edges]
    return next(iter((*exclusions, *ends)), member.person.origin)


def _in_order(people: Iterable[Person]) -> list[Person]:
    """By alias; bare numbers follow."""
    people = list(people)
    named = [person for person in people if person.alias is not None]
    numbers = [person for person in people if person.alias is None] if len(named) < len(people) else []
    return sorted(named, key=_ALIAS) + sorted(numbers, key=_PHONE)
