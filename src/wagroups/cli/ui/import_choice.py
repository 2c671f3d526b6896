"""Which of the live groups shall be written down: a numbered list, and an answer such as `1 3 5-9`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from wagroups.cli.ui.terminal import Screen
    from wagroups.domain.identity import GroupJid
    from wagroups.domain.transcript import Transcript
    from wagroups.privacy.redactor import Redactor


ALL: Final = "all"
NONE: Final = "none"
_DIGITS: Final = 12
"""More than a number in a subject has."""
_UNNAMED: Final = "(no subject shown)"


def choose_groups(screen: Screen, groups: Sequence[Transcript], redactor: Redactor) -> tuple[GroupJid, ...]:
    """Ask a person which of `groups` to take; where there are none, nobody is asked."""
    from wagroups.privacy.escape import for_terminal
    from wagroups.reports.view.wording import count

    if not groups:
        screen.say("There is no live group to write down.")
        return ()
    screen.say(f"\n{count(len(groups), 'live group')} that can be written down:")
    groups = sorted(groups, key=lambda group: as_people_sort(group.subject or ""))
    subjects = [for_terminal(redactor.group(group.subject or "")) or _UNNAMED for group in groups]
    widest = max(map(len, subjects))
    for number, (group, subject) in enumerate(zip(groups, subjects, strict=True), 1):
        screen.say(f"  {number:>3}  {subject:<{widest}}  {_people(group)}")

    def taken(answer: str) -> tuple[GroupJid, ...]:
        return tuple(groups[number - 1].jid for number in chosen(answer, len(groups)))

    text = f"Which of them ({ALL}, {NONE}, or numbers such as 1 3 5-9)"
    return screen.ask(text, ALL, taken)


def chosen(answer: str, most: int) -> tuple[int, ...]:
    """The numbers from 1 to `most` that an answer names.  Raises UsageError."""
    words = answer.lower().replace(",", " ").split()
    if words in ([ALL], [NONE]):
        return tuple(range(1, most + 1)) if words == [ALL] else ()
    numbers: set[int] = set()
    for word in words:
        first, dash, last = word.partition("-")
        if not (first.isdecimal() and (last.isdecimal() if dash else not last)):
            raise click.UsageError(f"Write {ALL}, {NONE}, or numbers from 1 to {most}, such as 1 3 5-9.")
        span = range(int(first), int(last or first) + 1)
        if not span or span[0] < 1 or span[-1] > most:
            raise click.UsageError(f"The list goes from 1 to {most}.")
        numbers.update(span)
    return tuple(sorted(numbers))


def as_people_sort(subject: str) -> list[str]:
    """A key for sorting: Choir 2 comes before Choir 10, and capitals make no difference."""
    return [part.zfill(_DIGITS) if part.isdecimal() else part for part in re.split(r"(\d+)", subject.casefold())]


def _people(group: Transcript) -> str:
    from wagroups.reports.view.wording import count

    # The account itself is in neither list.
    people = count(len(group.admins) + len(group.members) + group.hidden + 1, "person", "people")
    return f"{people}; the account is no admin, so it would only be watched" if group.watched else people
