"""Law 5, for those who go by themselves: whatever goes wrong afterwards, nobody drags them back."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import A_DAY, staged
from tests.laws.test_containment import faults, run_whatever_happens
from tests.laws.test_hidden import asked_for
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.simulation.world.faults import Fault
from wagroups.simulation.world.scripted_actions import ScriptedAction, act

RUNS: Final = 3


@on_every_dialect
@examples(3)
@given(
    cases=worlds(born=True),
    leavers=st.sets(st.sampled_from(FOLK), min_size=1, max_size=3),
    hidden=st.sets(st.sampled_from(FOLK), max_size=2),
    troubles=st.lists(faults, max_size=3),
)
def test_who_left_is_not_asked_for_again(
    gateway: str, dialect: str, cases: tuple[Case, ...], leavers: set[str], hidden: set[str], troubles: list[Fault]
) -> None:
    with staged(gateway, dialect, [case.in_sync() for case in cases[:1]], hidden=hidden) as stage:
        assert stage.apply().plan.empty
        gone = {case.key: leavers & stage.live(case).keys() for case in stage.cases}
        for case in stage.cases:
            for name in sorted(gone[case.key]):
                with stage.rig.world.lock:
                    act(stage.rig.world, ScriptedAction(do="leave", who=name, group=case.subject))
        stage.rig.script(*troubles)
        for _ in range(RUNS):
            run_whatever_happens(stage)
            stage.rig.clock.advance(A_DAY)
        for case in stage.cases:
            assert not gone[case.key] & asked_for(stage, case).keys()
            group = stage.existing(case)
            assert group is not None
            assert not gone[case.key] & {person.name for person in group.members}
