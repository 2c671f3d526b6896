"""Access reviews: who is in which group, as declared, as last seen, and where the two differ.

Rows are made once and written as text, Markdown, CSV and JSON, so that no two formats tell different things.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any, Final, NamedTuple, assert_never

from wagroups.domain.declared.wall_clock import end_text, limits_of
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.membership import Membership
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    MemberAddition,
    MemberInvitation,
    MemberRemoval,
    PersonChange,
    RequestApproval,
    RequestRejection,
)
from wagroups.privacy.escape import clean, for_markdown, for_terminal
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.models import FORMAT_VERSION
from wagroups.reports.render.csv import sheet
from wagroups.reports.view.line_wrap import columns
from wagroups.reports.view.style import Style, plain
from wagroups.reports.view.style import TextRole as Tone
from wagroups.reports.view.wording import count

Json = dict[str, Any]

_GAP: Final = "  "
NOBODY: Final = "Nobody is declared, and nobody was in the group at the last good read."
"""What a review of groups says when there is no membership to show."""
_TITLES: Final = ("who", "declared", "live")
_EVIDENCE: Final = {
    None: "not declared",
    "expired": "their membership has ended",
    "denied": "they are on the deny list",
    "former-number": "a former number",
}


class MembershipRow(NamedTuple):
    """One membership as it is shown."""

    group: str
    person: str
    declared: str
    """`admin`, `member`, or nothing."""
    live: str
    """The same by the last good read; `?` when there is none."""
    state: str
    """A word for programs: `ok`, or what differs."""
    words: str
    """The same for people."""
    starts: str
    until: str
    admin_until: str
    """When an admin becomes a plain member."""
    reason: str
    place: str
    read_at: str
    consent: str
    """What the person agreed to, and when."""


def rows_of(found: Iterable[Membership], redactor: Redactor, zone: tzinfo) -> list[MembershipRow]:
    """The memberships as they may be shown; dates in `zone`."""
    return [_row(one, redactor, zone) for one in found]


def _row(one: Membership, redactor: Redactor, zone: tzinfo) -> MembershipRow:
    entry, (state, words) = one.entry, state_of(one)
    starts, until = (None, None) if one.period is None else limits_of(one.period, zone)
    line = one.line
    return MembershipRow(
        group=one.group,
        person=redactor.person(one.person, declared=entry is not None),
        declared="" if entry is None else _role(one.is_admin),
        live="?" if one.read_at is None else "" if one.role is None else _role(one.role is not Role.MEMBER),
        state=state,
        words=redactor.sentence(words.removeprefix("{person}").removeprefix(":").strip(), [one.person]),
        starts=starts or "",
        until=until or "",
        admin_until="" if one.right_ends is None else end_text(one.right_ends, zone),
        reason="" if line is None or line.reason is None else clean(redactor.text(line.reason)),
        place="" if line is None else str(line.origin),
        read_at="" if one.read_at is None else f"{one.read_at:%Y-%m-%d %H:%M} UTC",
        consent=consent_of(one, redactor),
    )


def consent_of(one: Membership, redactor: Redactor) -> str:
    """What the person agreed to, and when, as it may be shown; empty where nothing is written down."""
    if one.consent is None:
        return ""
    basis = clean(redactor.text(one.consent.basis or ""), limit=None)
    return ", ".join(filter(None, (basis, str(one.consent.date or ""))))


def _role(admin: bool) -> str:
    return "admin" if admin else "member"


def state_of(one: Membership) -> tuple[str, str]:
    """A word and a few words for how a membership stands; `{person}` in them stands for the person."""
    if one.change is not None:
        return next_step(one.change)
    if one.notices:
        return one.notices[0].code, one.notices[0].text
    if one.read_at is None:
        return "unread", "the group has not been read successfully yet"
    match one.entry is not None, one.role is not None:
        case True, True:
            return "ok", "as declared"
        case True, False if not one.is_in:
            return (
                ("ended", "their membership has ended")
                if one.is_over
                else ("later", "their membership has not begun yet")
            )
        case True, False:
            return "absent", "declared, but not in the group"
        case False, True if one.person.phone is None:
            return "unresolved", "WhatsApp hides their number, so it is not known who this is; left alone"
        case False, True:
            return "undeclared", "not declared, but left alone"
        case _:
            return ("left", f"left or was removed by {one.left.left_at:%Y-%m-%d}") if one.left else ("outside", "")


def next_step(change: PersonChange) -> tuple[str, str]:
    """What the next apply does."""
    match change:
        case MemberAddition():
            return "to-add", "the next apply adds them"
        case MemberInvitation():
            return "to-invite", "the next apply writes to them"
        case MemberRemoval():
            return "to-remove", f"the next apply removes them ({_EVIDENCE[change.evidence]})"
        case AdminPromotion():
            return "to-promote", "the next apply makes them an admin"
        case AdminDemotion():
            return "to-demote", "the next apply makes them an ordinary member"
        case RequestApproval():
            return "to-approve", "the next apply lets them in"
        case RequestRejection():
            return "to-reject", "the next apply rejects their request"
        case _:
            assert_never(change)


# --- formats -------------------------------------------------------------------------------------------------------


def memberships_text(
    rows: Sequence[MembershipRow], *, whole: bool = True, style: Style = plain, nobody: str = NOBODY
) -> str:
    """A block for each group, a line for each person.

    `whole` says that nobody of these groups is left out, `nobody` is what is said when there is no row.
    """
    if not rows:
        return f"{nobody}\n"
    lines: list[str] = []
    for group, theirs in groupby(rows, key=lambda row: row.group):
        lines += [*_block(group, list(theirs), whole, style), ""]
    return "".join(f"{line.rstrip()}\n" for line in lines[:-1])


def _block(group: str, rows: Sequence[MembershipRow], whole: bool, style: Style) -> Iterator[str]:
    read_at = rows[0].read_at
    seen = f"last good read {read_at}" if read_at else "never read"
    declared, live = sum(bool(row.declared) for row in rows), sum(row.live in ("admin", "member") for row in rows)
    counted = f"{count(declared, 'person', 'people')} declared, {live} in it; " if whole else ""
    yield f"{style(Tone.HEADING, group)}  {counted}{seen}"
    table = [(row.person, row.declared or "–", row.live or "–", _said(row)) for row in rows]
    widths = [max(columns(line[column]) for line in (_TITLES, *table)) for column in range(3)]
    titles = _GAP.join(f"{title:{width}}" for title, width in zip(_TITLES, widths, strict=True))
    yield f"  {style(Tone.PLACE, titles)}"
    for line, row in zip(table, rows, strict=True):
        cells = [cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=False)]
        text = for_terminal(_GAP.join([*cells, line[3]]).rstrip())
        yield f"  {text}{_GAP}{style(Tone.PLACE, row.place)}"


def _said(row: MembershipRow) -> str:
    limits = (("from", row.starts), ("until", row.until), ("admin until", row.admin_until))
    said = (f"{word} {text}" for word, text in limits if text)
    return "; ".join(filter(None, (row.words, *said, row.reason, row.consent and f"consent: {row.consent}")))


_HEADINGS: Final = ("Group", "Person", "Declared", "Live", "State", "Until", "Consent", "Place")


def memberships_markdown(rows: Sequence[MembershipRow], nobody: str = NOBODY) -> str:
    """A table; `nobody` is what is said when there is no row."""
    if not rows:
        return f"{nobody}\n"
    head = [f"| {' | '.join(_HEADINGS)} |", f"|{' --- |' * len(_HEADINGS)}"]
    cells = ((r.group, r.person, r.declared, r.live, r.words, r.until, r.consent, r.place) for r in rows)
    return "\n".join([*head, *(f"| {' | '.join(map(for_markdown, line))} |" for line in cells)]) + "\n"


_COLUMNS: Final = (
    *("group", "person", "declared", "live", "state", "explanation"),
    *("from", "until", "admin_until", "reason", "place", "read_at", "consent"),
)


def memberships_csv(rows: Sequence[MembershipRow]) -> str:
    """A line for each membership, harmless to a spreadsheet."""
    return sheet(_COLUMNS, rows)


def memberships_document(rows: Sequence[MembershipRow], now: datetime, ending: Exit) -> Json:
    """The same for scripts."""
    return {
        "format_version": FORMAT_VERSION,
        "created_at": now.isoformat(),
        "memberships": [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
        "exit": {"code": ending.code, "reason": ending.reason},
    }
