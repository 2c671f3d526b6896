"""What one revision declares otherwise than another: groups by key, people by alias, memberships by person.

Communities and points that are said to be known belong to it: a reviewer must see who becomes an admin of a community,
and which alarm is switched off.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, tzinfo
from typing import Final

from wagroups.domain.declared.desired import Desired, DesiredCommunity, DesiredGroup, DesiredMember, Person
from wagroups.domain.declared.group_fields import values_of
from wagroups.domain.declared.known import Known
from wagroups.domain.declared.members import Consent
from wagroups.domain.declared.period import ALWAYS, NEVER
from wagroups.domain.declared.picture import Picture
from wagroups.domain.declared.wall_clock import limits_of, span_words, words_of
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.plans.difference import About, Alteration, Altered, DifferenceKind

_DIGITS: Final = 8
"""Of a picture's digest: enough to tell two images of one name apart."""


def compared(before: Desired, after: Desired) -> Iterator[Altered]:
    """Groups, then people, each in sorted order; what is declared alike is left out."""
    gone = {key: group for key, group in before.groups.items() if key not in after.groups}
    zone = after.zone
    for group in after.groups.values():
        former = next((key for key in group.previous_keys if key in gone), None)
        known = before.groups.get(group.key)
        yield from _group(known or (None if former is None else gone.pop(former)), group, zone)
    for group in gone.values():
        yield from _group(group, None, zone)
    old, new = ({str(person.alias): person for person in side.people} for side in (before, after))
    for alias in sorted({*old, *new}):
        yield from _person(old.get(alias), new.get(alias), zone)
    for key in sorted({*before.communities, *after.communities}):
        yield from _community(before.communities.get(key), after.communities.get(key))
    yield from _known(before.known, after.known)


def _group(before: DesiredGroup | None, after: DesiredGroup | None, zone: tzinfo) -> Iterator[Altered]:
    there = after or before
    assert there is not None  # one side declares it
    alterations = tuple(_of_group(before, after, zone))
    if alterations:
        yield Altered(
            About.GROUP,
            there.key,
            there.origin,
            alterations,
            subject=there.subject or "",
            members_before=None if before is None else len(before.members),
            members_after=None if after is None else len(after.members),
        )


def _of_group(before: DesiredGroup | None, after: DesiredGroup | None, zone: tzinfo) -> Iterator[Alteration]:
    if after is None:
        assert before is not None
        yield Alteration(DifferenceKind.WITHDRAWN, before.origin)
        return
    if before is None:
        yield Alteration(DifferenceKind.DECLARED, after.origin)
    elif before.key != after.key:
        yield Alteration(DifferenceKind.RENAMED, after.origin, before=before.key, after=after.key)
    # What a new group leaves to the defaults is no news.
    was = _values(before or DesiredGroup(key=after.key, account=after.account, origin=after.origin))
    now = _values(after)
    for name in now | was:
        if was.get(name) != now.get(name):
            there = after if name in after.origins or before is None else before
            yield Alteration(
                DifferenceKind.VALUE, there.origin_of(name), name=name, before=was.get(name), after=now.get(name)
            )
    yield from _members(before, after, zone)


def _values(group: DesiredGroup) -> dict[str, str]:
    """The values of a group by their keys; an image by what it shows, too."""
    values = values_of(group)
    values.pop("previous_keys", None)  # said as another key for the same group
    if isinstance(group.picture, Picture):
        values["picture"] += f" ({group.picture.likeness.digest[:_DIGITS]})"
    return values


def _members(before: DesiredGroup | None, after: DesiredGroup, zone: tzinfo) -> Iterator[Alteration]:
    was, now = _by_name(before), _by_name(after)
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if new is None:
            assert old is not None
            yield Alteration(DifferenceKind.MEMBER_REMOVED, old.origin, _identity(old.person))
            continue
        who = _identity(new.person)
        if old is None:
            limits = None if new.member is ALWAYS else _times(new, zone)
            yield Alteration(DifferenceKind.MEMBER_ADDED, new.origin, who, after=limits)
        if new.admin and not (old and old.admin):
            yield Alteration(DifferenceKind.PROMOTED, new.origin, who)
        elif old is not None and old.admin and not new.admin:
            yield Alteration(DifferenceKind.DEMOTED, new.origin, who)
        if old is not None and _times(old, zone) != _times(new, zone):
            yield Alteration(
                DifferenceKind.DATES,
                new.origin,
                who,
                _gained(old, new, zone),
                before=_times(old, zone),
                after=_times(new, zone),
            )


def _by_name(group: DesiredGroup | None) -> Mapping[str, DesiredMember]:
    # An alias may have another number; somebody without one is their number.
    return {} if group is None else _labelled(group.members)


def _labelled(members: Iterable[DesiredMember]) -> Mapping[str, DesiredMember]:
    return {member.person.label.decode(): member for member in members}


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)


def _times(member: DesiredMember, zone: tzinfo) -> str:
    """When somebody is in, when an admin if that differs, and why."""
    right = f"admin {words_of(member.admin, zone)}" if member.admin not in (NEVER, member.member) else ""
    reasons = dict.fromkeys(entry.reason for entry in member.entries if entry.reason)
    said = (words_of(member.member, zone), right, *(f"reason {reason}" for reason in reasons))
    return ", ".join(filter(None, said))


def _gained(old: DesiredMember, new: DesiredMember, zone: tzinfo) -> str | None:
    """What time somebody gains and loses, in words; `None` when only a reason differs."""
    said = []
    for word, was, now in (("", old.member, new.member), ("admin ", old.admin, new.admin)):
        if word and not (was and now):
            continue  # said as a promotion or a demotion
        for verb, time in (("also", now - was), ("no longer", was - now)):
            said += [f"{verb} {word}{span_words(time, zone)}"] if time else []
    return ", ".join(said) or None


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _person(before: Person | None, after: Person | None, zone: tzinfo) -> Iterator[Altered]:
    there = after or before
    assert there is not None and there.alias is not None  # noqa: PT018 - the directory holds aliases only
    alterations = tuple(_of_person(before, after, zone))
    if alterations:
        yield Altered(About.PERSON, there.alias, there.origin, alterations)


def _of_person(before: Person | None, after: Person | None, zone: tzinfo) -> Iterator[Alteration]:
    if after is None:
        assert before is not None
        yield Alteration(DifferenceKind.WITHDRAWN, before.origin, _identity(before))
        return
    if before is None:
        yield Alteration(DifferenceKind.DECLARED, after.origin, _identity(after))
    elif before.phones != after.phones:
        kept = {*before.phones} <= {*after.phones, *after.former_phones}
        yield Alteration(
            DifferenceKind.RENUMBERED,
            after.origin,
            _identity(after),
            after="the former number is kept" if kept else None,
        )
    if before is not None and before.phones == after.phones and before.former_phones != after.former_phones:
        counts = [_count(former) for former in (before.former_phones, after.former_phones)]
        others = "as many, and others" if counts[0] == counts[1] else counts[1]
        yield Alteration(
            DifferenceKind.VALUE, after.origin, _identity(after), "former_phones", before=counts[0], after=others
        )
    was, now = _facts(before, zone), _facts(after, zone)
    for name in now | was:
        if was.get(name) != now.get(name):
            yield Alteration(DifferenceKind.VALUE, after.origin, name=name, before=was.get(name), after=now.get(name))


def _facts(person: Person | None, zone: tzinfo) -> dict[str, str]:
    if person is None:
        return {}
    start, end = next((limits_of(period, zone) for period in person.periods), (None, None))
    consent = person.consent or Consent(None, None)
    facts = {
        "name": person.name,
        "from": start,
        "until": end,
        "denied": _day(person.denied),
        "consent.basis": consent.basis,
        "consent.date": _day(consent.date),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _count(phones: Collection[Phone]) -> str | None:
    """How many numbers: which, nobody has to read in a public job."""
    return None if not phones else "1 number" if len(phones) == 1 else f"{len(phones)} numbers"


def _community(before: DesiredCommunity | None, after: DesiredCommunity | None) -> Iterator[Altered]:
    there = after or before
    assert there is not None  # one side declares it
    alterations = tuple(_of_community(before, after))
    if alterations:
        yield Altered(About.COMMUNITY, there.key, there.origin, alterations, subject=there.subject)


def _of_community(before: DesiredCommunity | None, after: DesiredCommunity | None) -> Iterator[Alteration]:
    if after is None:
        assert before is not None
        yield Alteration(DifferenceKind.WITHDRAWN, before.origin)
        return
    if before is None:
        yield Alteration(DifferenceKind.DECLARED, after.origin)
    for name in ("subject", "description"):
        was, now = (None if side is None else getattr(side, name) for side in (before, after))
        if was != now:
            yield Alteration(DifferenceKind.VALUE, after.origin, name=name, before=was, after=now)
    old, new = (_labelled(() if side is None else side.admins) for side in (before, after))
    for label in sorted({*old, *new}):
        if label not in new:
            yield Alteration(DifferenceKind.DEMOTED, old[label].origin, _identity(old[label].person))
        elif label not in old:
            yield Alteration(DifferenceKind.PROMOTED, new[label].origin, _identity(new[label].person))


def _known(before: Collection[Known], after: Collection[Known]) -> Iterator[Altered]:
    was, now = ({_said(entry): entry.origin for entry in side} for side in (before, after))
    alterations = [
        Alteration(DifferenceKind.ENTRY_REMOVED, at, name=text) for text, at in was.items() if text not in now
    ]
    alterations += [
        Alteration(DifferenceKind.ENTRY_ADDED, at, name=text) for text, at in now.items() if text not in was
    ]
    if alterations:
        yield Altered(About.KNOWN, "known", alterations[-1].origin, tuple(alterations))


def _said(entry: Known) -> str:
    return f"{entry.person or entry.point} in {entry.group} until {entry.until.isoformat()}: {entry.reason}"
