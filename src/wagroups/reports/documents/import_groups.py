"""What an import wrote, what it left out, and what it passed over: for people and for scripts."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain._base import Value
from wagroups.domain.declared.settings import Setting
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Identity
from wagroups.domain.plans.plan import Notice, Reason
from wagroups.domain.transcript import Import, PassedOver, WrittenGroup
from wagroups.privacy.escape import for_terminal
from wagroups.privacy.redactor import Redactor
from wagroups.reports.documents.models import FORMAT_VERSION, ExitPart, FormatVersion
from wagroups.reports.view.style import Style, TextRole, plain
from wagroups.reports.view.wording import count

_WHY: Final = {
    Reason.DENIED: "people on the deny list",
    Reason.FORMER_NUMBER: "former numbers of people in the directory",
}
"""What an imported group has to be changed for, where it is not `defaults:`."""


class LeftOutPart(Value):
    """Somebody or something of an imported group that is not in the files."""

    code: str
    text: str


class ImportedPart(Value):
    """A group that was written."""

    key: str
    file: str
    account: str
    jid: str
    subject: str | None
    watched: bool
    admins: int
    members: int
    """Without the admins."""
    hidden: int
    """People whose number WhatsApp hides."""
    left_out: tuple[LeftOutPart, ...]
    changes: int
    """Actions that the next plan has for it."""


class PassedOverPart(Value):
    """A live group that was not written, and why."""

    account: str
    jid: str
    subject: str | None
    code: str
    text: str


class ImportDocument(Value):
    """What `wagroups import` did."""

    format_version: FormatVersion = FORMAT_VERSION
    written: tuple[str, ...]
    groups: tuple[ImportedPart, ...]
    passed_over: tuple[PassedOverPart, ...]
    new_people: int
    unasked: int
    """Numbers of the list or the directory that were not looked up, because the budget did not reach."""
    exit: ExitPart


def import_document(done: Import, redactor: Redactor, ending: Exit) -> ImportDocument:
    return ImportDocument(
        written=done.files,
        groups=tuple(_imported(group, redactor) for group in done.groups),
        passed_over=tuple(
            PassedOverPart(
                account=passed.account,
                jid=redactor.jid(passed.jid),
                subject=None if passed.subject is None else redactor.group(passed.subject),
                code=passed.code,
                text=redactor.sentence(passed.text),
            )
            for passed in done.passed_over
        ),
        new_people=done.new_people,
        unasked=done.unasked,
        exit=ExitPart.of(ending),
    )


def _imported(group: WrittenGroup, redactor: Redactor) -> ImportedPart:
    transcript = group.transcript
    return ImportedPart(
        key=group.key,
        file=group.file,
        account=transcript.account,
        jid=redactor.jid(transcript.jid),
        subject=None if transcript.subject is None else redactor.group(transcript.subject),
        watched=transcript.watched,
        admins=len(transcript.admins),
        members=len(transcript.members),
        hidden=transcript.hidden,
        left_out=tuple(LeftOutPart(code=n.code, text=_said(n, redactor)) for n in group.notices),
        changes=group.changes,
    )


def import_text(done: Import, redactor: Redactor, *, style: Style = plain) -> str:
    """The result on stdout: each group with its file, then what to do next."""
    if not done.groups and not done.passed_over:
        return (
            "Nothing was imported: the gateway shows no group.  If the account is in some, its session may still be "
            "loading; run this again in a few minutes.\n"
        )
    if not done.groups:
        declared = all(passed.code == "declared" for passed in done.passed_over)
        why = "every live group is in the manifests" if declared else "see the groups that were skipped"
        return f"Nothing was imported: {why}.\n"
    return imported_text(done, redactor, style=style) + "\n".join(["", *_next(done, style)]) + "\n"


def imported_text(done: Import, redactor: Redactor, *, style: Style = plain) -> str:
    """Each group that was written with its file, and how much there is."""
    lines = [style(TextRole.HEADING, f"Imported {count(len(done.groups), 'group')}:")]
    for group in done.groups:
        lines += _group_lines(group, redactor, style)
    people = f"{count(done.new_people, 'new person', 'new people')}" if done.new_people else "nobody new"
    return "\n".join([*lines, "", f"Written: {count(len(done.files), 'file')}, {people} in the directory."]) + "\n"


def _group_lines(group: WrittenGroup, redactor: Redactor, style: Style) -> Iterator[str]:
    transcript = group.transcript
    subject = for_terminal(redactor.group(transcript.subject or ""))
    named = f"  “{subject}”" if subject else ""
    people = f"{count(len(transcript.admins), 'admin')}, {count(len(transcript.members), 'member')}"
    watched = ", watched: the account is not an admin" if transcript.watched else ""
    yield f"  {group.key}{named}  {people}{watched}  {style(TextRole.PLACE, group.file)}"


def _next(done: Import, style: Style) -> Iterator[str]:
    yield style(TextRole.HEADING, "Next:")
    changed = any(group.changes for group in done.groups)
    why = "it is not empty: see what it changes, and why" if changed else "there is nothing to do"
    yield f"  wagroups plan   {style(TextRole.PLACE, f'# {why}')}"
    yield "  Give people and groups the names you like, before the first apply, and commit the files."


def import_remarks(done: Import, redactor: Redactor) -> Iterator[str]:
    """The lines for stderr: who and what is not in the files, and why."""
    hidden = False
    yield from _never_shown(done)
    for group in done.groups:
        if group.transcript.hidden:
            who = count(group.transcript.hidden, "person whose number", "people whose numbers")
            yield f"{group.key}: {who} WhatsApp hides: not listed, and never removed"
            hidden = True
        for notice in group.notices:
            yield f"{group.key}: {_said(notice, redactor)}"
        if group.changes:
            why = " and ".join(dict.fromkeys(_WHY.get(reason, "`defaults:`") for reason in sorted(group.planned)))
            yield f"{group.key}: the next plan has {count(group.changes, 'action')} for it, because of {why}"
    if done.unasked:
        numbers = count(done.unasked, "number")
        yield f"{numbers} could not be looked up yet; to list more people, delete the files and import again later"
    elif hidden:
        yield "a list of numbers (--aliases FILE) would be looked up, and name those who are on it"
    for passed in done.passed_over:
        yield f"skipped {_named(passed, redactor)}: {redactor.sentence(passed.text)}"


def _never_shown(done: Import) -> Iterator[str]:
    """What a gateway shows of none of its groups."""
    for account in sorted({group.transcript.account for group in done.groups}):
        theirs = [group.transcript for group in done.groups if group.transcript.account == account]
        unseen = [f"settings.{s}" for s in Setting if not any(s in transcript.settings for transcript in theirs)]
        unseen = ["settings"] if len(unseen) == len(Setting) else unseen
        if all(transcript.description is None for transcript in theirs):
            unseen.insert(0, "description")
        if unseen:
            yield f"account {account}: its gateway does not show {', '.join(unseen)}; left out, and not managed"


def _named(passed: PassedOver, redactor: Redactor) -> str:
    subject = for_terminal(redactor.group(passed.subject or ""))
    jid = redactor.jid(passed.jid)
    return " ".join(filter(None, (f"“{subject}”" if subject else "", f"({jid})" if jid else ""))) or "a group"


def _said(notice: Notice, redactor: Redactor) -> str:
    people: tuple[Identity, ...] = () if notice.person is None else (notice.person,)
    return redactor.sentence(notice.text, people)
