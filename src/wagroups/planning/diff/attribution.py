"""Turn changes into actions: a stable id, how much a reviewer should care, why, and where in git.

An action's id is a hash over its goal: group, kind, person or setting, and the value after.  The value before is
not part of it, so a plan stays approved when somebody renames the group in between: the goal is the same.
"""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, assert_never

from wagroups.domain.declared.desired import DesiredGroup, DesiredMember, Origin
from wagroups.domain.declared.members import line_that_ended
from wagroups.domain.identity import Identity
from wagroups.domain.live.memory import Applied, Memory
from wagroups.domain.plans.approval import Due
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    DescriptionChange,
    GroupAdoption,
    GroupCreation,
    GroupDissolution,
    GroupRelease,
    LinkReset,
    MemberAddition,
    MemberInvitation,
    MemberRemoval,
    PersonChange,
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
    is_urgent,
)
from wagroups.domain.plans.change_kinds import risk_of
from wagroups.domain.plans.plan import Action, Cause, Reason
from wagroups.planning.diff.due import DueDates
from wagroups.planning.diff.fields import DESCRIPTION, SUBJECT
from wagroups.planning.diff.pictures import PICTURE, declared_digest
from wagroups.planning.situation import Terms

ID_DIGITS: Final = 12
"""Hex digits of an action's id: chosen; 48 bits keep the actions of a project apart."""


class Attribution:
    """What is known about one group's past, to explain its differences."""

    def __init__(
        self, group: DesiredGroup, memory: Memory, terms: Terms, changes: Collection[Change], now: datetime
    ) -> None:
        """`changes`: all that will be asked about."""
        self._dates = DueDates(group, memory, terms, now)
        self._group, self._key, self._now = group, memory.key, now
        self._entries = _entries(group, [change.person for change in changes if isinstance(change, PersonChange)])
        self._applied: Applied | None = memory.applied.get(group.key)
        self._born = any(isinstance(change, GroupCreation) for change in changes)
        self._goals: set[str] = set()
        """What actions were made for, so that no two have one id."""

    def action(self, change: Change) -> Action:
        name = change.person.name(self._key) if isinstance(change, PersonChange) else ""
        origin, via = self._origin(change)
        cause = self._cause(change, name)
        action = Action(
            id=self._id(change, name),
            change=change,
            risk=risk_of(change),
            reason=_reason(change, cause, born=self._born),
            cause=cause,
            origin=origin,
            via=via,
            due=self._due(change),
        )
        # Without an approval a date is what it was: something that git says, and that somebody has to look at.
        return (
            action.model_copy(update={"reason": Reason.DUE, "cause": Cause.DUE}) if action.approved_by_date else action
        )

    def _due(self, change: Change) -> Due | None:
        if not isinstance(change, PersonChange):
            return None
        return self._dates.behind(change, self._entries.get(change.person.alias or change.person.phone))

    def _id(self, change: Change, name: str) -> str:
        subject, after = self._goal(change, name)
        text = "\0".join((self._group.key, change.kind, subject, after))
        if text in self._goals and isinstance(change, PersonChange):
            # Somebody who is in the group twice, with two telephones, goes twice.
            text += "\0" + change.person.pseudonym(self._key)
        self._goals.add(text)
        return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]

    def _goal(self, change: Change, name: str) -> tuple[str, str]:
        match change:
            case SubjectChange() | DescriptionChange():
                return "", change.after
            case PictureChange():
                return "", change.after.likeness.digest if change.after is not None else ""
            case SettingChange():
                return change.setting, change.after
            case MemberInvitation():
                return name, "reminder" if change.reminder else ""
            case MemberRemoval(evidence="former-number", person=person):
                # Whoever approves that an old number goes has not approved that its owner does.
                return name, f"former-number {person.pseudonym(self._key)}"
            case MemberAddition() | MemberRemoval() | AdminPromotion() | AdminDemotion():
                return name, ""
            case RequestApproval() | RequestRejection():
                return name, ""
            case GroupCreation():
                return "", change.subject
            case GroupAdoption():
                return "", change.jid.reveal()
            case GroupRelease() | GroupDissolution() | LinkReset():
                return "", ""
            case _:
                assert_never(change)

    def _origin(self, change: Change) -> tuple[Origin, tuple[str, ...]]:
        group = self._group
        match change:
            case SubjectChange():
                return group.origin_of(SUBJECT), ()
            case DescriptionChange():
                return group.origin_of(DESCRIPTION), ()
            case PictureChange():
                return group.origin_of(PICTURE), ()
            case SettingChange():
                return group.origin_of(f"settings.{change.setting}"), ()
            case RequestRejection():
                return group.origin_of("reject_unknown"), ()
            case LinkReset():
                return group.origin_of("members"), ()
            case (
                MemberAddition()
                | MemberInvitation()
                | MemberRemoval()
                | AdminPromotion()
                | AdminDemotion()
                | RequestApproval()
            ):
                entry = self._entries.get(change.person.alias or change.person.phone)
                if (
                    isinstance(change, MemberRemoval | AdminDemotion)
                    and entry is not None
                    and change.evidence == "expired"
                ):
                    return line_that_ended(entry, self._now, admin=isinstance(change, AdminDemotion)), ()
                if entry is not None:
                    line = entry.entry_at(self._now, admin=isinstance(change, AdminPromotion))
                    return line.origin, line.via
                return group.origin_of("admins" if isinstance(change, AdminDemotion) else "members"), ()
            case _:
                return group.origin_of("state") if "state" in group.origins else group.origin, ()

    def _cause(self, change: Change, name: str) -> Cause:
        """Where the difference comes from, compared with the last verified apply: looking again changes nothing.

        A value that was declared then did not change in git; one that was so then was changed since by somebody else.
        """
        applied = self._applied
        if applied is None:
            return Cause.UNKNOWN
        match change:
            case SubjectChange():
                return _value_cause(applied, SUBJECT, change.after)
            case DescriptionChange():
                return _value_cause(applied, DESCRIPTION, change.after)
            case SettingChange():
                return _value_cause(applied, f"settings.{change.setting}", change.after)
            case PictureChange():
                if applied.values.get(PICTURE) != declared_digest(self._group):
                    return Cause.GIT
                # Where none is shown, one is put up again only if it was never seen.
                return Cause.PHONE if change.before is not None else Cause.EARLIER_RUN
            case RequestApproval() | RequestRejection():
                return Cause.PHONE
            case MemberAddition():
                known = name in applied.people and self._declared_at(applied.at, change.person)
                return _since(applied.absent, name) if known else Cause.GIT
            case AdminPromotion():
                known = name in applied.admins and self._declared_at(applied.at, change.person, admin=True)
                return _since(applied.demoted, name) if known else Cause.GIT
            case AdminDemotion():
                return Cause.GIT if name in applied.admins else _since(applied.other_admins, name)
            case MemberRemoval():
                if change.evidence is not None or name in applied.people:
                    return Cause.GIT
                return _since(applied.others, name)
            case _:
                return Cause.GIT

    def _declared_at(self, instant: datetime, person: Identity, *, admin: bool = False) -> bool:
        """Whether what is declared of somebody now held at `instant` already: what begins by its date is no drift."""
        entry = self._entries.get(person.alias or person.phone)
        return entry is None or instant in (entry.admin if admin else entry.member)


def _value_cause(applied: Applied, field: str, after: str) -> Cause:
    if applied.values.get(field) != after:
        return Cause.GIT
    return _since(applied.unset, field)


def _since(differing: frozenset[str] | None, name: str) -> Cause:
    """The cause of a difference that git does not explain: was it there when the group was last applied?"""
    if differing is None:
        return Cause.UNKNOWN
    return Cause.EARLIER_RUN if name in differing else Cause.PHONE


def _entries(group: DesiredGroup, changing: Iterable[Identity]) -> dict[str | bytes | None, DesiredMember]:
    """The entries of the people who change, by alias or number."""
    names = {person.alias or person.phone for person in changing}
    if not names:
        return {}
    phones = {person.phone for person in group.members.people if (person.alias or person.phone) in names}
    return {entry.person.alias or entry.person.phone: entry for entry in group.members.find(phones).values()}


def _reason(change: Change, cause: Cause, *, born: bool) -> Reason:
    if isinstance(change, GroupAdoption):
        return Reason.ADOPT
    if isinstance(change, MemberRemoval | AdminDemotion) and change.evidence is not None:
        return Reason(change.evidence)
    if isinstance(change, LinkReset):
        return Reason.DENIED
    if is_urgent(change) and not born:
        return Reason.URGENT
    if isinstance(change, RequestApproval | RequestRejection):
        return Reason.MANIFEST
    return Reason.DRIFT if cause is Cause.PHONE else Reason.MANIFEST
