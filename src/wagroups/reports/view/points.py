"""The words for what is not so: one sentence a point, one line for all that a gateway can never show.

What needs someone to act is said first, in every format and in the sentence that would otherwise call the rest fine.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.plans.plan import GroupPlan, Notice, Plan
from wagroups.domain.plans.points import PointClass
from wagroups.privacy.escape import clean
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.tally import Summary


class Line(NamedTuple):
    """A sentence about something: a group's key, a rule, an account."""

    about: str
    text: str


class Points(NamedTuple):
    """The points of a plan and its remarks, as sentences."""

    open: tuple[Line, ...]
    waiting: tuple[Line, ...]
    unseen: tuple[Line, ...]
    remarks: tuple[Line, ...]


GATEWAYS: Final[Mapping[str, str]] = MappingProxyType({"waha": "WAHA", "waxum": "Waxum"})
"""How gateways write their own names; others are called as they are configured."""

_UNSEEN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "unsupported": (
            "1 value can be neither read nor changed{on}",
            "{n} values can be neither read nor changed{on}",
        ),
        "unverified": ("1 value cannot be read{on}", "{n} values cannot be read{on}"),
        "not-observed": ("1 value was not shown in this read{on}", "{n} values were not shown in this read{on}"),
        "requests-unread": (
            "who asks to join 1 group was not shown in this read{on}",
            "who asks to join {n} groups was not shown in this read{on}",
        ),
        "community-unseen": (
            "whether 1 group is in its community cannot be seen{on}",
            "whether {n} groups are in their communities cannot be seen{on}",
        ),
    }
)
"""One line a kind, for one value and for more."""

_OTHER: Final = ("1 value is not known{on}", "{n} values are not known{on}")


SAID_FIRST: Final = frozenset({"ledger-new", "looser-settings"})
"""Codes of notices about no group that stand above everything else."""


def first_lines(plan: Plan, redactor: Redactor) -> tuple[Line, ...]:
    """What has to be known before anything else of the plan."""
    return tuple(Line("", sentence_of(notice, redactor)) for notice in plan.notices if notice.code in SAID_FIRST)


def points_of(plan: Plan, redactor: Redactor, *, whole: bool = False) -> Points:
    """Word the points of a plan; `whole` says everything that cannot be seen, and does not fold it."""
    return Points(
        open=tuple(_lines(plan, PointClass.OPEN, redactor)),
        waiting=tuple(_lines(plan, PointClass.WAITING, redactor)),
        unseen=tuple(_lines(plan, PointClass.UNSEEN, redactor) if whole else _folded(plan, redactor)),
        remarks=(
            *_lines(plan, PointClass.REMARK, redactor),
            *(Line("", sentence_of(notice, redactor)) for notice in plan.notices if notice.code not in SAID_FIRST),
        ),
    )


def _lines(plan: Plan, point_class: PointClass, redactor: Redactor) -> Iterator[Line]:
    for group in plan.groups:
        for notice in group.points(point_class):
            yield Line(group.key, sentence_of(notice, redactor))


def sentence_of(notice: Notice, redactor: Redactor) -> str:
    """One point: what is not so, since when, what to do, and what the files say about it."""
    people = (notice.person,) if notice.person else notice.people
    parts = [redactor.sentence(notice.text, people)]
    if notice.since is not None and not notice.new:
        parts.append(f"open since {notice.since:%Y-%m-%d}")
    if notice.known is not None:
        reason = redactor.sentence(redactor.text(notice.known.reason))
        parts.append(f"known until {notice.known.until}: {reason}" if reason else f"known until {notice.known.until}")
    todo = next_of(notice, redactor)
    if todo is not None:
        parts.append(f"next: {todo}")
    return "; ".join(parts)


def next_of(notice: Notice, redactor: Redactor) -> str | None:
    """What to do about a point, as it can be pasted."""
    if notice.next is None:
        return None
    named = notice.next if notice.person is None else notice.next.replace("{person}", redactor.reference(notice.person))
    return clean(named, limit=None)


def _folded(plan: Plan, redactor: Redactor) -> Iterator[Line]:
    """What cannot be seen, a line a kind; a kind of one value is said in full."""
    found = [(group, notice) for group in plan.groups for notice in group.points(PointClass.UNSEEN)]
    for _, pairs in groupby(sorted(found, key=_kind), key=_kind):
        ones = list(pairs)
        group, notice = ones[0]
        if len(ones) == 1:
            yield Line(group.key, sentence_of(notice, redactor))
            continue
        words = _UNSEEN.get(notice.code, _OTHER)[1].format(n=len(ones), on=_on(group))
        yield Line("", f"{words}; `-v` lists them")


def _kind(found: tuple[GroupPlan, Notice]) -> tuple[str, str]:
    return found[1].code, found[0].gateway


def _on(group: GroupPlan) -> str:
    name, _, engine = group.gateway.partition(" ")
    if not name:
        return ""
    return f" on {GATEWAYS.get(name, name)}" + (f" ({engine})" if engine else "")


def headline(summary: Summary) -> str:
    """`2 things are not as declared and need attention`; `""` where nothing is open."""
    if not summary.open:
        return ""
    said = (
        "1 thing is not as declared and needs"
        if summary.open == 1
        else f"{summary.open} things are not as declared and need"
    )
    more = [
        f"{summary.new_open} new" if summary.new_open and summary.new_open < summary.open else "",
        f"{summary.known} known" if summary.known else "",
    ]
    counted = ", ".join(filter(None, more))
    return f"{said} attention" + (f" ({counted})" if counted else "")


def nothing_planned(summary: Summary) -> str:
    """What is said where no action is planned, with whatever keeps that from meaning that all is well."""
    if summary.open:
        return "no run can change that"
    besides = waited_and_unseen(summary)
    return f"nothing to do now{in_what(summary)}; {besides}" if besides else f"nothing to do{in_what(summary)}"


def in_what(summary: Summary) -> str:
    """What a sentence about nothing is limited to: a group that was refused or not judged may be as wrong as any."""
    if summary.refused:
        return " beside what is refused"
    return " in what could be judged" if summary.held else ""


def waited_and_unseen(summary: Summary) -> str:
    """`2 things are waited for and 3 cannot be seen`; `""` where there is nothing of either."""
    waiting, unseen = summary.waiting, summary.unseen
    parts = [
        f"{waiting} {'thing is' if waiting == 1 else 'things are'} waited for" if waiting else "",
        f"{unseen} {'value is' if unseen == 1 else 'values are'} not seen here" if unseen else "",
    ]
    return " and ".join(filter(None, parts))


def about_groups(lines: Sequence[Line]) -> tuple[str, ...]:
    """The groups that lines are about, each once, in order."""
    return tuple(dict.fromkeys(line.about for line in lines if line.about))
