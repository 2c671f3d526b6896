"""Who is forgotten is nowhere in the ledger any more, and is recognised by a hash alone."""

import json
from contextlib import closing
from pathlib import Path

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, SPORTS, STAFF, addition, both, intent, jid, lid, past, phone, read, removed
from wagroups.domain.identity import Alias, Identity
from wagroups.domain.live.memory import Applied, PersonRefusal
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.live.tombstone import Turnover
from wagroups.domain.plans.budget import DAY
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.operation import AddMembers, CreateGroup
from wagroups.domain.plans.outcome import Done, PersonResult, Receipt
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger

ADA = Identity(alias=Alias("ada"), phone=phone(1))
GOOD = frozenset({jid(1)})


def fill(ledger: SqlLedger, number: int, alias: str) -> None:
    """Remember everything there can be about one person, in two accounts."""
    person = Identity(alias=Alias(alias), phone=phone(number), lid=lid(number))
    for account in (OFFICE, SPORTS):
        ledger.note_read(read({jid(number): both(number, 50)}, account=account), frozenset({jid(number)}))
        ledger.note_lookups(account, [Lookup(phone(number), True, phone(number), lid(number))], MORNING)
        ledger.note_refusal(account, STAFF, phone(number), PersonRefusal(code=404, at=MORNING, until=MORNING + DAY))
        ledger.note_unseen_addition(account, STAFF, phone(number), MORNING)
        ledger.note_undemotable(account, jid(number), person, MORNING)
        ledger.note_history([past(MemberAddition(person=person), account=account)])
        ledger.note_history([past(MemberAddition(person=Identity(alias=Alias(alias))), account=account)])
    removed(ledger, jid(number), number, MORNING)
    done = Done(receipt=Receipt(people=(PersonResult(person=person, code=200),)))
    ledger.conclude(ledger.intend(intent(AddMembers(people=(person,)))), done, MORNING)
    ledger.intend(intent(CreateGroup(subject="Staff", first=person)))


def everything(ledger: SqlLedger) -> str:
    return json.dumps(ledger.export(reveal=True))


def test_nothing_is_left_of_whoever_is_forgotten_and_everything_of_the_others(ledger: SqlLedger) -> None:
    fill(ledger, 2, "ben")
    others = ledger.export(reveal=True)
    fill(ledger, 1, "ada")
    assert ledger.forget_person(ADA) > 10
    shown = everything(ledger)
    for name in (phone(1).reveal(), lid(1).reveal(), '"ada"'):
        assert name not in shown
    for table in ("acquaintances", "lookups", "refusals", "unseen_additions", "undemotable"):
        kept = [row for row in ledger.export(reveal=True)[table] if "+44770090050" not in str(row)]  # type: ignore[union-attr]
        assert kept == others[table] or table == "acquaintances"
    assert phone(2).reveal() in shown
    assert ledger.forget_person(ADA) == 0


def test_every_number_of_a_person_goes_with_the_first(ledger: SqlLedger) -> None:
    ledger.note_read(read({jid(1): both(1)}), GOOD)
    ledger.note_read(read({jid(1): [ObservedMember(phone(3), lid(1))]}), GOOD)
    ledger.forget_person(ADA)
    memory = ledger.recall(OFFICE, MORNING)
    assert not memory.pairs
    assert not memory.seen


def test_somebody_who_is_still_in_a_group_is_learnt_again_by_the_next_read(ledger: SqlLedger) -> None:
    members = {jid(1): both(1, 2)}
    ledger.note_read(read(members), GOOD)
    ledger.forget_person(ADA)
    assert ledger.recall(OFFICE, MORNING).snapshots[jid(1)].people == {lid(2)}
    ledger.note_read(read(members), GOOD)
    assert ledger.recall(OFFICE, MORNING).pairs == {phone(1): lid(1), phone(2): lid(2)}


def test_that_somebody_left_outlives_their_being_forgotten(ledger: SqlLedger) -> None:
    left = {STAFF: Turnover(left=frozenset({phone(1), lid(1)}))}
    ledger.note_read(read({jid(1): both(1)}), GOOD, left)
    ledger.forget_person(ADA)
    stones = ledger.recall(OFFICE, MORNING).tombstones
    assert stones.of(STAFF, (phone(1),)) == stones.of(STAFF, (lid(1),)) is not None


def test_an_alias_is_taken_out_of_what_was_declared(ledger: SqlLedger) -> None:
    people = frozenset({"ada", "ben"})
    ledger.note_applied(OFFICE, {STAFF: Applied(at=MORNING, values={}, people=people, admins=frozenset({"ada"}))})
    assert ledger.forget_person(ADA) == 1
    applied = ledger.recall(OFFICE, MORNING).applied[STAFF]
    assert applied.people == {"ben"}
    assert not applied.admins


def test_the_journal_keeps_what_happened_without_to_whom(ledger: SqlLedger) -> None:
    number = ledger.intend(intent(addition(1)))
    ledger.conclude(number, Done(receipt=Receipt(people=(PersonResult(person=ADA, code=403),))), MORNING)
    ledger.forget_person(ADA)
    (entry,) = ledger.recent(OFFICE, 1)
    assert isinstance(entry.intent.operation, AddMembers)
    assert entry.intent.operation.people == (Identity(),)
    assert isinstance(entry.outcome, Done)
    assert [result.code for result in entry.outcome.receipt.people] == [403]


def test_no_page_of_the_file_holds_whoever_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(open_ledger(path)) as ledger:
        fill(ledger, 1, "ada")
    assert b"+447700900001" in path.read_bytes()
    with closing(open_ledger(path)) as ledger:
        ledger.forget_person(ADA)
    assert b"+447700900001" not in path.read_bytes()
