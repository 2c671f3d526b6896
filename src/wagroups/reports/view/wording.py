"""The words for changes, reasons and verdicts: one wording, whatever the format.

The symbols are ASCII and carry the meaning without colour.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, assert_never

from wagroups.domain.declared.members import Turn
from wagroups.domain.invisible import spelt_out
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
    PersonChange,
    PictureChange,
    RequestApproval,
    RequestRejection,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.change_kinds import kind_of
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Action, Cause, Reason
from wagroups.privacy.escape import clean
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.line_diff import line_diff

_LEAD_CHARS: Final = 12
"""How much of what is alike an excerpt shows before the difference.  Chosen."""

EXCERPT_CHARS: Final = 40
"""How much of a description one line shows.  Chosen; the JSON has all of it."""


class Words(NamedTuple):
    """One change as a reviewer reads it."""

    symbol: str
    verb: str
    what: str


def words_of(change: Change, redactor: Redactor) -> Words:
    """Symbol, verb and object of a change."""
    kind = kind_of(change)
    verb = "clear" if isinstance(change, PictureChange) and change.after is None else kind.verb
    return Words(kind.symbol, verb, _what(change, redactor))


def _what(change: Change, redactor: Redactor) -> str:
    match change:
        case GroupCreation():
            return "the group"
        case GroupAdoption():
            return redactor.jid(change.jid) or "a live group"
        case GroupRelease():
            return "the group, and leave it alone"
        case GroupDissolution():
            return "the group: everyone is removed, then the account leaves"
        case SubjectChange() | DescriptionChange():
            return _texts(change.before, change.after, redactor)
        case PictureChange():
            return _picture(change)
        case SettingChange():
            before = None if change.before is None else clean(change.before)
            return f"{change.setting}: {_from_to(before, clean(change.after))}"
        case LinkReset():
            return "the invite link, because people who left know the old one"
        case _:
            return redactor.person(change.person, declared=kind_of(change).declared) + _of_person(change)


def _of_person(change: PersonChange) -> str:
    """What is said behind somebody's name."""
    match change:
        case MemberAddition():
            return _beside(change.beside)
        case MemberInvitation():
            return f" by a message{', the only reminder' if change.reminder else ''}"
        case RequestApproval() | RequestRejection():
            return ", who asks to join"
        case MemberRemoval():
            return ", an admin" if change.was_admin else ""
        case AdminPromotion():
            return " to admin"
        case AdminDemotion():
            return " to member"
        case _:
            assert_never(change)


def _beside(hidden: int) -> str:
    """That somebody may be already in the group."""
    if not hidden:
        return ""
    whom = "the member whose number is hidden" if hidden == 1 else f"one of {hidden} members whose numbers are hidden"
    return f", who may be {whom}: found out by adding them"


def _picture(change: PictureChange) -> str:
    if change.after is None:
        return "the picture"
    instead = "" if change.before is None else ", replacing another picture"
    return f"the picture {clean(change.after.path)}{instead}"


def _from_to(before: str | None, after: str) -> str:
    return after if before is None else f"{before} → {after}"


def _texts(before: str | None, after: str, redactor: Redactor) -> str:
    start = 0 if before is None else _start(before, after)
    shown = _from_to(None if before is None else _quoted(before, redactor, start), _quoted(after, redactor, start))
    spelt = "" if before is None else spelt_out(before, after)
    return f"{shown} ({redactor.text(spelt)})" if spelt else shown


def _start(before: str, after: str) -> int:
    """Where the excerpts of two long texts begin: so that they show where the texts differ."""
    same = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    same = min(len(before), len(after)) if same is None else same
    if same < EXCERPT_CHARS - _LEAD_CHARS:
        return 0
    return before.rfind(" ", 0, max(0, same - _LEAD_CHARS)) + 1


def _quoted(text: str, redactor: Redactor, start: int = 0) -> str:
    if text == "":
        return "none"
    # The whole text is redacted before it is cut: half a number would not be known for one.
    shown = redactor.text(text)
    cut = shown[start:] if len(shown) == len(text) else shown
    lead = "…" if start and cut != shown else ""
    return f"“{lead}{clean(cut, EXCERPT_CHARS) or '…'}”"


def lines_of(change: Change, redactor: Redactor) -> tuple[str, ...]:
    """A long text before and after, as the lines that differ; nothing where one line says all of it."""
    if not isinstance(change, DescriptionChange | SubjectChange):
        return ()
    return line_diff(change.before, change.after, redactor, short=EXCERPT_CHARS)


def is_stray(action: Action) -> bool:
    """Whether somebody is removed who is nowhere in git: no alias, and nothing written that ended."""
    change = action.change
    return isinstance(change, MemberRemoval) and change.person.alias is None and change.evidence is None


_CLOSES: Final = "closes the group, so it is done first"


def reason_of(action: Action) -> str:
    """Why, in a few words; `""` for the ordinary reason, that git says so.  A leading `!` asks for attention."""
    blind = isinstance(action.change, SettingChange | DescriptionChange) and action.change.blind
    match action.reason:
        case Reason.MANIFEST if blind:
            return "written without checking: it cannot be read here"
        case Reason.MANIFEST:
            return "! not in git" if is_stray(action) else ""
        case Reason.DUE:
            return f"due: {_DUE[kind_of(action.change).turn]}"
        case Reason.EXPIRED:
            return "membership expired"
        case Reason.DENIED:
            return "" if isinstance(action.change, LinkReset) else "on the deny list"
        case Reason.FORMER_NUMBER:
            return "a former number"
        case Reason.ADOPT:
            return "found again"
        case Reason.DRIFT:
            return f"! {_drift(action)}"
        case Reason.URGENT:
            return (
                f"! {_drift(action)}; closes the group, so it is done first" if action.cause is Cause.PHONE else _CLOSES
            )
        case _:
            assert_never(action.reason)


_DUE: Final[Mapping[Turn | None, str]] = MappingProxyType(
    {
        Turn.JOINS: "their membership began",
        Turn.LEAVES: "their membership ended",
        Turn.PROMOTED: "their time as an admin began",
        Turn.DEMOTED: "their time as an admin ended",
    }
)


def _drift(action: Action) -> str:
    match action.cause, action.change:
        case Cause.EARLIER_RUN, _:
            return "left over from an earlier run"
        case Cause.PHONE, MemberRemoval():
            return "not in git; joined since the last read"
        case Cause.PHONE, MemberAddition():
            return "in git; gone since the last read"
        case Cause.PHONE, _:
            return "changed on a phone, not in git"
        case _, MemberRemoval():
            return "not in git"
        case _:
            return "differs from git"


CAUSES: Final = MappingProxyType(
    {
        Cause.GIT: "changed in git",
        Cause.PHONE: "changed on a phone",
        Cause.EARLIER_RUN: "left over from an earlier run",
        Cause.DUE: "due by its date",
        Cause.UNKNOWN: "cause unknown",
    }
)

VERDICTS: Final = MappingProxyType(
    {
        Verdict.DONE: "done",
        Verdict.ALREADY: "already so",
        Verdict.INVITED: "invited",
        Verdict.PENDING: "awaits approval",
        Verdict.FAILED: "failed",
        Verdict.UNVERIFIED: "cannot be verified",
        Verdict.NOT_KNOWN: "not known",
        Verdict.WITHHELD: "withheld",
        Verdict.PAUSED: "paused",
        Verdict.NOT_ATTEMPTED: "not attempted",
    }
)

PAUSES: Final = MappingProxyType(
    {
        "gap": "too soon after the previous call",
        "hour": "this hour's budget is used up",
        "day": "today's budget is used up",
        "fresh": "the account's number is new to WhatsApp",
        "active-hours": "outside the active hours",
        "until": "the time set for this run is over (--until)",
        "max-ops": "this run made as many calls as it was allowed (--max-ops)",
    }
)
"""Why something is asked for later, by the reason of a `Paused`; a breaker's reason speaks for itself."""

OWN_LIMITS: Final = frozenset({"until", "max-ops"})
"""Pauses that the user asked for: the next run goes on at once."""

ADVICE: Final = MappingProxyType(
    {
        "401": "they blocked the account, or the account is not an admin of the group: ask them, or make the "
        "account an admin",
        "403": "the account may not do this in the group: let one of its admins make the account an admin",
        "404": "no WhatsApp account has this number; correct it in the manifest",
        "408": "they left recently; if they want to come back: wagroups state readmit {person} {group}",
        "419": "the group is full; take someone out of the manifest",
        "429": "WhatsApp asked for a pause; run again later",
        "not-a-member": "they left or were removed in the meantime; the next plan checks again",
        "not-seen": "the gateway answered, but later reads do not show the change; the next plan shows it again if "
        "it is still missing",
        "request-gone": "they withdrew the request, or an admin answered it on a phone; the next plan checks again",
        "not-looked": "run `wagroups apply` again: it first checks what happened, and only does what is missing",
        "uncertain": "no answer came; run `wagroups apply` again: it first checks what happened",
    }
)
"""What to do, by `Failure.code`, with `{person}` and `{group}` for each of those whom it is about.  WhatsApp's codes:
safety guide, part 5."""

CALLS: Final = MappingProxyType(
    {
        CallClass.ADD: ("addition", "additions"),
        CallClass.ADD_UNSEEN: ("addition of a new contact", "additions of new contacts"),
        CallClass.CREATE: ("creation", "creations"),
        CallClass.REMOVE: ("removal", "removals"),
        CallClass.ROLE: ("role change", "role changes"),
        CallClass.EDIT: ("edit", "edits"),
        CallClass.MESSAGE: ("message", "messages"),
        CallClass.APPROVE: ("approval", "approvals"),
        CallClass.CHECK: ("number check", "number checks"),
        CallClass.READ: ("read", "reads"),
        CallClass.LIST: ("listing", "listings"),
        CallClass.LOOK: ("read of the gateway's store", "reads of the gateway's store"),
    }
)


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 group`, `2 groups`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
