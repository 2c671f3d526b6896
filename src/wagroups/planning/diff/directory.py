"""The project's people, found by every number they have or had, and its own accounts."""

from functools import cached_property

from wagroups.domain.declared.members import Person
from wagroups.domain.identity import Me, Phone
from wagroups.domain.live.observed import ObservedMember, is_me


class Directory:
    """The project's people, findable by every number they have or had, and its own accounts."""

    def __init__(self, people: tuple[Person, ...], accounts: tuple[Me, ...] = ()) -> None:
        """`accounts` are all of the project and of its ledger, whichever is connected."""
        self._people = people
        self._accounts = accounts
        self._now = {spelling: person for person in people for spelling in person.spellings}
        self._former = {
            spelling: person
            for person in people
            for phone in person.former_phones
            for spelling in phone.variants()
            if spelling not in self._now  # what somebody has now is theirs, whoever had it before
        }

    @cached_property
    def aliases(self) -> frozenset[str]:
        return frozenset(person.alias for person in self._people if person.alias is not None)

    @cached_property
    def denied(self) -> tuple[Person, ...]:
        return tuple(person for person in self._people if person.denied is not None)

    def by_phone(self, phone: Phone | None) -> Person | None:
        return None if phone is None else self._now.get(phone)

    def by_former_phone(self, phone: Phone | None) -> Person | None:
        return None if phone is None else self._former.get(phone)

    def is_own(self, member: ObservedMember) -> bool:
        """Whether `member` is one of the project's own accounts, which no plan removes or demotes."""
        return any(is_me(member, account) for account in self._accounts)
