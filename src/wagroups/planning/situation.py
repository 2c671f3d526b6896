"""What the planner is given: the project on one side, each account as it is on the other."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from wagroups.domain._base import Value
from wagroups.domain.declared.choices import AHEAD, Section
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.identity import AccountKey, GroupJid, GroupKey, Me, Phone
from wagroups.domain.live.capability import Capabilities
from wagroups.domain.live.duplicates import recognised
from wagroups.domain.live.memory import Memory
from wagroups.domain.live.observed import Observed
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.budget import Pace
from wagroups.domain.plans.rules import PASSABLE


class Selection(Value):
    """Which part of the project a run is about.  Empty means everything."""

    targets: tuple[str, ...] = ()
    """Globs on group keys."""
    exclude: tuple[str, ...] = ()
    accounts: tuple[AccountKey, ...] = ()
    only: tuple[Section, ...] = ()
    skip: tuple[Section, ...] = ()

    def has_group(self, group: DesiredGroup) -> bool:
        if self.accounts and group.account not in self.accounts:
            return False
        if self.targets and not any(fnmatchcase(group.key, glob) for glob in self.targets):
            return False
        return not any(fnmatchcase(group.key, glob) for glob in self.exclude)

    def has_section(self, section: Section | None) -> bool:
        """Whether a part of the group is selected; the group as a whole always is."""
        return section is None or ((not self.only or section in self.only) and section not in self.skip)

    @property
    def whole(self) -> bool:
        """Whether every group of the selected accounts is in it."""
        return not self.targets and not self.exclude


class Situation(NamedTuple):
    """One account as it is: what was read, what is remembered, what can be done and how fast."""

    observed: Observed
    memory: Memory
    capabilities: Capabilities
    pace: Pace
    doubts: Mapping[Phone, str] = MappingProxyType({})
    """Numbers that were asked about in this run without a usable answer, with the reason in words."""
    permissions: Permissions | None = None
    """What the files let this run do."""
    project: str | None = None
    """The project's name, where it has one."""

    def taught(self, memory: Memory) -> "Situation":
        """This read with what `memory`, and the read itself, tell of who is who: each person is there once."""
        memory = memory.taught(self.observed)
        return self._replace(observed=recognised(self.observed, memory.names), memory=memory)


class Terms(Value):
    """What a run is allowed and asked to do, beyond the manifests."""

    safety: Safety = Safety()
    overrides: tuple[Override, ...] = ()
    selection: Selection = Selection()
    adopt: dict[GroupKey, GroupJid] = {}  # noqa: RUF012 — pydantic copies it
    """`--adopt GROUP=JID`."""
    ahead: timedelta = AHEAD
    """How far what follows by date is told."""
    due: bool = False
    """Whether nothing is planned but what is due by date."""
    reviewed: Reviewed | None = None
    """The plan that is applied: what it approves holds since it was made."""

    def passes(self, rule: str, group: GroupKey | None = None) -> bool:
        """Whether a person chose to pass `rule` for `group`; `None` stands for all that is no single group's."""
        return rule in PASSABLE and any(override.passes(rule, group) for override in self.overrides)

    def passes_alone(self, rule: str, group: GroupKey) -> bool:
        """Whether a person chose to pass `rule` for `group` by its name."""
        return any(override.rule == rule and override.group == group for override in self.overrides)


class Moment(NamedTuple):
    """The planner's only “now”, with the day it is in the project's time zone."""

    now: datetime
    today: date
    zone: tzinfo
    """In which dates are said as they are written."""

    @classmethod
    def of(cls, now: datetime, timezone: str) -> "Moment":
        zone = ZoneInfo(timezone)
        return cls(now, now.astimezone(zone).date(), zone)


Situations = Mapping[AccountKey, Situation]


def own_accounts(situations: Situations) -> tuple[Me, ...]:
    """Every account of the project and of its ledger, whichever is connected."""
    connected = [situation.observed.me for situation in situations.values()]
    others = [n.me for s in situations.values() for n in s.memory.neighbours.values() if n.me is not None]
    return tuple(dict.fromkeys([*connected, *others]))


def as_met(claimed: Capabilities, memory: Memory) -> Capabilities:
    """What is claimed of the connection, without what it answered to lack in this very version.

    A server whose version cannot be read is taken for the newest.  Where it then answers that it has no such route, its
    answer outweighs the claim: every plan says so, in place of a change that would fail again.
    """
    return claimed.without(
        {
            aspect: f"this server answered on {lack.at:%Y-%m-%d} that it cannot do it; update it"
            for aspect, lack in memory.lacks.items()
            if lack.version == (claimed.version or "")
        }
    )
