"""Groups as they are after defaults, profiles and teams: what the author's files come to.

The document is the view: text and Markdown are written from it, so that every format says the same.
"""

from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, Entry, Manage, Origin, State
from wagroups.domain.declared.group_fields import CHOICES, VALUE_KEYS
from wagroups.domain.declared.members import Consent
from wagroups.domain.declared.period import Periods
from wagroups.domain.declared.picture import Picture
from wagroups.domain.declared.wall_clock import limits_of
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Identity
from wagroups.privacy.redactor import Redactor, key_fingerprint
from wagroups.reports.documents.models import FORMAT_VERSION, ExitPart, FormatVersion, OriginPart, RedactionPart


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EffectivePeriod(_Part):
    """A time without a gap: `YYYY-MM-DD`, or `YYYY-MM-DD HH:MM`, in the project's time zone; `null` is no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    start: str | None = Field(alias="from")
    end: str | None = Field(alias="until")
    """The last day, included, or the minute at which it ends."""
    reason: str | None
    origins: tuple[OriginPart, ...]
    """The lines that give this time."""


class EffectiveConsent(_Part):
    """Why somebody may be added, as it was written down."""

    basis: str | None
    date: date | None


class EffectivePerson(_Part):
    """Everything that is declared of one person in a group.  An admin is a member."""

    person: str
    """As the redaction mode shows people."""
    member: tuple[EffectivePeriod, ...]
    admin: tuple[EffectivePeriod, ...]
    origins: tuple[OriginPart, ...]
    """Every line, and the way to it."""
    consent: EffectiveConsent | None
    """What the person agreed to; `null` where nothing is written down."""


class EffectiveManage(_Part):
    """How far the lists of people reach."""

    members: Manage
    admins: Manage
    left: str
    """`respect` or `re-add`: what happens to people who left by themselves."""


class EffectiveGroup(_Part):
    """One group.  `null` is a value that is not managed, or one that the redaction mode does not show."""

    key: str
    account: str
    source: OriginPart
    id: str | None
    previous_keys: tuple[str, ...]
    subject: str | None
    description: str | None
    picture: str | None
    community: str | None
    settings: dict[str, str]
    manage: EffectiveManage
    join: str
    invite: str
    reject_unknown: bool
    state: State
    admins_declared: bool
    members_declared: bool
    """Without `members:` nobody is ever removed."""
    people: tuple[EffectivePerson, ...]
    origins: dict[str, OriginPart]
    """Where each value was written, by its key (`settings.send_messages`); a missing one is a default."""


class EffectiveDocument(_Part):
    """What `wagroups show -o json` prints."""

    format_version: FormatVersion = FORMAT_VERSION
    redaction: RedactionPart
    groups: tuple[EffectiveGroup, ...]
    exit: ExitPart


def effective_document(groups: Iterable[DesiredGroup], redactor: Redactor, zone: tzinfo) -> EffectiveDocument:
    """The groups, in the order given; dates in `zone`."""
    return EffectiveDocument(
        redaction=RedactionPart(mode=redactor.mode, key_fingerprint=key_fingerprint(redactor.key)),
        groups=tuple(_group(group, redactor, zone) for group in groups),
        exit=ExitPart.of(Exit.OK),
    )


def _group(group: DesiredGroup, redactor: Redactor, zone: tzinfo) -> EffectiveGroup:
    return EffectiveGroup(
        key=group.key,
        account=group.account,
        source=_origin(group.origin, group.via),
        id=None if group.id is None else redactor.jid(group.id) or None,
        previous_keys=group.previous_keys,
        subject=None if group.subject is None else redactor.text(group.subject) or None,
        description=_description(group, redactor),
        picture=group.picture.path if isinstance(group.picture, Picture) else group.picture,
        community=group.community,
        settings={setting.value: value for setting, value in group.settings.items()},
        **_choices(group),
        admins_declared=group.admins_declared,
        members_declared=group.members_declared,
        people=tuple(_person(member, redactor, zone) for member in group.members),
        origins={name: _origin(at, group.vias.get(name, ())) for name, at in sorted(group.origins.items())},
    )


def _choices(group: DesiredGroup) -> dict[str, Any]:
    """The choices of a group as the document has them: those of a section together, and `yes` and `no` as booleans."""
    said: dict[str, Any] = {"manage": {}}
    for choice in CHOICES:
        section, _, name = choice.key.rpartition(".")
        value = getattr(group, choice.attribute)
        named = isinstance(value, bool) and set(choice.words) != {"yes", "no"}
        (said[section] if section else said)[name] = choice.word(group) if named else value
    return said | {"manage": EffectiveManage(**said["manage"])}


def values_in(group: EffectiveGroup) -> Iterator[tuple[str, str]]:
    """What a group of the document says, in the words of the files, by key and in their order; lists left out."""
    for key in VALUE_KEYS:
        section, _, name = key.partition(".")
        value = getattr(group, section, None)
        if name:
            value = value.get(name) if isinstance(value, dict) else getattr(value, name)
        if isinstance(value, bool):
            yield key, "yes" if value else "no"
        elif isinstance(value, str):
            yield key, value


def _description(group: DesiredGroup, redactor: Redactor) -> str | None:
    if not group.description:
        return group.description
    return redactor.text(group.description) or None


def _person(member: DesiredMember, redactor: Redactor, zone: tzinfo) -> EffectivePerson:
    who = Identity(alias=member.person.alias, phone=member.person.phone)
    return EffectivePerson(
        person=redactor.person(who, declared=True),
        member=_periods(member.member, member.entries, redactor, zone),
        admin=_periods(member.admin, [entry for entry in member.entries if entry.admin], redactor, zone),
        origins=tuple(dict.fromkeys(_origin(entry.origin, entry.via) for entry in member.entries)),
        consent=_consent(member.person.consent, redactor),
    )


def _consent(consent: Consent | None, redactor: Redactor) -> EffectiveConsent | None:
    if consent is None:
        return None
    basis = None if consent.basis is None else redactor.text(consent.basis) or None
    return EffectiveConsent(basis=basis, date=consent.date)


def _periods(
    periods: Periods, entries: Iterable[Entry], redactor: Redactor, zone: tzinfo
) -> tuple[EffectivePeriod, ...]:
    """Each period with the lines that have a share in it."""
    found = []
    for period in periods:
        start, end = limits_of(period, zone)
        lines = _lines(Periods.of(*period), entries)
        reasons = dict.fromkeys(entry.reason for entry in lines if entry.reason)
        found.append(
            EffectivePeriod(
                start=start,
                end=end,
                reason=redactor.text("; ".join(reasons)) or None,
                origins=tuple(_origin(entry.origin, entry.via) for entry in lines),
            )
        )
    return tuple(found)


def _lines(period: Periods, entries: Iterable[Entry]) -> list[Entry]:
    """The lines that give a period: those that give all of it, else all that have a share."""
    sharing = [entry for entry in entries if entry.periods & period]
    return [entry for entry in sharing if period <= entry.periods] or sharing


def _origin(origin: Origin, via: tuple[str, ...]) -> OriginPart:
    return OriginPart(file=origin.file, line=origin.line, via=via)
