"""How people, groups and ids are named in an output.

The mode is a property of the output: the engine always works on real values.  A pseudonym is keyed, because a
plain hash of a phone number is undone by trying all numbers, and it stays the same between runs, so that a
reviewer recognises a stranger.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final

from wagroups.domain.declared.desired import Desired, Person
from wagroups.domain.identity import Alias, GroupJid, Identity, Phone
from wagroups.domain.trust import in_ci
from wagroups.privacy.escape import clean
from wagroups.privacy.mask import mask

_FINGERPRINT_DIGITS: Final = 12


class Redaction(StrEnum):
    """How much an output says about people."""

    OFF = "off"
    """Full numbers: for one's own terminal, on request only."""
    LAST4 = "last4"
    """Aliases and the last four digits: a terminal."""
    ALIAS = "alias"
    """Aliases; two digits of strangers: CI."""
    STRICT = "strict"
    """Pseudonyms only, no subjects: whatever the public can read."""


def names_of(people: Iterable[Person]) -> Mapping[Phone, Alias | None]:
    """Everybody declared, by each of their numbers; `None` for those declared by a bare number."""
    return MappingProxyType(
        {phone: person.alias for person in people for phone in (*person.phones, *person.former_phones)}
    )


class NamesIn(Mapping[Phone, Alias | None]):
    """`names_of` everybody in a project, gathered when somebody is to be named: most plans name nobody."""

    def __init__(self, desired: Desired) -> None:
        self._desired = desired

    @cached_property
    def _names(self) -> Mapping[Phone, Alias | None]:
        everybody = {id(person): person for person in self._desired.people}
        for group in self._desired.groups.values():
            people = group.members.people
            everybody.update(zip(map(id, people), people, strict=True))
        return names_of(everybody.values())

    def __getitem__(self, phone: Phone) -> Alias | None:
        return self._names[phone]

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, slots=True)
class Redactor:
    """Names people and groups as `mode` allows.  The only part of a report that sees real numbers."""

    mode: Redaction
    key: bytes = field(repr=False)
    """The project's pseudonym key."""
    names: Mapping[Phone, Alias | None] = field(default_factory=dict, repr=False)
    """See `names_of`.  Tells somebody declared by number from a stranger."""

    def person(self, who: Identity, *, declared: bool = False) -> str:
        """A name for `who`; `declared` says that they are, beyond what `names` knows."""
        alias = who.alias or self._alias(who.phone)
        if alias is not None and self.mode is not Redaction.STRICT:
            return f"{alias}{self._number(who.phone, known=True)}"
        known = alias is not None or declared or (who.phone is not None and self._declared(who.phone))
        if known and self.mode is Redaction.OFF and who.phone is not None:
            return _spaced(who.phone)
        return f"{'person' if known else 'unknown'}-{who.pseudonym(self.key)}{self._number(who.phone, known=known)}"

    def reference(self, who: Identity) -> str:
        """What a command calls `who`: their alias where it may be shown, and never a number."""
        alias = who.alias or self._alias(who.phone)
        if alias is not None and self.mode is not Redaction.STRICT:
            return str(alias)
        return f"{'person' if alias is not None else 'unknown'}-{who.pseudonym(self.key)}"

    def group(self, subject: str) -> str:
        """A subject as it may be shown: cleaned, without numbers; nothing at all in strict mode."""
        return "" if self.mode is Redaction.STRICT else clean(self.text(subject))

    def text(self, text: str) -> str:
        """A text that people wrote (a subject, a description) without the numbers and links in it."""
        if self.mode is Redaction.STRICT:
            return ""
        return text if self.mode is Redaction.OFF else mask(text)

    def sentence(self, text: str, people: Iterable[Identity] = ()) -> str:
        """A sentence of our own, with `{person}`, `{people}` or `{0}`, `{1}` … filled in.

        Quoted subjects are shown as the mode allows.
        """
        if self.mode is Redaction.STRICT:
            text = GroupJid.PATTERN.sub("its id", self._unquoted(text))
        text = text if self.mode is Redaction.OFF else mask(text)
        names = [self.person(who) for who in people]
        for place, name in (("people", ", ".join(names)), ("person", ", ".join(names)), *enumerate(names)):
            text = text.replace(f"{{{place}}}", name) if names else text
        return clean(text, limit=None)

    def jid(self, jid: GroupJid) -> str:
        """A group's id; in strict mode nothing, and legacy ids only in mode `off` with the creator's number."""
        match self.mode:
            case Redaction.STRICT:
                return ""
            case Redaction.OFF:
                return jid.reveal()
            case _:
                return str(jid)

    def _alias(self, phone: Phone | None) -> Alias | None:
        if phone is None:
            return None
        return next((alias for spelling in phone.variants() if (alias := self.names.get(spelling))), None)

    def _declared(self, phone: Phone) -> bool:
        return any(spelling in self.names for spelling in phone.variants())

    def _number(self, phone: Phone | None, *, known: bool) -> str:
        if phone is None:
            return ""
        match self.mode:
            case Redaction.OFF:
                return f" ({_spaced(phone)})"
            case Redaction.LAST4:
                return f" ({_tail(phone, 4)})"
            case Redaction.ALIAS if not known:
                return f" ({_tail(phone, 2)})"
            case _:
                return ""

    @staticmethod
    def _unquoted(text: str) -> str:
        """Blank everything between the first and the last typographic quote: a subject may contain quotes itself."""
        start, end = text.find("“"), text.rfind("”")
        return f"{text[: start + 1]}…{text[end:]}" if 0 <= start < end else text


def _spaced(phone: Phone) -> str:
    country = phone.country_code()
    return f"+{country} {phone.digits()[len(country) :]}"


def _tail(phone: Phone, shown: int) -> str:
    return f"+{phone.country_code()} … {phone.digits()[-shown:]}"


def outlined(phone: Phone) -> str:
    """A number's country, first and last digits: enough to recognise it by, and not to call it."""
    country = phone.country_code()
    return f"+{country} {phone.digits()[len(country) :][:3]} … {phone.digits()[-2:]}"


def key_fingerprint(key: bytes) -> str:
    """What a saved plan names its pseudonym key by: plans of two keys cannot be compared."""
    return hmac.new(key, b"wagroups key fingerprint", hashlib.sha256).hexdigest()[:_FINGERPRINT_DIGITS]


def automatic_mode(environ: Mapping[str, str], isatty: bool, *, public: bool = False) -> Redaction:
    """The mode for `--redact auto`: strict where the public reads, `alias` in CI and in files, else `last4`.

    `public` says that the CI event is about a public repository (see `public_event`); GitLab says so in a variable.
    """
    if public or environ.get("CI_PROJECT_VISIBILITY") == "public":
        return Redaction.STRICT
    return Redaction.LAST4 if isatty and not in_ci(environ) else Redaction.ALIAS


def public_event(event: str) -> bool:
    """Whether the JSON of a GitHub event (`GITHUB_EVENT_PATH`) is about a public repository."""
    try:
        repository = json.loads(event).get("repository") or {}
        return repository.get("visibility") == "public" or repository.get("private") is False
    except (ValueError, AttributeError):
        return False
