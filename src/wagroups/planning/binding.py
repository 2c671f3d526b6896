"""Which live group is the declared one.

A group's id is chosen by WhatsApp, names are not unique, and a creation may have happened without an answer.
So a binding comes from a written id, from the ledger, or from finding the one group that an unanswered creation
must have made.  In doubt nothing is bound and nothing is created.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from wagroups.domain.desired import DesiredGroup
from wagroups.domain.identity import GroupJid, GroupKey
from wagroups.domain.memory import Intent, Unsettled
from wagroups.domain.observed import Absence, Observed, ObservedGroup, is_me
from wagroups.domain.operation import CreateGroup
from wagroups.domain.plan import Hold
from wagroups.domain.roster import Roster
from wagroups.domain.text import same_text
from wagroups.planning.situation import Situation, Terms

CREATION_SLACK: Final = timedelta(minutes=2)
"""How much earlier than our intent a creation time may be: clocks differ.  Chosen."""


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


class Waiting(NamedTuple):
    """An earlier creation is unsettled: nothing is done until a person decides.

    It is a hold, not a notice: whether the group exists is not known, and a run that ended well in front of a
    declared group that does not exist would be a lie.
    """

    hold: Hold


Binding = Bound | Unborn | Waiting


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
    found = "no live group looks like it" if not matches else f"{len(matches)} live groups look like it"
    return Waiting(
        Hold(
            rule="creation-unsettled",
            message=f"an earlier creation of {group.key} was never answered, and {found}; nothing is created again. "
            f"Name the group with `wagroups apply --adopt {group.key}=ID`, or give the creation up with "
            f"`wagroups state abandon {group.key}`",
        )
    )


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
    if live.created_at is not None and live.created_at < intent.intended_at - CREATION_SLACK:
        return False
    names = situation.memory.names
    asked = Roster(live.members or (), names).find_identity(operation.first) if operation.first else None
    return all(is_me(member, me) or member is asked for member in live.members or ())
