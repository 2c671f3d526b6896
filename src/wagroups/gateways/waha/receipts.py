"""Match what an answer says of people with the people who were asked about.

Answers name people in another form than the request did (`@lid` for a number), in another order, and leave people out.
Whoever cannot be matched was not spoken of.
"""

from collections.abc import Iterable

from wagroups.domain.identity import Identity
from wagroups.domain.plans.outcome import PersonResult, Receipt
from wagroups.gateways.waha.engines.engine import PersonAnswer


def receipt(told: Iterable[PersonAnswer], people: tuple[Identity, ...]) -> Receipt:
    """The results for `people`, in their order."""
    said = list(told)
    if len(said) == len(people) == 1:
        # One was asked about and one was spoken of, by a name that need not be known yet.
        return Receipt(people=() if _another(people[0], said[0]) else (_result(people[0], said[0]),))
    matched = ((person, _of(person, said)) for person in people)
    return Receipt(people=tuple(_result(person, one) for person, one in matched if one is not None))


def _another(person: Identity, one: PersonAnswer) -> bool:
    """Whether the answer names somebody else: by another number, or without one by another LID than theirs."""
    if one.phone is not None and person.phone is not None:
        return one.phone not in person.phone.variants()
    return one.lid is not None and person.lid is not None and one.lid != person.lid


def _of(person: Identity, said: list[PersonAnswer]) -> PersonAnswer | None:
    spellings = person.phone.variants() if person.phone is not None else ()
    for one in said:
        if one.lid is not None and one.lid == person.lid:
            return one
        if one.phone is not None and one.phone in spellings:
            return one
    return None


def _result(person: Identity, told: PersonAnswer) -> PersonResult:
    return PersonResult(person=person, code=told.code, invite_expires=told.invite_expires, invite_sent=told.invite_sent)
