"""One intention: changes that happen together or not at all.

Somebody's former number goes only once the new one is seen in the group, and the last declared admin goes only once
another is.  What the plan can see in advance is held here; what a run has to see first is a condition of the action.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from wagroups.domain.declared.desired import DesiredGroup, Person
from wagroups.domain.identity import Identity
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    Arrival,
    MemberAddition,
    MemberRemoval,
    PersonChange,
)
from wagroups.domain.plans.plan import Action, Notice

EXCHANGE_DAYS: Final = timedelta(days=14)
"""How long a new number may be waited for before a person has to act (safety guide, part 4)."""

RULE: Final = "exchange"


class Link(NamedTuple):
    """A change that waits until a read shows one of some others."""

    change: PersonChange
    needs: tuple[PersonChange, ...]


def way_out(group: DesiredGroup) -> str:
    """What a person can do about a change that waits for another."""
    return (
        f"`wagroups link {group.key}` shows how to join; `--override {RULE}@{group.key}=REASON` does it without waiting"
    )


def number_waits(
    person: Person, listed: Identity, group: DesiredGroup, since: datetime | None, now: datetime
) -> Notice:
    """Say that a former number stays until the new one is in the group."""
    over = since is not None and now - since >= EXCHANGE_DAYS
    waited = f", since {since:%Y-%m-%d}" if since is not None else ""
    return Notice(
        code="exchange-over" if over else "exchange",
        person=Identity(alias=person.alias, phone=listed.phone, lid=listed.lid, by_lid=listed.by_lid),
        text="{person} is in the group under a former number, which stays until the new one is seen there"
        f"{waited}; {way_out(group)}",
        next=f"wagroups link {group.key}",
    )


class Replacement(NamedTuple):
    """What is left of a group's changes where no declared admin is live yet."""

    changes: tuple[PersonChange, ...]
    notices: tuple[Notice, ...]
    links: tuple[Link, ...]


def replacing_admins(changes: Sequence[PersonChange], group: DesiredGroup) -> Replacement:
    """Admins go only once one of the declared ones is there: they wait for those of this plan, or stay without any."""
    promotions = tuple(change for change in changes if isinstance(change, AdminPromotion))
    going = [change for change in changes if _loses_an_admin(change)]
    if promotions:
        return Replacement(tuple(changes), (), tuple(Link(change, promotions) for change in going))
    staying = tuple(change for change in changes if change not in going)
    return Replacement(staying, tuple(_admin_waits(change, group) for change in going), ())


def _loses_an_admin(change: PersonChange) -> bool:
    """Whether somebody stops to be an admin by `change`, for another reason than being denied."""
    match change:
        case AdminDemotion(evidence=evidence) | MemberRemoval(was_admin=True, evidence=evidence):
            return evidence != "denied"
        case _:
            return False


def _admin_waits(change: PersonChange, group: DesiredGroup) -> Notice:
    what = "demoted" if isinstance(change, AdminDemotion) else "removed"
    return Notice(
        code="admin-waits",
        person=change.person,
        text=f"{{person}} is not {what}: no declared admin is an admin of the group yet, and nobody can "
        f"be made one now; "
        f"{way_out(group)}",
        next=f"wagroups link {group.key}",
    )


def links_of_numbers(changes: Sequence[PersonChange]) -> Iterator[Link]:
    """A former number waits for the same person's addition."""
    for change in changes:
        if isinstance(change, MemberRemoval) and change.evidence == "former-number":
            alias = change.person.alias
            arrivals = tuple(c for c in changes if isinstance(c, Arrival) and c.person.alias == alias)
            if arrivals:
                yield Link(change, arrivals)


def promotions_of_hidden(changes: Sequence[PersonChange]) -> Iterator[Link]:
    """Whoever may be hidden in the group is made an admin once a read shows them: nobody else can be named."""
    for change in changes:
        if isinstance(change, AdminPromotion):
            arrivals = tuple(c for c in changes if isinstance(c, MemberAddition) and c.person.same_as(change.person))
            if any(arrival.beside for arrival in arrivals):
                yield Link(change, arrivals)


def conditioned(actions: Sequence[Action], links: Iterable[Link]) -> tuple[Action, ...]:
    """`actions`, each with what must be seen before it is taken."""
    ids = {id(action.change): action.id for action in actions}
    conditions: dict[int, list[tuple[str, ...]]] = {}
    for link in links:
        conditions.setdefault(id(link.change), []).append(tuple(ids[id(needed)] for needed in link.needs))
    return tuple(
        action.model_copy(update={"conditions": tuple(conditions[id(action.change)])})
        if id(action.change) in conditions
        else action
        for action in actions
    )
