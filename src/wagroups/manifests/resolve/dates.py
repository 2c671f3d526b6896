"""`from` and `until` as they are written, and the time that they leave."""

from zoneinfo import ZoneInfo

from wagroups.domain.declared.period import ALWAYS, Periods
from wagroups.domain.declared.wall_clock import end_of, has_time, start_of
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.load.validation import Flat, Written


class Dates:
    """Reads dates in the project's time zone; what is wrong goes to the findings."""

    def __init__(self, findings: Findings, timezone: str, *, written: bool) -> None:
        """`written` says whether `wagroups.yaml` names the zone, or only leaves it to the default."""
        self._findings = findings
        self.zone = ZoneInfo(timezone)
        self._written = written

    def of(self, flat: Flat) -> Periods:
        """The time between `from` and `until` of a record; always, where neither is written."""
        return self.between(flat.texts.get("from"), flat.texts.get("until"))

    def between(self, start: Written | None, end: Written | None) -> Periods:
        """The time between two dates."""
        if start is None and end is None:
            return ALWAYS
        for written in (start, end):
            if written is not None and has_time(written.text) and not self._written:
                self._findings.add(
                    Rule.ZONE_NEEDED,
                    written.origin,
                    "A time of day means a different moment in each time zone, and no `timezone` is set.",
                    "Write `timezone: Europe/London`, or another, in wagroups.yaml.",
                )
        starts = None if start is None else start_of(start.text, self.zone)
        ends = None if end is None else end_of(end.text, self.zone)
        periods = Periods.of(starts, ends)
        if periods:
            return periods
        assert end is not None  # something without an end has time
        self._findings.add(
            Rule.DATES, end.origin, "This period ends before it starts.", "Swap the dates, or correct one."
        )
        return ALWAYS
