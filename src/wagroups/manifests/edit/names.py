"""Names for what had none: aliases for numbers, keys for groups.

A name must stay the same from one run to the next and must not tell who somebody is; strangers are therefore called by
the pseudonym that reports call them by, so that a reviewer recognises them.
"""

import unicodedata
from collections.abc import Container, Iterable, Sequence
from typing import Final

from wagroups.domain.declared.desired import Desired, Person
from wagroups.domain.errors import ProjectError
from wagroups.domain.identity import Alias, GroupJid, GroupKey, Identity, Phone, pseudonym
from wagroups.domain.plans.plan import Notice
from wagroups.domain.problem import Problem
from wagroups.manifests.edit.aliases import AliasEntry
from wagroups.manifests.edit.yaml_writer import NewPerson, number
from wagroups.manifests.language.fields import NOTE_PREFIX
from wagroups.manifests.language.formats import slug_of
from wagroups.manifests.numbers.parse import Phones
from wagroups.privacy.mask import Strictness, mask

STRANGER: Final = "p-"
"""Begins the alias of somebody whom nobody has named."""

KEY_CHARS: Final = 40
"""The longest key made of a subject.  Chosen: it stands in every line about the group."""


class Register:
    """The people of a project, those of a list, and strangers: one name for each."""

    def __init__(self, desired: Desired, named: Sequence[AliasEntry], key: bytes) -> None:
        """Raises ProjectError when the list gives somebody's alias to another number."""
        self.new: dict[Alias, NewPerson] = {}
        """Everybody who was named here."""
        self._key = key
        self._phones = Phones()
        self._spellings: dict[Phone, Person | NewPerson] = {}
        self._taken = {one.alias for one in named}
        for person in (*desired.people, *_by_number(desired)):
            self._enter(person)
        self._listed = {spelling: one for one in named for spelling in one.phone.variants()}
        _check(named, desired)

    def entry(self, phone: Phone) -> str | Notice:
        """How a list names the person with this number, or why it cannot."""
        known = self._owner(phone)
        if known is None:
            obstacle = self._obstacle(phone)
            if obstacle is not None:
                return obstacle
            known = self._name(phone)
        return number(known.phone) if known.alias is None else known.alias

    def _owner(self, phone: Phone) -> Person | NewPerson | None:
        """Whoever has this number, in any spelling."""
        found = (self._spellings[spelling] for spelling in phone.variants() if spelling in self._spellings)
        return next((person for person in found if phone in _spellings(person)), None)

    def _obstacle(self, phone: Phone) -> Notice | None:
        who = Identity(phone=phone)
        if any(spelling in self._spellings for spelling in phone.variants()):
            text = "{person} is not listed: their number cannot be distinguished from that of someone else who is"
            return Notice(code="same-phone", person=who, text=text)
        if self._phones.read(phone.reveal(), None).phone is None:
            return Notice(
                code="phone-impossible", person=who, text="{person} is not listed: such a number cannot exist"
            )
        return None

    def _name(self, phone: Phone) -> NewPerson:
        listed = self._listed.get(phone)
        phone = self._phones.read(phone.reveal(), None).phone or phone  # WhatsApp may know an old spelling
        if listed is not None:
            person = NewPerson(listed.alias, phone, listed.name)
        else:
            person = NewPerson(Alias(_free(STRANGER + pseudonym(self._key, phone), self._taken)), phone)
        self.new[person.alias] = person
        self._enter(person)
        return person

    def _enter(self, person: Person | NewPerson) -> None:
        if person.alias is not None:
            self._taken.add(person.alias)
        for spelling in _spellings(person):
            self._spellings.setdefault(spelling, person)


def _check(named: Sequence[AliasEntry], desired: Desired) -> None:
    owners = {person.alias: person for person in desired.people}
    problems = [
        Problem(
            rule="duplicate-key",
            file=owner.origin.file,
            line=owner.origin.line,
            column=owner.origin.column,
            message=f"“{one.alias}” has another number here than in the list of aliases.",
            help="Correct one of the two, or give the person in the list a different alias.",
        )
        for one in named
        if (owner := owners.get(one.alias)) is not None and one.phone not in owner.spellings
    ]
    if problems:
        raise ProjectError(problems)


def _spellings(person: Person | NewPerson) -> tuple[Phone, ...]:
    return person.spellings if isinstance(person, Person) else person.phone.variants()


def _by_number(desired: Desired) -> Iterable[Person]:
    """Everybody who is declared by a bare number: they keep it, because an alias would make it a mistake."""
    found = {p.phone: p for g in desired.groups.values() for p in g.members.people if p.alias is None}
    return found.values()


def key_for(subject: str | None, jid: GroupJid, taken: Container[str], secret: bytes) -> GroupKey:
    """A free key for a group: what can be kept of its subject, else a pseudonym."""
    return GroupKey(_free(_slug(subject or "") or f"group-{pseudonym(secret, jid)}", taken))


def _slug(subject: str) -> str:
    slug = slug_of(mask(unicodedata.normalize("NFKD", subject), Strictness.NAME))
    if len(slug) > KEY_CHARS:
        slug = slug[: KEY_CHARS + 1].rpartition("-")[0] or slug[:KEY_CHARS]
    # Keys that begin with `x-` are notes, and a number may yet be put behind this one.
    return f"group-{slug}" if f"{slug}-".startswith(NOTE_PREFIX) else slug.strip("-")


def _free(name: str, taken: Container[str]) -> str:
    """`name`, with the lowest number behind it that makes it free."""
    if name not in taken:
        return name
    count = 2
    while f"{name}-{count}" in taken:
        count += 1
    return f"{name}-{count}"
