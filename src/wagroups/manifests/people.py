"""The people directory: who is known by which alias and which numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from wagroups.domain.desired import Person
from wagroups.domain.identity import Alias, Phone
from wagroups.manifests.findings import place
from wagroups.manifests.phones import ENCRYPTED, Phones
from wagroups.manifests.reading import Flat, Reader, Written
from wagroups.manifests.rules import Rule
from wagroups.manifests.schema import PERSON_FIELDS, Format
from wagroups.manifests.tree import Entry, Map


class Policy(NamedTuple):
    """What the configuration says about people."""

    region: str | None = None
    require_alias: bool = False
    require_encrypted_phones: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody under `people:`."""

    by_alias: dict[str, Person] = field(default_factory=dict)
    """Everybody whose entry is complete."""
    by_phone: dict[Phone, Person] = field(default_factory=dict)
    """The same, by every spelling of the present number."""
    declared: set[str] = field(default_factory=set)
    """Every alias, those with a broken entry included: references to them are no further mistakes."""


def read_people(entries: Mapping[str, Entry], reader: Reader, phones: Phones, policy: Policy) -> Directory:
    """The directory of `entries`; two aliases with one number are reported at the later one."""
    directory = Directory()
    for alias, entry in entries.items():
        directory.declared.add(alias)
        person = _person(Alias(alias), entry, reader, phones, policy)
        if person is None:
            continue
        other = next((directory.by_phone[v] for v in person.phone.variants() if v in directory.by_phone), None)
        if other is not None:
            same = "the same number as" if other.phone == person.phone else "a number that WhatsApp takes for that of"
            reader.findings.add(
                Rule.SAME_PHONE,
                person.origin,
                f"“{alias}” has {same} “{other.alias}”, at {place(other.origin)}.",
                "Keep one of the two aliases.",
            )
        directory.by_alias[alias] = person
        for variant in person.phone.variants():
            directory.by_phone.setdefault(variant, person)
    return directory


def _read_phone(written: Written, region: str | None, reader: Reader, phones: Phones) -> Phone | None:
    """The number at a place; its faults become findings there."""
    reading = phones.read(written.text, region)
    if reading.fault is not None:
        reader.findings.add(reading.fault.rule, written.origin, reading.fault.message, reading.fault.help)
    return reading.phone


def _person(alias: Alias, entry: Entry, reader: Reader, phones: Phones, policy: Policy) -> Person | None:
    flat = _short_form(entry) or reader.flat(entry.node, entry.origin, PERSON_FIELDS, "a person")
    written = flat.texts.get("phone")
    keys = entry.node if isinstance(entry.node, Map) else ()
    if "region" in keys and "region" not in flat.texts:
        return None  # already among the findings, and the number cannot be read without it
    if written is None:
        if "phone" not in keys:
            reader.findings.add(
                Rule.MISSING, entry.key_origin, f"“{alias}” has no phone number.", f"Write `{alias}: +44 7700 900123`."
            )
        return None
    if policy.require_encrypted_phones and not written.text.startswith(ENCRYPTED):
        reader.findings.add(
            Rule.PHONE_PLAIN,
            written.origin,
            "The number is in clear, and `privacy.require_encrypted_phones` is set.",
            "Encrypted values cannot be read yet: set `require_encrypted_phones: false`.",
        )
    region = flat.text("region", None) or policy.region
    phone = _read_phone(written, region, reader, phones)
    if phone is None:
        return None
    return Person(
        alias=alias,
        phone=phone,
        origin=entry.key_origin,
        name=flat.text("name"),
        former_phones=_former(flat, phone, region, reader, phones),
        until=flat.day("until"),
        denied=flat.day("denied"),
    )


def _short_form(entry: Entry) -> Flat | None:
    """`anna: +44 …` is short for `anna: {phone: +44 …}`."""
    return Flat({"phone": Written(entry.node, entry.origin)}) if isinstance(entry.node, str) else None


def _former(flat: Flat, phone: Phone, region: str | None, reader: Reader, phones: Phones) -> tuple[Phone, ...]:
    if "former_phones" not in flat.lists:
        return ()
    former = []
    for written in reader.names(flat.lists["former_phones"], Format.PHONE):
        earlier = _read_phone(written, region, reader, phones)
        if earlier is not None and earlier in phone.variants():
            reader.findings.add(
                Rule.SAME_PHONE, written.origin, "The former number is the present one.", "Delete one of the two."
            )
        elif earlier is not None:
            former.append(earlier)
    return tuple(former)
