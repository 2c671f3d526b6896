"""Groups as they are after defaults, profiles and teams: what the author's files come to.

The document is the view: text and Markdown are written from it, so that every format says the same.
"""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

from wagroups.domain.desired import DesiredGroup, DesiredMember, Manage, Origin, State
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Identity
from wagroups.domain.picture import Picture
from wagroups.reports.document import ExitPart, FormatVersion, OriginPart, RedactionPart
from wagroups.reports.redaction import Redactor, key_fingerprint


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EffectivePerson(_Part):
    """One declared membership."""

    person: str
    """As the redaction mode shows people."""
    admin: bool
    starts: date | None
    until: date | None
    """The last day, included."""
    reason: str | None
    origin: OriginPart
    """The entry, and the way to it."""


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

    format_version: FormatVersion = "1.0"
    redaction: RedactionPart
    groups: tuple[EffectiveGroup, ...]
    exit: ExitPart


def effective_document(groups: Iterable[DesiredGroup], redactor: Redactor) -> EffectiveDocument:
    """The groups, in the order given."""
    return EffectiveDocument(
        redaction=RedactionPart(mode=redactor.mode, key_fingerprint=key_fingerprint(redactor.key)),
        groups=tuple(_group(group, redactor) for group in groups),
        exit=ExitPart.of(Exit.OK),
    )


def _group(group: DesiredGroup, redactor: Redactor) -> EffectiveGroup:
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
        manage=EffectiveManage(
            members=group.manage_members,
            admins=group.manage_admins,
            left="respect" if group.respect_left else "re-add",
        ),
        join="link" if group.join_by_link else "direct",
        invite="message" if group.invite_by_message else "link",
        reject_unknown=group.reject_unknown,
        state=group.state,
        admins_declared=group.admins_declared,
        members_declared=group.members_declared,
        people=tuple(_person(member, redactor) for member in group.members),
        origins={name: _origin(at, group.vias.get(name, ())) for name, at in sorted(group.origins.items())},
    )


def _description(group: DesiredGroup, redactor: Redactor) -> str | None:
    if not group.description:
        return group.description
    return redactor.text(group.description) or None


def _person(member: DesiredMember, redactor: Redactor) -> EffectivePerson:
    who = Identity(alias=member.person.alias, phone=member.person.phone)
    return EffectivePerson(
        person=redactor.person(who, declared=True),
        admin=member.admin,
        starts=member.starts,
        until=member.until,
        reason=None if member.reason is None else redactor.text(member.reason) or None,
        origin=_origin(member.origin, member.via),
    )


def _origin(origin: Origin, via: tuple[str, ...]) -> OriginPart:
    return OriginPart(file=origin.file, line=origin.line, via=via)
