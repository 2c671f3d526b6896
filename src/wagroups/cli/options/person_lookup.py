"""Find the person that a command line names: by alias, by number, or as an output calls them.

A number is never repeated, not even in an error.
"""

import difflib
from collections.abc import Iterable
from itertools import chain
from typing import Final

import click

from wagroups.domain.declared.desired import Desired, Person
from wagroups.domain.identity import AccountKey, Alias, Identity, Phone
from wagroups.domain.live.memory import Memory
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.project import Project
from wagroups.privacy.mask import mask
from wagroups.workflows.reconcile.session import Session

PSEUDONYMS: Final = ("person-", "unknown-")
"""What outputs call somebody without an alias, before the digits of their pseudonym."""


def person_named(session: Session, text: str) -> Identity:
    """Who is meant.  Raises UsageError when nobody is, or when the number cannot be read."""
    declared = _declared(session.project, text)
    if declared is not None:
        return declared
    stranger = _by_pseudonym(session, text)
    if stranger is not None:
        return stranger
    aliases = [person.alias for person in session.project.desired.people if person.alias is not None]
    near = difflib.get_close_matches(text, aliases, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Name an alias, or a number with its country code."
    raise click.UsageError(f"Nobody here is called {mask(text)!r}.  {hint}")


def _declared(project: Project, text: str) -> Identity | None:
    """Somebody by alias or by number, whether or not the number is declared."""
    for person in project.desired.people:
        if person.alias == text:
            return identity_of(person)
    reading = Phones(project.config.numbers).read(text, project.config.region) if any(map(str.isdigit, text)) else None
    if reading is None or reading.phone is None:
        return None
    return Identity(alias=alias_of(project.desired, reading.phone), phone=reading.phone)


def _by_pseudonym(session: Session, text: str) -> Identity | None:
    if not text.startswith(PSEUDONYMS):
        return None
    wanted = text.partition("-")[2]
    now, key = session.clock.now(), session.ledger.key
    memories = (session.ledger.recall(AccountKey(account), now) for account in sorted(session.config.accounts))
    known = chain(_bare(session.project.desired), chain.from_iterable(map(_met, memories)))
    return next((person for person in known if person.pseudonym(key) == wanted), None)


def _bare(desired: Desired) -> Iterable[Identity]:
    """Everybody declared, also by number alone."""
    return (identity_of(person) for group in desired.groups.values() for person in group.members.people)


def _met(memory: Memory) -> Iterable[Identity]:
    """Everybody whom the account has met, under the name that an output would give them."""
    yield from (Identity(phone=phone, lid=memory.pairs.get(phone)) for phone in {*memory.seen, *memory.pairs})
    yield from (Identity(lid=lid) for lid in dict.fromkeys(memory.pairs.values()))
    hidden = (name for snapshot in memory.snapshots.values() for name in snapshot.people)
    yield from (Identity(lid=name) for name in hidden if not isinstance(name, Phone))


def identity_of(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)


def alias_of(desired: Desired, phone: Phone) -> Alias | None:
    """The alias of whoever is declared with this number, in any spelling."""
    spellings = set(phone.variants())
    return next((person.alias for person in desired.people if spellings.intersection(person.phones)), None)
