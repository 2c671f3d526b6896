"""How many people may be named in all: a small file must not name a few people so often that they fill the memory."""

from collections.abc import Iterable
from typing import Final

from wagroups.domain.declared.members import Batch
from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule

MAX_MEMBERSHIPS: Final = 5_000_000
"""Chosen: five times 10,000 groups of 100 people, which is more than any account may have."""


class Crowd:
    """Counts everybody who is named, again for each time."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._left = MAX_MEMBERSHIPS

    def admits(self, batches: Iterable[Batch], at: Origin) -> bool:
        """Whether these may be added to everybody so far; the first who may not are a finding."""
        if self._left < 0:
            return False
        self._left -= sum(len(batch.people) for batch in batches)
        if self._left < 0:
            self._findings.add(
                Rule.TOO_LARGE,
                at,
                f"From here on there are more than {MAX_MEMBERSHIPS:,} memberships.",
                "Use several projects, or name each person once.",
            )
        return self._left >= 0
