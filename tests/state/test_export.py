"""What is shown of the ledger holds no number, and a backup holds all of them."""

import dataclasses
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fake_clock import MORNING
from tests.state.people import (
    INVITATION,
    OFFICE,
    SPORTS,
    STAFF,
    addition,
    both,
    intent,
    jid,
    past,
    phone,
    read,
    removed,
)
from wagroups.domain.declared.permissions import Permissions
from wagroups.domain.declared.picture import PictureMemory
from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import Alias, GroupJid, Identity, Me
from wagroups.domain.live.capability import Aspect, Capabilities
from wagroups.domain.live.last_read import ReadFacts
from wagroups.domain.live.memory import Applied, PersonRefusal
from wagroups.domain.plans.approval import Approval, ApprovedDates
from wagroups.domain.plans.budget import DAY, Allowance, CallClass
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.outcome import Done, PersonResult, Receipt
from wagroups.domain.ports import Lookup
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.sql.tables import TABLES

LEGACY = GroupJid.of("447700900123-1500000000@g.us")


def fill(ledger: SqlLedger) -> None:
    """Put a row into every table."""
    ledger.note_account(OFFICE, Me(phone(1), None), MORNING)
    ledger.note_read(read({LEGACY: both(1, 2)}), frozenset({LEGACY}))
    ledger.note_lookups(OFFICE, [Lookup(phone(3), True, phone(3), None), Lookup(phone(4), True, None, None)], MORNING)
    ledger.bind(OFFICE, STAFF, LEGACY, MORNING, created=False)
    ledger.note_permissions(OFFICE, Permissions())
    ledger.claim("green-field", [LEGACY])
    ledger.remember(OFFICE, [LEGACY], MORNING, "import")
    ledger.note_applied(OFFICE, {STAFF: Applied(at=MORNING, values={}, people=frozenset({"ada"}), admins=frozenset())})
    ledger.note_blind(OFFICE, STAFF, "description", "Be kind", refused=False)
    ledger.note_picture(OFFICE, STAFF, PictureMemory(source="1f" * 32))
    ledger.note_refusal(OFFICE, STAFF, phone(5), PersonRefusal(code=404, at=MORNING, until=MORNING + DAY))
    ledger.note_unseen_addition(OFFICE, STAFF, phone(6), MORNING)
    ledger.note_exchanges(OFFICE, {STAFF: {phone(8)}}, MORNING)
    ledger.note_fruitless(OFFICE, STAFF, "a", Identity(phone=phone(8)), MORNING)
    approval = Approval(
        fingerprint="f", reach="exact", at=MORNING, people={"p-01": ApprovedDates(dates="d", since=MORNING)}
    )
    ledger.note_approvals(OFFICE, {STAFF: approval})
    ledger.note_pause(OFFICE, CallClass.ADD, MORNING + DAY)
    ledger.note_open(OFFICE, {STAFF: {"left"}}, MORNING, met=True)
    ledger.note_doubts(OFFICE, {STAFF: {phone(8): False}}, MORNING)
    ledger.note_invitation(OFFICE, STAFF, phone(8), INVITATION)
    ledger.note_undemotable(OFFICE, LEGACY, Identity(phone=phone(7)), MORNING)
    ledger.note_lack(OFFICE, Aspect.PICTURE, "2026.1", MORNING)
    ledger.note_departure(OFFICE, STAFF, phone(9), MORNING)
    removed(ledger, LEGACY, 1, MORNING)
    facts = ReadFacts.of(read({LEGACY: both(1, 2)}), Capabilities(gateway="waha", claims={}))
    ledger.note_last_read(OFFICE, facts, MORNING)
    ledger.note_history([past(MemberAddition(person=Identity(alias=Alias("ada"), phone=phone(1))))])
    ledger.reserve(OFFICE, CallClass.ADD, Allowance(gap=DAY), MORNING, 1.0)
    ledger.reserve(SPORTS, CallClass.ADD, Allowance(), MORNING, 1.0)
    ledger.forget_identity(SPORTS, MORNING)
    ledger.approve("wg1-21bbf4d6cae6", ["a"], MORNING)
    ledger.audit("run-1", MORNING, "Ada", ["max-removals passed"])
    ledger.conclude(
        ledger.intend(intent(addition(8))),
        Done(receipt=Receipt(people=(PersonResult(person=Identity(phone=phone(8)), code=200),)), jid=jid(1)),
        MORNING,
    )


def test_nothing_that_is_shown_names_anybody(ledger: SqlLedger) -> None:
    fill(ledger)
    shown = json.dumps(ledger.export())
    assert "7700900" not in shown
    assert "@lid" not in shown
    assert ledger.recall(OFFICE, MORNING).key.hex() not in shown
    roll = read({LEGACY: both(1, 2)}).groups[LEGACY].roll.hex()
    assert roll not in shown
    assert roll in json.dumps(ledger.export(reveal=True))


def test_a_backup_names_everybody(ledger: SqlLedger) -> None:
    fill(ledger)
    backup = json.dumps(ledger.export(reveal=True))
    for number in range(1, 9):
        assert phone(number).reveal() in backup
    assert LEGACY.reveal() in backup
    assert ledger.recall(OFFICE, MORNING).key.hex() in backup


def test_every_table_is_shown_but_the_leases(ledger: SqlLedger) -> None:
    fill(ledger)
    document = ledger.export()
    assert set(document) == set(TABLES.tables) - {"leases"}
    assert {name for name, rows in document.items() if not rows} == {"breakers"}


def test_one_account_is_shown_without_the_others(ledger: SqlLedger) -> None:
    fill(ledger)
    assert "office" not in json.dumps(ledger.export(SPORTS)["spent"])
    assert "office" in json.dumps(ledger.export(OFFICE)["spent"])


def test_a_backup_becomes_the_same_ledger_in_another_place(ledger: SqlLedger, tmp_path: Path) -> None:
    fill(ledger)
    backup = json.loads(json.dumps(ledger.export(reveal=True)))
    with closing(open_ledger(tmp_path / "restored.db")) as restored:
        assert restored.restore(backup) > len(backup)
        assert restored.export(reveal=True) == backup
        assert dataclasses.replace(restored.recall(OFFICE, MORNING), key=b"") == dataclasses.replace(
            ledger.recall(OFFICE, MORNING), key=b""
        )


def test_a_restored_ledger_goes_on_counting_its_journal(ledger: SqlLedger, in_memory: Callable[[], SqlLedger]) -> None:
    source = in_memory()
    fill(source)
    ledger.restore(json.loads(json.dumps(source.export(reveal=True))))
    number = ledger.intend(intent(addition(8)))
    assert number > max(entry.number for entry in source.recent(OFFICE, 10))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda backup: backup.pop("meta"), "not a backup"),
        (lambda backup: backup["meta"].clear(), "redacted"),
        (lambda backup: [row.update(value="99") for row in backup["meta"] if row["name"] == "schema_version"], "99"),
        (lambda backup: backup["bindings"][0].update(jid=7), "bindings"),
        (lambda backup: backup["bindings"][0].update(colour="red"), "bindings"),
    ],
)
def test_what_is_no_backup_is_refused_and_leaves_the_ledger_as_it_was(
    spoil: Callable[[Any], object], told: str, in_memory: Callable[[], SqlLedger]
) -> None:
    source, target = in_memory(), in_memory()
    fill(source)
    backup = json.loads(json.dumps(source.export(reveal=True)))
    spoil(backup)
    before = target.export(reveal=True)
    with pytest.raises(LedgerError, match=told) as caught:
        target.restore(backup)
    assert caught.value.hint
    assert target.export(reveal=True) == before


def test_a_backup_does_not_go_into_a_ledger_in_use(in_memory: Callable[[], SqlLedger]) -> None:
    source, target = in_memory(), in_memory()
    fill(source)
    target.bind(OFFICE, STAFF, LEGACY, MORNING, created=False)
    with pytest.raises(LedgerError, match="not empty"):
        target.restore(source.export(reveal=True))
