"""`doctor` and `status` as text, Markdown and JSON."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from wagroups.domain.exit import Exit
from wagroups.domain.live.capability import PARTS, Access, Aspect
from wagroups.domain.live.checkup import AccountStanding, Balance, CheckLevel, Checkup, Finding, Invited
from wagroups.domain.plans.budget import Pace
from wagroups.privacy.escape import for_markdown, for_terminal
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.history import history_text, rows_of
from wagroups.reports.documents.models import FORMAT_VERSION
from wagroups.reports.view.rests import lesson_words, rest_words, sign_words
from wagroups.reports.view.style import Style, TextRole, plain
from wagroups.reports.view.times import moment
from wagroups.reports.view.wording import CALLS

Json = dict[str, Any]

_MARKS: Final = {
    CheckLevel.GOOD: ("ok", TextRole.GOOD),
    CheckLevel.NOTE: ("note", TextRole.ATTENTION),
    CheckLevel.BAD: ("BAD", TextRole.BAD),
}
_ACCESS: Final = (
    (Access.READ | Access.WRITE, "read and changed"),
    (Access.READ | Access.CREATE, "read, given at creation"),
    (Access.WRITE, "changed, not read"),
    (Access.READ, "read only"),
    (Access.CREATE, "given at creation only"),
)
_ABILITIES: Final = frozenset(
    {
        Aspect.CREATE,
        Aspect.OWNER,
        Aspect.LEAVE,
        Aspect.REFRESH,
        Aspect.EXISTS_CHECK,
        Aspect.LID_LOOKUP,
        Aspect.INVITE_LINK,
        Aspect.INVITE_LINK_RESET,
        Aspect.JOIN,
        Aspect.SEND_TEXT,
        Aspect.JOIN_REQUESTS,
        *PARTS,
        Aspect.RESTRICTIONS,
        Aspect.PERSON_RESULTS,
    }
)
"""Things a gateway can do or not, as opposed to fields that it reads and writes."""

_CODE_WORDS: Final = {421: "waits for approval"}


def access_words(aspect: Aspect, access: Access) -> str:
    """A claim in words."""
    if aspect in _ABILITIES:
        return "yes" if access else "no"
    return next((words for wanted, words in _ACCESS if wanted in access), "no")


# --- doctor ------------------------------------------------------------------------------------------------------


def doctor_text(checkups: Sequence[Checkup], redactor: Redactor, *, style: Style = plain) -> str:
    """What is well, what to know, what to mend; then what each gateway can do."""
    return "".join(f"{line.rstrip()}\n" for checkup in checkups for line in _doctor_lines(checkup, redactor, style))


def _doctor_lines(checkup: Checkup, redactor: Redactor, style: Style) -> Iterator[str]:
    yield style(TextRole.HEADING, f"{checkup.account}  {_gateway(checkup)}".rstrip())
    for finding in checkup.findings:
        mark, role = _MARKS[finding.level]
        yield f"  {style(role, mark):<4}  {_said(finding, redactor)}"
    if checkup.capabilities is not None:
        yield ""
        yield "  What this gateway can do:"
        for aspect, words, note in _claims(checkup):
            yield f"    {aspect:<24} {words:<26} {note}"
    yield ""


def doctor_markdown(checkups: Sequence[Checkup], redactor: Redactor) -> str:
    """The same as a page."""
    lines: list[str] = []
    for checkup in checkups:
        lines += [f"### {for_markdown(checkup.account)} {for_markdown(_gateway(checkup))}".rstrip(), ""]
        lines += [f"- **{_MARKS[f.level][0]}** {for_markdown(_said(f, redactor))}" for f in checkup.findings]
        if checkup.capabilities is not None:
            lines += ["", "| What | This gateway | |", "| --- | --- | --- |"]
            lines += [f"| {a} | {w} | {for_markdown(n)} |" for a, w, n in _claims(checkup)]
        lines.append("")
    return "\n".join(lines)


def doctor_document(checkups: Sequence[Checkup], redactor: Redactor, ending: Exit) -> Json:
    """The same for scripts."""
    return {
        "format_version": FORMAT_VERSION,
        "accounts": [
            {
                "account": checkup.account,
                "gateway": None if checkup.capabilities is None else checkup.capabilities.gateway,
                "engine": None if checkup.capabilities is None else checkup.capabilities.engine,
                "version": None if checkup.capabilities is None else checkup.capabilities.version,
                "healthy": checkup.healthy,
                "findings": [
                    {"level": f.level, "code": f.code, "group": f.group, "text": _sentence(f, redactor)}
                    for f in checkup.findings
                ],
                "capabilities": {a: {"can": w, "note": n} for a, w, n in _claims(checkup)},
            }
            for checkup in checkups
        ],
        "exit": {"code": ending.code, "reason": ending.reason},
    }


def _gateway(checkup: Checkup) -> str:
    capabilities = checkup.capabilities
    if capabilities is None:
        return ""
    return " ".join(filter(None, (capabilities.gateway, capabilities.engine, capabilities.version)))


def _said(finding: Finding, redactor: Redactor) -> str:
    text = for_terminal(_sentence(finding, redactor))
    return f"{finding.group}: {text}" if finding.group else text


def _sentence(finding: Finding, redactor: Redactor) -> str:
    return redactor.sentence(finding.text, [finding.person] if finding.person else ())


def _claims(checkup: Checkup) -> Iterator[tuple[str, str, str]]:
    capabilities = checkup.capabilities
    if capabilities is None:
        return
    for aspect in capabilities.aspects:
        claim = capabilities.claim(aspect)
        yield aspect.value, access_words(aspect, claim.access), claim.note


# --- status ------------------------------------------------------------------------------------------------------


def status_text(
    standings: Sequence[AccountStanding], redactor: Redactor, now: datetime, timezone: str, *, style: Style = plain
) -> str:
    """Rests, waits, open steps, budgets and the latest steps of each account."""
    lines = (line for standing in standings for line in _status_lines(standing, redactor, now, timezone, style))
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _status_lines(
    standing: AccountStanding, redactor: Redactor, now: datetime, timezone: str, style: Style
) -> Iterator[str]:
    groups = "1 group" if standing.bound == 1 else f"{standing.bound} groups"
    yield style(TextRole.HEADING, f"{standing.account}  {groups} bound, {standing.profile}{_hours(standing.pace)}")
    for breaker in standing.breakers:
        yield f"  {style(TextRole.BAD, 'paused')} {rest_words(breaker, standing.account, now, timezone)}"
    for lesson in lesson_words((*standing.breakers, *standing.lessons), now, timezone):
        yield f"  slow   {lesson}"
    if standing.pace.fresh_until is not None:
        until = moment(standing.pace.fresh_until, now, timezone)
        yield f"  fresh  the number is new to WhatsApp until {until}: nobody is added directly"
    if (signs := sign_words(standing.additions)) is not None:
        yield f"  {style(TextRole.ATTENTION, 'caution')} {signs}"
    for step in standing.open_steps:
        when = moment(step.intended_at, now, timezone)
        yield (
            f"  {style(TextRole.ATTENTION, 'open')}   {step.group}: {step.kind}, sent {when}; the next apply "
            f"checks what happened"
        )
    for wait in standing.waits:
        who, word = redactor.person(wait.person, declared=True), _CODE_WORDS.get(wait.code, f"refused ({wait.code})")
        yield f"  wait   {wait.group}: {who} {word}; tried again at {moment(wait.until, now, timezone)}"
    for invited in standing.invited:
        yield f"  invited {invited.group}: {_invited(invited, redactor, now, timezone)}"
    yield from _budget_lines(standing.balances, now, timezone)
    if standing.past:
        yield "  Latest changes:"
        for line in history_text(rows_of(standing.past, redactor), timezone).splitlines():
            yield f"    {line}"
    yield ""


def _invited(invited: Invited, redactor: Redactor, now: datetime, timezone: str) -> str:
    """`ben, 2 days ago; until 2026-11-25; …`: since when, and what happens if they do not come."""
    invitation, who = invited.invitation, redactor.person(invited.person, declared=True)
    written = "" if not invitation.texts else ", sent a message" if invitation.texts == 1 else ", sent two messages"
    again, link = invitation.again_at, f"wagroups link {invited.group}"
    if not invited.declared:
        after, link = "no longer declared there, but the link still lets them in", f"{link} --rotate"
    else:
        after = "not invited again" if again is None else f"invited once more at {moment(again, now, timezone)}"
    return f"{who} since {invitation.last_at:%Y-%m-%d}{written}; {after}; {link}"


def _hours(pace: Pace) -> str:
    hours = pace.active_hours
    return "" if hours is None else f", changes from {hours.start:%H:%M} to {hours.end:%H:%M} {pace.timezone}"


def _budget_lines(balances: Sequence[Balance], now: datetime, timezone: str) -> Iterator[str]:
    if all(balance.left_today is None and balance.next_free == now for balance in balances):
        yield "  Budget today: no limits"
        return
    yield "  Budget today:"
    for balance in balances:
        left = "no limit" if balance.left_today is None else f"{balance.left_today} left"
        free = "never" if balance.next_free is None else "now"
        if balance.next_free is not None and balance.next_free > now:
            free = moment(balance.next_free, now, timezone)
        yield f"    {CALLS[balance.calls][1]:<31} {left:<12} next {free}"


def status_markdown(standings: Sequence[AccountStanding], redactor: Redactor, now: datetime, timezone: str) -> str:
    """The same in a block that keeps its columns."""
    return f"```text\n{status_text(standings, redactor, now, timezone).replace('```', '')}```\n"


def status_document(standings: Iterable[AccountStanding], redactor: Redactor, ending: Exit) -> Json:
    """The same for scripts."""
    return {
        "format_version": FORMAT_VERSION,
        "accounts": [
            {
                "account": standing.account,
                "groups_bound": standing.bound,
                "budgets": {
                    balance.calls.value: {"left_today": balance.left_today, "next_free": _iso(balance.next_free)}
                    for balance in standing.balances
                },
                "profile": standing.profile,
                "fresh_until": _iso(standing.pace.fresh_until),
                "rests": [
                    {"calls": b.calls, "until": _iso(b.until), "reason": b.reason, "strikes": b.strikes}
                    for b in standing.breakers
                ],
                "hourly_limits_learnt": {
                    b.calls.value: b.hourly
                    for b in (*standing.lessons, *standing.breakers)
                    if b.calls is not None and b.hourly is not None
                },
                "latest_additions": list(standing.additions),
                "open": [
                    {"group": s.group, "kind": s.kind, "asked_at": _iso(s.intended_at)} for s in standing.open_steps
                ],
                "waiting": [
                    {
                        "group": wait.group,
                        "person": redactor.person(wait.person, declared=True),
                        "code": wait.code,
                        "until": _iso(wait.until),
                    }
                    for wait in standing.waits
                ],
                "invited": [
                    {
                        "group": invited.group,
                        "person": redactor.person(invited.person, declared=True),
                        "since": _iso(invited.invitation.last_at),
                        "expires_at": _iso(invited.invitation.expires_at),
                        "again_at": _iso(invited.invitation.again_at if invited.declared else None),
                        "declared": invited.declared,
                        "times": invited.invitation.times,
                        "texts": invited.invitation.texts,
                    }
                    for invited in standing.invited
                ],
                "steps": [
                    {"at": row.at, "group": row.group, "kind": row.kind, "outcome": row.verdict}
                    for row in rows_of(standing.past, redactor)
                ],
            }
            for standing in standings
        ],
        "exit": {"code": ending.code, "reason": ending.reason},
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
