"""Law 5, for lists that are no sets: nobody declared is ever in a removal, however a gateway names them.

Half of the people are listed once more, alone: by LID, by number, by another spelling, by a number they had before;
some are hidden, some are declared under a new number.
"""

from dataclasses import replace
from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import A_DAY, Stage, staged
from tests.laws.test_containment import faults, run_whatever_happens
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers
from wagroups.domain.identity import Lid, Phone
from wagroups.domain.plans.operation import DemoteMembers, RemoveMembers
from wagroups.simulation.world.faults import Fault

RUNS: Final = 3

FORMER: Final = {name: b.phone(500 + b.number_of(name)) for name in FOLK}
"""A number that each of them had before."""


def listed_twice(stage: Stage, dice: Random) -> None:
    """Let stale caches name some people once more."""
    with stage.rig.world.lock:
        for name in FOLK:
            person = stage.rig.world.people.called(name)
            assert person is not None
            other: Phone | Lid = dice.choice((person.phone, person.lid, FORMER[name]))
            person.listed_again = dice.choice(((), (other,), (person.phone, person.lid)))


def with_former_numbers(group: DesiredGroup) -> DesiredGroup:
    members = [
        entry._replace(person=replace(entry.person, former_phones=(FORMER[str(entry.person.alias)],)))
        for entry in group.members
    ]
    return replace(group, members=DesiredMembers.of(members))


def taken_from(stage: Stage, case: Case) -> frozenset[str]:
    """Everybody whom a removal or a demotion that was asked for is about, by a present number or the LID."""
    names = {b.phone(b.number_of(name)): name for name in FOLK} | {b.lid(b.number_of(name)): name for name in FOLK}
    entries = stage.rig.ledger.recent(b.ACCOUNT, 1000)
    operations = (entry.intent.operation for entry in entries if entry.intent.group == case.key)
    people = [p for operation in operations if isinstance(operation, RemoveMembers) for p in operation.people]
    asked = {names.get(p.lid or p.phone or b.lid(0)) or names.get(p.phone or b.phone(0)) for p in people}
    return frozenset(name for name in asked if name is not None)


def demoted_in(stage: Stage, case: Case) -> frozenset[str]:
    names = {b.phone(b.number_of(name)): name for name in FOLK}
    entries = stage.rig.ledger.recent(b.ACCOUNT, 1000)
    operations = (entry.intent.operation for entry in entries if entry.intent.group == case.key)
    people = [p for operation in operations if isinstance(operation, DemoteMembers) for p in operation.people]
    return frozenset(names[p.phone] for p in people if p.phone in names)


@on_every_dialect
@examples(4)
@given(
    cases=worlds(born=True),
    hidden=st.sets(st.sampled_from(FOLK), max_size=3),
    known=st.sets(st.sampled_from(FOLK)),
    troubles=st.lists(faults, max_size=2),
    seed=st.integers(0, 2**32),
)
def test_nobody_declared_is_in_a_removal(
    gateway: str,
    dialect: str,
    cases: tuple[Case, ...],
    hidden: set[str],
    known: set[str],
    troubles: list[Fault],
    seed: int,
) -> None:
    with staged(gateway, dialect, cases[:2], known=sorted(known), hidden=hidden) as stage:
        listed_twice(stage, Random(seed))
        stage.rig.script(*troubles)
        groups = [with_former_numbers(group) for group in stage.groups()]
        for _ in range(RUNS):
            run_whatever_happens(stage, groups)
            stage.rig.clock.advance(A_DAY)
        for case in stage.cases:
            assert not taken_from(stage, case) & case.declared
            assert not demoted_in(stage, case) & frozenset(case.admins or ())
            assert stage.removed(case) <= case.may_leave()
