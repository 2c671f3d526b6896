"""The kinds of change: one table of everything that holds for a change whatever group it is about.

Whoever asks how a kind of change is called, what a gateway must be able to do for it, what it costs, when it happens
and who sees it, reads it here: the diff, the guards, the order of steps, the budget, the totals and the wording.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from wagroups.domain.declared.choices import Section
from wagroups.domain.declared.members import Turn
from wagroups.domain.declared.settings import SETTINGS
from wagroups.domain.live.capability import Aspect
from wagroups.domain.plans.budget import CallClass
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
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)

ChangeType: TypeAlias = type[Change]
"""The class of a change: the key of the table."""


class Risk(StrEnum):
    """How much a reviewer should care."""

    LOW = "low"
    VISIBLE = "visible"
    """The group's members see a notice."""
    HIGH = "high"
    """Somebody loses a seat or a right, or a setting opens the group."""


class ChangeKind(NamedTuple):
    """What holds for all changes of one kind."""

    symbol: str
    """ASCII, so that it carries the meaning without colour."""
    verb: str
    total: str
    """The total of a summary that counts it."""
    risk: Risk
    """The usual one: see `risk_of`."""
    calls: CallClass | None = None
    """The budget that its call is charged to; `None` where nothing is asked of the gateway."""
    aspect: Aspect | None = None
    """What the gateway must be able to write; of a setting and of an emptied description, see `aspect_of`."""
    section: Section | None = None
    """The part of the group it belongs to; `None` for the group as a whole."""
    announced: bool = False
    """Whether WhatsApp tells the members in the group's chat."""
    turn: Turn | None = None
    """What a date does to somebody that brings such a change."""
    declared: bool = False
    """Whether the person it is about is one whom the files declare there."""


KINDS: Final[Mapping[ChangeType, ChangeKind]] = MappingProxyType(
    {
        GroupAdoption: ChangeKind(
            symbol="*",
            verb="adopt",
            total="adopt",
            risk=Risk.LOW,
        ),
        GroupRelease: ChangeKind(
            symbol="o",
            verb="release",
            total="release",
            risk=Risk.LOW,
        ),
        GroupCreation: ChangeKind(
            symbol="*",
            verb="create",
            total="create",
            calls=CallClass.CREATE,
            aspect=Aspect.CREATE,
            risk=Risk.VISIBLE,
            announced=True,
        ),
        SubjectChange: ChangeKind(
            symbol="~",
            verb="rename",
            total="change",
            calls=CallClass.EDIT,
            aspect=Aspect.SUBJECT,
            section=Section.SUBJECT,
            risk=Risk.VISIBLE,
            announced=True,
        ),
        DescriptionChange: ChangeKind(
            symbol="~",
            verb="describe",
            total="change",
            calls=CallClass.EDIT,
            aspect=Aspect.DESCRIPTION,
            section=Section.DESCRIPTION,
            risk=Risk.VISIBLE,
            announced=True,
        ),
        PictureChange: ChangeKind(
            symbol="~",
            verb="put up",
            total="change",
            calls=CallClass.EDIT,
            aspect=Aspect.PICTURE,
            section=Section.PICTURE,
            risk=Risk.VISIBLE,
            announced=True,
        ),
        SettingChange: ChangeKind(
            symbol="~",
            verb="set",
            total="change",
            calls=CallClass.EDIT,
            section=Section.SETTINGS,
            risk=Risk.VISIBLE,
            announced=True,
        ),
        RequestApproval: ChangeKind(
            symbol="?",
            verb="approve",
            total="approve",
            calls=CallClass.APPROVE,
            aspect=Aspect.REQUESTS_APPROVE,
            section=Section.MEMBERS,
            risk=Risk.VISIBLE,
            announced=True,
            turn=Turn.JOINS,
            declared=True,
        ),
        RequestRejection: ChangeKind(
            symbol="-",
            verb="reject",
            total="reject",
            calls=CallClass.APPROVE,
            aspect=Aspect.REQUESTS_REJECT,
            section=Section.MEMBERS,
            risk=Risk.LOW,
        ),
        MemberAddition: ChangeKind(
            symbol="+",
            verb="add",
            total="add",
            calls=CallClass.ADD,
            aspect=Aspect.MEMBERS_ADD,
            section=Section.MEMBERS,
            risk=Risk.VISIBLE,
            announced=True,
            turn=Turn.JOINS,
            declared=True,
        ),
        MemberInvitation: ChangeKind(
            symbol="@",
            verb="invite",
            total="invite",
            calls=CallClass.MESSAGE,
            aspect=Aspect.SEND_TEXT,
            section=Section.MEMBERS,
            risk=Risk.LOW,
            turn=Turn.JOINS,
            declared=True,
        ),
        AdminPromotion: ChangeKind(
            symbol="^",
            verb="promote",
            total="promote",
            calls=CallClass.ROLE,
            aspect=Aspect.ADMINS_PROMOTE,
            section=Section.ADMINS,
            risk=Risk.VISIBLE,
            turn=Turn.PROMOTED,
            declared=True,
        ),
        AdminDemotion: ChangeKind(
            symbol="v",
            verb="demote",
            total="demote",
            calls=CallClass.ROLE,
            aspect=Aspect.ADMINS_DEMOTE,
            section=Section.ADMINS,
            risk=Risk.HIGH,
            turn=Turn.DEMOTED,
        ),
        MemberRemoval: ChangeKind(
            symbol="-",
            verb="remove",
            total="remove",
            calls=CallClass.REMOVE,
            aspect=Aspect.MEMBERS_REMOVE,
            section=Section.MEMBERS,
            risk=Risk.HIGH,
            announced=True,
            turn=Turn.LEAVES,
        ),
        LinkReset: ChangeKind(
            symbol="~",
            verb="reset",
            total="change",
            calls=CallClass.EDIT,
            aspect=Aspect.INVITE_LINK_RESET,
            risk=Risk.LOW,
        ),
        GroupDissolution: ChangeKind(
            symbol="x",
            verb="dissolve",
            total="dissolve",
            calls=CallClass.REMOVE,
            aspect=Aspect.LEAVE,
            risk=Risk.HIGH,
            announced=True,
        ),
    }
)
"""Change → what holds for it, in the order in which changes happen.

Create, then what the group is called and how it behaves, then those who ask to join, additions, promotions, demotions,
removals: one cannot promote a stranger, the group never has zero admins in between, and a mistake in the early steps
should not cost anyone their seat.
"""

_ORDER: Final = MappingProxyType({change: place for place, change in enumerate(KINDS)})


def kind_of(change: Change) -> ChangeKind:
    """The row of a change."""
    return KINDS[type(change)]


def place_of(change: Change) -> int:
    """When a change happens among those of other kinds."""
    return _ORDER[type(change)]


def aspect_of(change: Change) -> Aspect | None:
    """What the gateway must be able to write to carry out `change`; `None` where nothing is asked of it."""
    match change:
        case SettingChange():
            return Aspect.of(change.setting)
        case DescriptionChange(after=""):
            return Aspect.DESCRIPTION_CLEAR
        case _:
            return kind_of(change).aspect


def risk_of(change: Change) -> Risk:
    """How much a reviewer should care: a setting that opens the group matters more than another."""
    if isinstance(change, SettingChange) and change.after == SETTINGS[change.setting].open_value:
        return Risk.HIGH
    return kind_of(change).risk
