"""A roll tells whether two reads show the same people, and who is known already is not learnt again."""

from types import MappingProxyType

import pytest

from tests import builders as b
from wagroups.domain.identity import Role
from wagroups.domain.live.memory import Snapshot
from wagroups.domain.live.observed import ObservedMember

ANNA, BEN, CARLA = (b.seen(name, by="lid") for name in ("anna", "ben", "carla"))
RULER = ANNA._replace(role=Role.ADMIN)


def roll(*members: ObservedMember) -> bytes:
    return b.live(members=members).roll


def test_a_roll_does_not_depend_on_the_order_of_the_list() -> None:
    assert roll(ANNA, BEN, CARLA) == roll(CARLA, ANNA, BEN)


@pytest.mark.parametrize(
    "others",
    [
        (ANNA, BEN),
        (ANNA, BEN, CARLA, CARLA),
        (ANNA, BEN, CARLA._replace(role=Role.ADMIN)),
        (ANNA, BEN, CARLA._replace(lid=None)),
        (ANNA, BEN, CARLA._replace(phone=None)),
        (RULER, BEN, CARLA),
    ],
)
def test_a_roll_changes_with_who_is_there_and_under_which_names_and_role(others: tuple[ObservedMember, ...]) -> None:
    assert roll(*others) != roll(ANNA, BEN, CARLA)


def test_a_group_that_shows_the_same_people_teaches_nothing() -> None:
    live = b.live(members=(ANNA, BEN))
    observed = b.observed(live)
    memory = b.memory(snapshots=MappingProxyType({live.jid: Snapshot(b.NOW, 2, frozenset(), roll=live.roll)}))
    assert memory.taught(observed) is memory
    changed = b.observed(b.live(members=(ANNA, BEN, CARLA)))
    taught = memory.taught(changed)
    assert CARLA.phone is not None
    assert taught.names.lid_of(CARLA.phone) == CARLA.lid
    assert CARLA.phone in taught.seen
