"""Guards without a lower size: what must not happen to a group of two either.

A percentage says nothing about a board of three, and a list emptied by mistake empties the smallest group first.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from wagroups.domain.declared.desired import Origin, Person
from wagroups.domain.declared.safety import (
    PERCENT_FROM_MEMBERS,
    SWAP_PEOPLE,
    SWAP_SHARE,
    declared_shrank_limit,
    small_group_limit,
)
from wagroups.domain.identity import ALIKE_DIGITS, Identity, Phone
from wagroups.domain.plans.plan import TrippedGuard
from wagroups.domain.plans.removal import Limit
from wagroups.planning.safety.losses import Losses, removals_words

NAMED: Final = 3
"""So many pairs of names stand in a sentence.  Chosen."""


def floors(losses: Losses) -> Iterator[TrippedGuard]:
    """Every floor that the removals of one group's plan would break."""
    if not losses.removals:
        return
    yield from _emptied(losses)
    yield from _small_group(losses)
    yield from _declared_shrank(losses)
    yield from _exchange(losses)
    yield from _identity_swap(losses)


def _emptied(losses: Losses) -> Iterator[TrippedGuard]:
    people = losses.planned(Limit.EMPTIED)
    if people and losses.left <= 0:
        yield _guard("emptied", losses, people, f"nobody would be left of {_people(losses.before)}: {{people}}")


def _small_group(losses: Losses) -> Iterator[TrippedGuard]:
    before, earlier = losses.before, losses.earlier(Limit.SMALL_GROUP)
    people = losses.planned(Limit.SMALL_GROUP)
    limit = small_group_limit(before)
    if people and before < PERCENT_FROM_MEMBERS and len(people) + earlier > limit:
        words = f"{removals_words(len(people), earlier)}, of {_people(before)}; at most {limit} may go in a day"
        yield _guard("small-group", losses, people, f"{words}: {{people}}")


def _declared_shrank(losses: Losses) -> Iterator[TrippedGuard]:
    people, before = losses.declared_no_more(), len(losses.declared_before)
    if before and len(people) > declared_shrank_limit(before):
        words = (
            f"{len(people)} of {before} who were declared at the last apply are no longer declared and would be removed"
        )
        yield _guard("declared-shrank", losses, people, f"{words}: {{people}}")


def _exchange(losses: Losses) -> Iterator[TrippedGuard]:
    by_end: dict[bytes, list[tuple[Phone, Person]]] = {}
    for person in losses.not_seen:
        for phone in person.phones:
            by_end.setdefault(phone[-ALIKE_DIGITS:], []).append((phone, person))
    pairs = [
        (removed, person)
        for removed in losses.planned(Limit.EXCHANGE)
        if removed.phone is not None
        for phone, person in by_end.get(removed.phone[-ALIKE_DIGITS:], ())
        if removed.phone.alike(phone)
    ]
    if not pairs:
        return
    named = [f"{{{2 * n}}} would be removed and {{{2 * n + 1}}} is declared but not seen" for n in range(len(pairs))]
    more = f"; and {len(pairs) - NAMED} more pairs" if len(pairs) > NAMED else ""
    yield _guard(
        "exchange",
        losses,
        [who for removed, person in pairs for who in (removed, _identity(person))],
        f"{'; '.join(named[:NAMED])}{more}.  Both numbers have one country and the same last {ALIKE_DIGITS} digits: "
        "they may be one person",
        pairs[0][1].origin,
    )


def _identity_swap(losses: Losses) -> Iterator[TrippedGuard]:
    removed, missing, before = losses.planned(Limit.EXCHANGE), losses.not_seen, losses.before
    swapped = min(len(removed), len(missing))
    if swapped < SWAP_PEOPLE or swapped <= SWAP_SHARE * before:
        return
    shown = [*removed[:NAMED], *map(_identity, missing[:NAMED])]
    out, others = (", ".join(f"{{{n}}}" for n in range(first, first + NAMED)) for first in (0, NAMED))
    yield _guard(
        "identity-swap",
        losses,
        shown,
        f"{swapped} of {_people(before)} would be replaced by as many others, which looks like the same people under "
        f"other names; {out} … would go, and {others} … are declared but not seen",
    )


def _guard(
    rule: str, losses: Losses, people: Sequence[Identity], message: str, place: Origin | None = None
) -> TrippedGuard:
    group = losses.group
    return TrippedGuard(
        rule=rule,
        group=group.key,
        people=tuple(people),
        message=f"{group.key}: {message}",
        place=place or group.origin_of("members"),
    )


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _identity(person: Person) -> Identity:
    return Identity(alias=person.alias, phone=person.phone)
