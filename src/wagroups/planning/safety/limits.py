"""How many people may be removed in a run and in a day: from one group, and from all groups of an account together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wagroups.domain.declared.safety import PERCENT_FROM_MEMBERS, Safety
from wagroups.domain.identity import AccountKey, Identity
from wagroups.domain.plans.plan import TrippedGuard
from wagroups.domain.plans.removal import Limit, counts
from wagroups.planning.safety.losses import Losses, removals_words
from wagroups.planning.situation import Terms


class _Toll(NamedTuple):
    """The removals that one limit counts."""

    limit: Limit
    people: Sequence[Identity]
    earlier: int
    before: int
    """The size of the group, or of all groups of the account, a day ago."""

    def words(self, safety: Safety) -> str | None:
        """What is too much; `None` when nothing is."""
        number = len(self.people) + self.earlier
        if not self.people:
            return None
        words, when = removals_words(len(self.people), self.earlier), "in a run and in a day"
        if self.limit is Limit.NUMBER:
            most = safety.max_removals
            return f"{words}, and at most {most} are allowed {when}: {{people}}" if number > most else None
        percent, most_percent = 100 * number / self.before, safety.max_removal_percent
        share = f"{percent:.0f} % of {self.before} members; at most {most_percent:g} % are allowed {when}"
        return f"{words}, {share}: {{people}}" if percent > most_percent else None


def limits(losses: Losses, safety: Safety) -> Iterator[TrippedGuard]:
    """The limits of one group.  What a group of fewer than PERCENT_FROM_MEMBERS may lose is a floor."""
    if not losses.removals:
        return
    for limit in (Limit.NUMBER, Limit.SHARE):
        toll = _Toll(limit, losses.planned(limit), losses.earlier(limit), losses.before)
        small = limit is Limit.SHARE and losses.before < PERCENT_FROM_MEMBERS
        words = None if small else toll.words(safety)
        if words is not None:
            yield TrippedGuard(
                rule=limit,
                group=losses.group.key,
                people=tuple(toll.people),
                place=losses.group.origin_of("members"),
                message=f"{losses.group.key}: {words}",
            )


def limits_of_accounts(happening: Iterable[Losses], terms: Terms) -> Iterator[TrippedGuard]:
    """The limits of all groups of each account together; `happening` are those in which removals will be made.

    A group whose own limit a person passed by its name was looked at, and stands outside of the account's.
    """
    by_account: dict[AccountKey, list[Losses]] = {}
    for losses in happening:
        by_account.setdefault(losses.plan.account, []).append(losses)
    for account, theirs in sorted(by_account.items()):
        for limit in (Limit.NUMBER, Limit.SHARE):
            toll = _toll_of(theirs, limit, terms)
            words = None if toll is None else toll.words(terms.safety)
            if toll is not None and words is not None:
                yield TrippedGuard(
                    rule=limit,
                    # Whoever loses several memberships counts for each, and is named once.
                    people=tuple({person.phone or person.lid: person for person in toll.people}.values()),
                    message=f"account {account}: in all its groups {words}",
                )


def _toll_of(theirs: Sequence[Losses], limit: Limit, terms: Terms) -> _Toll | None:
    """What the groups lose together; `None` where one group has all of it, which its own limits judge."""
    memory = theirs[0].situation.memory
    theirs = [losses for losses in theirs if not terms.passes_alone(limit, losses.group.key)]
    passed = {binding.jid for key, binding in memory.bindings.items() if terms.passes_alone(limit, key)}
    today = {jid: kinds for jid, kinds in memory.removed_today.items() if jid not in passed}
    people = [person for losses in theirs for person in losses.planned(limit)]
    earlier = sum(number for kinds in today.values() for kind, number in kinds.items() if counts(kind, limit))
    if any(len(losses.planned(limit)) == len(people) and losses.earlier(limit) == earlier for losses in theirs):
        return None
    removed = sum(number for kinds in today.values() for number in kinds.values())
    return _Toll(limit, people, earlier, _seats(theirs) + removed)


def _seats(theirs: Sequence[Losses]) -> int:
    """Seats in the account's groups, without its own; also in groups that this run is not about."""
    situation = theirs[0].situation
    groups, memory = situation.observed.groups, situation.memory
    counted = {losses.plan.jid: len(losses.counted) for losses in theirs if losses.removals}
    jids = {binding.jid for binding in memory.bindings.values()}
    jids.update(losses.plan.jid for losses in theirs if losses.plan.jid is not None)
    # Groups that lose nobody are not gone through person by person: there may be a quarter of a million.
    others = (len(groups[jid].members or ()) - 1 for jid in jids if jid in groups and jid not in counted)
    return sum(counted.values()) + sum(max(0, size) for size in others)
