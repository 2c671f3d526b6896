"""What a gateway believes of the groups: its cache, with what it never hears about.

Gateways keep a copy and patch it when WhatsApp sends news.  Some news carry only half of a change, and some is
missed.  The mirror patches when it is looked into, which is the same as news that arrive at once; a dialect says
which fields its news never carry, and a script may make it miss all news about a group.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.group import DEFAULT_SETTINGS, Group
from wagroups.simulation.world.people import SimulatedPerson


@dataclass(frozen=True, slots=True)
class Lag:
    """What a dialect's cache does not hear of until it is refreshed."""

    settings: frozenset[Setting] = frozenset()
    size: bool = False
    numbers_of_new_members: bool = False
    description_version: bool = False
    """The id and time of a description; its text is patched."""
    subject_time: bool = False
    own_leaving: bool = False
    """Our own departure from a LID-addressed group: it stays in the cache, without us."""
    needs_listing: bool = False
    """A group that no listing has loaded yet shows nobody and every setting open."""


LIVE = Lag()
"""A gateway that asks WhatsApp, or hears everything."""


@dataclass(slots=True)
class Sight:
    """One group as the gateway believes it to be."""

    group: Group
    size: int
    numbers: set[SimulatedPerson] = field(default_factory=set)
    """Whose phone number the gateway knows in this group."""
    newcomers: set[SimulatedPerson] = field(default_factory=set)
    """Who came in since everything was read anew: known by news alone."""


class Mirror:
    """One gateway's copy of one account's groups."""

    def __init__(
        self, account: SimulatedAccount, lag: Lag = LIVE, discloses: Callable[[SimulatedPerson], bool] | None = None
    ) -> None:
        self._account = account
        self._lag = lag
        self._discloses = discloses or (lambda person: not person.hidden_number)
        self._sights: dict[GroupJid, Sight] = {}
        self._frozen: dict[GroupJid, int | None] = {}
        self._listed: set[GroupJid] = set()
        self._keep_groups: int | None = None
        self._keep_members: int | None = None
        self._swapped = False
        self.refresh()

    def refresh(self) -> None:
        """Read everything anew from WhatsApp."""
        self._frozen.clear()
        self._sights = {group.jid: self._fresh(group) for group in self._account.groups()}

    def freeze(self, group: Group, reads: int | None) -> None:
        """Miss all news about a group from now on, for so many reads or until a refresh."""
        self._patch(group.jid)
        self._frozen[group.jid] = reads

    def curtail(self, *, groups: int | None = None, members: int | None = None) -> None:
        """Show only so many groups, or members of each group, in the very next read."""
        self._keep_groups = groups if groups is not None else self._keep_groups
        self._keep_members = members if members is not None else self._keep_members

    def swap(self) -> None:
        """Show each group under the id of another in the very next listing."""
        self._swapped = True

    def see(self, jid: str) -> Sight | None:
        """One group, or `None` when the gateway knows of none."""
        keep, self._keep_members = self._keep_members, None
        sight = self._look(GroupJid.of(jid))
        if sight is not None and self._lag.needs_listing and sight.group.jid not in self._listed:
            sight = _bare(sight)
        return _cut(sight, keep) if sight is not None else None

    def see_all(self) -> list[Sight]:
        """Every group the gateway knows of, in ascending order of their ids."""
        keep, self._keep_members = self._keep_members, None
        first, self._keep_groups = self._keep_groups, None
        known = {*self._sights, *(group.jid for group in self._account.groups())}
        sights = [sight for jid in sorted(known) if (sight := self._look(jid)) is not None]
        if self._swapped:
            others = [*sights[1:], *sights[:1]]
            sights = [_named(sight, other.group.jid) for sight, other in zip(sights, others, strict=True)]
        self._swapped = False
        self._listed |= {sight.group.jid for sight in sights}
        return [_cut(sight, keep) for sight in sights[:first]]

    def fresh(self, group: Group) -> Sight:
        """A group as WhatsApp itself shows it at this moment."""
        self._listed.add(group.jid)
        return self._fresh(group)

    def _look(self, jid: GroupJid) -> Sight | None:
        if jid in self._frozen:
            left = self._frozen[jid]
            if left is None:
                return self._sights.get(jid)
            if left > 0:
                self._frozen[jid] = left - 1
                return self._sights.get(jid)
            del self._frozen[jid]
        self._patch(jid)
        return self._sights.get(jid)

    def _patch(self, jid: GroupJid) -> None:
        live = self._account.world.groups.get(jid)
        known = self._sights.get(jid)
        inside = live is not None and self._account.person in live.members
        if live is None or not (inside or (known and live.lid_addressed and self._lag.own_leaving)):
            self._sights.pop(jid, None)
        elif known is None:
            self._sights[jid] = self._fresh(live)
        else:
            self._sights[jid] = self._patched(known, live)

    def _fresh(self, group: Group) -> Sight:
        numbers = {person for person in group.members if self._discloses(person)}
        return Sight(group.copy(), len(group.members), numbers)

    def _patched(self, known: Sight, live: Group) -> Sight:
        fresh, before = self._fresh(live), known.group
        fresh.newcomers = (known.newcomers | (live.members.keys() - before.members.keys())) & live.members.keys()
        for setting in self._lag.settings:
            fresh.group.settings[setting] = before.settings[setting]
        if self._lag.size:
            fresh.size = known.size
        if self._lag.numbers_of_new_members:
            fresh.numbers &= known.numbers
        if self._lag.description_version and before.description and fresh.group.description:
            text = fresh.group.description.text
            fresh.group.description = before.description._replace(text=text)
        if self._lag.subject_time:
            fresh.group.subject_at, fresh.group.subject_by = before.subject_at, before.subject_by
        return fresh


def _bare(sight: Sight) -> Sight:
    return Sight(replace(sight.group, members={}, settings=dict(DEFAULT_SETTINGS), description=None), 0)


def _named(sight: Sight, jid: GroupJid) -> Sight:
    return replace(sight, group=replace(sight.group, jid=jid))


def _cut(sight: Sight, keep: int | None) -> Sight:
    if keep is None:
        return sight
    shown = sight.group.copy()
    shown.members = dict(list(shown.members.items())[:keep])
    return replace(sight, group=shown)
