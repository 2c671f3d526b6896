"""Everything that is wrong, collected instead of raised, so that one run shows all of it.

Messages never repeat what may be somebody's number: `shown` decides what is safe to quote.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from wagroups.domain.declared.desired import Origin
from wagroups.domain.declared.members import Person
from wagroups.domain.problem import Problem
from wagroups.manifests.language.rules import Rule, stage_of
from wagroups.manifests.language.suggestions import KnownPeople, nearest
from wagroups.privacy.mask import Strictness, is_clear

SUGGESTIONS_MAX: Final = 100
"""Suggestions sought in one run.  Chosen: a missing people file must not compare 10,000 names with 10,000."""

FINDINGS_MAX: Final = 1_000
"""Findings of one rule that are kept; the rest are counted.  Chosen: nobody reads more, and no file may fill a log."""

SHOWN_TABLES: Final = 2
"""Tables of people that a message names.  Chosen."""

SECTIONS_OF_NAMES: Final = frozenset({"people", "teams", "profiles", "communities", "groups"})

SHOWN_CHARS: Final = 40
"""Longest text that is quoted in a message.  Chosen: a line of a terminal holds two."""

UNSHOWN: Final = "this value"
"""What stands for a text that is not quoted."""


def shown(text: str, otherwise: str = UNSHOWN) -> str:
    """`text` in quotes, or `otherwise` when it may hold a number, an id or a link, or would not print."""
    if len(text) > SHOWN_CHARS or not text.isprintable() or not is_clear(text, Strictness.QUOTE):
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
        self._counted: Counter[Rule] = Counter()
        self._beyond: dict[Rule, tuple[Origin, int]] = {}
        self._of_lists: set[Problem] = set()
        self._suggestions_left = SUGGESTIONS_MAX
        self._broken: dict[str, frozenset[str]] = {}
        self._unchecked: dict[tuple[object, ...], tuple[str, int]] = {}
        """The file of each name that cannot be checked yet, or of several of one place, and how many they are."""
        self.tables_of_people: list[str] = []
        """Where an unknown name may be added, beside `people:`."""
        self._people: KnownPeople | None = None
        self._remark = ""

    def add(self, rule: Rule, at: Origin, message: str, help: str = "", suggestion: str | None = None) -> None:
        """Note a problem once, however often a repeated part of a file leads to it."""
        known = (rule, at, message)
        if known in self._problems:
            return
        self._counted[rule] += 1
        if self._counted[rule] > FINDINGS_MAX:
            first, more = self._beyond.get(rule, (at, 0))
            self._beyond[rule] = (first, more + 1)
            return
        self._problems[known] = self._problem(rule, at, message, help, suggestion)

    def _problem(self, rule: Rule, at: Origin, message: str, help: str, suggestion: str | None = None) -> Problem:
        return Problem(
            rule=rule.id,
            severity=rule.severity,
            file=at.file,
            line=at.line,
            column=at.column if at.line else 0,
            message=message[:1].upper() + message[1:],
            help="  ".join(filter(None, (help, self._remark))),
            suggestion=suggestion,
        )

    def add_for_file(self, rule: Rule, at: Origin, message: str, help: str) -> None:
        """Note a problem that is said once a file, at the first place that has it."""
        earlier = self._problems.get((rule, at.file))
        if earlier is None or (at.line, at.column) < (earlier.line, earlier.column):
            self._problems[rule, at.file] = self._problem(rule, at, message, help)

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
        self._broken.update(others._broken)
        self._unchecked.update(others._unchecked)

    def break_off(self, file: str, sections: frozenset[str] = SECTIONS_OF_NAMES) -> None:
        """Note that a file could not be read to its end: what it declares in these sections may be missing."""
        self._broken[file] = self._broken.get(file, frozenset()) | sections

    def may_be_missing(self, section: str) -> bool:
        """Whether a file broke off that may hold more of a section."""
        return any(section in sections for sections in self._broken.values())

    def undeclared(
        self, rule: Rule, section: str, written: tuple[str, Origin], message: str, known: Collection[str]
    ) -> None:
        """Note a name that nobody declares under `section:`, unless it may stand in a file that is to be mended."""
        name, at = written
        if not self._counts_for_later(rule, section, at, message):
            help = f"Declare it under `{section}:`, or correct the name."
            self.add(rule, at, message, help, self.nearest(name, known))

    def unknown_alias(self, text: str, at: Origin, directory: Mapping[str, Person], declared: Collection[str]) -> None:
        """Note an alias that nobody has.  Another human being is never suggested."""
        message = f"Nobody has the alias {shown(text, 'that is written here')}."
        if self._counts_for_later(Rule.UNKNOWN_ALIAS, "people", at, message):
            return
        if self._people is None:
            self._people = KnownPeople(directory, declared)
        meant = None
        if self._suggestions_left:
            self._suggestions_left -= 1
            meant = self._people.meant_by(text)
        tables = [f"to {table}" for table in self.tables_of_people[:SHOWN_TABLES]]
        where = " or ".join([*tables, "under `people:`"])
        self.add(Rule.UNKNOWN_ALIAS, at, message, f"Add them {where}, or correct the name.", meant)

    def unknown_aliases(self, count: int, example: str, table: str, at: Origin) -> None:
        """Note that many people of a roster are in no directory, as one finding."""
        message = f"{count:,} people of this roster are not in the people directory, such as {example}."
        if self._counts_for_later(Rule.UNKNOWN_ALIAS, "people", at, message, count):
            return
        help = f"Add {table} to `people_from`, or name the column that holds aliases (`alias:`)."
        if table in self.tables_of_people:
            help = "Correct the aliases, or name the column that holds them (`alias:`)."
        self.add(Rule.UNKNOWN_ALIAS, at, message, help)

    def _counts_for_later(self, rule: Rule, section: str, at: Origin, message: str, count: int = 1) -> bool:
        """Whether a name cannot be checked until a file is mended; then it is only counted."""
        if not self.may_be_missing(section):
            return False
        self._unchecked[rule, at, message] = (at.file, count)
        return True

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """The known word that was probably meant."""
        if not self._suggestions_left:
            return None
        self._suggestions_left -= 1
        return nearest(word, known)

    @property
    def failed(self) -> bool:
        """Whether anything is wrong that leaves nothing to go on with."""
        return any(p.severity == "error" and p not in self._of_lists for p in self._problems.values())

    def in_order(self) -> tuple[Problem, ...]:
        """All problems, causes first, then by place."""
        problems = sorted([*self._problems.values(), *self._not_listed()], key=order_of)
        if self._unchecked:
            errors = [number for number, problem in enumerate(problems) if problem.severity == "error"]
            cause = next((number for number in errors if problems[number].file in self._broken), errors[0])
            help = f"{problems[cause].help}  {self._unchecked_names()}"
            problems[cause] = problems[cause].model_copy(update={"help": help})
        return tuple(problems)

    def _unchecked_names(self) -> str:
        """How many names wait for files to be mended, and where they stand."""
        files = sorted({file for file, _ in self._unchecked.values()})
        names = sum(count for _, count in self._unchecked.values())
        where = files[0] if len(files) == 1 else f"{len(files)} files"
        until = f"{', '.join(sorted(self._broken))} {'is' if len(self._broken) == 1 else 'are'} fixed"
        return f"{names:,} {'name' if names == 1 else 'names'} in {where} cannot be checked until {until}."

    def _not_listed(self) -> Iterator[Problem]:
        """What stands for findings beyond the most that are kept."""
        for rule, (at, more) in self._beyond.items():
            message = f"From here on there are {more:,} more of this kind, which are not listed."
            help = "Fix the first ones, and run it again."
            yield Problem(
                rule=rule.id,
                severity=rule.severity,
                file=at.file,
                line=at.line,
                column=at.column,
                message=message,
                help=help,
            )


def order_of(problem: Problem) -> tuple[object, ...]:
    """Sorts problems: causes first, then by place."""
    return stage_of(problem.rule), problem.file, problem.line, problem.column, problem.rule, problem.message
