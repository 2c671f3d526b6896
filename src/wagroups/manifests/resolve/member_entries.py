"""Read member entries: an alias, a number, or a person, a team or a roster with dates.

A project has a quarter of a million of them and nearly all are plain aliases, so that case is one lookup.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Final, NamedTuple, TypeAlias, cast

from wagroups.domain.declared.members import Batch, Clause, Person
from wagroups.domain.declared.period import ALWAYS, Periods
from wagroups.domain.identity import Phone
from wagroups.domain.origin import Origin, unpacked
from wagroups.domain.problem import KIND_MOST, Problem
from wagroups.manifests.language.diagnostics import Findings, place, shown
from wagroups.manifests.language.fields import ALIAS, ENTRY_FIELDS
from wagroups.manifests.language.formats import holds
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format
from wagroups.manifests.load.tree import Map, Seq
from wagroups.manifests.load.validation import NULLS, Flat, Listed, Reader, Written
from wagroups.manifests.numbers.parse import Phones
from wagroups.manifests.resolve.csv_rosters import Rows, Tables
from wagroups.manifests.resolve.dates import Dates
from wagroups.manifests.resolve.directory import IN_YAML, DeclaredPeople, Policy, Source
from wagroups.manifests.resolve.doubts import Doubts
from wagroups.manifests.resolve.expectation import COUNT_HELP, unmet
from wagroups.manifests.resolve.people_tables import numbering

_NUMBER: Final = re.compile(r"\+.*|[(0-9][0-9 ()./-]{4,}(,[0-9]+)?|[0-9],[0-9]+E\+?[0-9]+|[0-9](\.[0-9]+)?E\+[0-9]+")
"""What is meant as a number when it is no known alias: a plus, or digits alone."""
_PREFIXED: Final = re.compile(r"(team|person|roster):(\S.*)")
_EMPTY: Final = "The entry is empty."
ROSTER: Final = "roster at "
"""Begins the step of a way that leads through a table."""

_SUBJECTS: Final = ("person", "team", "roster")
"""An entry names one of them."""


class TeamUse(NamedTuple):
    """`team: name`, with its dates, the people who are left out and how many there should be."""

    name: str
    origin: Origin
    periods: Periods = ALWAYS
    reason: str | None = None
    excluded: Listed | None = None
    expected: Written | None = None


class RosterUse(NamedTuple):
    """`roster:`, with the people who are left out of it."""

    batches: tuple[Batch, ...]
    excluded: Listed


class Miscount(NamedTuple):
    """An entry that names a set and comes to nobody, or to others than were counted: nothing may follow from it."""

    problem: Problem


class LeftOut(NamedTuple):
    """People who are named and denied: nobody comes into a list by them, and that is not how one says nobody."""


Use: TypeAlias = Batch | TeamUse | RosterUse | Miscount | LeftOut


class EntryReader:
    """Reads lists of member entries against the directory and the names of teams."""

    def __init__(
        self,
        reader: Reader,
        directory: DeclaredPeople,
        teams: Collection[str],
        phones: Phones,
        doubts: Doubts,
        policy: Policy,
        tables: Tables,
        dates: Dates,
    ) -> None:
        self._reader = reader
        self._tables = tables
        self._dates = dates
        self._findings = reader.findings
        self._directory = directory
        self._teams = teams
        self._phones = phones
        self._doubts = doubts
        self._policy = policy
        self._strangers: dict[Phone, Person] = {}
        self._plain: dict[str, Person] = {
            alias: person for alias, person in directory.by_alias.items() if person.denied is None
        }
        """Every text about which there is nothing more to say: aliases, and numbers once they were read."""
        self._denied = any(person.denied for person in directory.by_alias.values())

    def members(self, items: Seq, *, admin: bool = False, via: tuple[str, ...] = ()) -> list[Use]:
        """The people and teams that a list names, without those who are denied, which is said."""
        uses = self._uses(items, Clause(items.file, admin, via))
        return [part for use in uses for part in self._without_the_denied(use)] if self._denied else list(uses)

    def excluded(self, items: Seq) -> list[Use]:
        """The people and teams that an `except` list names, for good or between dates."""
        return list(self._uses(items, Clause(items.file)))

    def _uses(self, items: Seq, clause: Clause) -> Iterator[Use]:
        """What a list names, in its order: a batch ends where something stands that is no plain name."""
        if set(map(type, items)) == {str}:
            yield self._named(cast(list[str], items), items.marks, clause)
            return
        texts: list[str] = []
        for index, item in enumerate(items):
            if isinstance(item, str):
                texts.append(item)
            else:
                yield self._named(texts, items.marks[index - len(texts) : index], clause)
                yield from self._special(item, items.origin(index), clause)
                texts = []
        yield self._named(texts, items.marks[len(items) - len(texts) :], clause)

    def _named(self, texts: Sequence[str], marks: Sequence[int], clause: Clause, source: Source = IN_YAML) -> Batch:
        """Everybody whom some texts name; texts that name nobody are reported."""
        people = list(map(self._plain.get, texts))
        if not all(people):
            for index in [index for index, person in enumerate(people) if person is None]:
                people[index] = self._person(texts[index], unpacked(clause.file, marks[index]), source)
            marks = array("Q", compress(marks, people))
        return Batch(clause, list(filter(None, people)), marks)

    def _without_the_denied(self, use: Use) -> Iterator[Use]:
        denied = {person.phone for person in use.people if person.denied is not None} if isinstance(use, Batch) else ()
        if not isinstance(use, Batch) or not denied:
            yield use
            return
        for person, entry in use.entries(denied):
            self._findings.add(
                Rule.DENIED,
                entry.origin,
                f"“{person.alias}” is on the deny list since {person.denied} and is left out of this list.",
                "Delete this entry, or remove `denied:` from the person.",
            )
        yield use.without(denied)
        yield LeftOut()

    def _special(self, item: Map | Seq | None, at: Origin, clause: Clause) -> Iterator[Use]:
        """An entry that is more than a name, or none."""
        match item:
            case Map():
                yield from self._record(item, at, clause)
            case Seq():
                self._findings.add(
                    Rule.ENTRY, at, "There is a list inside a list of people.", "Name a team: `- team: board`."
                )
            case None:
                self._findings.add(Rule.EMPTY, at, _EMPTY, "Write an alias, or delete the hyphen.")

    def _person(self, text: str, at: Origin, source: Source = IN_YAML) -> Person | None:
        """The person that an alias or a number names; `None` when there is none, or after a finding."""
        text = self._reader.visible(text, at)
        if text in self._directory.declared:
            return self._directory.by_alias.get(text)
        if _NUMBER.fullmatch(text):
            return self._stranger(Written(text, at), source)
        if text in NULLS or not text.strip():
            self._findings.add(Rule.EMPTY, at, _EMPTY, "Write an alias, or delete the entry.")
        elif found := _PREFIXED.fullmatch(text):
            self._findings.add(
                Rule.MISSING_BLANK, at, "A space is missing after the colon.", f"Write `{found[1]}: {found[2]}`."
            )
        elif text in self._teams:
            self._findings.add(
                Rule.TEAM_AS_MEMBER, at, f"{shown(text)} is a team.", f"Write `- team: {text}`.", f"team: {text}"
            )
        elif text.lstrip("@*") != text:
            self._findings.add(
                Rule.UNKNOWN_ALIAS,
                at,
                "An alias does not begin with @ or *.",
                "Write the alias alone; teams are `team: …`.",
            )
        elif text != text.lower() and text.lower() in self._directory.declared:
            self._findings.add(
                Rule.SLUG, at, f"{shown(text)} is not in lower case.", "Aliases are lower case.", text.lower()
            )
        else:
            self._findings.unknown_alias(text, at, self._directory.by_alias, self._directory.declared)
        return None

    def _stranger(self, written: Written, source: Source) -> Person | None:
        """The person behind a bare number."""
        reading = self._phones.read(written.text, self._policy.region, source.numbers)
        phone = reading.phone
        if reading.fault is not None:
            self._doubts.note(reading.fault, written.origin, in_table=source.in_table)
        if phone is None:
            return None
        spellings = phone.variants()
        owner = _by_any(spellings, self._directory.by_phone)
        if owner is not None:
            self._findings.add(
                Rule.NUMBER_HAS_ALIAS,
                written.origin,
                f"This number belongs to “{owner.alias}”, declared at {place(owner.origin)}.",
                "Write the alias.",
                owner.alias,
            )
        elif self._policy.require_alias:
            self._findings.add(
                Rule.ALIAS_REQUIRED,
                written.origin,
                "This is a bare number, but `privacy.require_alias` is set.",
                "Declare the person under `people:` and write the alias here.",
            )
        person = owner or _by_any(spellings, self._strangers)
        if person is None:
            person = self._strangers[phone] = Person(alias=None, phone=phone, origin=written.origin)
        alike = written.text.startswith(("+", "0"))  # in every source: other digits mean what the source says
        if alike and reading.fault is None and owner is None and not self._policy.require_alias:
            self._plain[written.text] = person
        return person

    def _record(self, node: Map, at: Origin, clause: Clause) -> Iterator[Use]:
        if "teams" in node and "team" not in node:
            self._findings.add(
                Rule.UNKNOWN_KEY,
                node.entry("teams").key_origin,
                "A member entry names one team, with `team:`.",
                "Write one entry for each team: `- team: board`.",
                "team",
            )
            return
        flat = self._reader.flat(node, at, ENTRY_FIELDS, "a member entry")
        subjects = [subject for subject in _SUBJECTS if subject in node]
        if len(subjects) != 1:
            names = f"this one names {' and '.join(subjects)}" if subjects else "this one names none of them"
            self._findings.add(
                Rule.ENTRY,
                at,
                f"An entry names one of {', '.join(_SUBJECTS)}; {names}.",
                "Write one entry for each." if subjects else "Write `person: anna`, or `team: board`.",
            )
            return
        person, team = flat.texts.get("person"), flat.texts.get("team")
        if person is not None:
            yield from self._one(person, flat, at, clause)
        elif team is not None:
            yield from self._team(team, flat)
        elif isinstance(node.get("roster"), Map):
            yield from self._roster(flat, at, clause)

    def _one(self, written: Written, flat: Flat, at: Origin, clause: Clause) -> Iterator[Batch]:
        """One person, with dates."""
        if "except" in flat.lists:
            self._findings.add(
                Rule.ENTRY,
                flat.lists["except"].origin,
                "Nobody can be left out of an entry for one person.",
                "Write `except` beside `members`, with dates if it is for a time.",
            )
        person = self._person(written.text, written.origin)
        periods = self._dates.of(flat)
        if person is not None:
            said = clause._replace(periods=periods, reason=flat.text("reason"))
            yield Batch(said, (person,), (at.mark,))

    def _roster(self, flat: Flat, at: Origin, clause: Clause) -> Iterator[Batch | RosterUse | Miscount | LeftOut]:
        """The people in some lines of a table, each at the place of the line."""
        rows = self._tables.rows(flat, "roster.", at)
        periods = self._dates.of(flat)
        if rows is None:
            return
        column = self._tables.column(rows.table, flat.texts.get("roster.alias", Written(ALIAS, at)))
        names = [flat.texts.get(f"roster.{key}") for key in ("from", "until")]
        limits = [None if name is None else self._tables.column(rows.table, name) for name in names]
        if column is None or any(name and number is None for name, number in zip(names, limits, strict=True)):
            return
        expected = flat.texts.get("roster.expect") or flat.texts.get("expect")
        problem: Problem | None = None
        if expected is not None:
            count = len({rows.table.cell(number, column) for number in rows.numbers})
            problem = miscounted(expected, count, self._findings)
        elif not rows.numbers:
            help = "Correct the word" if rows.where and rows.table.rows else "Fill the table"
            message = f"This roster names nobody: {rows.why_none()}."
            problem = self._findings.add_of_list(Rule.NOBODY, at, message, f"{help}, or write `expect: any number`.")
        if problem is not None:
            yield Miscount(problem)
        said = clause._replace(
            file=rows.table.file, via=(*clause.via, f"{ROSTER}{at}"), periods=periods, reason=flat.text("reason")
        )
        source = Source(in_table=True, numbers=numbering(flat, "roster."))
        batches = []
        known = self._without_strangers(rows, column, at)
        chosen = self._without_denied(known, column, at)
        if len(chosen.numbers) < len(known.numbers) and expected is None:
            yield LeftOut()
        for part, numbers in self._dated_rows(chosen, limits, said):
            texts, marks = [rows.table.cell(n, column) for n in numbers], [rows.table.marks[n] for n in numbers]
            batches.append(self._named(texts, marks, part, source))
        if "except" in flat.lists:
            yield RosterUse(tuple(batches), flat.lists["except"])
        else:
            yield from batches

    def _dated_rows(
        self, rows: Rows, limits: Sequence[int | None], clause: Clause
    ) -> Iterator[tuple[Clause, Sequence[int]]]:
        """The lines of a table by what they say of their time; `limits` are the columns with start and end."""
        if limits == [None, None]:
            yield clause, rows.numbers
            return
        lines: dict[tuple[str, ...], list[int]] = {}
        for number in rows.numbers:
            cells = tuple("" if n is None else rows.table.cell(number, n) for n in limits)
            lines.setdefault(cells, []).append(number)
        for texts, numbers in lines.items():
            at = rows.table.origin(numbers[0])
            start, end = (
                Written(text, at) if text and self._reader.form(text, Format.MOMENT, at) else None for text in texts
            )
            yield clause._replace(periods=clause.periods & self._dates.between(start, end)), numbers

    def _without_denied(self, rows: Rows, column: int, at: Origin) -> Rows:
        """The lines of everybody who is not on the deny list: a table may be kept elsewhere, and be slower."""
        if not self._denied:
            return rows
        people = {number: self._directory.by_alias.get(rows.table.cell(number, column)) for number in rows.numbers}
        denied = {number: person for number, person in people.items() if person is not None and person.denied}
        if not denied:
            return rows
        count = len({person.alias for person in denied.values()})
        lines = sorted({rows.table.origin(number).line for number in denied})
        self._findings.add(
            Rule.DENIED_IN_TABLE,
            at,
            f"{f'{count} people' if count > 1 else '1 person'} of {shown(rows.table.file, 'this table')} "
            f"{'are' if count > 1 else 'is'} on the deny list and left out "
            f"(line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}).",
            "Take them out of the table when you can.",
        )
        return rows._replace(numbers=[number for number in rows.numbers if number not in denied])

    def _without_strangers(self, rows: Rows, column: int, at: Origin) -> Rows:
        """The lines of people of the directory, where so many are in none that one finding tells them better."""
        cells = {number: rows.table.cell(number, column) for number in rows.numbers}
        strangers = {n: text for n, text in cells.items() if not self._is_known(text) and holds(text, Format.SLUG)}
        if len(strangers) <= KIND_MOST:
            return rows
        first = next(iter(strangers))
        example = f"{shown(strangers[first], 'the one')} (line {rows.table.origin(first).line})"
        self._findings.unknown_aliases(len(strangers), example, rows.table.file, at)
        return rows._replace(numbers=[number for number in rows.numbers if number not in strangers])

    def _is_known(self, text: str) -> bool:
        """Whether a word names somebody or something, rightly or wrongly: what it is will be said of it alone."""
        return text in self._directory.declared or text in self._teams or _NUMBER.fullmatch(text) is not None

    def _team(self, written: Written, flat: Flat) -> Iterator[TeamUse]:
        periods = self._dates.of(flat)
        if written.text in self._teams:
            yield TeamUse(
                written.text,
                written.origin,
                periods,
                flat.text("reason"),
                flat.lists.get("except"),
                flat.texts.get("expect"),
            )
            return
        message = f"There is no team {shown(written.text, 'of this name')}."
        self._findings.undeclared(Rule.UNKNOWN_TEAM, "teams", written, message, self._teams)


def miscounted(expected: Written, count: int, findings: Findings) -> Problem | None:
    """The finding about a list of people that is not as long as its author counted."""
    message = unmet(expected.text, count, "person", "people")
    return None if message is None else findings.add_of_list(Rule.EXPECT, expected.origin, message, COUNT_HELP)


def _by_any(spellings: Iterable[Phone], people: Mapping[Phone, Person]) -> Person | None:
    """Whoever has the number in one of its spellings."""
    for spelling in spellings:
        if spelling in people:
            return people[spelling]
    return None
