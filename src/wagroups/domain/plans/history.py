"""What was done to groups, and what a look said of it: the past as people ask about it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from wagroups.domain._base import Value
from wagroups.domain.identity import AccountKey, GroupKey, Identity
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Change,
    DescriptionChange,
    GroupCreation,
    GroupDissolution,
    LinkReset,
    MemberAddition,
    MemberInvitation,
    MemberRemoval,
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.operation import (
    AddMembers,
    ApproveRequests,
    CreateGroup,
    DemoteMembers,
    JoinGroup,
    Journalled,
    LeaveGroup,
    PromoteMembers,
    RejectRequests,
    RemoveMembers,
    ResetInviteLink,
    SendInvitation,
    WriteDescription,
    WritePicture,
    WriteSetting,
    WriteSubject,
)
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Reason


class PastAction(Value):
    """One action of a run that was at least asked for."""

    account: AccountKey
    group: GroupKey
    """The key that it happened under."""
    run: str
    at: datetime
    actor: str
    revision: str | None = None
    """What `git describe` called the files that were applied; `None` where git could not tell."""
    change: Change
    reason: Reason | None = None
    """`None` for what a person asked for by a verb of its own."""
    verdict: Verdict | None = None
    """What a look said; `None` when nobody looked: the run ended before it could, or an older program made it."""
    error: str | None = None
    """Why it did not come about, or, without a verdict, how the gateway answered."""

    @property
    def person(self) -> Identity | None:
        return getattr(self.change, "person", None)


HAPPENED: Final = frozenset(
    {
        *(Verdict.DONE, Verdict.ALREADY, Verdict.INVITED, Verdict.PENDING),
        *(Verdict.UNVERIFIED, Verdict.NOT_KNOWN, Verdict.FAILED),
    }
)
"""Verdicts of actions that were asked for, or found to be so: the others left no trace on WhatsApp."""


SEEN: Final = "seen"
"""The finding of a look that showed what a call was made for."""


class HistoryQuery(NamedTuple):
    """Whose past is asked for.  Empty means everybody's."""

    groups: frozenset[GroupKey] = frozenset()
    """Keys, present and previous."""
    people: tuple[Identity, ...] = ()
    """One person under every name that is known."""
    since: datetime | None = None
    limit: int | None = None
    """Only the newest N entries."""

    def includes(self, action: PastAction) -> bool:
        """Whether `action` is asked for; `limit` aside."""
        if self.since is not None and action.at < self.since:
            return False
        if self.groups and action.group not in self.groups:
            return False
        return not self.people or any(_is(action.person, person) for person in self.people)


def _is(one: Identity | None, other: Identity) -> bool:
    return one is not None and (one.same_as(other) or (one.alias is not None and one.alias == other.alias))


def changes_of(operation: Journalled) -> Iterator[Change]:
    """What an operation was to bring about, as far as the journal tells; joining a group changes nothing of it."""
    match operation:
        case CreateGroup():
            yield GroupCreation(subject=operation.subject)
            yield from (MemberAddition(person=person) for person in _people(operation.first))
        case WriteSubject():
            yield SubjectChange(before=None, after=operation.text)
        case WriteDescription():
            yield DescriptionChange(before=None, after=operation.text)
        case WritePicture():
            yield PictureChange(before=None, after=operation.picture)
        case WriteSetting():
            yield SettingChange(setting=operation.setting, before=None, after=operation.value)
        case AddMembers():
            yield from (MemberAddition(person=person, unseen=operation.unseen) for person in operation.people)
        case ApproveRequests():
            yield from (RequestApproval(person=person) for person in operation.people)
        case RejectRequests():
            yield from (RequestRejection(person=person) for person in operation.people)
        case SendInvitation():
            yield MemberInvitation(person=operation.person, reminder=operation.reminder)
        case RemoveMembers():
            yield from (MemberRemoval(person=person) for person in operation.people)
        case PromoteMembers():
            yield from (AdminPromotion(person=person) for person in operation.people)
        case DemoteMembers():
            yield from (AdminDemotion(person=person) for person in operation.people)
        case LeaveGroup():
            yield GroupDissolution()
        case ResetInviteLink():
            yield LinkReset()
        case JoinGroup():
            return


def _people(person: Identity | None) -> Iterable[Identity]:
    return () if person is None else (person,)
