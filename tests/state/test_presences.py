"""What is remembered of declared people who may be hidden members of a group."""

from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, STAFF, both, jid, lid, phone, read
from wagroups.domain.identity import Identity, Lid
from wagroups.domain.live.presence import Count, Presence
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.budget import DAY
from wagroups.state.ledger import SqlLedger

LATER = MORNING + DAY


def test_a_doubt_keeps_its_first_time_and_ends_with_itself(ledger: SqlLedger) -> None:
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False, phone(2): True}}, MORNING)
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False}}, LATER)
    assert ledger.recall(OFFICE, LATER).presences == {(STAFF, phone(1)): Presence(MORNING)}


def test_whoever_was_in_the_group_once_stays_known(ledger: SqlLedger) -> None:
    for known in (False, True, False):
        ledger.note_doubts(OFFICE, {STAFF: {phone(1): known}}, MORNING)
    assert ledger.recall(OFFICE, MORNING).presences == {(STAFF, phone(1)): Presence(MORNING, known=True)}


def test_a_group_that_was_not_planned_keeps_its_doubts(ledger: SqlLedger) -> None:
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False}}, MORNING)
    ledger.note_doubts(OFFICE, {}, LATER)
    assert ledger.recall(OFFICE, LATER).presences == {(STAFF, phone(1)): Presence(MORNING)}


@pytest.mark.parametrize("shown", [Count(5, 2), None])
def test_an_answer_is_kept_with_what_the_group_was(ledger: SqlLedger, shown: Count | None) -> None:
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False}}, MORNING)
    ledger.note_presence(OFFICE, STAFF, phone(1), LATER, 409, shown)
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False}}, LATER)
    told = Presence(MORNING, asked_at=LATER, code=409, shown=shown)
    assert ledger.recall(OFFICE, LATER).presences == {(STAFF, phone(1)): told}


@pytest.mark.parametrize(("gone", "vanished"), [(lid(7), True), (lid(2), False), (phone(7), False)])
def test_only_somebody_whose_number_nobody_knows_may_be_anybody(ledger: SqlLedger, gone: Lid, vanished: bool) -> None:
    ledger.note_read(read({jid(1): both(2)}), frozenset())
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): False}}, MORNING)
    ledger.note_read(read({}), frozenset(), {STAFF: Turnover(left=frozenset({gone}))})
    assert ledger.recall(OFFICE, LATER).presences[STAFF, phone(1)].vanished is vanished


def test_whoever_is_readmitted_may_be_asked_about_again(ledger: SqlLedger) -> None:
    ledger.note_doubts(OFFICE, {STAFF: {phone(1): True}}, MORNING)
    assert ledger.readmit(OFFICE, STAFF, Identity(phone=phone(1)))
    assert not ledger.recall(OFFICE, MORNING + timedelta(days=1)).presences
