"""Invitations are kept until the person comes, and a text is counted before it is sent."""

import pytest

from tests.fake_clock import MORNING
from tests.state.people import CHOIR, INVITATION, OFFICE, SPORTS, STAFF, both, intent, jid, lid, phone, read
from wagroups.domain.identity import Identity
from wagroups.domain.live.invitation import Invitation
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.plans.operation import SendInvitation
from wagroups.domain.plans.outcome import Done, NotAttempted, Refused, StepOutcome, Uncertain
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger

TEXT = SendInvitation(person=Identity(phone=phone(1)))


def invitation_of(ledger: SqlLedger, number: int = 1) -> Invitation | None:
    return ledger.recall(OFFICE, MORNING).invitations.get((STAFF, phone(number)))


def invite(ledger: SqlLedger, *numbers: int) -> None:
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    for number in numbers:
        ledger.note_invitation(OFFICE, STAFF, phone(number), INVITATION)


def test_an_invitation_is_recalled_for_its_account_alone(ledger: SqlLedger) -> None:
    invite(ledger, 1)
    assert invitation_of(ledger) == INVITATION
    assert not ledger.recall(SPORTS, MORNING).invitations


def test_a_read_that_shows_the_person_ends_the_invitation(ledger: SqlLedger) -> None:
    invite(ledger, 1, 2)
    ledger.note_read(read({jid(1): both(1, 3)}), frozenset())
    assert invitation_of(ledger) is None
    assert invitation_of(ledger, 2) == INVITATION


def test_a_read_of_another_group_ends_no_invitation(ledger: SqlLedger) -> None:
    invite(ledger, 1)
    ledger.bind(OFFICE, CHOIR, jid(2), MORNING, created=True)
    ledger.note_read(read({jid(2): both(1)}), frozenset({jid(2)}))
    assert invitation_of(ledger) == INVITATION


def test_somebody_who_came_under_a_lid_that_is_learnt_later_is_known_then(ledger: SqlLedger) -> None:
    invite(ledger, 1)
    hidden = read({jid(1): [ObservedMember(None, lid(1), by_lid=True)]})
    ledger.note_read(hidden, frozenset({jid(1)}))
    assert invitation_of(ledger) == INVITATION
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, phone(1), lid(1))], MORNING)
    ledger.note_read(hidden, frozenset({jid(1)}))
    assert invitation_of(ledger) is None


def test_a_text_counts_from_the_moment_it_is_asked_for(ledger: SqlLedger) -> None:
    invite(ledger, 1)
    ledger.intend(intent(TEXT))
    assert invitation_of(ledger) == INVITATION.model_copy(update={"texts": 1})


@pytest.mark.parametrize(
    ("outcome", "texts"),
    [
        (Done(), 1),
        (Uncertain(message="no answer"), 1),
        (Refused(message="no"), 0),
        (NotAttempted(because="rate limit"), 0),
    ],
)
def test_only_a_text_that_was_surely_not_sent_is_taken_back(
    ledger: SqlLedger, outcome: StepOutcome, texts: int
) -> None:
    invite(ledger, 1)
    ledger.conclude(ledger.intend(intent(TEXT)), outcome, MORNING)
    assert invitation_of(ledger) == INVITATION.model_copy(update={"texts": texts})


def test_whoever_is_withdrawn_or_readmitted_is_not_invited_any_more(ledger: SqlLedger) -> None:
    invite(ledger, 1, 2, 3)
    ledger.withdraw_invitations(OFFICE, [(STAFF, phone(1))])
    assert ledger.readmit(OFFICE, STAFF, Identity(phone=phone(2)))
    assert set(ledger.recall(OFFICE, MORNING).invitations) == {(STAFF, phone(3))}
