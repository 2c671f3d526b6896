"""A ledger in PostgreSQL, shared by machines: what one of them plans or spends, the others know."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.club import NEWS, TRAINERS, Club
from tests.postgres import Server
from wagroups.domain.identity import AccountKey
from wagroups.execution.clock import SystemClock
from wagroups.state.open import open_ledger

PASSWORD = "not-to-be-printed"


@pytest.fixture
def shared(harbour: Club, postgres: Server) -> Club:
    """The club with its ledger on a server."""
    config = (harbour.root / "wagroups.yaml").read_text(encoding="utf-8")
    harbour.write("wagroups.yaml", config + "\nstate_env: WAGROUPS_STATE_URL\n")
    harbour.environ["WAGROUPS_STATE_URL"] = postgres.new_schema()
    return harbour


def moved(shared: Club, to: Path) -> None:
    """Go on at another machine: the same files, and nothing else of the first."""
    shutil.copytree(shared.root, to)
    shared.root = to


def test_what_one_machine_planned_another_applies(shared: Club, tmp_path: Path) -> None:
    planned = shared.wagroups("plan", "--detailed-exitcode", "--out", "plan.json")
    assert planned.code == 2, planned.err
    moved(shared, tmp_path / "elsewhere")
    applied = shared.wagroups("apply", "plan.json", "-o", "json")
    assert applied.code == 0, applied.out
    assert set(shared.members(TRAINERS)) == {"amara", "chidi", "dana"}

    moved(shared, tmp_path / "third")
    shared.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    drifted = shared.wagroups("drift", "-o", "json")
    assert drifted.code == 2
    assert [part["cause"] for part in drifted.document["drift"]] == ["phone"]
    assert not shared.ledger.exists()


def test_two_machines_never_work_on_an_account_at_once(shared: Club) -> None:
    assert shared.wagroups("plan").code == 0
    other = open_ledger(shared.environ["WAGROUPS_STATE_URL"])
    with other.hold(AccountKey("office"), SystemClock().now()):
        refused = shared.wagroups("apply", "--yes")
        assert refused.code == 6, refused.err
        assert shared.writes == []
    other.close()
    assert shared.wagroups("apply", "--yes").code == 0


def test_a_missing_variable_is_told_by_its_name(shared: Club) -> None:
    del shared.environ["WAGROUPS_STATE_URL"]
    refused = shared.wagroups("plan")
    assert refused.code == 65
    assert "WAGROUPS_STATE_URL" in refused.err


def test_a_server_that_does_not_answer_is_told_without_its_password(shared: Club, tmp_path: Path) -> None:
    shared.environ["WAGROUPS_STATE_URL"] = f"postgresql://office:{PASSWORD}@/groups?host={tmp_path}"
    refused = shared.wagroups("plan", "-v")
    assert refused.code == 65, refused.err
    assert "Check that the database runs" in refused.err
    assert PASSWORD not in refused.err + refused.out
