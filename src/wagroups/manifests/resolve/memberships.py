"""What the lines about one person come to: they add up, and exceptions subtract.

A line that adds nothing is a warning, which names both places.  People who come twice through teams and rosters alone
are no mistake: a parent may sit on the board, and have two children in a class.  Nor is an entry of a generator, which
is one line for many groups.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from math import inf
from typing import Final

from wagroups.domain.declared.members import Batch, Clause, DesiredMember, DesiredMembers, Entry, Exclusion, Person
from wagroups.domain.declared.period import ALWAYS, Periods
from wagroups.domain.declared.wall_clock import end_text, start_text, words_of
from wagroups.domain.identity import Phone
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.resolve.member_entries import ROSTER
from wagroups.manifests.resolve.provenance import GENERATOR

TEAM: Final = "team "
"""Begins the step of a way that leads through a team."""
_LISTS: Final = (TEAM, ROSTER)
"""Begin the steps of a way whose author did not name the person."""

Lines = Mapping[Phone, tuple[Person, list[Entry]]]
"""The lines about people of whom several speak."""


class Memberships:
    """Puts lists together; what is wrong goes to the findings."""

    def __init__(self, findings: Findings, zone: tzinfo, version: int) -> None:
        """`version` is that of the language as the project writes it: under 1, changed meanings are said."""
        self._findings = findings
        self._zone = zone
        self._version = version

    def of_team(self, batches: Sequence[Batch], name: str) -> list[Batch]:
        """A team's lines, without those that add nothing."""
        twice = _twice(batches)
        if not twice:
            return list(batches)
        kept = [batch.without(twice) for batch in batches]
        for person, entries in _lines(batches, twice).values():
            self._compare(person, entries, f"the team {name}")
            kept += [Batch.of(person, entry) for entry in self._needed(person, entries, f"the team {name}")]
        return kept

    def of_group(self, batches: Sequence[Batch], name: str) -> DesiredMembers:
        """Everybody whom the lists of a group name, once each."""
        twice = _twice(batches)
        single = [batch.without(twice) for batch in batches] if twice else list(batches)
        several = []
        for person, entries in _lines(batches, twice).values() if twice else ():
            if not _of_one_team(entries):
                self._compare(person, entries, name)
            needed = self._needed(person, entries, name)
            if len(needed) == 1:
                single.append(Batch.of(person, needed[0]))
            else:
                several.append(DesiredMember.of(person, needed))
        members = DesiredMembers(single, several)
        self._find_timeless(members, name)
        return members

    def without(self, batches: Iterable[Batch], excepted: Sequence[Batch], name: str) -> list[Batch]:
        """The lists without the people of an `except`."""
        if self._version == 1:
            for batch in excepted:
                for person, entry in batch.entries() if batch.clause.dated and _by_list(batch.clause) else ():
                    self._find_dated_exception(person, entry, name)
        return without_excepted(batches, excepted)

    # --- lines that add nothing --------------------------------------------------------------------------

    def _needed(self, person: Person, entries: Iterable[Entry], name: str) -> list[Entry]:
        """The lines without those that add no time; of equal ones the first stays, and a list before a line."""
        kept = sorted(entries, key=lambda entry: (not entry.admin, not _by_list(entry), entry.origin))
        for entry in kept[::-1]:
            others = [other for other in kept if other is not entry and other.admin >= entry.admin]
            if not others or not entry.periods <= Periods.union(other.periods for other in others):
                continue
            kept.remove(entry)
            same = [other for other in others if other.admin == entry.admin and other.periods]
            if entry.periods and entry.periods <= Periods.union(other.periods for other in same):
                self._find_twice(person, entry, same, name)
        return kept

    def _find_twice(self, person: Person, entry: Entry, others: Sequence[Entry], name: str) -> None:
        whole = [other for other in others if entry.periods <= other.periods] or others
        if _generated(entry) or _by_list(entry) or any(map(_generated, whole)):
            return
        self._findings.add(
            Rule.TWICE,
            entry.origin,
            f"{_name(person)} is in {name} by {whole[0].origin} already, for all of this time.",
            "Delete one of the two.",
        )

    def _find_timeless(self, members: DesiredMembers, name: str) -> None:
        """Lines that leave somebody no time at all."""
        for batch in members.batches:
            periods = batch.clause.periods
            if periods is not ALWAYS:
                limited = {p.phone for p in batch.people if not periods or p.periods is not ALWAYS}
                for member in batch.members(limited) if limited else ():
                    self._find_no_time(member, name)
        for member in members.several:
            self._find_no_time(member, name)

    def _find_no_time(self, member: DesiredMember, name: str) -> None:
        for entry in member.entries:
            if entry.periods & member.person.periods:
                continue
            said = (
                f"gets no additional time in {name} from this line"
                if member.member
                else f"is named in {name} but is never in it"
            )
            self._findings.add(
                Rule.NO_TIME,
                entry.origin,
                f"{_name(member.person)} {said}: {self._why_no_time(member.person, entry)}.",
                "Delete the entry, or change a date.",
            )

    def _why_no_time(self, person: Person, entry: Entry) -> str:
        if entry.exclusions:
            return f"`except` covers all of it ({entry.exclusions[0].origin})"
        own_end, end = _last_end(person.periods), _last_end(entry.periods)
        starts, own_starts = _first_start(entry.periods), _first_start(person.periods)
        if entry.periods and own_end is not None and starts is not None and own_end <= starts:
            begins = start_text(starts, self._zone)
            return f"they end on {end_text(own_end, self._zone)} ({person.origin}), this entry begins on {begins}"
        if end is not None and own_starts is not None and end <= own_starts:
            begin = start_text(own_starts, self._zone)
            return f"they begin on {begin} ({person.origin}), this entry ends on {end_text(end, self._zone)}"
        return "its dates, and those of the lists it comes through, have no day in common"

    # --- what release 0.1 understood ---------------------------------------------------------------------

    def _compare(self, person: Person, entries: Sequence[Entry], name: str) -> None:
        """Say where release 0.1, which knew one time for each person, understood something else."""
        if self._version > 1 or any(_generated(entry) and not entry.periods for entry in entries):
            return
        for role in (True, False):
            self._compare_role(person, [entry for entry in entries if entry.admin is role], name)
        admins, members = ([entry for entry in entries if entry.admin is role] for role in (True, False))
        if admins and members:
            self._compare_right(person, admins, members, name)

    def _compare_role(self, person: Person, entries: Sequence[Entry], name: str) -> None:
        if not entries:
            return
        before, now = max(entries, key=_length), Periods.union(entry.periods for entry in entries)
        if before.periods == now:
            return
        others = [str(entry.origin) for entry in entries if entry is not before and not entry.periods <= before.periods]
        number, all_of = ("two", "both") if len(others) == 1 else (str(len(others) + 1), "all")
        self._findings.add(
            Rule.CHANGED,
            before.origin,
            f"{_name(person)} has {number} entries in {name}, and {all_of} count now.  In 0.1 only this one did.",
            f"{_WRITE_2}; otherwise delete {' and '.join(others)}.",
        )

    def _compare_right(self, person: Person, admins: Sequence[Entry], members: Sequence[Entry], name: str) -> None:
        before = max((max(admins, key=_length), max(members, key=_length)), key=_length).periods
        admin = Periods.union(entry.periods for entry in admins)
        if admin == before:
            return
        member = Periods.union(entry.periods for entry in (*admins, *members))
        team = next((step for entry in members for step in entry.via if step.startswith(TEAM)), None)
        by = "" if team is None else f" by the {team}"
        word = "stayed" if admin <= before and _last_end(admin) is not None else "were"
        self._findings.add(
            Rule.CHANGED,
            admins[0].origin,
            f"{_name(person)} is admin of {name} {self._words(admin)}, and a member {self._words(member)}{by}.  "
            f"In 0.1 they {word} admin {self._words(before)}.",
            f"{_WRITE_2}.",
        )

    def _find_dated_exception(self, person: Person, entry: Entry, name: str) -> None:
        self._findings.add(
            Rule.CHANGED,
            entry.origin,
            f"{_name(person)} is taken out of {name} by the {entry.via[-1]} {self._words(entry.periods)}, as they are "
            "in it.  In 0.1 they were out for good.",
            f"{_WRITE_2}.",
        )

    def _words(self, periods: Periods) -> str:
        return "for good" if periods is ALWAYS else words_of(periods, self._zone)


_WRITE_2: Final = "Write `version: 2` in wagroups.yaml if this is what you mean"


def without_excepted(batches: Iterable[Batch], excepted: Sequence[Batch]) -> list[Batch]:
    """The lists without the people of an `except`: for good, or for the time of its dates."""
    out = {person.phone for batch in excepted if not batch.clause.dated for person in batch.people}
    kept = [batch.without(out) for batch in batches] if out else list(batches)
    exclusions: dict[Phone, list[Exclusion]] = {}
    for batch in excepted:
        for person, entry in batch.entries() if batch.clause.dated else ():
            exclusions.setdefault(person.phone, []).append(Exclusion(entry.origin, entry.periods, entry.reason))
    return list(_with_exclusions(kept, exclusions)) if exclusions else kept


def _with_exclusions(batches: Iterable[Batch], exclusions: Mapping[Phone, Sequence[Exclusion]]) -> Iterator[Batch]:
    for batch in batches:
        yield batch.without(exclusions)
        for person, entry in batch.entries(exclusions):
            out = tuple(exclusion for exclusion in exclusions[person.phone] if exclusion.periods & entry.periods)
            left = entry.periods - Periods.union(exclusion.periods for exclusion in out)
            yield Batch.of(person, entry._replace(periods=left, exclusions=(*entry.exclusions, *out)))


def cut(batch: Batch, periods: Periods) -> Batch:
    """The list within a time."""
    if periods is ALWAYS:
        return batch
    return batch._replace(clause=batch.clause._replace(periods=batch.clause.periods & periods))


def _twice(batches: Sequence[Batch]) -> Collection[Phone]:
    """Whoever is in the batches more than once."""
    phones = [person.phone for batch in batches for person in batch.people]
    if len(set(phones)) == len(phones):
        return ()
    return {phone for phone, times in Counter(phones).items() if times > 1}


def _lines(batches: Sequence[Batch], phones: Collection[Phone]) -> Lines:
    found: dict[Phone, tuple[Person, list[Entry]]] = {}
    for batch in batches:
        for person, entry in batch.entries(phones):
            found.setdefault(person.phone, (person, []))[1].append(entry)
    return found


def _by_list(entry: Entry | Clause) -> bool:
    return any(step.startswith(_LISTS) for step in entry.via)


def _of_one_team(entries: Sequence[Entry]) -> bool:
    """Whether all lines stand in one team, where they were compared already."""
    return _by_list(entries[0]) and len({(entry.via, entry.admin) for entry in entries}) == 1


def _generated(entry: Entry) -> bool:
    """Whether the entry was made for many groups, and suits most of them."""
    return any(step.startswith(GENERATOR) for step in entry.via)


def _last_end(periods: Periods) -> datetime | None:
    """When it is over for good."""
    return [period.end for period in periods][-1] if periods else None


def _first_start(periods: Periods) -> datetime | None:
    """When it begins; `None` = since ever, or never."""
    return None if periods.since_ever or not periods else periods.edges[0]


def _length(entry: Entry) -> tuple[float, float]:
    """Sorts entries as release 0.1 did: by their end, then by how early they start."""
    end, start = _last_end(entry.periods), _first_start(entry.periods)
    return inf if end is None else end.timestamp(), inf if start is None else -start.timestamp()


def _name(person: Person) -> str:
    return "This number" if person.alias is None else f"“{person.alias}”"
