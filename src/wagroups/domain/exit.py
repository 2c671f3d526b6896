"""Exit codes: one table for the process, the documents and the docs."""

from collections.abc import Iterable
from enum import Enum


class Exit(Enum):
    """A way to end, as (code, reason).  Earlier members win when several hold."""

    INTERRUPTED = (130, "interrupted")
    TERMINATED = (143, "interrupted")
    USAGE = (64, "usage")
    INVALID = (65, "invalid")
    GATEWAY = (7, "gateway")
    LOCKED = (6, "locked")
    REFUSED = (3, "refused")
    PARTIAL = (4, "partial")
    ERROR = (1, "error")
    PAUSED = (5, "paused")
    CHANGES = (2, "changes")
    OPEN = (2, "open")
    OK = (0, "ok")

    @property
    def code(self) -> int:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]

    @classmethod
    def first_of(cls, held: Iterable["Exit"]) -> "Exit":
        """The one that wins; OK when none holds."""
        members = set(held)
        return next((member for member in cls if member in members), cls.OK)
