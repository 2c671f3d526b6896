"""Numbers that a file's author has to say more about: one finding a file, however many lines it is about."""

from collections.abc import Iterator
from typing import Final

from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.numbers.parse import IN_CONFIG, NumberFault, say_which
from wagroups.privacy.redactor import outlined

LINES_SHOWN: Final = 8
"""Lines that a message lists.  Chosen: they fit on one line of a terminal."""

_AT_TABLE: Final = "at the table"
_MEANINGS: Final = {
    Rule.AMBIGUOUS_NUMBER: ("The number can be read in two ways", "{count} numbers can be read in two ways"),
    Rule.LOST_PREFIX: (
        "The number has lost its + or its leading zero; it is read as",
        "{count} numbers have lost their + or their leading nought; they are read",
    ),
}


class Doubts:
    """Collects them while files are read."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._found: dict[tuple[Rule, str, bool], dict[Origin, NumberFault]] = {}

    def note(self, fault: NumberFault, at: Origin, *, in_table: bool) -> None:
        """Add what is wrong with a number; what concerns it alone becomes a finding at once."""
        if fault.rule in _MEANINGS:
            self._found.setdefault((fault.rule, at.file, in_table), {}).setdefault(at, fault)
        else:
            self._findings.add(fault.rule, at, fault.message, fault.help)

    def report(self) -> None:
        """Make findings of what was collected."""
        for (rule, _, in_table), found in self._found.items():
            first, fault = next(iter(sorted(found.items())))
            one, several = _MEANINGS[rule]
            ways = " or ".join(map(outlined, fault.ways))
            if len(found) == 1:
                message = f"{one}{':' if len(fault.ways) > 1 else ''} {ways}."
            else:
                lines = ", ".join(_lines(sorted({at.line for at in found})))
                message = f"{several.format(count=len(found))}, such as line {first.line}: {ways}.  Lines {lines}."
            self._findings.add(rule, first, message, say_which(_AT_TABLE if in_table else IN_CONFIG))


def _lines(numbers: list[int]) -> Iterator[str]:
    yield from map(str, numbers[:LINES_SHOWN])
    if len(numbers) > LINES_SHOWN:
        yield f"and {len(numbers) - LINES_SHOWN} more"
