"""Law 5: whatever the world, whatever goes wrong, nobody leaves who may stay and nothing undeclared is touched."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import A_DAY, Stage, staged
from tests.laws.worlds import FOLK, Case, worlds
from tests.rig import people
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import GatewayError, NotYet
from wagroups.domain.identity import Role
from wagroups.simulation.world.faults import Call, Fault, FaultKind

RUNS: Final = 3

KINDS_OF_TROUBLE: Final = (
    FaultKind.LOSE_ANSWER,
    FaultKind.DROP_BEFORE,
    FaultKind.CUT_OFF,
    FaultKind.TIME_OUT,
    FaultKind.RATE_LIMIT,
    FaultKind.LIE,
    FaultKind.STALE,
    FaultKind.TRUNCATE_LIST,
    FaultKind.TRUNCATE_MEMBERS,
    FaultKind.EMPTY_LIST,
    FaultKind.HTTP_STATUS,
)
"""Of those that a gateway recovers from by itself."""

faults = st.builds(
    Fault,
    kind=st.sampled_from(KINDS_OF_TROUBLE),
    after=st.integers(0, 30),
    times=st.sampled_from((1, 2, 5)),
    keep=st.integers(0, 3),
)


@on_every_dialect
@examples(8)
@given(
    declared=worlds(),
    known=st.sets(st.sampled_from(FOLK)),
    hidden=st.sets(st.sampled_from(FOLK), max_size=3),
    troubles=st.lists(faults, max_size=3),
)
def test_nobody_leaves_without_cause_and_nothing_undeclared_is_touched(
    gateway: str,
    dialect: str,
    declared: tuple[Case, ...],
    known: set[str],
    hidden: set[str],
    troubles: list[Fault],
) -> None:
    with staged(gateway, dialect, declared, known=sorted(known), hidden=hidden) as stage:
        before = stage.bystanders().copy()
        stage.rig.script(*troubles)
        for _ in range(RUNS):
            run_whatever_happens(stage)
            stage.rig.clock.advance(A_DAY)
        assert stage.bystanders() == before
        for case in stage.cases:
            assert stage.removed(case) <= case.may_leave()
            group = stage.existing(case)
            assert group is None or group.members[stage.rig.world.me] is Role.OWNER
        subjects = [group.subject for group in stage.rig.world.groups.values()]
        assert len(subjects) == len(set(subjects)), "a group was made twice"


def run_whatever_happens(stage: Stage, groups: Iterable[DesiredGroup] | None = None) -> None:
    """Apply what the cases say, or `groups`."""
    with suppress(GatewayError, NotYet):
        stage.rig.apply(*(stage.groups() if groups is None else groups))


CROWD: Final = tuple(f"p{number}" for number in range(1, 31))

CUTS: Final = (
    *((FaultKind.TRUNCATE_MEMBERS, keep) for keep in (0, 1, 10, 20)),
    *((FaultKind.TRUNCATE_LIST, keep) for keep in (0, 1)),
    (FaultKind.EMPTY_LIST, 0),
)
"""Each hides the declared group, which is the younger of two, or a third of its people and more."""


@on_every_dialect
@examples(5)
@given(
    cut=st.sampled_from(CUTS),
    declared=worlds(born=True),
)
def test_no_change_of_people_follows_from_an_incomplete_read(
    gateway: str, dialect: str, cut: tuple[FaultKind, int], declared: tuple[Case, ...]
) -> None:
    case = declared[0]
    with staged(gateway, dialect, [case]) as stage:
        for name in CROWD:
            stage.rig.world.people.enter(people(name)[name])
        with stage.rig.world.lock:
            group = stage.existing(case)
            assert group is not None
            group.members.update({person: Role.MEMBER for person in stage.rig.world.people if person.name in CROWD})
        stage.rig.plan(*stage.groups())
        present = dict(group.members)
        kind, keep = cut
        stage.rig.script(
            Fault(kind=kind, on=Call.LIST, keep=keep, times=None),
            Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=keep, times=None),
        )
        run_whatever_happens(stage)
        assert group.members == present
        assert not stage.writes().keys() & {Call.ADD, Call.REMOVE, Call.PROMOTE, Call.DEMOTE, Call.CREATE}
