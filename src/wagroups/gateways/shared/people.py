"""The people of one read: the same person is in many groups, and one value stands for all of them."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from wagroups.domain.live.observed import Flaw, ObservedMember
from wagroups.gateways.shared.response import json_value

ReadMember: TypeAlias = Callable[[Any], ObservedMember | None]
"""What an entry of a list says; `None` leaves the entry out.  It may index freely: see `People.listed`."""


UNREADABLE: Final = (KeyError, TypeError, AttributeError, ValueError)
"""What reading an entry raises that is written in an unknown way."""


class People(dict[bytes, ObservedMember | None]):
    """Everybody met in one read, by what is written of them; each wording is read once."""

    def __init__(self, read: ReadMember) -> None:
        super().__init__()
        self._read_one = read
        self._met: dict[ObservedMember | None, ObservedMember | None] = {}

    def listed(self, entries: object) -> tuple[ObservedMember, ...] | None:
        """The people of one list, whose entries are JSON, read (a record) or unread (bytes).

        A list with one entry that cannot be read is an unknown list, not a shorter one.
        """
        if not isinstance(entries, list):
            return None
        unread = bool(entries) and isinstance(entries[0], bytes)
        try:
            return tuple(filter(None, map(self.__getitem__ if unread else self._read, entries)))
        except UNREADABLE:
            return None

    def flaw(self, entries: object) -> Flaw | None:
        """How many entries of a list cannot be read; `None` when all can, or when it is no list."""
        if not isinstance(entries, list):
            return None
        unread = sum(self._is_unreadable(entry) for entry in entries)
        return Flaw(unread, len(entries)) if unread else None

    def _is_unreadable(self, entry: object) -> bool:
        try:
            self[entry] if isinstance(entry, bytes) else self._read(entry)
        except UNREADABLE:
            return True
        return False

    def undisclosed(self) -> tuple[ObservedMember, ...]:
        """Whoever was listed without a phone."""
        return tuple([member for member in self._met if member is not None and member.phone is None])

    def __missing__(self, written: bytes) -> ObservedMember | None:
        member = self[written] = self._read(json_value(written))
        return member

    def _read(self, entry: object) -> ObservedMember | None:
        member = self._read_one(entry)
        return self._met.setdefault(member, member)
