"""Reading groups one by one, the same on every gateway: what is found, what is not shown, what failed."""

import gc
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NamedTuple

from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled
from wagroups.domain.identity import GroupJid
from wagroups.domain.live.observed import Absence, ObservedGroup

READ_EMPTY: Final = "read-empty"
"""The trouble of a listing without a group.  It proves nothing: WAHA's NOWEB answers `{}` when WhatsApp was silent for
120 s (recorded 2026-11-22)."""

READ_SHORT: Final = "read-short"
"""The trouble of a listing that shows fewer groups than it says there are."""

_ABSENCES: Final = MappingProxyType({404: Absence.NOT_FOUND, 403: Absence.NOT_A_MEMBER, 401: Absence.NOT_A_MEMBER})


class Readings(NamedTuple):
    """What came of reading groups by their ids."""

    groups: tuple[ObservedGroup, ...]
    absent: MappingProxyType[GroupJid, Absence]
    failed: MappingProxyType[GroupJid, str]


async def read_each(
    jids: Sequence[GroupJid], read: Callable[[GroupJid], Awaitable[ObservedGroup | Absence]]
) -> Readings:
    """Read each group; one that fails does not cost the others.

    Raises Throttled and SessionLost, which hold for all of them, and NotSent when nothing was read before it.
    """
    groups: list[ObservedGroup] = []
    absent: dict[GroupJid, Absence] = {}
    failed: dict[GroupJid, str] = {}
    for jid in jids:
        try:
            found = await read(jid)
        except (Throttled, SessionLost):
            raise
        except GatewayError as error:
            if isinstance(error, NotSent) and not groups and not absent:
                raise
            failed[jid] = error.message
            continue
        if isinstance(found, Absence):
            absent[jid] = found
        else:
            groups.append(found)
    return Readings(tuple(groups), MappingProxyType(absent), MappingProxyType(failed))


def absence(error: GatewayError) -> Absence | None:
    """What WhatsApp's refusal to show a group says of it."""
    return _ABSENCES.get(error.code or 0) if isinstance(error, Rejected) else None


def by_jid(groups: Iterable[ObservedGroup | None]) -> dict[GroupJid, ObservedGroup]:
    """Groups in sorted order of their ids, whatever order they came in; what is no group (`None`) is left out."""
    with uncollected():
        known = {group.jid: group for group in groups if group is not None}
    return {jid: known[jid] for jid in sorted(known)}


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: it would walk a quarter of a million new members again and again, which took
    longer than making them (1,000 groups of 250, measured 2026-11), and there is no garbage to find."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
