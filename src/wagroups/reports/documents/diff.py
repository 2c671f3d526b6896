"""What two revisions declare otherwise, as rows for every format and as a document.

The rows are those of a plan, because a reviewer reads both side by side; nothing here says that anything will happen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from wagroups.domain._base import Value
from wagroups.domain.declared.desired import Origin
from wagroups.domain.exit import Exit
from wagroups.domain.plans.change_kinds import Risk
from wagroups.domain.plans.difference import About, Alteration, Altered, DifferenceKind
from wagroups.privacy.escape import clean
from wagroups.privacy.redactor import Redaction, Redactor, key_fingerprint
from wagroups.reports.documents.models import FORMAT_VERSION, ExitPart, FormatVersion, PlacePart, RedactionPart
from wagroups.reports.view.line_diff import line_diff
from wagroups.reports.view.plan_view import GroupView, Row
from wagroups.reports.view.wording import EXCERPT_CHARS, Words, count

_LOSSES: Final = frozenset({DifferenceKind.MEMBER_REMOVED, DifferenceKind.DEMOTED, DifferenceKind.WITHDRAWN})
_PLURALS: Final = {
    About.GROUP: "groups",
    About.TEAM: "teams",
    About.PERSON: "people",
    About.COMMUNITY: "communities",
    About.KNOWN: "lists of known points",
    About.PROJECT: "configurations",
}
_ONE: Final = {About.KNOWN: "list of known points"}


class AlterationPart(Value):
    """One thing that is declared otherwise."""

    kind: DifferenceKind
    person: str | None
    name: str | None
    before: str | None
    after: str | None
    origin: PlacePart


class AlteredPart(Value):
    """Something declared, with all that is otherwise."""

    about: About
    name: str
    subject: str | None
    members_before: int | None
    members_after: int | None
    source: PlacePart
    alterations: tuple[AlterationPart, ...]


class DifferenceDocument(Value):
    """What `wagroups diff -o json` prints."""

    format_version: FormatVersion = FORMAT_VERSION
    base: str
    redaction: RedactionPart
    altered: tuple[AlteredPart, ...]
    exit: ExitPart


def difference_document(altered: Iterable[Altered], base: str, redactor: Redactor, ending: Exit) -> DifferenceDocument:
    return DifferenceDocument(
        base=clean(base),
        redaction=RedactionPart(mode=redactor.mode, key_fingerprint=key_fingerprint(redactor.key)),
        altered=tuple(_part(one, redactor) for one in altered),
        exit=ExitPart.of(ending),
    )


def _part(one: Altered, redactor: Redactor) -> AlteredPart:
    return AlteredPart(
        about=one.about,
        name=_name(one, redactor),
        subject=redactor.group(one.subject) or None,
        members_before=one.members_before,
        members_after=one.members_after,
        source=_place(one.origin),
        alterations=tuple(
            AlterationPart(
                kind=each.kind,
                person=None if each.person is None else redactor.person(each.person, declared=True),
                name=_said(each.name, redactor),
                before=_said(each.before, redactor),
                after=_said(each.after, redactor),
                origin=_place(each.origin),
            )
            for each in one.alterations
        ),
    )


def difference_groups(altered: Iterable[Altered], redactor: Redactor) -> tuple[GroupView, ...]:
    """The differences as a plan shows its groups."""
    return tuple(
        GroupView(
            key=_title(one, redactor),
            subject=redactor.group(one.subject),
            size=_size(one),
            place=str(one.origin),
            rows=tuple(_row(one, each, redactor) for each in one.alterations),
            watched=False,
        )
        for one in altered
    )


def difference_totals(altered: Sequence[Altered], base: str) -> str:
    """The sentence that sums up."""
    if not altered:
        return f"Nothing is declared differently from {clean(base)}."
    counted = Counter(one.about for one in altered)
    things = [count(counted[about], _ONE.get(about, about.value), _PLURALS[about]) for about in About if counted[about]]
    kinds = Counter(each.kind for one in altered for each in one.alterations)
    people = [
        f"{kinds[kind]} {word}"
        for kind, word in (
            (DifferenceKind.MEMBER_ADDED, "to add"),
            (DifferenceKind.MEMBER_REMOVED, "to remove"),
            (DifferenceKind.PROMOTED, "to promote"),
            (DifferenceKind.DEMOTED, "to demote"),
        )
        if kinds[kind]
    ]
    said = "; ".join(filter(None, (", ".join(things), ", ".join(people))))
    return f"Declared differently from {clean(base)}: {said}."


def _title(one: Altered, redactor: Redactor) -> str:
    match one.about:
        case About.GROUP:
            return one.name
        case About.TEAM | About.PERSON | About.COMMUNITY:
            return f"{one.about} {_name(one, redactor)}"
        case About.KNOWN:
            return "known points"
        case About.PROJECT:
            return "configuration"
        case _:
            assert_never(one.about)


def _name(one: Altered, redactor: Redactor) -> str:
    if one.about is About.PERSON and redactor.mode is Redaction.STRICT:
        who = next((each.person for each in one.alterations if each.person is not None), None)
        return "somebody" if who is None else redactor.person(who, declared=True)
    return one.name


def _size(one: Altered) -> str:
    before, after = one.members_before, one.members_after
    if one.about is not About.GROUP or after is None:
        return ""
    if before is None:
        return f"new, {count(after, 'member')}"
    return f"{before} → {count(after, 'member')}" if before != after else count(after, "member")


def _row(one: Altered, each: Alteration, redactor: Redactor) -> Row:
    risk = Risk.HIGH if each.kind in _LOSSES else Risk.LOW
    texts = each.kind is DifferenceKind.VALUE and each.name in ("subject", "description") and one.about is About.GROUP
    lines = line_diff(each.before, each.after or "", redactor, short=EXCERPT_CHARS) if texts else ()
    return Row("", *_words(one, each, redactor), "", str(each.origin), risk, lines)


def _words(one: Altered, each: Alteration, redactor: Redactor) -> Words:
    who = "" if each.person is None else redactor.person(each.person, declared=True)
    thing = f"the {one.about}"
    change = _from_to(each, redactor)
    match each.kind:
        case DifferenceKind.DECLARED:
            return Words("*", "declare", thing)
        case DifferenceKind.WITHDRAWN:
            gone = f"{thing}, which is no longer in any manifest" if one.about is About.GROUP else thing
            return Words("x", "withdraw", gone)
        case DifferenceKind.RENAMED:
            return Words("~", "rename", change)
        case DifferenceKind.VALUE:
            return Words("~", "set", f"{each.name}: {change}")
        case DifferenceKind.MEMBER_ADDED:
            return Words("+", "add", f"{who}, {each.after}" if each.after else who)
        case DifferenceKind.MEMBER_REMOVED:
            return Words("-", "remove", who)
        case DifferenceKind.PROMOTED:
            return Words("^", "promote", f"{who} to admin")
        case DifferenceKind.DEMOTED:
            return Words("v", "demote", f"{who} to member")
        case DifferenceKind.DATES:
            return Words("~", "change", f"{who}: {_said(each.name, redactor) or change}")
        case DifferenceKind.ENTRY_ADDED:
            return Words("+", "list", _said(each.name, redactor) or "an entry")
        case DifferenceKind.ENTRY_REMOVED:
            return Words("-", "unlist", _said(each.name, redactor) or "an entry")
        case DifferenceKind.RENUMBERED:
            kept = "; the former one is kept" if each.after else "; the former one is not kept"
            return Words("~", "change", f"the number{kept}")
        case _:
            assert_never(each.kind)


def _from_to(each: Alteration, redactor: Redactor) -> str:
    before, after = (_excerpt(_said(text, redactor)) for text in (each.before, each.after))
    return f"{before} → {after}"


def _excerpt(text: str | None) -> str:
    if text is None:
        return "not set"
    return clean(text, EXCERPT_CHARS) or "nothing"


def _said(text: str | None, redactor: Redactor) -> str | None:
    """A text of the files as the redaction mode shows it."""
    return None if text is None or redactor.mode is Redaction.STRICT else redactor.text(text)


def _place(origin: Origin) -> PlacePart:
    return PlacePart(file=origin.file, line=origin.line)
