"""Only what is known not to have happened is asked again."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.fake_clock import FakeClock
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.execution.gateway_calls import ATTEMPTS, LONGEST_ADVICE, NEW, READ, VALUE, Retry, retried


def seconds(*amounts: float) -> list[timedelta]:
    return [timedelta(seconds=amount) for amount in amounts]


class Asked:
    """A call that fails as told and then answers."""

    def __init__(self, failures: Iterable[GatewayError]) -> None:
        self._failures = list(failures)
        self.times = 0
        self.clock = FakeClock()

    async def __call__(self) -> str:
        self.times += 1
        if self._failures:
            raise self._failures.pop(0)
        return "answer"

    def retried(self, retry: Retry = VALUE) -> str:
        return asyncio.run(retried(self, retry, self.clock))


def test_an_answer_is_asked_for_once() -> None:
    asked = Asked([])
    assert asked.retried() == "answer"
    assert (asked.times, asked.clock.slept) == (1, [])


def test_what_was_not_sent_is_asked_again_after_growing_pauses() -> None:
    asked = Asked(NotSent("refused") for _ in range(3))
    assert asked.retried() == "answer"
    assert asked.clock.slept == seconds(2, 4, 8)


def test_the_gateways_own_advice_comes_first() -> None:
    asked = Asked([NotSent("starting", retry_after=timedelta(seconds=11)), NotSent("starting")])
    assert asked.retried() == "answer"
    assert asked.clock.slept == seconds(11, 4)


def test_what_may_not_be_made_twice_is_asked_again_only_where_nothing_can_have_arrived() -> None:
    asked = Asked([NotSent("no connection"), NotSent("a proxy answered 503", may_have_happened=True)])
    with pytest.raises(NotSent, match="proxy"):
        asked.retried(NEW)
    assert (asked.times, asked.clock.slept) == (2, seconds(2))


def test_attempts_run_out() -> None:
    failures = [NotSent(f"attempt {number}") for number in range(1, 10)]
    asked = Asked(failures)
    with pytest.raises(NotSent, match=f"attempt {ATTEMPTS}"):
        asked.retried()
    assert asked.times == ATTEMPTS


def test_advice_to_wait_for_long_is_left_to_the_caller() -> None:
    asked = Asked([NotSent("maintenance", retry_after=LONGEST_ADVICE + timedelta(seconds=1))])
    with pytest.raises(NotSent):
        asked.retried(READ)
    assert (asked.times, asked.clock.slept) == (1, [])


@pytest.mark.parametrize("failure", [Throttled("too fast"), Unanswered("?"), Rejected("no"), SessionLost("gone")])
def test_anything_else_is_raised_at_once(failure: GatewayError) -> None:
    asked = Asked([failure])
    with pytest.raises(type(failure)):
        asked.retried()
    assert (asked.times, asked.clock.slept) == (1, [])


def test_a_read_without_an_answer_is_read_again() -> None:
    asked = Asked([Unanswered("?"), NotSent("no"), Unanswered("?")])
    assert asked.retried(READ) == "answer"
    assert asked.clock.slept == seconds(2, 4, 8)


@pytest.mark.parametrize("failure", [Throttled("too fast"), Rejected("no"), SessionLost("gone")])
def test_a_read_too_is_not_repeated_against_an_answer(failure: GatewayError) -> None:
    asked = Asked([failure])
    with pytest.raises(type(failure)):
        asked.retried(READ)
    assert asked.times == 1
