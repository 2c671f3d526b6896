"""A large listing in pages, so that no more of it is in memory at a time than one page.

WAHA makes every page from its list as it is at that moment and tells no total; `count` runs the whole list for it (WAHA
src/api/groups.controller.ts, read 2026-07).  A group that goes away in the meantime shifts the others, and one of them
is on no page.  So each page begins with the last group of the page before: where it does not, the list has shifted.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from wagroups.domain.live.observed import ObservedGroup

ATTEMPTS: Final = 2
"""How often pages are begun anew when the list shifts.  Chosen: changes that fast come from a large clean-up."""


class Page(NamedTuple):
    """One answer, reduced at once."""

    items: int
    """How many items it held, groups or not."""
    groups: Sequence[ObservedGroup]
    """In the order in which they were listed."""


AskPage = Callable[[Mapping[str, str]], Awaitable[Page]]


async def in_pages(ask: AskPage, size: int) -> list[ObservedGroup]:
    """Every group, `size` at a time; in one listing where pages do not hold together."""
    for _ in range(ATTEMPTS):
        found = await _through(ask, size)
        if found is not None:
            return found
    return list((await ask({})).groups)


async def _through(ask: AskPage, size: int) -> list[ObservedGroup] | None:
    """All pages once; `None` when the list shifted, or is not in the order of its ids."""
    page = await ask(_query(0, size))
    found, read, limit = list(page.groups), page.items, size
    # More than was asked for is everything, from a server that does not know `limit`.
    while page.items == limit:
        limit = size + 1
        page = await ask(_query(read - 1, limit))
        if not (found and page.groups) or page.groups[0].jid != found[-1].jid:
            return None
        found += page.groups[1:]
        read += page.items - 1
        if not _ascending(found[-len(page.groups) :]):
            return None
    return found


def _query(offset: int, limit: int) -> dict[str, str]:
    # `offset` counts only with a `limit`, and an order only with `sortBy` (recorded 2026-11-22).
    return {"limit": str(limit), "offset": str(offset), "sortBy": "id"}


def _ascending(groups: Sequence[ObservedGroup]) -> bool:
    return all(before.jid < after.jid for before, after in pairwise(groups))
