"""An account under a new name keeps everything, and gains nothing by it."""

from contextlib import closing
from datetime import timedelta

import pytest

from tests.fake_clock import MORNING
from tests.state.people import (
    CHOIR,
    INVITATION,
    OFFICE,
    SPORTS,
    STAFF,
    addition,
    both,
    intent,
    jid,
    lid,
    past,
    phone,
    read,
    removed,
)
from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.errors import LedgerError, Locked
from wagroups.domain.identity import AccountKey, Alias, Identity, Me
from wagroups.domain.ledger import Granted
from wagroups.domain.live.capability import Aspect, Capabilities
from wagroups.domain.live.last_read import ReadFacts
from wagroups.domain.live.memory import Applied, PersonRefusal
from wagroups.domain.plans.approval import Approval
from wagroups.domain.plans.budget import CAREFUL, Breaker, CallClass
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.outcome import Done
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.sql.tables import TABLES

REFUSED = PersonRefusal(code=404, at=MORNING, until=MORNING + timedelta(days=7))
OF_AN_ACCOUNT = tuple(table for table in TABLES.sorted_tables if "account" in table.c and table.name != "leases")


def fill(ledger: SqlLedger) -> None:
    """Put a row into every table that belongs to an account."""
    ledger.forget_identity(OFFICE, MORNING)
    ledger.note_account(OFFICE, Me(phone(9), lid(9)), MORNING)
    ledger.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
    ledger.note_read(read({jid(1): both(1, 2)}), frozenset({jid(1)}))
    ledger.note_lookups(OFFICE, [Lookup(phone(3), True, phone(3), None)], MORNING)
    ledger.note_applied(OFFICE, {STAFF: Applied(at=MORNING, values={}, people=frozenset(), admins=frozenset())})
    ledger.note_permissions(OFFICE, Permissions())
    ledger.note_approvals(OFFICE, {STAFF: Approval(fingerprint="f", reach="exact", at=MORNING, people={})})
    ledger.note_exchanges(OFFICE, {STAFF: {phone(8)}}, MORNING)
    ledger.note_fruitless(OFFICE, STAFF, "a", Identity(phone=phone(8)), MORNING)
    ledger.note_pause(OFFICE, CallClass.ADD, MORNING + timedelta(days=1))
    ledger.note_open(OFFICE, {STAFF: {"left"}}, MORNING, met=True)
    ledger.note_doubts(OFFICE, {STAFF: {phone(8): False}}, MORNING)
    ledger.note_history([past(MemberAddition(person=Identity(alias=Alias("ada"), phone=phone(1))))])
    facts = ReadFacts.of(read({jid(1): both(1, 2)}), Capabilities(gateway="waha", claims={}))
    ledger.note_last_read(OFFICE, facts, MORNING)
    ledger.note_blind(OFFICE, STAFF, "description", "Be kind", refused=False)
    ledger.note_picture(OFFICE, STAFF, PictureMemory(source="1f" * 32, shown=None, attempts=1))
    ledger.note_refusal(OFFICE, STAFF, phone(4), REFUSED)
    ledger.note_unseen_addition(OFFICE, STAFF, phone(5), MORNING)
    ledger.note_invitation(OFFICE, STAFF, phone(8), INVITATION)
    ledger.note_undemotable(OFFICE, jid(1), Identity(phone=phone(6)), MORNING)
    ledger.note_lack(OFFICE, Aspect.PICTURE, "2026.1", MORNING)
    ledger.note_departure(OFFICE, STAFF, phone(7), MORNING)
    ledger.trip(OFFICE, Breaker(calls=CallClass.ADD, until=MORNING + timedelta(hours=1), reason="rate-overlimit"))
    ledger.reserve(OFFICE, CallClass.EDIT, CAREFUL[CallClass.EDIT], MORNING, 1)
    ledger.conclude(ledger.intend(intent(addition(8))), Done(), MORNING)
    ledger.intend(intent())
    removed(ledger, jid(1), 1, MORNING)


def owners(ledger: SqlLedger) -> dict[str, set[object]]:
    """Whose rows each table of accounts holds."""
    document = ledger.export(reveal=True)
    found: dict[str, set[object]] = {}
    for table in OF_AN_ACCOUNT:
        written = document[table.name]
        assert isinstance(written, list)
        found[table.name] = {row["account"] for row in written if isinstance(row, dict)}
    return found


def test_every_row_follows_an_account_to_its_new_name(ledger: SqlLedger) -> None:
    fill(ledger)
    assert owners(ledger) == {table.name: {OFFICE} for table in OF_AN_ACCOUNT}
    before = ledger.recall(OFFICE, MORNING)
    ledger.rename_account(OFFICE, SPORTS, MORNING)
    assert owners(ledger) == {table.name: {SPORTS} for table in OF_AN_ACCOUNT}
    after = ledger.recall(SPORTS, MORNING)
    assert (after.me, after.bindings, after.spent, after.neighbours) == (before.me, before.bindings, before.spent, {})
    assert [entry.intent.account for entry in after.unsettled] == [SPORTS]


def test_what_was_spent_under_the_new_name_stays_spent_and_its_rests_hold(ledger: SqlLedger) -> None:
    fill(ledger)
    rest = Breaker(calls=None, until=MORNING + timedelta(hours=5), reason="reachout-timelock")
    ledger.trip(SPORTS, rest)
    assert isinstance(ledger.reserve(SPORTS, CallClass.LIST, CAREFUL[CallClass.LIST], MORNING, 1), Granted)
    ledger.rename_account(OFFICE, SPORTS, MORNING)
    memory = ledger.recall(SPORTS, MORNING)
    assert len(memory.spent[CallClass.LIST]) == len(memory.spent[CallClass.EDIT]) == 1
    assert {breaker.calls for breaker in memory.breakers} == {None, CallClass.ADD}


def test_a_name_that_has_groups_of_its_own_takes_nothing_over(ledger: SqlLedger) -> None:
    fill(ledger)
    ledger.bind(SPORTS, CHOIR, jid(2), MORNING, created=True)
    with pytest.raises(LedgerError, match="sports cannot take over from office"):
        ledger.rename_account(OFFICE, SPORTS, MORNING)
    assert STAFF in ledger.recall(OFFICE, MORNING).bindings


@pytest.mark.parametrize("name", [OFFICE, SPORTS])
def test_an_account_that_a_run_holds_keeps_its_name(place: str, name: AccountKey) -> None:
    with closing(open_ledger(place)) as ours, closing(open_ledger(place)) as theirs:
        ours.bind(OFFICE, STAFF, jid(1), MORNING, created=True)
        with theirs.hold(name, MORNING), pytest.raises(Locked):
            ours.rename_account(OFFICE, SPORTS, MORNING)
        assert STAFF in ours.recall(OFFICE, MORNING).bindings
