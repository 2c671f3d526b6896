"""The project's people, found by every number they have or had."""

from functools import cached_property

from wagroups.domain.identity import Phone
from wagroups.domain.members import Person


class Directory:
    """The project's people, findable by every number they have or had."""

    def __init__(self, people: tuple[Person, ...]) -> None:
        self._people = people
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

    def by_phone(self, phone: Phone | None) -> Person | None:
        return None if phone is None else self._now.get(phone)

    def by_former_phone(self, phone: Phone | None) -> Person | None:
        return None if phone is None else self._former.get(phone)
