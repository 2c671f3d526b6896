"""Who left by themselves is recognised for ever, and named nowhere."""

import json
from datetime import timedelta

from tests.fake_clock import MORNING
from tests.state.people import CHOIR, OFFICE, SPORTS, STAFF, both, intent, jid, lid, phone, read, removed
from wagroups.domain.identity import Identity, Lid, Phone, Role
from wagroups.domain.live.memory import PersonRefusal
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.live.tombstone import Farewell, Tombstone, Turnover
from wagroups.domain.plans.budget import DAY, HOUR
from wagroups.domain.plans.operation import RemoveMembers
from wagroups.domain.plans.outcome import Uncertain
from wagroups.state.ledger import SqlLedger
from wagroups.state.repositories.reads import STILL_SHOWN

GOOD = frozenset({jid(1)})
SECOND = timedelta(seconds=1)


def left(*numbers: int) -> dict[object, Turnover]:
    return {STAFF: Turnover(left=frozenset(name for n in numbers for name in (phone(n), lid(n))))}


def note(ledger: SqlLedger, turnover: object, hours: int = 0) -> None:
    ledger.note_read(read({}, MORNING + hours * HOUR), frozenset(), turnover)  # type: ignore[arg-type]


def stone(ledger: SqlLedger, name: Phone | Lid) -> Tombstone | None:
    return ledger.recall(OFFICE, MORNING).tombstones.of(STAFF, (name,))


def test_who_left_is_recognised_by_every_name_with_the_time_it_was_first_noticed(ledger: SqlLedger) -> None:
    note(ledger, left(1))
    note(ledger, left(1), hours=5)
    assert stone(ledger, phone(1)) == stone(ledger, lid(1)) == Tombstone(MORNING, Farewell.GONE)
    assert stone(ledger, phone(2)) is None
    assert ledger.recall(OFFICE, MORNING).tombstones.of(CHOIR, (phone(1),)) is None
    assert not ledger.recall(SPORTS, MORNING).tombstones


def test_who_came_back_never_left(ledger: SqlLedger) -> None:
    note(ledger, left(1, 2))
    note(ledger, {STAFF: Turnover(back=frozenset({lid(1), phone(1)}))})
    assert stone(ledger, lid(1)) is None
    assert stone(ledger, lid(2)) is not None


def test_a_departure_on_whatsapps_word_is_found_by_the_lid_that_was_learnt(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    ledger.note_departure(OFFICE, STAFF, phone(1), MORNING)
    assert stone(ledger, lid(1)) == Tombstone(MORNING, Farewell.REFUSED)


def test_readmitting_lifts_everything_that_stands_against_a_person_in_one_group(ledger: SqlLedger) -> None:
    for group in (STAFF, CHOIR):
        ledger.note_departure(OFFICE, group, phone(1), MORNING)
        ledger.note_refusal(OFFICE, group, phone(1), PersonRefusal(code=408, at=MORNING, until=MORNING + DAY))
        ledger.note_unseen_addition(OFFICE, group, phone(1), MORNING)
    ledger.note_departure(OFFICE, STAFF, phone(2), MORNING)
    assert ledger.readmit(OFFICE, STAFF, Identity(phone=phone(1)))
    memory = ledger.recall(OFFICE, MORNING)
    assert memory.tombstones.of(STAFF, (phone(1),)) is None
    assert set(memory.refusals) == set(memory.unseen_additions) == {(CHOIR, phone(1))}
    assert memory.tombstones.of(STAFF, (phone(2),)) is not None
    assert not ledger.readmit(OFFICE, STAFF, Identity(phone=phone(1)))


def test_a_departure_follows_its_group_to_a_new_key_and_ends_with_it(ledger: SqlLedger) -> None:
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=False)
    note(ledger, left(1))
    ledger.rename(OFFICE, STAFF, CHOIR)
    assert ledger.recall(OFFICE, MORNING).tombstones.of(CHOIR, (phone(1),)) is not None
    ledger.release(OFFICE, CHOIR)
    assert not ledger.recall(OFFICE, MORNING).tombstones


def test_a_departure_names_nobody_even_in_a_backup(ledger: SqlLedger) -> None:
    note(ledger, left(1))
    shown = json.dumps(ledger.export(reveal=True)["tombstones"])
    assert "7700900" not in shown
    assert "100000" not in shown


def test_whom_we_removed_is_known_by_name_until_long_after_they_were_last_shown(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1, 2, 3)}), GOOD)
    removed(ledger, jid(1), 2, MORNING + HOUR)
    lately = {jid(1): {phone(1), phone(2)}}
    assert ledger.recall(OFFICE, MORNING).removed_lately == lately
    ledger.note_read(read({jid(1): both(1, 2, 3)}, MORNING + HOUR + STILL_SHOWN), GOOD)
    assert ledger.recall(OFFICE, MORNING).removed_lately == lately
    ledger.note_read(read({jid(1): both(1, 2, 3)}, MORNING + HOUR + STILL_SHOWN + SECOND), GOOD)
    assert ledger.recall(OFFICE, MORNING).removed_lately == {}


def test_a_removal_by_lid_is_remembered_by_lid(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    operation = RemoveMembers(people=(Identity(phone=phone(1), lid=lid(1), by_lid=True),))
    number = ledger.intend(intent(operation).model_copy(update={"jid": jid(1)}))
    ledger.conclude(number, Uncertain(message="no answer"), MORNING + SECOND)
    assert ledger.recall(OFFICE, MORNING).removed_lately == {jid(1): {phone(1), lid(1)}}


def test_a_good_read_remembers_who_ruled_the_group(ledger: SqlLedger) -> None:
    members = [ObservedMember(phone(n), lid(n), role) for n, role in enumerate(Role, 1)]
    ledger.note_read(read({jid(1): members}), GOOD)
    snapshot = ledger.recall(OFFICE, MORNING).snapshots[jid(1)]
    assert snapshot.admins == {lid(2), lid(3)}
    assert snapshot.owners == {lid(3)}
