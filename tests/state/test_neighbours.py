"""An account knows the others of its ledger: under which identity they were met, and which groups are theirs."""

from tests.fake_clock import MORNING
from tests.state.people import CHOIR, OFFICE, SPORTS, STAFF, addition, intent, jid, lid, phone
from wagroups.domain.identity import Me
from wagroups.domain.live.memory import Neighbour
from wagroups.state.ledger import SqlLedger


def test_an_account_knows_the_identity_and_the_groups_of_the_others_and_not_itself(ledger: SqlLedger) -> None:
    ledger.note_account(OFFICE, Me(phone(1), None), MORNING)
    ledger.note_account(SPORTS, Me(phone(2), lid(2)), MORNING)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    ledger.bind(SPORTS, CHOIR, jid(2), MORNING, created=True)
    assert ledger.recall(OFFICE, MORNING).neighbours == {
        SPORTS: Neighbour(Me(phone(2), lid(2)), frozenset({CHOIR})),
    }


def test_another_account_keeps_its_groups_when_its_identity_is_forgotten(ledger: SqlLedger) -> None:
    ledger.note_account(SPORTS, Me(phone(2), None), MORNING)
    ledger.bind(SPORTS, CHOIR, jid(2), MORNING, created=True)
    ledger.forget_identity(SPORTS, MORNING)
    assert ledger.recall(OFFICE, MORNING).neighbours == {SPORTS: Neighbour(None, frozenset({CHOIR}))}


def test_an_account_that_was_read_and_has_no_group_is_known_too(ledger: SqlLedger) -> None:
    ledger.note_account(SPORTS, Me(phone(2), None), MORNING)
    assert ledger.recall(OFFICE, MORNING).neighbours == {SPORTS: Neighbour(Me(phone(2), None), frozenset())}


def test_a_creation_without_an_answer_belongs_to_its_account(ledger: SqlLedger) -> None:
    ledger.note_account(OFFICE, Me(phone(1), None), MORNING)
    number = ledger.intend(intent(group=STAFF))
    ledger.intend(intent(addition(3), group=CHOIR))
    assert ledger.recall(SPORTS, MORNING).neighbours[OFFICE].groups == {STAFF}
    ledger.settle(number, "abandoned", MORNING)
    assert ledger.recall(SPORTS, MORNING).neighbours[OFFICE].groups == frozenset()
