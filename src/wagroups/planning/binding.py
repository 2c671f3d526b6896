"""Which live group is the declared one.

A group's id is chosen by WhatsApp, names are not unique, and a creation may have happened without an answer.
So a binding comes from a written id, from the ledger, or from finding the one group that an unanswered creation
must have made.  In doubt nothing is bound and nothing is created.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.identity import GroupJid, GroupKey
from wagroups.domain.live.memory import Intent, Unsettled
from wagroups.domain.live.observed import Absence, Observed, ObservedGroup, is_me
from wagroups.domain.live.roster import Roster
from wagroups.domain.plans.budget import DAY
from wagroups.domain.plans.operation import CreateGroup
from wagroups.domain.plans.plan import Hold
from wagroups.domain.text import same_text
from wagroups.planning.situation import Situation, Terms

CREATION_SLACK: Final = timedelta(minutes=2)
"""How much earlier than our intent a creation time may be: clocks differ.  Chosen."""

GIVEN_UP_AFTER: Final = DAY
GIVEN_UP_LOOKS: Final = 3
"""An unanswered creation never happened when so much time and so many good readings of all groups later nothing new has
appeared at all.  Chosen: a gateway's stale store is read anew within a day."""


NAMED: Final = 5
"""Live groups that a sentence offers for an unanswered creation.  Chosen."""


class Bound(NamedTuple):
    """The declared group is this live one."""

    jid: GroupJid
    live: ObservedGroup | None
    """`None` when the read did not show it; `absence` or `failure` then say why."""
    how: Literal["id", "ledger", "adopt", "found"]
    absence: Absence | None = None
    failure: str | None = None


class Unborn(NamedTuple):
    """The group does not exist yet, and nothing speaks against creating it."""

    never_was: tuple[Unsettled, ...] = ()
    """Earlier creations that were never answered, and that nothing came of."""


class UnsettledCreation(NamedTuple):
    """An earlier creation is unsettled: nothing is done until a person decides.

    It is a hold, not a notice: whether the group exists is not known, and a run that ended well in front of a
    declared group that does not exist would be a lie.
    """

    hold: Hold


Binding = Bound | Unborn | UnsettledCreation


def bind(group: DesiredGroup, situation: Situation, terms: Terms) -> Binding:
    """Find the live group of `group`: by its written id, by `--adopt`, by the ledger, by an unsettled creation."""
    observed, memory = situation.observed, situation.memory
    if group.id is not None:
        return _bound(group.id, observed, "id")
    if group.key in terms.adopt:
        return _bound(terms.adopt[group.key], observed, "adopt")
    for key in (group.key, *group.previous_keys):
        if key in memory.bindings:
            return _bound(memory.bindings[key].jid, observed, "ledger")
    unsettled = unsettled_creations(memory.unsettled, group)
    if not unsettled:
        return Unborn()
    return _search(group, unsettled, situation)


def unsettled_creations(unsettled: tuple[Unsettled, ...], group: DesiredGroup) -> tuple[Unsettled, ...]:
    """The creations of `group` whose end is not known."""
    keys = {group.key, *group.previous_keys}
    return tuple(
        entry for entry in unsettled if entry.intent.group in keys and isinstance(entry.intent.operation, CreateGroup)
    )


def unjudged(situation: Situation, groups: Iterable[DesiredGroup]) -> frozenset[GroupJid]:
    """Listed groups that may be an unanswered creation, and whose people must be read before that can be judged."""
    subjects = [
        entry.intent.operation.subject
        for group in groups
        for entry in unsettled_creations(situation.memory.unsettled, group)
        if isinstance(entry.intent.operation, CreateGroup)
    ]
    return frozenset(
        live.jid
        for live in situation.observed.groups.values()
        if live.members is None and any(same_text(live.subject or "", subject) for subject in subjects)
    )


def bound_ids(situation: Situation, terms: Terms, groups: tuple[DesiredGroup, ...]) -> dict[GroupKey, GroupJid]:
    """The live id of every group of `groups` that has one: what a listing must show, or be asked about by id."""
    found = {group.key: bind(group, situation, terms) for group in groups}
    return {key: binding.jid for key, binding in found.items() if isinstance(binding, Bound)}


def _bound(jid: GroupJid, observed: Observed, how: Literal["id", "ledger", "adopt", "found"]) -> Bound:
    return Bound(jid, observed.groups.get(jid), how, observed.absent.get(jid), observed.failed.get(jid))


def _search(group: DesiredGroup, unsettled: tuple[Unsettled, ...], situation: Situation) -> Binding:
    matches = {
        live.jid
        for entry in unsettled
        for live in situation.observed.groups.values()
        if _could_be(live, entry.intent, situation)
    }
    if len(matches) == 1:
        return _bound(matches.pop(), situation.observed, "found")
    if not matches and all(_never_was(entry, situation) for entry in unsettled):
        return Unborn(unsettled)
    return UnsettledCreation(
        Hold(rule="creation-unsettled", message=_why_waiting(group.key, unsettled, matches, situation))
    )


def _why_waiting(key: GroupKey, unsettled: Sequence[Unsettled], matches: set[GroupJid], situation: Situation) -> str:
    """What is known of an unanswered creation, and what to do next: first of all to look."""
    asked = f"the creation of {key} ({unsettled[-1].intent.intended_at:%Y-%m-%d %H:%M} UTC) was never answered"
    if not all(looked_for(entry, situation.observed) for entry in unsettled):
        return f"{asked}, and nobody has looked for the group since; run `wagroups apply` again: it looks first"
    if matches:
        return (
            f"{asked}, and {len(matches)} live groups look like it; nothing is created again.  "
            f"Name the right one: {_adopting(key, matches, situation)}"
        )
    new = {jid for entry in unsettled for jid in news(entry, situation)}
    by_itself = (
        f"if one of the new groups is it: {_adopting(key, new, situation)}"
        if new
        else "it is created when a day has passed and three looks have shown no new group"
    )
    return (
        f"{asked}, and no live group looks like it.  Run `wagroups apply` again: it looks first; {by_itself}.  "
        f"Whoever knows that the group does not exist: `wagroups state abandon {key}`"
    )


def _adopting(key: GroupKey, jids: set[GroupJid], situation: Situation) -> str:
    """The command for each live group that may be the one, the newest first."""
    groups = situation.observed.groups

    def made(jid: GroupJid) -> datetime | None:
        live = groups.get(jid)
        return None if live is None else live.created_at

    ways = []
    for jid in sorted(jids, key=lambda jid: (-created.timestamp() if (created := made(jid)) else 0.0, jid))[:NAMED]:
        made_at = made(jid)
        when = "" if made_at is None else f" (created {made_at:%Y-%m-%d %H:%M} UTC)"
        ways.append(f"`wagroups apply --adopt {key}={jid}`{when}")
    more = len(jids) - NAMED
    return ", or ".join(ways) + (f", or one of {more} more" if more > 0 else "")


def looked_for(entry: Unsettled, observed: Observed) -> bool:
    """Whether all groups were read since the creation was asked for."""
    return observed.listed_at is not None and observed.listed_at > entry.intent.intended_at


def news(entry: Unsettled, situation: Situation) -> tuple[GroupJid, ...]:
    """Every live group that may have come into being since the creation was asked for, whatever it looks like."""
    intent = entry.intent
    known = {*intent.seen_before, *(binding.jid for binding in situation.memory.bindings.values())}
    return tuple(
        jid for jid, live in situation.observed.groups.items() if jid not in known and not _is_older(live, intent)
    )


def _never_was(entry: Unsettled, situation: Situation) -> bool:
    """Whether the creation reached nothing, as far as time and looking can tell."""
    listed_at = situation.observed.listed_at
    late = listed_at is not None and listed_at >= entry.intent.intended_at + GIVEN_UP_AFTER
    return late and entry.looks >= GIVEN_UP_LOOKS and not news(entry, situation)


def _is_older(live: ObservedGroup, intent: Intent) -> bool:
    return live.created_at is not None and live.created_at < intent.intended_at - CREATION_SLACK


def _could_be(live: ObservedGroup, intent: Intent, situation: Situation) -> bool:
    """Whether `live` may be what `intent` made: same subject, new, ours, and nobody in it we did not ask for."""
    operation, me = intent.operation, situation.observed.me
    assert isinstance(operation, CreateGroup)
    if live.jid in intent.seen_before or live.jid in {b.jid for b in situation.memory.bindings.values()}:
        return False
    if live.subject is None or not same_text(live.subject, operation.subject):
        return False
    role = live.role_of(me)
    if role is None or not role.is_admin:
        return False
    if _is_older(live, intent):
        return False
    names = situation.memory.names
    asked = Roster(live.members or (), names).find_identity(operation.first) if operation.first else None
    return all(is_me(member, me) or member is asked for member in live.members or ())
