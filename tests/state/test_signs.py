"""Answers to additions are read together, over all runs, and what they say is a rest that the ledger keeps."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, addition, intent, phone
from wagroups.domain.identity import Identity
from wagroups.domain.ledger import Deferred, Granted
from wagroups.domain.plans.budget import DAY, LESSON, Allowance, Breaker, CallClass
from wagroups.domain.plans.operation import AddMembers
from wagroups.domain.plans.outcome import Done, NotAttempted, PersonResult, Receipt, Refused, StepOutcome, Uncertain
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger

ADD, ADD_UNSEEN, REMOVE = CallClass.ADD, CallClass.ADD_UNSEEN, CallClass.REMOVE


def told(code: int) -> Done:
    return Done(receipt=Receipt(people=(PersonResult(person=Identity(phone=phone(1)), code=code),)))


RIDDLE = Refused(message="WhatsApp refused and does not say why")
SILENCE = Uncertain(message="no answer in time")
NOT_SENT = Refused(message="no connection", retryable=True)
NO_RIGHT = Refused(message="the account lacks the right", code=403)
NOT_ASKED = NotAttempted(because="rate limit")
ALL_DONE = Done()
"""The answer of a gateway that speaks of nobody."""


def answer(ledger: SqlLedger, *outcomes: StepOutcome) -> None:
    """One answer each about one person after another."""
    for number, outcome in enumerate(outcomes, start=len(ledger.recall(OFFICE, MORNING).additions) + 1):
        about(ledger, number, outcome)


def about(ledger: SqlLedger, number: int, outcome: StepOutcome) -> None:
    if isinstance(outcome, Done) and outcome.receipt.people:
        person = Identity(phone=phone(number))
        results = tuple(result.model_copy(update={"person": person}) for result in outcome.receipt.people)
        outcome = outcome.model_copy(update={"receipt": Receipt(people=results)})
    ledger.conclude(ledger.intend(intent(addition(number))), outcome, MORNING)


def rest_of(ledger: SqlLedger, calls: CallClass) -> str | None:
    answered = ledger.reserve(OFFICE, calls, Allowance(), MORNING, 1.0)
    if answered == Granted():
        return None
    assert isinstance(answered, Deferred)
    assert answered.at == MORNING + DAY
    return answered.reason


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([told(200)] * 12, None),
        ([RIDDLE, told(500), SILENCE], "breaker:adds-failing"),
        ([told(500), told(500), told(200), told(500), told(500)], None),
        ([told(500), told(500), ALL_DONE, told(500), told(500)], None),
        ([told(403), told(403), told(403)], None),
        ([told(403), told(200), told(403), told(200), told(403), told(200), told(403)], "breaker:adds-refused"),
        ([told(403)] * 3 + [told(200)] * 7 + [told(403)], None),
        ([told(404), told(408), told(409), told(417), told(421)] * 3, None),
        ([NOT_SENT] * 5, None),
        ([NOT_ASKED] * 5, None),
        ([NO_RIGHT] * 5, None),
        ([told(500), told(500), NOT_SENT, told(500)], "breaker:adds-failing"),
    ],
)
def test_three_riddles_in_a_row_or_four_refusals_of_ten_rest_additions_for_a_day(
    ledger: SqlLedger, outcomes: list[StepOutcome], reason: str | None
) -> None:
    answer(ledger, *outcomes)
    assert [rest_of(ledger, calls) for calls in (ADD, ADD_UNSEEN, REMOVE)] == [reason, reason, None]


def test_a_run_that_is_started_again_is_no_fresh_start(place: str) -> None:
    for _ in range(2):
        ledger = open_ledger(place)
        answer(ledger, told(403), told(403))
        ledger.close()
    ledger = open_ledger(place)
    assert rest_of(ledger, ADD) == "breaker:adds-refused"
    ledger.close()


def test_the_same_signs_do_not_rest_additions_twice(ledger: SqlLedger) -> None:
    answer(ledger, *[told(500)] * 3)
    assert ledger.recall(OFFICE, MORNING).additions == ()
    answer(ledger, told(500))
    assert ledger.recall(OFFICE, MORNING + DAY).breakers == ()


@pytest.mark.parametrize("lifted", [ADD, ADD_UNSEEN, None])
def test_a_rest_that_is_lifted_takes_the_signs_along(ledger: SqlLedger, lifted: CallClass | None) -> None:
    answer(ledger, *[told(403)] * 3)
    ledger.reset_breaker(OFFICE, lifted)
    answer(ledger, told(403))
    assert ledger.recall(OFFICE, MORNING).breakers == ()
    assert ledger.recall(OFFICE, MORNING).additions == (403,)


def test_everybody_in_one_call_is_a_sign(ledger: SqlLedger) -> None:
    people = tuple(Identity(phone=phone(number)) for number in range(1, 5))
    refused = Done(receipt=Receipt(people=tuple(PersonResult(person=person, code=403) for person in people)))
    ledger.conclude(ledger.intend(intent(AddMembers(people=people))), refused, MORNING)
    assert rest_of(ledger, ADD) == "breaker:adds-refused"


def test_what_a_refusal_taught_is_kept_as_long_as_its_strikes(ledger: SqlLedger) -> None:
    rest = Breaker(calls=ADD, until=MORNING, reason="rate-overlimit", hourly=2)
    ledger.trip(OFFICE, rest)
    hourly = Allowance(gap=timedelta(seconds=1), hour=9)
    answers = [ledger.reserve(OFFICE, ADD, hourly, MORNING + timedelta(minutes=n), 1.0) for n in range(1, 4)]
    assert answers == [Granted(), Granted(), Deferred(MORNING + timedelta(minutes=61), "hour")]
    assert ledger.recall(OFFICE, MORNING).lessons == (rest,)
    later = MORNING + LESSON
    assert [ledger.reserve(OFFICE, ADD, hourly, later + timedelta(minutes=n), 1.0) for n in range(3)] == [Granted()] * 3


@pytest.mark.parametrize(
    "outcome", [told(412), told(403), SILENCE, RIDDLE], ids=["unknown", "privacy", "none", "riddle"]
)
def test_what_is_said_of_one_person_again_and_again_rests_nobody_else(tmp_path: Path, outcome: StepOutcome) -> None:
    ledger = open_ledger(str(tmp_path / "state.db"))
    for _ in range(12):
        about(ledger, 1, outcome)
    assert rest_of(ledger, ADD) is None
    assert len(ledger.recall(OFFICE, MORNING).additions) == 1
    ledger.close()
