"""Law 5, with everything at once: lists that name people twice, hidden people, new numbers, a table that comes to
nobody, and a ledger that is lost.  Nobody whom the files declared throughout is put out of a group.
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
from tests.laws.test_duplicates import listed_twice
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers
from wagroups.domain.identity import Phone
from wagroups.domain.problem import Problem
from wagroups.simulation.world.faults import Fault
from wagroups.state.volatile import volatile_ledger

EMPTY_TABLE: Final = Problem(
    rule="comes-to-nobody", file="groups.yaml", line=3, column=5, message="The list comes to nobody.", help="Fill it."
)


def under_new_numbers(group: DesiredGroup, moved: dict[str, Phone]) -> DesiredGroup:
    """What the files say once everybody in `moved` has handed in their new number."""
    members = [
        entry._replace(
            person=replace(entry.person, phone=moved[alias], former_phones=(entry.person.phone,))
            if (alias := str(entry.person.alias)) in moved
            else entry.person
        )
        for entry in group.members
    ]
    return replace(group, members=DesiredMembers.of(members))


def change_numbers(stage: Stage, names: set[str]) -> dict[str, Phone]:
    moved = {name: b.phone(700 + b.number_of(name)) for name in names}
    with stage.rig.world.lock:
        for name, phone in moved.items():
            person = stage.rig.world.people.called(name)
            assert person is not None
            stage.rig.world.people.change_number(person, phone)
    return moved


@on_every_dialect
@examples(3)
@given(
    cases=worlds(born=True),
    hidden=st.sets(st.sampled_from(FOLK), max_size=3),
    renumbered=st.sets(st.sampled_from(FOLK), max_size=2),
    troubles=st.lists(faults, max_size=2),
    seed=st.integers(0, 2**32),
)
def test_nobody_declared_is_lost(
    gateway: str,
    dialect: str,
    cases: tuple[Case, ...],
    hidden: set[str],
    renumbered: set[str],
    troubles: list[Fault],
    seed: int,
) -> None:
    with staged(gateway, dialect, cases[:2], hidden=hidden) as stage:
        listed_twice(stage, Random(seed))
        stage.rig.script(*troubles)
        first, second = stage.groups()

        def a_day(*groups: DesiredGroup) -> None:
            run_whatever_happens(stage, groups)
            stage.rig.clock.advance(A_DAY)

        a_day(first, second)
        moved = change_numbers(stage, renumbered)
        first, second = under_new_numbers(first, moved), under_new_numbers(second, moved)
        a_day(first, second)
        emptied = replace(second, members=DesiredMembers.of(()), faults=(EMPTY_TABLE,))
        a_day(first, emptied)
        stage.rig.ledger.close()
        stage.rig.ledger = volatile_ledger()
        a_day(first, emptied)
        a_day(first, second)
        for case in stage.cases:
            assert not stage.removed(case) & case.declared
            assert stage.removed(case) <= case.may_leave()
