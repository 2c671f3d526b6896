"""What `doctor` says of an account's groups: rights, admins, sizes, and groups that nobody declared."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.checkup import Finding, Level
from wagroups.domain.desired import Desired, DesiredGroup, State
from wagroups.domain.observed import ObservedGroup
from wagroups.planning.belonging import orphans
from wagroups.planning.binding import Bound, bind
from wagroups.planning.holding import hold_of, standing
from wagroups.planning.situation import Situation, Terms

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
            yield Finding(level=Level.NOTE, code="not-created", text=text, group=group.key)
    known = {binding.jid for binding in bound.values() if isinstance(binding, Bound)}
    others = [jid for jid in situation.observed.groups if jid not in known]
    if others:
        word = "1 live group is" if len(others) == 1 else f"{len(others)} live groups are"
        yield Finding(level=Level.NOTE, code="undeclared", text=f"{word} in no manifest; left alone")
    for key in orphans(desired, situation.memory):
        text = "in the state and in no manifest; declare it `released` or `dissolved`"
        yield Finding(level=Level.BAD, code="orphan", text=text, group=key)


def _group(group: DesiredGroup, binding: Bound, situation: Situation) -> Iterator[Finding]:
    hold = hold_of(binding, situation, Terms())
    obstacle = standing(binding, situation.observed.me)
    if hold is not None:
        yield Finding(level=Level.BAD, code=hold.rule, text=hold.message, group=group.key)
    if obstacle is not None:
        yield Finding(level=Level.BAD, code=obstacle.code, text=obstacle.text, group=group.key)
    if binding.live is not None and hold is None and obstacle is None:
        yield from _people(group, binding.live, situation)


def _people(group: DesiredGroup, live: ObservedGroup, situation: Situation) -> Iterator[Finding]:
    members = live.members or ()
    names, limit = situation.memory.names, situation.capabilities.limits.members
    if sum(member.role.is_admin for member in members) == 1:
        text = "the account is the only admin: if it is lost, nobody can manage the group"
        yield Finding(level=Level.NOTE, code="single-admin", text=text, group=group.key)
    if len(members) >= NEARLY_FULL * limit:
        text = f"{len(members)} members of at most {limit}"
        yield Finding(level=Level.NOTE, code="nearly-full", text=text, group=group.key)
    hidden = sum(m.phone is None and m.lid is not None and names.phone_of(m.lid) is None for m in members)
    if hidden:
        text = f"the numbers of {hidden} members are hidden by WhatsApp; they are left alone"
        yield Finding(level=Level.NOTE, code="unresolved", text=text, group=group.key)
