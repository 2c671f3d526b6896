"""Resolve teams to people, each team once, inner teams first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from wagroups.domain.declared.members import Batch
from wagroups.domain.declared.period import ALWAYS, Periods
from wagroups.domain.problem import Problem
from wagroups.manifests.language.diagnostics import Findings, plain
from wagroups.manifests.language.fields import TEAM_FIELDS
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.tree import MapEntry, Seq
from wagroups.manifests.load.validation import Listed, Reader, Written
from wagroups.manifests.resolve.dates import Dates
from wagroups.manifests.resolve.member_entries import (
    EntryReader,
    LeftOut,
    Miscount,
    RosterUse,
    TeamUse,
    Use,
    miscounted,
)
from wagroups.manifests.resolve.membership_limit import Crowd
from wagroups.manifests.resolve.memberships import TEAM, Memberships, cut, without_excepted

Roster = tuple[Batch, ...]
"""Everybody in a team, once; `via` is the way from the team to the entry."""


class ListedPeople(NamedTuple):
    """What a list comes to."""

    batches: list[Batch]
    """Everybody; the same person may come twice."""
    faults: tuple[Problem, ...] = ()
    """Why nothing may follow from the list: an entry that comes to nobody, or to others than were counted."""
    nobody_meant: bool = True
    """Whether it names nobody on purpose: `[]`, or entries that may come to nobody."""


def together(parts: Iterable[ListedPeople]) -> ListedPeople:
    """What several lists come to."""
    parts = tuple(parts)
    return ListedPeople(
        [batch for part in parts for batch in part.batches],
        tuple(fault for part in parts for fault in part.faults),
        all(part.nobody_meant for part in parts),
    )


class _Declared(NamedTuple):
    """A team as it is written."""

    uses: tuple[Use, ...] = ()
    excluded: tuple[Use, ...] = ()
    expected: Written | None = None
    periods: Periods = ALWAYS


class Teams:
    """Every team with its people."""

    def __init__(
        self,
        entries: Mapping[str, MapEntry],
        reader: Reader,
        people: EntryReader,
        dates: Dates,
        memberships: Memberships,
    ) -> None:
        self._people = people
        self._dates = dates
        self._rosters: dict[str, Roster] = {}
        self._faults: dict[str, tuple[Problem, ...]] = {}
        self._may_be_empty: set[str] = set()
        self._findings = reader.findings
        self._crowd = Crowd(reader.findings)
        declared = {name: self._declared(entry, reader) for name, entry in entries.items()}
        for name in _inner_first(declared, self._inner, reader.findings):
            team = declared[name]
            everybody, excluded = self._named(team.uses), self._named(team.excluded)
            batches = everybody.batches if self._crowd.admits(everybody.batches, entries[name].key_origin) else []
            left = memberships.without(batches, excluded.batches, f"the team {plain(name)}")
            within = [cut(batch, team.periods) for batch in left]
            self._rosters[name] = _compact(memberships.of_team(within, plain(name)))
            self._faults[name] = everybody.faults + excluded.faults
            count = _count(self._rosters[name])
            if team.expected is not None:
                problem = miscounted(team.expected, count, reader.findings)
                self._faults[name] += () if problem is None else (problem,)
            if everybody.nobody_meant or (team.expected is not None and not count):
                self._may_be_empty.add(name)

    def expand(self, items: Seq, *, admin: bool, via: tuple[str, ...]) -> ListedPeople:
        """Everybody that a list of a group names, teams resolved."""
        return self._named(self._people.members(items, admin=admin, via=via), via, admin=admin)

    def excluded(self, listed: Listed) -> ListedPeople:
        """Everybody that an `except` list names, teams resolved."""
        return self._named(self._people.excluded(listed.items))

    def _named(self, uses: Iterable[Use], via: tuple[str, ...] = (), *, admin: bool = False) -> ListedPeople:
        return together(self._expand(use, via, admin=admin) for use in uses)

    def _expand(self, use: Use, via: tuple[str, ...], *, admin: bool) -> ListedPeople:
        match use:
            case Batch():
                return ListedPeople([use], nobody_meant=not use.people)
            case Miscount(problem):
                return ListedPeople([], (problem,))
            case LeftOut():
                return ListedPeople([], nobody_meant=False)
            case RosterUse():
                return self._of_roster(use)
            case TeamUse():
                return self._of_team(use, via, admin=admin)

    def _of_roster(self, use: RosterUse) -> ListedPeople:
        excluded = self.excluded(use.excluded)
        batches = without_excepted(use.batches, excluded.batches)
        faults = excluded.faults
        if any(batch.people for batch in use.batches) and not _count(batches) and not faults:
            problem = self._findings.add_of_list(
                Rule.NOBODY,
                use.excluded.origin,
                "Nobody is left of this roster: `except` leaves everyone out.",
                "Correct `except`, or delete the entry.",
            )
            faults = (problem,)
        return ListedPeople(batches, faults, nobody_meant=not any(batch.people for batch in use.batches))

    def _of_team(self, use: TeamUse, via: tuple[str, ...], *, admin: bool) -> ListedPeople:
        excluded = ListedPeople([]) if use.excluded is None else self.excluded(use.excluded)
        batches = without_excepted(self._within(use, via, admin=admin), excluded.batches)
        count = _count(batches)
        faults = self._faults.get(use.name, ()) + excluded.faults
        may_be_empty = use.name in self._may_be_empty or use.name not in self._faults
        if not faults:
            problem = self._miscount(use, count, may_be_empty=may_be_empty)
            faults = () if problem is None else (problem,)
        return ListedPeople(batches, faults, may_be_empty or (use.expected is not None and not count))

    def _within(self, use: TeamUse, via: tuple[str, ...], *, admin: bool) -> Iterator[Batch]:
        """The team's people as this entry names them, in its time."""
        way = (*via, f"{TEAM}{use.name}")
        for clause, people, marks in self._rosters.get(use.name, ()):
            periods, reason = clause.periods & use.periods, clause.reason or use.reason
            said = clause._replace(admin=admin, via=way + clause.via, periods=periods, reason=reason)
            yield Batch(said, people, marks)

    def _miscount(self, use: TeamUse, count: int, *, may_be_empty: bool) -> Problem | None:
        """The finding about a team that comes to nobody, or to others than were counted where it is named."""
        if use.expected is not None:
            return miscounted(use.expected, count, self._findings)
        if count or may_be_empty:
            return None
        return self._findings.add_of_list(
            Rule.NOBODY,
            use.origin,
            f"Nobody is left in the team “{use.name}” here: everyone it names is left out by `except` or is on the "
            f"deny list.",
            "Correct the list or `except`, or write `[]` in the team for nobody.",
        )

    def _inner(self, team: _Declared) -> Iterator[TeamUse]:
        """The teams that must be resolved before this one."""
        for use in (*team.uses, *team.excluded):
            if isinstance(use, TeamUse):
                yield use
            if isinstance(use, TeamUse | RosterUse) and use.excluded is not None:
                excluded = self._people.excluded(use.excluded.items)
                yield from (inner for inner in excluded if isinstance(inner, TeamUse))

    def _declared(self, entry: MapEntry, reader: Reader) -> _Declared:
        if isinstance(entry.node, Seq):
            return _Declared(tuple(self._people.members(entry.node)))
        if entry.node is None:
            reader.findings.add(
                Rule.EMPTY, entry.key_origin, f"The team “{entry.key}” is empty.", "Write a list, or `[]` for nobody."
            )
            return _Declared()
        flat = reader.flat(entry.node, entry.origin, TEAM_FIELDS, "a team")
        members, excluded = flat.lists.get("members"), flat.lists.get("except")
        return _Declared(
            () if members is None else tuple(self._people.members(members.items)),
            () if excluded is None else tuple(self._people.excluded(excluded.items)),
            flat.texts.get("expect"),
            self._dates.of(flat),
        )


def _count(batches: Iterable[Batch]) -> int:
    """How many people are named, at whatever time."""
    return len({person.phone for batch in batches for person in batch.people})


def _compact(batches: Sequence[Batch]) -> Roster:
    """Those that name anybody; of the others one for each file, which has had its say all the same.

    Otherwise a team of teams of teams would hand on an empty list for each list that it is made of.
    """
    empty = {batch.clause.file: batch for batch in batches if not batch.people}
    return (*empty.values(), *(batch for batch in batches if batch.people))


def _inner_first(
    teams: Mapping[str, _Declared], inner: Callable[[_Declared], Iterable[TeamUse]], findings: Findings
) -> list[str]:
    """The teams in an order in which every team follows those it contains.

    A cycle is reported where it begins and then cut there.
    """
    uses = {name: {use.name: use for use in inner(team)} for name, team in teams.items()}
    while True:
        try:
            return list(TopologicalSorter(uses).static_order())
        except CycleError as error:
            # graphlib names each team before the one that contains it.
            around: list[str] = error.args[1][:0:-1]
            start = around.index(min(around))
            around = around[start:] + around[:start]
            use = uses[around[0]].pop(around[1 % len(around)])
            findings.add(
                Rule.TEAM_CYCLE,
                use.origin,
                f"A team contains itself: {' → '.join((*around, around[0]))}.",
                "Remove one of these entries.",
            )
