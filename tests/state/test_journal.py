"""What was about to be asked is known after any crash, and is settled only by looking."""

from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from tests.state.people import CHOIR, OFFICE, SPORTS, STAFF, addition, intent, jid, phone, removed
from tests.state.processes import PATIENCE, die_between_intent_and_conclusion, started
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import Identity
from wagroups.domain.live.memory import Unsettled
from wagroups.domain.plans.operation import CreateGroup
from wagroups.domain.plans.outcome import Done, NotAttempted, PersonResult, Receipt, Refused, StepOutcome, Uncertain
from wagroups.domain.plans.removal import RemovalKind
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger

LATER = MORNING + timedelta(minutes=1)


def test_an_intent_is_recalled_whole_until_it_is_concluded(ledger: SqlLedger) -> None:
    meant = intent(
        CreateGroup(subject="Staff", settings={Setting.SEND_MESSAGES: "admins"}, first=Identity(phone=phone(1)))
    )
    number = ledger.intend(meant)
    assert ledger.recall(OFFICE, MORNING).unsettled == (Unsettled(number, meant),)
    assert ledger.recall(SPORTS, MORNING).unsettled == ()
    ledger.conclude(number, Done(jid=jid(3)), LATER)
    assert ledger.recall(OFFICE, MORNING).unsettled == ()


@pytest.mark.parametrize(
    ("outcome", "settled"),
    [
        (Done(receipt=Receipt(people=(PersonResult(person=Identity(phone=phone(1)), code=403),))), True),
        (Refused(message="not an admin", code=403), True),
        (NotAttempted(because="rate limit"), True),
        (Uncertain(message="no answer"), False),
    ],
)
def test_only_an_uncertain_outcome_leaves_an_intent_unsettled(
    ledger: SqlLedger, outcome: StepOutcome, settled: bool
) -> None:
    number = ledger.intend(intent(addition(1)))
    ledger.conclude(number, outcome, LATER)
    assert bool(ledger.recall(OFFICE, MORNING).unsettled) is not settled
    entry = ledger.recent(OFFICE)[0]
    assert (entry.outcome, entry.concluded_at) == (outcome, LATER)


def test_looking_settles_what_no_answer_did(ledger: SqlLedger) -> None:
    number = ledger.intend(intent())
    ledger.conclude(number, Uncertain(message="no answer"), LATER)
    ledger.settle(number, "adopted", LATER)
    assert ledger.recall(OFFICE, MORNING).unsettled == ()
    entry = ledger.recent(OFFICE)[0]
    assert (entry.finding, entry.settled_at) == ("adopted", LATER)


def test_the_past_is_listed_newest_first(ledger: SqlLedger) -> None:
    numbers = [ledger.intend(intent(addition(person))) for person in range(1, 6)]
    assert [entry.number for entry in ledger.recent(OFFICE, 3)] == numbers[:1:-1]
    assert ledger.recent(SPORTS) == ()


def test_only_creations_are_abandoned(ledger: SqlLedger) -> None:
    ledger.intend(intent(CreateGroup(subject="Staff")))
    kept = [ledger.intend(intent(addition(1))), ledger.intend(intent(CreateGroup(subject="Choir"), group=CHOIR))]
    assert ledger.abandon(OFFICE, STAFF, LATER) == 1
    assert [entry.number for entry in ledger.recall(OFFICE, MORNING).unsettled] == kept
    assert ledger.abandon(OFFICE, STAFF, LATER) == 0


def test_a_number_that_is_not_in_the_journal_is_not_passed_over(ledger: SqlLedger) -> None:
    with pytest.raises(LedgerError, match="no entry 41"):
        ledger.conclude(41, Done(), MORNING)


def test_a_run_killed_between_intent_and_conclusion_leaves_exactly_that_intent(place: str) -> None:
    open_ledger(place).close()
    process = started(die_between_intent_and_conclusion, place)
    process.join(PATIENCE)
    assert process.exitcode == -9
    ledger = open_ledger(place)
    (left,) = ledger.recall(OFFICE, MORNING).unsettled
    assert left.intent == intent(addition(2))
    with ledger.hold(OFFICE, MORNING):
        ledger.settle(left.number, "not-seen", LATER)
    assert ledger.recall(OFFICE, MORNING).unsettled == ()
    ledger.close()


def test_an_approval_keeps_its_first_time(ledger: SqlLedger) -> None:
    assert ledger.approve("wg1-21bbf4d6cae6", ["b", "a"], MORNING) == MORNING
    assert ledger.approve("wg1-21bbf4d6cae6", ["a"], LATER) == MORNING
    assert ledger.approve("wg1-000000000000", [], LATER) == LATER


def test_the_audit_log_only_grows(ledger: SqlLedger) -> None:
    ledger.audit("run-1", MORNING, "Ada", ["max-removals passed: the term ended", "min-admins passed: handover"])
    ledger.audit("run-2", LATER, "Bo", [])
    ledger.audit("run-3", LATER, "Bo", ["max-removals passed: the term ended"])
    rows = ledger.export()["audit"]
    assert isinstance(rows, list)
    assert [(row["run"], row["actor"]) for row in rows if isinstance(row, dict)] == [
        ("run-1", "Ada"),
        ("run-1", "Ada"),
        ("run-3", "Bo"),
    ]


def test_people_in_the_journal_come_back_as_people(ledger: SqlLedger) -> None:
    ledger.intend(intent(addition(1)))
    operation = ledger.recall(OFFICE, MORNING).unsettled[0].intent.operation
    assert operation == addition(1)
    assert "447700" not in repr(operation)


def test_a_creation_that_was_answered_is_bound_in_the_same_breath(ledger: SqlLedger) -> None:
    meant = intent(CreateGroup(subject="Staff", settings={Setting.APPROVE_JOINS: "yes"}))
    ledger.conclude(ledger.intend(meant), Done(jid=jid(3)), LATER)
    memory = ledger.recall(OFFICE, LATER)
    assert memory.bindings[STAFF].jid == jid(3)
    assert memory.bindings[STAFF].created
    assert memory.blind == {(STAFF, "settings.approve_joins"): "yes"}


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (Done(), 2),
        (Uncertain(message="no answer"), 2),
        (Refused(message="not an admin", code=403), 0),
        (NotAttempted(because="rate limit"), 0),
    ],
)
def test_removals_that_may_have_happened_count_for_the_day(
    ledger: SqlLedger, outcome: StepOutcome, counted: int
) -> None:
    removed(ledger, jid(1), 2, MORNING, outcome)
    today = ledger.recall(OFFICE, LATER).removed_today
    assert today == ({jid(1): {RemovalKind.UNDECLARED: counted}} if counted else {})
