"""Who would be removed from one group, counted as the guards count them.

Whom no plan removes — own accounts, the creator, protected people — stands on neither side.  A group is as large as its
list shows now, with everybody whom we removed in the last 24 hours: additions do not make it larger, so that neither
slicing nor replacing makes room for removals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity, Phone
from wagroups.domain.live.observed import ObservedGroup, ObservedMember
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.change import MemberRemoval
from wagroups.domain.plans.plan import GroupPlan
from wagroups.domain.plans.removal import Limit, RemovalKind, counts
from wagroups.planning.diff.directory import Directory
from wagroups.planning.diff.due import said_to_be_empty
from wagroups.planning.diff.shortcut import declared_people
from wagroups.planning.holds import HandsOff
from wagroups.planning.situation import Moment, Situation, Terms


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What is the same for every group of a plan."""

    directory: Directory
    terms: Terms
    moment: Moment


class Losses:
    """The removals of one group's plan, beside those that were made in it today."""

    def __init__(
        self,
        plan: GroupPlan,
        group: DesiredGroup,
        live: ObservedGroup | None,
        situation: Situation,
        project: PlanContext,
    ) -> None:
        self.plan, self.group, self.live, self.situation, self._project = plan, group, live, situation, project
        memory = situation.memory
        self.today: Mapping[RemovalKind, int] = {} if plan.jid is None else memory.removed_today.get(plan.jid, {})
        removals = [action.change for action in plan.actions if isinstance(action.change, MemberRemoval)]
        theirs = [change for change in removals if not project.directory.is_own(_as_listed(change.person))]
        self.removals = [(change.person, change.removal_kind) for change in theirs]
        self._said_empty = bool(self.removals) and said_to_be_empty(group, memory, project.terms)

    # --- what is counted ---------------------------------------------------------------------------------

    def planned(self, limit: Limit) -> list[Identity]:
        """Those whose removal `limit` counts."""
        return [person for person, kind in self.removals if self._counts(kind, limit)]

    def earlier(self, limit: Limit) -> int:
        """How many it counts of those who were removed in the last 24 hours."""
        return sum(number for kind, number in self.today.items() if self._counts(kind, limit))

    def _counts(self, kind: RemovalKind, limit: Limit) -> bool:
        return counts(kind, limit, said_empty=self._said_empty)

    # --- the group ---------------------------------------------------------------------------------------

    @cached_property
    def counted(self) -> list[ObservedMember]:
        """The members who can be lost at all."""
        live = self.live
        if live is None:
            return []
        hands_off = HandsOff(self.group, live, self.situation, self._project.terms)
        return [m for m in live.members or () if not self._project.directory.is_own(m) and not self._kept(m, hands_off)]

    def _kept(self, member: ObservedMember, hands_off: HandsOff) -> bool:
        person = self._person(member)
        return hands_off.reason(member, None if person is None else person.alias) is not None

    @property
    def before(self) -> int:
        """The list now and our removals of the last 24 hours."""
        return len(self.counted) + sum(self.today.values())

    @property
    def left(self) -> int:
        """How many of `before` this plan leaves."""
        return len(self.counted) - len(self.removals)

    @cached_property
    def not_seen(self) -> list[Person]:
        """Everybody who is declared in the group and not seen in it, whatever becomes of their addition."""
        roster = Roster(self.live.members or () if self.live else (), self.situation.memory.names)
        declared = declared_people(self.group, self._project.moment)
        missing = (person for person in declared if roster.find_any(person.phones) is None)
        return [person for person in missing if not self._project.directory.is_own(ObservedMember(person.phone, None))]

    # --- the last apply ----------------------------------------------------------------------------------

    @cached_property
    def declared_before(self) -> frozenset[str]:
        """Names of those who were declared at the last apply, and can be lost."""
        applied, memory = self.situation.memory.applied.get(self.group.key), self.situation.memory
        if applied is None or self.live is None:
            return frozenset()
        counted = set(self.counted)
        kept = (member for member in self.live.members or () if member not in counted)
        return applied.people - {name for member in kept for name in self._names(member, memory.key)}

    def declared_no_more(self) -> list[Identity]:
        """Those among the removals who were declared at the last apply, or whose end nobody foresaw.

        Whoever was taken out of the people as well is a stranger now: as many strangers count as there are names at the
        last apply that nobody has any more.
        """
        known, strangers = [], []
        for person, kind in self.removals:
            if not self._counts(kind, Limit.DECLARED_SHRANK):
                continue
            if kind is RemovalKind.PAST_END or not self.declared_before.isdisjoint(self._names_of(person)):
                known.append(person)
            elif person.alias is None:
                strangers.append(person)
        return [*known, *strangers[: len(self._vanished())]] if strangers else known

    def _vanished(self) -> set[str]:
        """Aliases of the last apply that nobody has any more.  Numbers are known by their pseudonyms."""
        aliases = self._project.directory.aliases
        written = {person.alias for person in self.group.members.people}
        return {name for name in self.declared_before if not name.startswith("~")} - aliases - written

    def _names_of(self, person: Identity) -> set[str]:
        key = self.situation.memory.key
        return {person.name(key), person.model_copy(update={"alias": None}).name(key)}

    def _names(self, member: ObservedMember, key: bytes) -> Iterable[str]:
        person, phone = self._person(member), self._phone(member)
        if person is not None and person.alias is not None:
            yield person.alias
        if phone is not None:
            yield Identity(phone=phone).name(key)

    def _phone(self, member: ObservedMember) -> Phone | None:
        return member.phone or (None if member.lid is None else self.situation.memory.names.phone_of(member.lid))

    def _person(self, member: ObservedMember) -> Person | None:
        return self._project.directory.by_phone(self._phone(member))


def _as_listed(person: Identity) -> ObservedMember:
    return ObservedMember(person.phone, person.lid)


def removals_words(planned: int, earlier: int) -> str:
    """`3 to be removed after 2 in the last 24 hours`."""
    words = f"{planned} to be removed"
    return f"{words} after {earlier} in the last 24 hours" if earlier else words
