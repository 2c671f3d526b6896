"""What `doctor` says of an account's groups: rights, admins, sizes, and groups that nobody declared."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.declared.desired import Desired, DesiredGroup, State
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.checkup import CheckLevel, Finding
from wagroups.domain.live.observed import ObservedGroup, is_me
from wagroups.planning.binding import Bound, bind
from wagroups.planning.holds import hold_of, standing
from wagroups.planning.safety.account_claims import orphans
from wagroups.planning.situation import Situation, Terms

NAMED: Final = 5
"""Groups that a finding names before it only counts them.  Chosen."""

NEARLY_FULL: Final = 0.9
"""Share of the member limit from which a group is named.  Chosen."""


def check_groups(desired: Desired, situation: Situation) -> Iterator[Finding]:
    """Findings about every group of the account: the declared ones by key, the others by number."""
    account = situation.observed.account
    groups = [group for group in desired.groups.values() if group.account == account]
    bound = {group.key: bind(group, situation, Terms()) for group in groups}
    for group in groups:
        binding = bound[group.key]
        if isinstance(binding, Bound):
            yield from _group(group, binding, situation)
        elif group.state is State.MANAGED:
            text = "not created yet; `wagroups apply` will"
            yield Finding(level=CheckLevel.NOTE, code="not-created", text=text, group=group.key)
    known = {binding.jid for binding in bound.values() if isinstance(binding, Bound)}
    others = [jid for jid in situation.observed.groups if jid not in known]
    if others:
        yield Finding(level=CheckLevel.NOTE, code="undeclared", text=_undeclared(others, situation))
    for key in orphans(desired, situation.memory):
        text = "in the state but in no manifest; declare it `released` or `dissolved`"
        yield Finding(level=CheckLevel.BAD, code="orphan", text=text, group=key)


def _undeclared(jids: list[GroupJid], situation: Situation) -> str:
    """Some live groups by their subjects: whoever looks wants to know which."""
    subjects = sorted(situation.observed.groups[jid].subject or "" for jid in jids)
    named = ", ".join(f"“{subject}”" for subject in subjects[:NAMED])
    more = f" and {len(jids) - NAMED} more" if len(jids) > NAMED else ""
    word = "1 live group is" if len(jids) == 1 else f"{len(jids)} live groups are"
    return f"{word} in no manifest and left alone: {named}{more}; `wagroups import` writes manifests of them"


def _group(group: DesiredGroup, binding: Bound, situation: Situation) -> Iterator[Finding]:
    hold = hold_of(binding, situation, Terms())
    obstacle = standing(binding, situation.observed.me, group)
    # In a watched group nothing is to be done, so nothing stands in the way of it.
    level = CheckLevel.NOTE if group.state is State.WATCHED else CheckLevel.BAD
    if hold is not None:
        yield Finding(level=level, code=hold.rule, text=hold.message, group=group.key)
    if obstacle is not None:
        yield Finding(level=level, code=obstacle.code, text=obstacle.text, group=group.key)
    if binding.live is not None and hold is None and obstacle is None:
        yield from _people(group, binding.live, situation)


def _people(group: DesiredGroup, live: ObservedGroup, situation: Situation) -> Iterator[Finding]:
    members = live.members or ()
    memory, key = situation.memory, group.key
    names, limit = memory.names, situation.capabilities.limits.members
    rulers = [member for member in members if member.role.is_admin]
    if len(rulers) == 1 and is_me(rulers[0], situation.observed.me):
        text = "the account is the only admin: if it is lost, nobody can manage the group"
        yield Finding(level=CheckLevel.NOTE, code="single-admin", text=text, group=group.key)
    gone = sum(
        any(memory.tombstones.of(key, names.of(phone)) is not None for phone in person.phones)
        for person in group.members.people
    )
    if gone and group.respect_left:
        text = (
            f"{gone} of the declared people left or were removed, and stay out; `wagroups who {group.key}` names them"
        )
        yield Finding(level=CheckLevel.NOTE, code="left", text=text, group=group.key)
    if len(members) >= NEARLY_FULL * limit:
        text = f"{len(members)} members of at most {limit}"
        yield Finding(level=CheckLevel.NOTE, code="nearly-full", text=text, group=group.key)
    hidden = sum(m.phone is None and m.lid is not None and names.phone_of(m.lid) is None for m in members)
    if hidden:
        who = "the number of 1 member is" if hidden == 1 else f"the numbers of {hidden} members are"
        text = (
            f"{who} hidden by WhatsApp, so they are left alone; a message from them, or their number in the manifests "
        )
        text += "where the gateway can look it up, would show who this is"
        yield Finding(level=CheckLevel.NOTE, code="unresolved", text=text, group=group.key)
