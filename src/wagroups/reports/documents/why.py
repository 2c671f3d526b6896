"""One membership in one sentence: where it is declared, what the last good read showed, and what follows."""

from datetime import datetime, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from wagroups.domain.declared.desired import DesiredGroup, State
from wagroups.domain.declared.members import line_that_ended
from wagroups.domain.declared.period import Periods
from wagroups.domain.declared.wall_clock import end_text, limits_of, start_text
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.membership import Membership
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.models import FORMAT_VERSION
from wagroups.reports.documents.review import Json, consent_of, state_of
from wagroups.reports.view.points import next_of
from wagroups.reports.view.times import moment


class Declaration(NamedTuple):
    """The commit that declared it, as git tells."""

    commit: str
    """Its first digits; empty for a line that is not committed yet."""
    at: datetime | None


class Explanation(NamedTuple):
    """What is known of one membership."""

    membership: Membership
    group: DesiredGroup
    since: Declaration | None
    """`None` where it is not declared, or git cannot tell."""
    turn: datetime | None
    """When the budget allows what the next apply would do; `None` = now, or nothing is to be done."""


def why_sentence(found: Explanation, redactor: Redactor, now: datetime, timezone: str) -> str:
    """The sentence."""
    one = found.membership
    parts = [_position(found, ZoneInfo(timezone)), *_consequence(found, redactor, now, timezone)]
    said = redactor.sentence("".join(parts), [one.person])
    consent = consent_of(one, redactor)
    return f"{said.rstrip('.')}." + (f"  Consent: {consent.rstrip('.')}." if consent else "")


def _position(found: Explanation, zone: tzinfo) -> str:
    one = found.membership
    seen = "" if one.read_at is None else f"{one.read_at:%Y-%m-%d %H:%M} UTC"
    missing = "the group has not been read successfully yet" if not seen else f"was not in it on {seen}"
    match one.entry is not None, one.role:
        case True, role if not one.is_in:
            present = missing if role is None else f"was {_role(role)} on {seen}"
            return f"{{person}} {_out(one, zone)}, and {present}"
        case True, None:
            return f"{{person}} is declared {_declared(found, zone)}, and {missing}"
        case True, role:
            declared = _declared(found, zone, short=True)
            return f"{{person}} is {_role(role)} of {one.group} (seen {seen}), declared {declared}"
        case False, None:
            shown = "it was never read" if not seen else f"was not in it on {seen}"
            return f"{{person}} is not declared in {one.group}, and {shown}"
        case _, role:
            return f"{{person}} is {_role(role)} of {one.group} (seen {seen}), and not declared there"


def _role(role: Role | None) -> str:
    return "a member" if role is Role.MEMBER else "an admin"


def _out(one: Membership, zone: tzinfo) -> str:
    """Why somebody who is written down is not in the group at the moment."""
    line, exclusion = one.line, one.exclusion
    assert one.entry is not None and line is not None  # noqa: PT018 - the caller has looked
    back = one.entry.member.next_start(one.at)
    if back is None and one.entry.member.ended_by(one.at):
        ended = one.entry.member.edges[-1]
        place = line_that_ended(one.entry, one.at, admin=False)
        return f"is left out of {one.group} since {start_text(ended, zone)} ({place})"
    if back is None:
        return f"is named in {one.group} at {line.origin}, but is never in it"
    place, reason = (line.origin, None) if exclusion is None else (exclusion.origin, exclusion.reason)
    return f"is left out of {one.group} until {start_text(back, zone)} ({place}{f': {reason}' if reason else ''})"


def _declared(found: Explanation, zone: tzinfo, *, short: bool = False) -> str:
    one, line = found.membership, found.membership.line
    assert line is not None
    words = "" if short else f"{'an admin' if one.is_admin else 'a member'} of {one.group} "
    words += f"at {line.origin}"
    words += f" (by {', '.join(line.via)})" if line.via else ""
    if found.since is not None and found.since.at is None:
        words += ", not committed yet"
    elif found.since is not None:
        words += f", since commit {found.since.commit} of {found.since.at:%Y-%m-%d}"
    words += f", admin until {end_text(one.right_ends, zone)}" if one.right_ends is not None else ""
    return f"{words}, until {end_text(one.ends, zone)}" if one.ends is not None else words


def _consequence(found: Explanation, redactor: Redactor, now: datetime, timezone: str) -> list[str]:
    """What follows, and why; nothing where all is as declared."""
    one, state = found.membership, found.group.state
    if state is State.RELEASED:
        return ["; the group is released, so nothing is done"]
    if state is State.DISSOLVED:
        return ["; the group is to be dissolved"]
    code, words = state_of(one)
    if code in ("ok", "outside", "unread", "ended", "later", "starts-later"):
        return []
    if code == "left":
        said = f"; {one.notices[0].text if one.notices else '{person} ' + words}"
    elif code in ("absent", "undeclared"):
        said = "; " + ("members are not managed there" if code == "absent" else "they are left alone")
    elif code == "unresolved":
        said = "; WhatsApp hides their number, so they are left alone"
    else:
        said = f"; {words.removeprefix('{person}: ')}"
    watched = ", but the group is only watched" if state is State.WATCHED and one.change is not None else ""
    turn = f", when the budget allows it: {moment(found.turn, now, timezone)}" if found.turn is not None else ""
    todo = [next_of(notice, redactor) for notice in one.notices]
    following = [*(f"; {notice.text}" for notice in one.notices[1:]), *(f"; next: {each}" for each in todo if each)]
    return [said + watched + turn, *following]


def why_document(found: Explanation, redactor: Redactor, now: datetime, timezone: str, ending: Exit) -> Json:
    """The same for scripts."""
    one, entry = found.membership, found.membership.entry
    code, _ = state_of(one)
    document: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "group": one.group,
        "account": one.account,
        "person": redactor.person(one.person, declared=entry is not None),
        "state": code,
        "declared": None,
        "live": None if one.role is None else "member" if one.role is Role.MEMBER else "admin",
        "read_at": None if one.read_at is None else one.read_at.isoformat(),
        "left_at": None if one.left is None else one.left.left_at.isoformat(),
        "free_at": None if found.turn is None else found.turn.isoformat(),
        "consent": consent_of(one, redactor) or None,
        "explanation": why_sentence(found, redactor, now, timezone),
        "exit": {"code": ending.code, "reason": ending.reason},
    }
    line, zone = one.line, ZoneInfo(timezone)
    if entry is not None and line is not None:
        starts, until = (None, None) if one.period is None else limits_of(one.period, zone)
        document["declared"] = {
            "role": "admin" if one.is_admin else "member",
            "place": str(line.origin),
            "via": list(line.via),
            "commit": None if found.since is None else found.since.commit or None,
            "from": starts,
            "until": until,
            "member": _periods(entry.member, zone),
            "admin": _periods(entry.admin, zone),
        }
    return document


def _periods(periods: Periods, zone: tzinfo) -> list[dict[str, str | None]]:
    return [dict(zip(("from", "until"), limits_of(period, zone), strict=True)) for period in periods]
