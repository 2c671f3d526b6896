"""Everything that is wrong, collected instead of raised, so that one run shows all of it.

Messages never repeat what may be somebody's number: `shown` decides what is safe to quote.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Final

from wagroups.domain.desired import Origin
from wagroups.domain.problem import Problem
from wagroups.manifests.rules import Rule

SUGGESTIONS_MAX: Final = 100
"""Suggestions sought in one run.  Chosen: a missing people file must not compare 10,000 names with 10,000."""

SHOWN_CHARS: Final = 40
"""Longest text that is quoted in a message.  Chosen: a line of a terminal holds two."""

UNSHOWN: Final = "this value"
"""What stands for a text that is not quoted."""

_NUMBER_LIKE: Final = re.compile(r"\d(?:\D{0,3}\d){4}")
_DATE_LIKE: Final = re.compile(r"(\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.\d{4})([ T]\d{1,2}:\d\d)?")
_LINK: Final = re.compile(r"chat\.whatsapp|https?:", re.IGNORECASE)


def shown(text: str, otherwise: str = UNSHOWN) -> str:
    """`text` in quotes, or `otherwise` when it may hold a number, an id or a link, or would not print."""
    numbers = _NUMBER_LIKE.search(text) and not _DATE_LIKE.fullmatch(text)
    if len(text) > SHOWN_CHARS or not text.isprintable() or numbers or _LINK.search(text):
        return otherwise
    return f"“{text}”"


def plain(name: str) -> str:
    """A key of the author's own in a sentence, without quotes where it may be shown."""
    return shown(name, "this list").strip("“”")


def place(origin: Origin) -> str:
    """The place in full, for messages that name a second one."""
    return f"{origin.file}:{origin.line}:{origin.column}"


_COLUMN_NAME: Final = re.compile(r"[^\W\d_][\w .,()/&'’#°+-]*")
_LONGEST_WORD: Final = 24
"""Longer words are no names of columns, but perhaps keys.  Chosen: above the longest words of headings."""


def _is_a_name(column: str) -> bool:
    """Whether a cell of a first line is certainly the name of a column: a file that is no table is not repeated."""
    fits = _COLUMN_NAME.fullmatch(column) is not None and max(map(len, re.split(r"\W", column))) <= _LONGEST_WORD
    return fits and shown(column) != UNSHOWN


class Findings:
    """The problems of a project, of all its files."""

    def __init__(self) -> None:
        self._problems: dict[tuple[object, ...], Problem] = {}
        self._of_lists: set[Problem] = set()
        self._suggestions_left = SUGGESTIONS_MAX
        self._broken: list[str] = []
        self._remark = ""

    def add(self, rule: Rule, at: Origin, message: str, help: str = "", suggestion: str | None = None) -> None:
        """Note a problem once, however often a repeated part of a file leads to it."""
        known = (rule, at, message)
        if known in self._problems:
            return
        self._problems[known] = Problem(
            rule=rule.id,
            severity=rule.severity,
            file=at.file,
            line=at.line,
            column=at.column if at.line else 0,
            message=message[:1].upper() + message[1:],
            help="  ".join(filter(None, (help, self._remark))),
            suggestion=suggestion,
        )

    def add_of_list(self, rule: Rule, at: Origin, message: str, help: str) -> Problem:
        """Note an error that withholds the groups of one list, and leaves the rest of the project usable."""
        self.add(rule, at, message, help)
        problem = self._problems[rule, at, message]
        self._of_lists.add(problem)
        return problem

    def unknown_column(self, name: str, known: Iterable[str], at: Origin) -> None:
        """Note that a table has no such column."""
        columns = [column for column in known if column]
        message = f"There is no column {shown(name, 'of this name')}."
        names = [column for column in columns if _is_a_name(column)]
        if not names:
            help = "The first line of the table does not name columns: name another file, or write a heading."
            self.add(Rule.UNKNOWN_COLUMN, at, message, help)
            return
        listed = (
            shown(c) if c in names else f"one whose name is not shown (number {n})" for n, c in enumerate(columns, 1)
        )
        self.add(Rule.UNKNOWN_COLUMN, at, message, f"Columns: {', '.join(listed)}.", self.nearest(name, names))

    @contextmanager
    def about(self, remark: str) -> Iterator[None]:
        """Put `remark` behind the help of what is found meanwhile: which of many copies of one place is meant."""
        self._remark = remark
        try:
            yield
        finally:
            self._remark = ""

    def include(self, others: "Findings") -> None:
        """Take over what was found apart."""
        self._problems.update(others._problems)
        self._of_lists |= others._of_lists
        self._broken += others._broken

    def break_off(self, file: str) -> None:
        """Note that a file could not be read to its end: what it declares may be missing."""
        self._broken.append(file)

    def where_to_declare(self, section: str) -> str:
        """What to do about a name that nobody declares."""
        help = f"Declare it under `{section}:`, or correct it."
        if self._broken:
            help += f"  It may stand in {', '.join(sorted(self._broken))}, which could not be read to the end."
        return help

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """The known word that was probably meant."""
        if not self._suggestions_left:
            return None
        self._suggestions_left -= 1
        near = get_close_matches(word.strip().lower(), known, n=1)
        return near[0] if near else None

    @property
    def failed(self) -> bool:
        """Whether anything is wrong that leaves nothing to go on with."""
        return any(p.severity == "error" and p not in self._of_lists for p in self._problems.values())

    def in_order(self) -> tuple[Problem, ...]:
        """All problems, sorted by place."""
        return tuple(sorted(self._problems.values(), key=lambda p: (p.file, p.line, p.column, p.rule, p.message)))
