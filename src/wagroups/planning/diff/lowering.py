"""Turn changes into the calls this gateway needs, in the order that is safe.

The order is that of the table of changes (`domain.plans.change_kinds`); what protects a group that exists comes first.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupKey, Identity
from wagroups.domain.live.capability import Capabilities
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
    PersonChange,
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.change_kinds import place_of
from wagroups.domain.plans.operation import (
    AddMembers,
    ApproveRequests,
    CreateGroup,
    DemoteMembers,
    LeaveGroup,
    Operation,
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
from wagroups.domain.plans.plan import Action, Step
from wagroups.domain.plans.removal import RemovalKind


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Changes in the order in which they will happen; people keep the order they came in."""
    return sorted(changes, key=place_of)


def lower(
    key: GroupKey,
    actions: Sequence[Action],
    capabilities: Capabilities,
    at_creation: dict[Setting, str],
    urgent: frozenset[str],
) -> tuple[Step, ...]:
    """The steps that realise `actions`, which are in order, those of `urgent` first.

    Adoption and release need no call.
    """

    def is_urgent(call: Call) -> bool:
        return all(action.id in urgent for action in call[1])

    calls = sorted(_calls(actions, capabilities, at_creation), key=lambda call: not is_urgent(call))
    return tuple(
        Step(
            id=f"{key}/{number:03}",
            operation=call[0],
            realises=tuple(action.id for action in call[1]),
            urgent=is_urgent(call),
        )
        for number, call in enumerate(calls, start=1)
    )


Call = tuple[Operation, list[Action]]


def _calls(actions: Sequence[Action], capabilities: Capabilities, at_creation: dict[Setting, str]) -> Iterator[Call]:
    additions = [action for action in actions if isinstance(action.change, MemberAddition)]
    per_add, per_removal = capabilities.limits.people_per_add, capabilities.limits.people_per_removal
    creation = next((action for action in actions if isinstance(action.change, GroupCreation)), None)
    if creation is not None:
        first = _first_person(actions, additions) if capabilities.creates_with_one else None
        additions = [action for action in additions if action is not first]
        yield _creation(creation, first, at_creation)
    for action in actions:
        yield from _edit(action)
    yield from _answers_to_requests(actions)
    seen = [action for action in additions if not _unseen(action)]
    unseen = [action for action in additions if _unseen(action)]
    for some, is_unseen in ((seen, False), (unseen, True)):
        for batch in _batches(some, per_add):
            yield AddMembers(people=tuple(_person(a) for a in batch), unseen=is_unseen), batch
    for action in actions:
        if isinstance(action.change, MemberInvitation):
            yield SendInvitation(person=action.change.person, reminder=action.change.reminder), [action]
    for action in actions:
        if isinstance(action.change, AdminPromotion):
            yield PromoteMembers(people=(action.change.person,)), [action]
    for action in actions:
        if isinstance(action.change, AdminDemotion):
            yield DemoteMembers(people=(action.change.person,)), [action]
    for why in RemovalKind:
        theirs = [a for a in actions if isinstance(a.change, MemberRemoval) and a.change.removal_kind is why]
        # Whoever has to wait does not keep others waiting.
        for batch in (
            *_batches([action for action in theirs if not action.conditions], per_removal),
            *([action] for action in theirs if action.conditions),
        ):
            yield RemoveMembers(people=tuple(_person(a) for a in batch), why=why), batch
    for action in actions:
        if isinstance(action.change, LinkReset):
            yield ResetInviteLink(), [action]
        elif isinstance(action.change, GroupDissolution):
            yield LeaveGroup(), [action]


def _answers_to_requests(actions: Sequence[Action]) -> Iterator[Call]:
    """One person a call: those who asked are let in at once, and one who withdrew must not hold up the others."""
    for action in actions:
        match action.change:
            case RequestApproval(person=person):
                yield ApproveRequests(people=(person,)), [action]
            case RequestRejection(person=person):
                yield RejectRequests(people=(person,)), [action]
            case _:
                pass


def _edit(action: Action) -> Iterator[Call]:
    change = action.change
    match change:
        case SubjectChange():
            yield WriteSubject(text=change.after), [action]
        case DescriptionChange():
            yield WriteDescription(text=change.after), [action]
        case PictureChange():
            yield WritePicture(picture=change.after), [action]
        case SettingChange():
            yield WriteSetting(setting=change.setting, value=change.after), [action]
        case _:
            return


def _creation(creation: Action, first: Action | None, settings: dict[Setting, str]) -> Call:
    assert isinstance(creation.change, GroupCreation)
    operation = CreateGroup(
        subject=creation.change.subject, settings=settings, first=None if first is None else _person(first)
    )
    return operation, [creation] if first is None else [creation, first]


def _first_person(actions: Sequence[Action], additions: Sequence[Action]) -> Action | None:
    """The first declared admin, else the first member; somebody the account has met before, if there is one."""
    admins = {a.change.person.phone for a in actions if isinstance(a.change, AdminPromotion)}
    ranked = sorted(additions, key=lambda a: (_person(a).phone not in admins, _unseen(a)))
    return ranked[0] if ranked else None


def _person(action: Action) -> Identity:
    assert isinstance(action.change, PersonChange)
    return action.change.person


def _unseen(action: Action) -> bool:
    return isinstance(action.change, MemberAddition) and action.change.unseen


def _batches(actions: Sequence[Action], size: int) -> Iterator[list[Action]]:
    rest = iter(actions)
    while batch := list(islice(rest, size)):
        yield batch
