"""A look at a picture costs one read, and whatever goes wrong with it stops nothing else."""

import asyncio
from collections.abc import Iterator
from types import MappingProxyType
from typing import cast

import pytest

from tests import builders as b
from tests.fake_clock import FakeClock
from wagroups.domain.declared.picture import Glimpse, Likeness
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import GroupJid
from wagroups.domain.ledger import Ledger
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.plans.budget import Allowance, Budget, CallClass, Pace
from wagroups.domain.ports import WholeGateway
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.execution.rate_limit import Pacer
from wagroups.execution.verification import glimpse
from wagroups.state.volatile import volatile_ledger

SEEN = Glimpse(likeness=Likeness(digest="1" * 64, shape="2" * 16, colour="3" * 6))


class Eyes:
    """The part of a gateway that looks at pictures."""

    account, me = b.ACCOUNT, b.ME
    capabilities = Capabilities(gateway="eyes", claims={Aspect.PICTURE: Claim(access=Access.READ)})

    def __init__(self, *answers: Glimpse | GatewayError) -> None:
        self.answers = list(answers)

    async def glimpse(self, group: GroupJid) -> Glimpse:
        answer = self.answers.pop(0)
        if isinstance(answer, GatewayError):
            raise answer
        return answer


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    opened = volatile_ledger()
    yield opened
    opened.close()


def look(ledger: Ledger, *answers: Glimpse | GatewayError, reads: Allowance | None = None) -> Glimpse:
    clock = FakeClock()
    allowances = dict.fromkeys(CallClass, Allowance())
    budget: Budget = MappingProxyType({**allowances, CallClass.READ: reads or Allowance()})
    pacer = Pacer(ledger, b.ACCOUNT, Pace(budget), clock)
    return asyncio.run(glimpse(PacedGateway(cast(WholeGateway, Eyes(*answers)), pacer, clock), b.JID))


def reads_charged(ledger: Ledger) -> int:
    return len(ledger.standing(b.ACCOUNT, FakeClock().now()).spent.get(CallClass.READ, ()))


def test_a_look_is_charged_as_one_read(ledger: Ledger) -> None:
    assert look(ledger, SEEN) == SEEN
    assert reads_charged(ledger) == 1


def test_a_look_that_had_no_answer_is_made_again(ledger: Ledger) -> None:
    assert look(ledger, Unanswered("no answer in time"), SEEN) == SEEN


def test_a_refusal_is_told_and_not_raised(ledger: Ledger) -> None:
    assert look(ledger, Rejected("this gateway has no such route")) == Glimpse(trouble="this gateway has no such route")


def test_a_gateway_that_stays_away_is_told_and_not_raised(ledger: Ledger) -> None:
    seen = look(ledger, *[NotSent("no connection")] * 10)
    assert seen == Glimpse(trouble="no connection")


def test_a_rate_limit_rests_reads(ledger: Ledger) -> None:
    assert look(ledger, Throttled("too fast")).trouble == "reads are paused"
    (rest,) = ledger.standing(b.ACCOUNT, FakeClock().now()).breakers
    assert rest.calls is CallClass.READ


def test_a_budget_that_is_used_up_is_told_and_nothing_is_asked(ledger: Ledger) -> None:
    assert look(ledger, reads=Allowance(day=0)).trouble == "the budget for reads is used up"
    assert reads_charged(ledger) == 0


def test_a_lost_session_is_raised_because_it_holds_for_everything(ledger: Ledger) -> None:
    with pytest.raises(SessionLost):
        look(ledger, SessionLost("logged out"))
