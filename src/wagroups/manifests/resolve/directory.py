"""The people directory: who is known by which alias and which numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import Origin, Person
from wagroups.domain.declared.members import Consent
from wagroups.domain.identity import Alias, Phone
from wagroups.manifests.language.diagnostics import place
from wagroups.manifests.language.fields import PERSON_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format, Numbering
from wagroups.manifests.load.tree import Map, MapEntry
from wagroups.manifests.load.validation import Flat, Reader, Written
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.resolve.dates import Dates
from wagroups.manifests.resolve.doubts import Doubts


class Policy(NamedTuple):
    """What the configuration says about people."""

    region: str | None = None
    require_alias: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredPeople:
    """Everybody under `people:` and in the tables of `people_from:`."""

    by_alias: dict[str, Person] = field(default_factory=dict)
    """Everybody whose entry is complete."""
    by_phone: dict[Phone, Person] = field(default_factory=dict)
    """The same, by every spelling of the present number."""
    declared: set[str] = field(default_factory=set)
    """Every alias, those with a broken entry included: references to them are no further mistakes."""


class Source(NamedTuple):
    """Where people are written, as far as their numbers depend on it."""

    in_table: bool = False
    numbers: Numbering | None = None


IN_YAML: Final = Source()


class Said(NamedTuple):
    """What is said of a person in one place."""

    flat: Flat
    written: Collection[str]
    """The keys that are there, those with a mistake included."""
    at: Origin

    @property
    def lacks_number(self) -> bool:
        return "phone" not in self.flat.texts and not {"phone", "phones"} & {*self.written}

    def with_entry(self, entry: "Said") -> "Said":
        """A table's line, with what an entry under `people:` says besides; the entry is where the person stands."""
        texts = {
            **self.flat.texts,
            **{k: v for k, v in entry.flat.texts.items() if k != "region" or "region" not in self.flat.texts},
        }
        flat = Flat(texts, entry.flat.lists, entry.flat.maps)
        return Said(flat, {*self.written, *entry.written}, entry.at)


class PeopleReader:
    """Fills a directory; what is wrong goes to the findings."""

    def __init__(self, reader: Reader, phones: Phones, doubts: Doubts, policy: Policy, dates: Dates) -> None:
        self.directory = DeclaredPeople()
        self._dates = dates
        self._reader = reader
        self._phones = phones
        self._doubts = doubts
        self._policy = policy
        self.entries: dict[str, Said] = {}
        """What the section `people` says of each alias."""
        self.supplemented: set[str] = set()
        """Whose entry has no number, and who has a line in a table."""
        self._had: list[tuple[Origin, Alias, Phone]] = []
        """Every former number, with its place and whose it was."""

    def read(self, entries: Mapping[str, MapEntry]) -> None:
        """Take in the section `people`."""
        for alias, entry in entries.items():
            flat = _short_form(entry) or self._reader.flat(entry.node, entry.origin, PERSON_FIELDS, "a person")
            written: Collection[str] = entry.node if isinstance(entry.node, Map) else ()
            said = self.entries[alias] = Said(flat, written, entry.key_origin)
            if "phone" in flat.texts or not said.lacks_number:
                self.take(alias, flat, written, said.at)
            else:
                self.directory.declared.add(alias)

    def supplement(self, alias: str, line: Said, source: Source) -> None:
        """Take in a table's line about somebody who has an entry under `people:`, which adds to it."""
        entry = self.entries[alias]
        if entry.lacks_number:
            self.take(alias, *line.with_entry(entry), source)
            return
        known, number = self.directory.by_alias.get(alias), line.flat.texts.get("phone")
        if known is None:
            return  # what is wrong with the entry is among the findings
        there = number and self._phone(number, line.flat.text("region", None) or self._policy.region, source)
        if there is not None and there not in known.spellings:
            self._reader.findings.add(
                Rule.TWO_NUMBERS,
                entry.at,
                f"“{alias}” has another number at {place(line.at)}.",
                "Delete one of the two, or move the old one to `former_phones`.",
            )
            return
        texts = {key: text for key, text in line.flat.texts.items() if key not in ("phone", "region")}
        if texts.keys() - entry.flat.texts.keys():
            for spelling in known.spellings:
                if self.directory.by_phone[spelling] is known:
                    del self.directory.by_phone[spelling]
            self.take(alias, *Said(Flat(texts), texts.keys(), line.at).with_entry(entry))

    def complete(self) -> None:
        """Report who has no number, neither in an entry nor in a table.  Asked once everybody was taken in."""
        if self._reader.findings.may_be_missing("people"):
            return
        for alias, said in self.entries.items():
            if said.lacks_number and alias not in self.directory.by_alias and alias not in self.supplemented:
                self.take(alias, *said)

    def meaning(self, said: Mapping[str, str], source: Source) -> dict[str, object]:
        """What a table's line says of somebody, whatever the spelling of the number."""
        phone = self._phones.read(said["phone"], said.get("region") or self._policy.region, source.numbers).phone
        return {**said, "phone": phone or said["phone"], "region": None if phone else said.get("region")}

    def take(self, alias: str, flat: Flat, written: Collection[str], at: Origin, source: Source = IN_YAML) -> None:
        """Take in one person.  `written` are the keys that their entry has, those with a mistake included."""
        self.directory.declared.add(alias)
        person = self._person(Alias(alias), flat, written, at, source)
        if person is None:
            return
        by_phone, spellings = self.directory.by_phone, person.spellings
        if not by_phone.keys().isdisjoint(spellings):
            other = next(by_phone[spelling] for spelling in spellings if spelling in by_phone)
            same = (
                "the same number as"
                if {*other.phones} & {*person.phones}
                else "a number that WhatsApp treats as that of"
            )
            self._reader.findings.add(
                Rule.SAME_PHONE,
                person.origin,
                f"“{alias}” has {same} “{other.alias}”, at {place(other.origin)}.",
                "Keep one of the two aliases.",
            )
        self.directory.by_alias[alias] = person
        for spelling in spellings:
            by_phone.setdefault(spelling, person)

    def _person(self, alias: Alias, flat: Flat, written: Collection[str], at: Origin, source: Source) -> Person | None:
        if "region" in written and "region" not in flat.texts:
            return None  # already among the findings, and the number cannot be read without it
        numbers = self._numbers(flat)
        if not numbers:
            if not {"phone", "phones"} & {*written} or ("phones" in flat.lists and not flat.lists["phones"].items):
                self._reader.findings.add(
                    Rule.MISSING, at, f"“{alias}” has no phone number.", f"Write `{alias}: ` and their number."
                )
            return None
        region = flat.text("region", None) or self._policy.region
        phones = self._present(numbers, region, source)
        if len(phones) < len(numbers):
            return None
        return Person(
            alias=alias,
            phone=phones[0],
            other_phones=phones[1:],
            origin=at,
            name=flat.text("name"),
            former_phones=self._former(alias, flat, phones, region),
            periods=self._dates.of(flat),
            denied=flat.day("denied"),
            consent=_consent(flat),
        )

    def _numbers(self, flat: Flat) -> list[Written]:
        """The numbers of a person as they are written."""
        one, several = flat.texts.get("phone"), flat.lists.get("phones")
        if one is not None and several is None:
            return [one]
        if one is not None and several is not None:
            self._reader.findings.add(
                Rule.ONE_OF,
                several.origin,
                "Both `phone` and `phones` are written.",
                "Write `phones:` alone, with the number to add first.",
            )
            return [one]
        return [one] if one is not None else [] if several is None else self._reader.names(several, Format.PHONE)

    def _present(self, numbers: Sequence[Written], region: str | None, source: Source) -> tuple[Phone, ...]:
        """The numbers at some places; one that cannot be read, or that stands there twice, is a finding."""
        if len(numbers) == 1:
            phone = self._phone(numbers[0], region, source)
            return () if phone is None else (phone,)
        phones: list[Phone] = []
        for number in numbers:
            phone = self._phone(number, region, source)
            if phone is not None and any(earlier in phone.variants() for earlier in phones):
                self._reader.findings.add(
                    Rule.SAME_PHONE, number.origin, "The number is in this list twice.", "Delete one of the two."
                )
            elif phone is not None:
                phones.append(phone)
        return tuple(phones)

    def _phone(self, written: Written, region: str | None, source: Source) -> Phone | None:
        """The number at a place; its faults become findings there."""
        text = written.text if written.text.isascii() else self._reader.visible(written.text, written.origin)
        reading = self._phones.read(text, region, source.numbers)
        if reading.fault is not None:
            self._doubts.note(reading.fault, written.origin, in_table=source.in_table)
        return reading.phone

    def _former(self, alias: Alias, flat: Flat, present: Sequence[Phone], region: str | None) -> tuple[Phone, ...]:
        if "former_phones" not in flat.lists:
            return ()
        former = []
        for written in self._reader.names(flat.lists["former_phones"], Format.PHONE):
            earlier = self._phone(written, region, IN_YAML)  # a table has no column for them
            if earlier is not None and any(earlier in phone.variants() for phone in present):
                self._reader.findings.add(
                    Rule.SAME_PHONE,
                    written.origin,
                    "The former number is also the current number.",
                    "Delete one of the two.",
                )
            elif earlier is not None:
                former.append(earlier)
                self._had.append((written.origin, alias, earlier))
        return tuple(former)

    def check_recycled(self) -> None:
        """Say of whom a former number has become somebody else's.  Asked once everybody was taken in."""
        for at, alias, phone in self._had:
            now = next((self.directory.by_phone[v] for v in phone.variants() if v in self.directory.by_phone), None)
            if now is not None and now.alias != alias:
                self._reader.findings.add(
                    Rule.RECYCLED,
                    at,
                    f"This former number of “{alias}” is the number of “{now.alias}” now, and counts as theirs.",
                    f"Delete it here once “{alias}” is in every group with the new number.",
                )


def _consent(flat: Flat) -> Consent | None:
    basis, day = flat.text("consent.basis", None), flat.day("consent.date")
    return None if basis is None and day is None else Consent(basis, day)


def _short_form(entry: MapEntry) -> Flat | None:
    """`anna: +44 …` is short for `anna: {phone: +44 …}`."""
    return Flat({"phone": Written(entry.node, entry.origin)}) if isinstance(entry.node, str) else None
