"""What the files of a project may not decide by themselves: to allow more than before, and to take another's groups."""

from collections.abc import Iterable, Iterator
from typing import Final

from wagroups.domain.plans.plan import GroupPlan, Notice, TrippedGuard
from wagroups.planning.situation import Situations, Terms

LOOSER: Final = "looser-settings"


def looser_settings(situations: Situations) -> Iterator[TrippedGuard]:
    """Settings that allow more than at the last apply, in one sentence: they are passed by one override."""
    said = _looser(situations)
    if said:
        yield TrippedGuard(rule=LOOSER, message=f"the settings allow more than at the last apply: {said}")


def looser_notices(situations: Situations, terms: Terms) -> Iterator[Notice]:
    """The same, said first of all where somebody passed it."""
    said = _looser(situations)
    if said and terms.passes(LOOSER):
        yield Notice(code=LOOSER, text=f"the settings allow more than at the last apply: {said}")


def _looser(situations: Situations) -> str:
    said: dict[str, None] = {}
    for account, situation in sorted(situations.items()):
        before, now = situation.memory.permissions, situation.permissions
        if before is None or now is None:
            continue
        for words in now.looser_than(before):
            said[words if words.startswith(("`safety", "`state_env")) else f"account {account}: {words}"] = None
    return "; ".join(said)


def claimed_groups(plans: Iterable[GroupPlan], situations: Situations) -> Iterator[TrippedGuard]:
    """Groups that another project of the same ledger works on."""
    for plan in plans:
        situation = situations[plan.account]
        owner = None if plan.jid is None else situation.memory.claims.get(plan.jid)
        if owner is not None and owner != situation.project and not plan.watched:
            yield TrippedGuard(
                rule="claimed",
                group=plan.key,
                message=f"{plan.key}: the group belongs to the project {owner} in this ledger; release it there "
                "(`state: released`), or only watch it here (`state: watched`)",
            )
