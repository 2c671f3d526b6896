"""What is remembered under a group's key follows the key, and ends when it should."""

from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from tests.state.people import CHOIR, INVITATION, OFFICE, SPORTS, STAFF, both, intent, jid, lid, phone, read, removed
from wagroups.domain.declared.picture import Likeness, PictureMemory
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import GroupKey, Identity, Phone
from wagroups.domain.ledger import Ledger
from wagroups.domain.live.memory import Applied, Binding, Memory, OpenPoint, PersonRefusal, UnseenAddition
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.plans.budget import DAY
from wagroups.state.ledger import SqlLedger
from wagroups.state.repositories.groups import UNSEEN_COUNTED, UNSEEN_KEPT

SECOND = timedelta(seconds=1)
APPLIED = Applied(
    at=MORNING, values={"subject": "Staff"}, people=frozenset({"ada", "~3f9c00aa"}), admins=frozenset({"ada"})
)
REFUSED = PersonRefusal(code=404, at=MORNING, until=MORNING + 7 * DAY)

PICTURE = PictureMemory(
    source="1f" * 32, shown=Likeness(digest="2e" * 32, shape="00ff00ff00ff00ff", colour="a0b0c0"), attempts=1
)


def recall(ledger: Ledger) -> Memory:
    return ledger.recall(OFFICE, MORNING)


def fill(ledger: SqlLedger, group: GroupKey = STAFF) -> None:
    ledger.bind(OFFICE, group, jid(1), MORNING, created=True)
    ledger.note_applied(OFFICE, {group: APPLIED})
    ledger.note_blind(OFFICE, group, "description", "Be kind", refused=False)
    ledger.note_picture(OFFICE, group, PICTURE)
    ledger.note_refusal(OFFICE, group, phone(1), REFUSED)
    ledger.note_unseen_addition(OFFICE, group, phone(2), MORNING)
    ledger.note_invitation(OFFICE, group, phone(3), INVITATION)
    ledger.note_open(OFFICE, {group: {"a1", "b2"}}, MORNING, met=False)


def held_for(memory: Memory, group: GroupKey) -> dict[str, object]:
    return {
        "binding": memory.bindings[group].jid,
        "applied": memory.applied[group],
        "blind": memory.blind[group, "description"],
        "picture": memory.pictures[group],
        "refusal": memory.refusals[group, phone(1)],
        "invitation": memory.invitations[group, phone(3)],
        "unseen": memory.unseen_additions[group, phone(2)],
        "open": {point: found for (key, point), found in memory.open_points.items() if key == group},
    }


EVERYTHING = {
    "binding": jid(1),
    "applied": APPLIED,
    "blind": "Be kind",
    "picture": PICTURE,
    "refusal": REFUSED,
    "invitation": INVITATION,
    "unseen": UnseenAddition(times=1, last_at=MORNING),
    "open": {"a1": OpenPoint(MORNING, met=False), "b2": OpenPoint(MORNING, met=False)},
}


def test_an_open_point_is_remembered_since_it_was_first_found_until_it_is_open_no_more(ledger: SqlLedger) -> None:
    ledger.note_open(OFFICE, {STAFF: {"a1"}, CHOIR: {"c3"}}, MORNING, met=False)
    ledger.note_open(OFFICE, {STAFF: {"a1", "b2"}}, MORNING + DAY, met=True)
    assert recall(ledger).open_points == {
        (STAFF, "a1"): OpenPoint(MORNING, met=True),
        (STAFF, "b2"): OpenPoint(MORNING + DAY, met=True),
        # A look at other groups says nothing of this one.
        (CHOIR, "c3"): OpenPoint(MORNING, met=False),
    }
    ledger.note_open(OFFICE, {STAFF: {"b2"}}, MORNING + 2 * DAY, met=False)
    assert recall(ledger).open_points[STAFF, "b2"] == OpenPoint(MORNING + DAY, met=True)
    assert (STAFF, "a1") not in recall(ledger).open_points
    assert not ledger.recall(SPORTS, MORNING).open_points


def test_a_key_that_is_tied_to_another_group_forgets_the_picture_of_the_one_before(ledger: SqlLedger) -> None:
    fill(ledger)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=False)
    assert recall(ledger).pictures == {STAFF: PICTURE}
    ledger.bind(OFFICE, STAFF, jid(2), MORNING, created=False)
    assert recall(ledger).pictures == {}


def test_an_account_that_was_never_seen_has_an_empty_memory(ledger: SqlLedger) -> None:
    memory = recall(ledger)
    assert memory == Memory(account=OFFICE, key=memory.key, snapshots=memory.snapshots)
    assert len(memory.snapshots) == 0
    assert len(memory.key) == 32


def test_everything_noted_is_recalled(ledger: SqlLedger) -> None:
    fill(ledger)
    assert held_for(recall(ledger), STAFF) == EVERYTHING
    assert not ledger.recall(SPORTS, MORNING).bindings


def test_a_renamed_group_keeps_everything(ledger: SqlLedger) -> None:
    fill(ledger)
    number = ledger.intend(intent())
    ledger.rename(OFFICE, STAFF, CHOIR)
    memory = recall(ledger)
    assert held_for(memory, CHOIR) == EVERYTHING
    assert STAFF not in memory.bindings
    assert [(entry.number, entry.intent.group) for entry in memory.unsettled] == [(number, CHOIR)]


def test_a_rename_that_stays_in_the_manifests_is_done_once(ledger: SqlLedger) -> None:
    fill(ledger)
    for _ in range(2):
        ledger.rename(OFFICE, STAFF, CHOIR)
    assert held_for(recall(ledger), CHOIR) == EVERYTHING


def test_a_key_with_a_live_group_takes_over_no_other(ledger: SqlLedger) -> None:
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    ledger.bind(OFFICE, CHOIR, jid(2), MORNING, created=True)
    with pytest.raises(LedgerError, match="choir cannot take over from staff"):
        ledger.rename(OFFICE, STAFF, CHOIR)
    assert set(recall(ledger).bindings) == {STAFF, CHOIR}


def test_one_live_group_is_bound_to_one_key(ledger: SqlLedger) -> None:
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=False)
    with pytest.raises(LedgerError, match="choir and staff would be the same live group"):
        ledger.bind(OFFICE, CHOIR, jid(1), MORNING, created=False)


def test_binding_again_keeps_that_the_group_was_created_here(ledger: SqlLedger) -> None:
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING + DAY, created=False)
    assert recall(ledger).bindings[STAFF] == Binding(group=STAFF, jid=jid(1), bound_at=MORNING, created=True)


def test_a_released_group_leaves_nothing_but_its_journal(ledger: SqlLedger) -> None:
    fill(ledger)
    ledger.intend(intent())
    ledger.release(OFFICE, STAFF)
    memory = recall(ledger)
    left = (memory.bindings, memory.applied, memory.blind, memory.refusals, memory.unseen_additions)
    assert not memory.invitations
    assert not any(left)
    assert len(ledger.recent(OFFICE)) == 1


def test_a_forgotten_group_leaves_no_reads_and_nothing_open(ledger: SqlLedger) -> None:
    fill(ledger)
    other = jid(2)
    ledger.note_read(read({jid(1): both(1), other: both(2)}), frozenset({jid(1), other}))
    removed(ledger, jid(1), 2, MORNING)
    ledger.note_undemotable(OFFICE, jid(1), Identity(phone=phone(1)), MORNING)
    ledger.intend(intent())
    ledger.forget_group(OFFICE, STAFF, MORNING)
    memory = recall(ledger)
    assert set(memory.snapshots) == {other}
    assert not any((memory.bindings, memory.unsettled, memory.removed_today, memory.undemotable))


def test_a_blind_write_ends_its_refusal_and_a_refusal_keeps_the_last_write(ledger: SqlLedger) -> None:
    ledger.note_blind(OFFICE, STAFF, "description", "first", refused=False)
    ledger.note_blind(OFFICE, STAFF, "description", "second", refused=True)
    memory = recall(ledger)
    assert memory.blind == {(STAFF, "description"): "first"}
    assert memory.blind_refused == {(STAFF, "description"): "second"}
    ledger.note_blind(OFFICE, STAFF, "description", "third", refused=False)
    memory = recall(ledger)
    assert memory.blind == {(STAFF, "description"): "third"}
    assert memory.blind_refused == {}


def test_a_refusal_is_recalled_until_its_end(ledger: SqlLedger) -> None:
    ledger.note_refusal(OFFICE, STAFF, phone(1), REFUSED)
    assert ledger.recall(OFFICE, REFUSED.until - SECOND).refusals == {(STAFF, phone(1)): REFUSED}
    assert ledger.recall(OFFICE, REFUSED.until).refusals == {}


def test_unseen_additions_count_up_and_begin_anew_after_a_quiet_week(ledger: SqlLedger) -> None:
    for day in range(3):
        ledger.note_unseen_addition(OFFICE, STAFF, phone(1), MORNING + day * DAY)
    last = MORNING + 2 * DAY
    assert ledger.recall(OFFICE, last).unseen_additions == {(STAFF, phone(1)): UnseenAddition(times=3, last_at=last)}
    assert ledger.recall(OFFICE, last + UNSEEN_KEPT).unseen_additions == {}
    quiet = last + UNSEEN_COUNTED
    ledger.note_unseen_addition(OFFICE, STAFF, phone(1), quiet)
    assert ledger.recall(OFFICE, quiet).unseen_additions[STAFF, phone(1)].times == 1


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (phone(1), ObservedMember(phone(1), None)),
        (phone(1), ObservedMember(None, lid(1))),
        (Phone.of("+5511987650001"), ObservedMember(Phone.of("+551187650001"), None)),
    ],
    ids=["by phone", "by a LID that an earlier read paired", "in another spelling"],
)
def test_an_unseen_addition_that_shows_after_all_is_not_counted(
    ledger: SqlLedger, asked: Phone, shown: ObservedMember
) -> None:
    ledger.note_read(read({jid(2): both(1)}), frozenset())
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    ledger.note_unseen_addition(OFFICE, STAFF, asked, MORNING)
    ledger.note_read(read({jid(1): both(5)}), frozenset({jid(1)}))
    assert recall(ledger).unseen_additions
    ledger.note_read(read({jid(1): (*both(5), shown)}), frozenset({jid(1)}))
    assert recall(ledger).unseen_additions == {}


def test_an_admin_who_cannot_be_demoted_is_remembered_by_both_names(ledger: SqlLedger) -> None:
    ledger.note_undemotable(OFFICE, jid(1), Identity(phone=phone(1), lid=lid(1)), MORNING)
    ledger.note_undemotable(OFFICE, jid(1), Identity(phone=phone(1)), MORNING)
    assert recall(ledger).undemotable == {(jid(1), phone(1)), (jid(1), lid(1))}
