"""Guards against making a group twice: which account a group belongs to, and whether it lives already.

A creation cannot be taken back, and everybody in the new group sees it.  So whatever speaks against one is judged
however small the part of the project is that a run looks at, and against everything the ledger knows.
"""

from collections.abc import Iterable, Iterator, Mapping

from wagroups.domain.declared.desired import Desired
from wagroups.domain.identity import AccountKey, GroupKey
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.plans.change import GroupCreation
from wagroups.domain.plans.plan import GroupPlan, TrippedGuard
from wagroups.domain.text import normal
from wagroups.planning.situation import Situation, Situations, Terms


def account_guards(desired: Desired, situations: Situations) -> Iterator[TrippedGuard]:
    """Names of accounts that do not stand for the WhatsApp account they stood for, or not for one alone."""
    for account, situation in sorted(situations.items()):
        known, me = situation.memory.me, situation.observed.me
        if known is not None and not known.same_as(me):
            yield TrippedGuard(
                rule="account-changed",
                message=f"account {account}: it is now connected to a different WhatsApp account; if this is "
                f"intended, run `wagroups state rebind {account}`",
            )
        for name in namesakes(account, situations):
            if name not in situations and name not in desired.accounts:
                if situation.memory.neighbours[name].groups:
                    yield _renamed(account, name)
            elif name not in situations or account < name:
                one, other = sorted((account, name))
                yield TrippedGuard(
                    rule="same-account",
                    message=f"accounts {one} and {other} are one WhatsApp account; correct the `session` of one, or "
                    "keep one name and declare all groups under it",
                )


def namesakes(account: AccountKey, situations: Situations) -> list[AccountKey]:
    """Other names, connected or remembered, of the WhatsApp account that `account` stands for."""
    me, neighbours = situations[account].observed.me, situations[account].memory.neighbours
    others = {name: neighbour.me for name, neighbour in neighbours.items() if neighbour.me is not None}
    others.update({name: situation.observed.me for name, situation in situations.items() if name != account})
    return sorted(name for name, other in others.items() if me.same_as(other))


def _renamed(account: AccountKey, before: AccountKey) -> TrippedGuard:
    return TrippedGuard(
        rule="account-changed",
        message=f"account {account}: it is the WhatsApp account that was named {before}, and its groups are remembered "
        f"under that name; they would be created again. Run `wagroups state rename-account {before} {account}`, or "
        f"name it {before} again in wagroups.yaml",
    )


def moved_groups(
    plans: Iterable[GroupPlan], desired: Desired, situations: Situations, terms: Terms
) -> Iterator[TrippedGuard]:
    """Groups that are declared under one account and bound to another, whether or not that one is connected."""
    for plan in plans:
        memory = situations[plan.account].memory
        keys = {plan.key, *desired.groups[plan.key].previous_keys}
        if not keys.isdisjoint(memory.bindings):
            continue
        renamed = () if terms.passes("account-changed") else namesakes(plan.account, situations)
        for home, neighbour in sorted(memory.neighbours.items()):
            if keys.isdisjoint(neighbour.groups):
                continue
            if home in desired.accounts or home in situations:
                way = f"Declare it under {home} again, or release it there first (`state: released`)"
            elif _creation(plan) is not None and home not in renamed:
                way = f"wagroups.yaml does not name {home} any more: name it again, or adopt the group by its `id`"
            else:
                continue  # it exists under its id, or the account's new name was refused already
            yield TrippedGuard(
                rule="account-moved",
                group=plan.key,
                message=f"{plan.key}: the group belongs to account {home}, and the manifest now says "
                f"{plan.account}; a group does not move between accounts. {way}",
            )


def _creation(plan: GroupPlan) -> GroupCreation | None:
    return next((action.change for action in plan.actions if isinstance(action.change, GroupCreation)), None)


def living_groups(
    plans: Iterable[GroupPlan], desired: Desired, situations: Situations, terms: Terms
) -> Iterator[TrippedGuard]:
    """Groups to be created while a live one that nobody declares has their subject."""
    undeclared: dict[AccountKey, Mapping[str, ObservedGroup]] = {}
    for plan in plans:
        creation, situation = _creation(plan), situations[plan.account]
        if creation is None:
            continue
        if plan.account not in undeclared:
            undeclared[plan.account] = _undeclared(desired, situation, terms)
        live = undeclared[plan.account].get(normal(creation.subject))
        if live is None:
            continue
        orphan = next((b.group for b in situation.memory.bindings.values() if b.jid == live.jid), None)
        if orphan is None:
            what = "a live group that is in no manifest has the same subject; "
            way = f"adopt it with `wagroups apply --adopt {plan.key}={live.jid}`"
        else:
            what = f"the live group of {orphan}, which is in no manifest, has or had the same subject; "
            way = f"write `previous_keys: [{orphan}]` if that key is now {plan.key}"
        yield TrippedGuard(
            rule="same-subject", group=plan.key, message=f"{plan.key}: {what}{way}, or rename one of them"
        )


def _undeclared(desired: Desired, situation: Situation, terms: Terms) -> Mapping[str, ObservedGroup]:
    """Live groups that no declared one is, by their subjects, and by those they were given last.

    A group is declared by a binding, by its written id, or by an adoption that was asked for.
    """
    memory, bindings = situation.memory, situation.memory.bindings
    gone = orphans(desired, memory)
    ours = {binding.jid for key, binding in bindings.items() if key not in gone}
    ours.update(group.id for group in desired.groups.values() if group.id is not None)
    ours.update(terms.adopt.values())
    found: dict[str, ObservedGroup] = {}
    for live in situation.observed.groups.values():
        if live.jid not in ours and live.subject is not None:
            found.setdefault(normal(live.subject), live)
    for key in gone:
        given = memory.applied[key].values.get("subject") if key in memory.applied else None
        if given is not None and bindings[key].jid in situation.observed.groups:
            found.setdefault(normal(given), situation.observed.groups[bindings[key].jid])
    return found


def orphans(desired: Desired, memory: Memory) -> list[GroupKey]:
    """Groups in the ledger that are in no manifest, neither by key nor by a previous one."""
    named = set(desired.groups)
    named.update(key for group in desired.groups.values() for key in group.previous_keys)
    return sorted(key for key in memory.bindings if key not in named)


def orphan_guards(desired: Desired, situations: Situations, terms: Terms) -> Iterator[TrippedGuard]:
    """Groups that were taken out of the manifests.  A run about some groups does not ask about the others."""
    if not terms.selection.whole:
        return
    for _, situation in sorted(situations.items()):
        for key in orphans(desired, situation.memory):
            yield TrippedGuard(
                rule="orphan",
                group=key,
                message=f"{key}: in the state but not in the manifests; nothing was done to it. Declare it again with "
                "`state: released` (forget it and leave it alone) or `state: dissolved`",
            )
