"""Law 6: no budget is exceeded, whatever there is to do.

A lost answer was paid for all the same, and so was one that said “too fast”; a clock that is set back between two runs
gives nothing back.  What counts is when the calls came in, by a clock that nobody touches.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.fake_clock import FakeClock
from tests.laws.effort import examples, on_every_dialect
from tests.laws.stage import staged
from tests.laws.worlds import Case, worlds
from wagroups.domain.errors import GatewayError, NotYet
from wagroups.domain.plans.budget import CAREFUL, DAY, HOUR, JITTER, CallClass
from wagroups.gateways.registry import KINDS
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.reconcile.session import WaitPolicy

CLASSES = {
    CallClass.CREATE: (Call.CREATE,),
    CallClass.REMOVE: (Call.REMOVE,),
    CallClass.ROLE: (Call.PROMOTE, Call.DEMOTE),
    CallClass.EDIT: (Call.SUBJECT, Call.DESCRIPTION, Call.SETTING),
}
"""Budgets whose calls can be told by their routes.  The people in these worlds are known, so additions are `add`."""


MINUTE = timedelta(minutes=1)


class Behind(FakeClock):
    """Another clock, set back."""

    def __init__(self, right: FakeClock, by: timedelta) -> None:
        super().__init__()
        self._right, self._by = right, by

    def now(self) -> datetime:
        return self._right.now() - self._by

    def advance(self, duration: timedelta) -> None:
        self._right.advance(duration)


def most_within(moments: list[datetime], window: timedelta) -> int:
    """The most calls that ever fell into a window of this length."""
    return max((sum(first <= at < first + window for at in moments) for first in moments), default=0)


def gap_at_least(calls: CallClass) -> timedelta:
    """The least that lies between two calls: gaps are stretched and shrunk, and a turn is taken just before a call."""
    return CAREFUL[calls].gap * (1 - JITTER)


@on_every_dialect
@examples(3)
@given(cases=worlds(), lost=st.integers(5, 25), limited=st.integers(5, 40), back=st.sampled_from((0, 20, 90, 200)))
def test_no_budget_is_exceeded_by_runs_that_wait_and_are_disturbed_while_the_clock_is_set_back(
    gateway: str, dialect: str, cases: tuple[Case, ...], lost: int, limited: int, back: int
) -> None:
    with staged(gateway, dialect, cases) as stage:
        stage.rig.profile = "careful"
        stage.rig.script(Fault(kind=FaultKind.LOSE_ANSWER, after=lost), Fault(kind=FaultKind.RATE_LIMIT, after=limited))
        right, begun = stage.rig.clock, list[datetime]()
        for clock in (right, Behind(right, back * MINUTE), right):
            stage.rig.clock = clock
            begun.append(right.now())
            with suppress(GatewayError, NotYet):
                stage.rig.apply(*stage.groups(), patience=WaitPolicy(longest=HOUR))
        cost = KINDS[gateway].claims(dialect).read_cost
        listings = {CallClass.LIST: (Call.LIST, Call.REFRESH)} if cost.listing else {CallClass.LIST: (Call.REFRESH,)}
        for calls, words in {**CLASSES, **listings}.items():
            allowance = CAREFUL[calls]
            moments = [entry.at for entry in stage.rig.front.log if entry.call in words]
            # Whoever sets a clock forward again makes the last call look older than it is, and no ledger can tell.
            known = [pair for pair in pairwise(moments) if not pair[0] < begun[-1] <= pair[1]]
            assert all(later - earlier >= gap_at_least(calls) for earlier, later in known), calls
            assert allowance.hour is None or most_within(moments, HOUR) <= allowance.hour, calls
            assert allowance.day is None or most_within(moments, DAY) <= allowance.day, calls
