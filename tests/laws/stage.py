"""A generated world on one dialect, and everything a law wants to know of it afterwards."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tests.fake_clock import FakeClock
from tests.laws.worlds import FOLK, Case, Roles
from tests.rig import RELAXED, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect, Capabilities
from wagroups.domain.plans.outcome import Run
from wagroups.gateways.registry import KINDS
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Group

TICK: Final = timedelta(milliseconds=1)


class TickingClock(FakeClock):
    """Time passes between any two looks at it, as it does outside of tests: no two things happen at once."""

    def now(self) -> datetime:
        self.advance(TICK)
        return super().now()


BOLD: Final = RELAXED.model_copy(
    update={"overrides": tuple(Override(rule=rule, reason="a law") for rule in ("small-group", "emptied"))}
)
"""Worlds lose whom they lose: how many may go at once is no matter of these laws."""

BYSTANDERS: Final = "Bystanders"
"""A live group that is in no manifest."""

A_DAY: Final = timedelta(days=1, minutes=1)
"""Longer than every rest after one fault."""


@dataclass
class Stage:
    """Declared groups in front of a running fake."""

    rig: Rig
    cases: tuple[Case, ...]
    jids: dict[str, GroupJid]
    """Of the groups that exist from the beginning."""

    def groups(self) -> list[DesiredGroup]:
        return [case.group(self.jids.get(case.key)) for case in self.cases]

    def apply(self) -> Run:
        return self.rig.apply(*self.groups(), terms=BOLD)

    def live(self, case: Case) -> Roles:
        return {name: Role(role) for name, role in self.rig.members(case.subject).items()}

    def writes(self) -> Counter[str]:
        """How often each kind of write was asked for.  A refresh reads, whatever its method."""
        return Counter(entry.call for entry in self.rig.front.writes if entry.call != Call.REFRESH)

    def removed(self, case: Case) -> frozenset[str]:
        """Everybody who was put out of a group and did not come back."""
        group = self.existing(case)
        return frozenset() if group is None else frozenset(person.name for person in group.banished)

    def existing(self, case: Case) -> Group | None:
        """The live group, under either of its subjects."""
        with self.rig.world.lock:
            groups = [g for g in self.rig.world.groups.values() if g.subject in (case.subject, case.live_subject)]
        return next(iter(groups), None)

    def bystanders(self) -> Group:
        group = self.rig.group(BYSTANDERS)
        assert isinstance(group, Group)
        return group


@contextmanager
def staged(
    gateway: str, dialect: str, cases: Iterable[Case], *, known: Sequence[str] = FOLK, hidden: Iterable[str] = ()
) -> Iterator[Stage]:
    """Put `cases` and a group nobody declared into a world.

    The account has met the people in `known`; WhatsApp hides the numbers of those in `hidden`.
    """
    with rig(gateway, dialect, *FOLK, clock=TickingClock()) as account:
        for name in hidden:
            person = account.world.people.called(name)
            assert person is not None
            person.hidden_number = True
        account.know(*known)
        account.live_group(BYSTANDERS, {"anna": Role.ADMIN, "ben": Role.MEMBER, "emil": Role.MEMBER})
        claims = KINDS[gateway].claims(dialect)
        fitting = tuple(fit(case, claims) for case in cases)
        yield Stage(account, fitting, {c.key: _live_group(account, c) for c in fitting if c.live is not None})


def fit(case: Case, claims: Capabilities) -> Case:
    """`case` without what the gateway cannot do: what is left must come true."""
    settings = {s: value for s, value in case.settings.items() if claims.can(Aspect.of(s), Access.FULL)}
    described = claims.can(Aspect.DESCRIPTION, Access.FULL)
    return replace(case, settings=settings, description=case.description if described else None)


def _live_group(account: Rig, case: Case) -> GroupJid:
    return account.live_group(
        case.live_subject,
        dict(case.live or {}),
        settings={setting.value: value for setting, value in case.live_settings.items()},
        description=case.live_description or None,
    )


__all__ = ["A_DAY", "BYSTANDERS", "Stage", "fit", "staged"]
