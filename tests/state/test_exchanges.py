"""Since when a former number waits for the new one."""

from datetime import timedelta

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, STAFF, phone
from wagroups.state.ledger import SqlLedger


def test_a_wait_keeps_the_time_at_which_it_began_until_it_is_over(ledger: SqlLedger) -> None:
    ledger.note_exchanges(OFFICE, {STAFF: {phone(1), phone(2)}}, MORNING)
    later = MORNING + timedelta(days=3)
    ledger.note_exchanges(OFFICE, {STAFF: {phone(1)}}, later)
    assert ledger.recall(OFFICE, later).exchanges == {(STAFF, phone(1)): MORNING}


def test_a_plan_of_other_groups_ends_no_wait(ledger: SqlLedger) -> None:
    ledger.note_exchanges(OFFICE, {STAFF: {phone(1)}}, MORNING)
    ledger.note_exchanges(OFFICE, {}, MORNING)
    assert ledger.recall(OFFICE, MORNING).exchanges == {(STAFF, phone(1)): MORNING}
