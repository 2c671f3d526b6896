"""What reads and look-ups teach is kept, and never taken for more than it said."""

import time
from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, SPORTS, both, jid, lid, phone, read, removed
from wagroups.domain.identity import Lid, Me, Phone
from wagroups.domain.live.memory import Check
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.plans.budget import DAY, HOUR
from wagroups.domain.plans.removal import RemovalKind
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger
from wagroups.state.repositories.answers import NO_KEPT, NO_LID_KEPT, YES_KEPT

GOOD = frozenset({jid(1)})
SECOND = timedelta(seconds=1)


def test_a_read_teaches_both_names_and_who_was_seen(ledger: SqlLedger) -> None:
    ledger.note_read(
        read({jid(1): (*both(1, 2), ObservedMember(phone(3), None), ObservedMember(None, lid(4), by_lid=True))}), GOOD
    )
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.pairs == {phone(1): lid(1), phone(2): lid(2)}
    assert memory.seen == {phone(1), phone(2), phone(3)}
    assert memory.snapshots[jid(1)][:3] == (MORNING, 4, frozenset({lid(1), lid(2), phone(3), lid(4)}))
    assert not ledger.recall(SPORTS, MORNING).seen


def test_a_lid_that_is_not_shown_is_not_forgotten(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    ledger.note_read(read({jid(1): [ObservedMember(phone(1), None)]}), GOOD)
    assert ledger.recall(OFFICE, MORNING).pairs == {phone(1): lid(1)}


def test_one_read_that_shows_somebody_with_and_without_a_lid_teaches_the_pair(ledger: SqlLedger) -> None:
    bare = [ObservedMember(phone(1), None)]
    for groups in ({jid(1): both(1), jid(2): bare}, {jid(1): bare, jid(2): both(1)}):
        ledger.note_read(read(groups), GOOD)
        assert ledger.recall(OFFICE, MORNING).pairs == {phone(1): lid(1)}


def test_somebody_who_changed_number_has_one_lid_and_two_phones(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    ledger.note_read(read({jid(1): [ObservedMember(phone(2), lid(1))]}), GOOD)
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.pairs == {phone(1): lid(1), phone(2): lid(1)}
    assert memory.seen == {phone(1), phone(2)}


def test_a_number_given_to_somebody_else_has_the_latest_lid(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    ledger.note_read(read({jid(1): [ObservedMember(phone(1), lid(9))]}), GOOD)
    assert ledger.recall(OFFICE, MORNING).pairs == {phone(1): lid(9)}


def test_only_good_reads_become_snapshots_but_every_read_teaches_names(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1), jid(2): both(2), jid(3): None}), frozenset({jid(1), jid(3)}))
    memory = ledger.recall(OFFICE, MORNING)
    assert set(memory.snapshots) == {jid(1)}
    assert memory.seen == {phone(1), phone(2)}


def test_a_bad_read_leaves_the_last_good_one(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1, 2, 3)}), GOOD)
    ledger.note_read(read({jid(1): both(1)}, MORNING + HOUR), frozenset())
    assert ledger.recall(OFFICE, MORNING).snapshots[jid(1)].size == 3


def test_an_unchanged_group_has_the_time_of_its_newest_read_in_whatever_order(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1, 2)}), GOOD)
    ledger.note_read(read({jid(1): both(2, 1)}, MORNING + HOUR), GOOD)
    assert ledger.recall(OFFICE, MORNING).snapshots[jid(1)][:3] == (MORNING + HOUR, 2, frozenset({lid(1), lid(2)}))


def test_an_empty_group_is_a_group(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): ()}), GOOD)
    assert ledger.recall(OFFICE, MORNING).snapshots[jid(1)][:3] == (MORNING, 0, frozenset())


def test_our_removals_are_counted_for_a_day_and_until_the_next_good_read(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1, 2, 3)}), GOOD)
    removed(ledger, jid(1), 1, MORNING + SECOND)
    removed(ledger, jid(1), 2, MORNING + HOUR)
    removed(ledger, jid(2), 1, MORNING + HOUR)
    memory = ledger.recall(OFFICE, MORNING + 2 * HOUR)
    assert memory.removed_since_read == {jid(1): 3, jid(2): 1}
    assert memory.removed_today == {jid(1): {RemovalKind.UNDECLARED: 3}, jid(2): {RemovalKind.UNDECLARED: 1}}
    ledger.note_read(read({jid(1): both(1)}, MORNING + 2 * HOUR), GOOD)
    assert ledger.recall(OFFICE, MORNING + 2 * HOUR).removed_since_read == {jid(2): 1}
    assert ledger.recall(OFFICE, MORNING + SECOND + DAY).removed_today == {
        jid(1): {RemovalKind.UNDECLARED: 2},
        jid(2): {RemovalKind.UNDECLARED: 1},
    }
    assert ledger.recall(OFFICE, MORNING + HOUR + DAY).removed_today == {}


BRAZIL, SPELT = Phone.of("+5511987654321"), Phone.of("+551187654321")
"""A number as people write it, and as WhatsApp may know it."""


@pytest.mark.parametrize(("exists", "kept"), [(True, YES_KEPT), (False, NO_KEPT)])
def test_an_answer_about_a_number_is_believed_for_its_time(ledger: SqlLedger, exists: bool, kept: timedelta) -> None:
    ledger.note_lookups(OFFICE, [Lookup(BRAZIL, exists, SPELT if exists else None, None)], MORNING)
    check = Check(exists, SPELT if exists else None, MORNING)
    assert ledger.recall(OFFICE, MORNING + kept - SECOND).checks == {BRAZIL: check}
    assert ledger.recall(OFFICE, MORNING + kept).checks == {}


def test_a_look_up_teaches_a_pair_but_is_no_sight(ledger: SqlLedger) -> None:
    ledger.note_lookups(OFFICE, [Lookup(BRAZIL, True, SPELT, lid(1))], MORNING)
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.pairs == {SPELT: lid(1)}
    assert memory.seen == frozenset()
    ledger.note_read(read({jid(1): [ObservedMember(SPELT, None)]}), GOOD)
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.pairs == {SPELT: lid(1)}
    assert memory.seen == {SPELT}


def test_of_an_answer_about_another_number_nothing_is_kept(ledger: SqlLedger) -> None:
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, phone(2), lid(2))], MORNING)
    memory = ledger.recall(OFFICE, MORNING)
    assert (memory.checks, memory.pairs, memory.no_lid) == ({}, {}, {})


def test_a_lid_that_has_another_number_is_not_learnt_and_is_not_taken_for_none(ledger: SqlLedger) -> None:
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, phone(1), lid(2), phone(2))], MORNING)
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.checks == {phone(1): Check(True, phone(1), MORNING)}
    assert (memory.pairs, memory.no_lid) == ({}, {})


def told(number: int, its: int) -> Lookup:
    """An answer that a number has a LID, with no number beside it."""
    return Lookup(phone(number), True, phone(number), lid(its))


@pytest.mark.parametrize(
    "answer", [told(1, 2), told(2, 1)], ids=["a LID of somebody else", "a number of somebody else"]
)
def test_of_pairs_that_contradict_each_other_neither_is_believed(ledger: SqlLedger, answer: Lookup) -> None:
    ledger.note_read(read({jid(1): both(1, 2, 3)}), GOOD)
    assert ledger.note_lookups(OFFICE, [answer], MORNING + HOUR) == {answer.asked}
    memory = ledger.recall(OFFICE, MORNING + HOUR)
    assert memory.pairs == {phone(3): lid(3)}
    assert memory.no_lid == {}


def test_a_contradicted_answer_is_not_believed_when_it_is_repeated(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(2)}), GOOD)
    for hours in (1, 2, 30):
        assert ledger.note_lookups(OFFICE, [told(1, 2)], MORNING + hours * HOUR) == {phone(1)}
        assert ledger.recall(OFFICE, MORNING + hours * HOUR).pairs == {}


def test_a_read_settles_a_contradiction(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(2)}), GOOD)
    ledger.note_lookups(OFFICE, [told(1, 2)], MORNING + HOUR)
    ledger.note_read(read({jid(1): [ObservedMember(phone(1), lid(2))]}, MORNING + 2 * HOUR), GOOD)
    assert ledger.note_lookups(OFFICE, [told(1, 2)], MORNING + 3 * HOUR) == frozenset()
    assert ledger.recall(OFFICE, MORNING + 3 * HOUR).pairs == {phone(1): lid(2)}


def test_a_new_number_of_somebody_has_their_lid_and_contradicts_nothing(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(2)}), GOOD)
    answer = [told(1, 2)]
    assert ledger.note_lookups(OFFICE, answer, MORNING + HOUR, {phone(1): [phone(2)]}) == frozenset()
    assert ledger.recall(OFFICE, MORNING + HOUR).pairs == {phone(1): lid(2), phone(2): lid(2)}


def test_the_same_answer_twice_contradicts_nothing(ledger: SqlLedger) -> None:
    assert ledger.note_lookups(OFFICE, [told(1, 1)], MORNING) == frozenset()
    assert ledger.note_lookups(OFFICE, [Lookup(BRAZIL, True, SPELT, lid(4))], MORNING) == frozenset()
    assert ledger.note_lookups(OFFICE, [told(1, 1), Lookup(SPELT, True, SPELT, lid(4))], MORNING) == frozenset()
    assert ledger.recall(OFFICE, MORNING).pairs == {phone(1): lid(1), SPELT: lid(4)}


def test_a_lid_that_could_not_be_learnt_is_not_asked_for_every_day(ledger: SqlLedger) -> None:
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, None, None), Lookup(phone(2), False, None, None)], MORNING)
    assert ledger.recall(OFFICE, MORNING + NO_LID_KEPT - SECOND).no_lid == {phone(1): MORNING}
    assert ledger.recall(OFFICE, MORNING + NO_LID_KEPT).no_lid == {}
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, None, lid(1))], MORNING + HOUR)
    assert ledger.recall(OFFICE, MORNING + HOUR).no_lid == {}


def test_an_answer_that_does_not_say_whether_a_number_exists_keeps_the_last_one_that_did(ledger: SqlLedger) -> None:
    ledger.note_lookups(OFFICE, [Lookup(phone(1), True, phone(1), None)], MORNING)
    ledger.note_lookups(OFFICE, [Lookup(phone(1), None, None, None)], MORNING + HOUR)
    assert ledger.recall(OFFICE, MORNING + HOUR).checks == {phone(1): Check(True, phone(1), MORNING)}


def test_the_first_identity_behind_an_account_stays_and_is_completed(ledger: SqlLedger) -> None:
    assert ledger.recall(OFFICE, MORNING).me is None
    ledger.note_account(OFFICE, Me(phone(1), None), MORNING)
    ledger.note_account(OFFICE, Me(phone(1), lid(1)), MORNING)
    assert ledger.recall(OFFICE, MORNING).me == Me(phone(1), lid(1))
    ledger.note_account(OFFICE, Me(phone(2), lid(2)), MORNING)
    assert ledger.recall(OFFICE, MORNING).me == Me(phone(1), lid(1))


def test_a_large_account_is_read_and_recalled_in_about_a_second(ledger: SqlLedger) -> None:
    groups, members = 400, 100
    listing = {
        jid(group): [
            ObservedMember(Phone.of(f"+1555{number:07d}"), Lid.of(f"{100_000_000_000_000 + number}@lid"))
            for number in range(group * members, (group + 1) * members)
        ]
        for group in range(groups)
    }
    good = frozenset(listing)
    began = time.process_time()
    ledger.note_read(read(listing), good)
    ledger.note_read(read(listing, MORNING + HOUR), good)
    memory = ledger.recall(OFFICE, MORNING + HOUR)
    # About 0.2 s of processor time where this was written: the bound is for a mistake in kind, not for a slow machine.
    assert time.process_time() - began < 3
    assert len(memory.pairs) == len(memory.seen) == groups * members
    assert {snapshot.read_at for snapshot in memory.snapshots.values()} == {MORNING + HOUR}
