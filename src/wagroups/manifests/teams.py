"""Resolve teams to people, each team once, inner teams first."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from wagroups.domain.identity import Phone
from wagroups.domain.members import Batch
from wagroups.manifests.crowd import Crowd
from wagroups.manifests.entries import EntryReader, TeamUse, Use
from wagroups.manifests.findings import Findings
from wagroups.manifests.membership import gather
from wagroups.manifests.reading import Listed, Reader
from wagroups.manifests.rules import Rule
from wagroups.manifests.schema import TEAM_FIELDS
from wagroups.manifests.tree import Entry, Seq

Roster = tuple[Batch, ...]
"""Everybody in a team, once; `via` is the way from the team to the entry."""


class _Declared(NamedTuple):
    """A team as it is written."""

    uses: tuple[Use, ...] = ()
    excluded: tuple[Use, ...] = ()


class Teams:
    """Every team with its people."""

    def __init__(self, entries: Mapping[str, Entry], reader: Reader, people: EntryReader) -> None:
        self._people = people
        self._rosters: dict[str, Roster] = {}
        self._crowd = Crowd(reader.findings)
        declared = {name: self._declared(entry, reader) for name, entry in entries.items()}
        for name in _inner_first(declared, self._inner, reader.findings):
            team = declared[name]
            everybody = [batch for use in team.uses for batch in self._expand(use)]
            if not self._crowd.admits(everybody, entries[name].key_origin):
                everybody = []
            found = gather(everybody, f"the team “{name}”", reader.findings)
            left_out = self._phones(team.excluded)
            self._rosters[name] = _compact([batch.without(left_out) for batch in found] if left_out else found)

    def expand(self, items: Seq, *, admin: bool, via: tuple[str, ...]) -> list[Batch]:
        """Everybody that a list of a group names, teams resolved; the same person may come twice."""
        uses = self._people.members(items, admin=admin, via=via)
        return [batch for use in uses for batch in self._expand(use, via, admin=admin)]

    def excluded(self, listed: Listed) -> list[Batch]:
        """Everybody that an `except` list names, teams resolved."""
        return [batch for use in self._people.excluded(listed.items) for batch in self._expand(use)]

    def _phones(self, uses: Iterable[Use]) -> set[Phone]:
        return {person.phone for use in uses for batch in self._expand(use) for person in batch.people}

    def _expand(self, use: Use, via: tuple[str, ...] = (), *, admin: bool = False) -> Iterator[Batch]:
        if isinstance(use, Batch):
            yield use
            return
        left_out = set() if use.excluded is None else self._phones(self._people.excluded(use.excluded.items))
        way = (*via, f"team {use.name}")
        for clause, people, marks in self._rosters.get(use.name, ()):
            batch = Batch(clause._replace(admin=admin, via=way + clause.via), people, marks)
            yield batch.without(left_out) if left_out else batch

    def _inner(self, team: _Declared) -> Iterator[TeamUse]:
        """The teams that must be resolved before this one."""
        for use in (*team.uses, *team.excluded):
            if isinstance(use, TeamUse):
                yield use
                if use.excluded is not None:
                    yield from (
                        inner for inner in self._people.excluded(use.excluded.items) if isinstance(inner, TeamUse)
                    )

    def _declared(self, entry: Entry, reader: Reader) -> _Declared:
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
        )


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
                "Take one of these entries out.",
            )
