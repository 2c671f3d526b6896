"""A read that may not be acted on changes nobody's membership, on every dialect, and says why in its own word."""

import pytest

from tests import builders as b
from tests.rig import DIALECTS, rig
from wagroups.domain.identity import Role
from wagroups.simulation.world.faults import Call, Fault, FaultKind

CROWD = tuple(f"p{number}" for number in range(1, 31))
DECLARED = CROWD[:25]


def always(kind: FaultKind, *calls: Call, keep: int = 0) -> list[Fault]:
    return [Fault(kind=kind, on=call, times=None, keep=keep) for call in calls]


READS = (Call.LIST, Call.GET)
AWAY = always(FaultKind.HTTP_STATUS, Call.GET)


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
@pytest.mark.parametrize(
    ("trouble", "read_before", "rule"),
    [
        (always(FaultKind.TRUNCATE_MEMBERS, *READS, keep=10), True, "read-shrank"),
        (always(FaultKind.TRUNCATE_MEMBERS, *READS, keep=10), False, "read-short"),
        (always(FaultKind.TRUNCATE_MEMBERS, *READS, keep=0), True, "read-empty"),
        (always(FaultKind.EMPTY_LIST, Call.LIST) + AWAY, True, "read-empty"),
        (always(FaultKind.TRUNCATE_LIST, Call.LIST) + AWAY, False, "read-failed"),
    ],
    ids=["a third", "a third, first read", "nobody", "no group", "no answer"],
)
def test_a_bad_read_is_held_with_its_own_reason(
    gateway: str, dialect: str, trouble: list[Fault], read_before: bool, rule: str
) -> None:
    if rule == "read-short" and gateway == "waxum":
        pytest.skip("Waxum states no size, so nothing tells that a first list is short")
    with rig(gateway, dialect, *CROWD) as account:
        account.know(*CROWD)
        jid = account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))
        group = b.group("chess", id=jid, members=DECLARED)
        if read_before:
            account.plan(group)
        account.script(*trouble)
        plan = account.plan(group)
        (chess,) = plan.groups
        assert chess.hold is not None
        assert chess.hold.rule == rule
        assert not chess.actions
        assert not plan.live.complete
