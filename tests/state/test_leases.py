"""At most one run works on an account, and a run that lost its lease writes nothing more."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, SPORTS, intent
from tests.state.processes import PATIENCE, SPAWN, hold_until_killed, kill, started
from wagroups.domain.errors import LedgerError, Locked
from wagroups.domain.ledger import Granted
from wagroups.domain.plans.budget import Allowance, CallClass
from wagroups.state.ledger import SqlLedger
from wagroups.state.open import open_ledger
from wagroups.state.repositories import leases
from wagroups.state.repositories.leases import LEASE, Heartbeat
from wagroups.state.sql.process import Holder, _life, provably_dead, this_process


def test_an_account_is_held_by_one_run_only(ledger: SqlLedger) -> None:
    with ledger.hold(OFFICE, MORNING):
        with pytest.raises(Locked, match="office is held by another run") as caught, ledger.hold(OFFICE, MORNING):
            pass
        assert "state unlock office" in caught.value.hint
        with ledger.hold(SPORTS, MORNING):
            pass
    with ledger.hold(OFFICE, MORNING):
        pass


def test_a_lease_is_given_back_when_its_run_fails(ledger: SqlLedger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.hold(OFFICE, MORNING):
        _ = 1 / 0
    with ledger.hold(OFFICE, MORNING):
        pass


def test_a_lease_that_cannot_be_given_back_hides_no_other_failure(ledger: SqlLedger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.hold(OFFICE, MORNING):
        with ledger._store.writing() as connection:
            connection.exec_driver_sql("DROP TABLE leases")
        _ = 1 / 0


def test_a_living_process_keeps_its_lease_and_a_dead_one_loses_it_at_once(place: str) -> None:
    open_ledger(place).close()
    holding = SPAWN.Event()
    other = started(hold_until_killed, place, holding)
    assert holding.wait(PATIENCE)
    ledger = open_ledger(place)
    with pytest.raises(Locked, match=f"process {other.pid} on this machine"), ledger.hold(OFFICE, MORNING):
        pass
    kill(other)
    with ledger.hold(OFFICE, MORNING):
        pass
    ledger.close()


def test_a_lease_of_another_machine_is_taken_only_after_its_time(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(leases, "this_process", lambda: Holder("elsewhere", "boot", 1, "1"))
        abandoned = ledger.hold(OFFICE, MORNING)
        abandoned.__enter__()
    with pytest.raises(Locked, match="on another machine"), ledger.hold(OFFICE, MORNING + LEASE / 2):
        pass
    with ledger.hold(OFFICE, MORNING + LEASE):
        pass
    abandoned.__exit__(None, None, None)


def test_a_run_that_slept_past_its_lease_writes_nothing_more(place: str) -> None:
    sleeper, other = open_ledger(place), open_ledger(place)
    with sleeper.hold(OFFICE, MORNING):
        number = sleeper.intend(intent())
        with other.hold(OFFICE, MORNING + LEASE):
            with pytest.raises(Locked, match="no longer holds account office"):
                sleeper.reserve(OFFICE, CallClass.ADD, Allowance(), MORNING + LEASE, 1.0)
            with pytest.raises(Locked):
                sleeper.intend(intent())
            assert other.reserve(OFFICE, CallClass.ADD, Allowance(), MORNING + LEASE, 1.0) == Granted()
            # What did happen is written down whoever holds the lease.
            sleeper.settle(number, "seen", MORNING)
    assert not sleeper.recall(OFFICE, MORNING).unsettled
    sleeper.close()
    other.close()


def test_a_run_that_lost_its_lease_leaves_the_one_of_its_successor(place: str) -> None:
    sleeper, other, third = open_ledger(place), open_ledger(place), open_ledger(place)
    slept = sleeper.hold(OFFICE, MORNING)
    slept.__enter__()
    with other.hold(OFFICE, MORNING + LEASE):
        slept.__exit__(None, None, None)
        with pytest.raises(Locked), third.hold(OFFICE, MORNING + LEASE):
            pass
    for ledger in (sleeper, other, third):
        ledger.close()


def test_an_unlocked_run_stops_at_its_next_write(ledger: SqlLedger) -> None:
    with ledger.hold(OFFICE, MORNING):
        assert ledger.unlock(OFFICE)
        with pytest.raises(Locked):
            ledger.intend(intent())
    assert not ledger.unlock(OFFICE)


def test_read_verbs_spend_without_a_lease(place: str) -> None:
    holder, reader = open_ledger(place), open_ledger(place)
    with holder.hold(OFFICE, MORNING):
        assert reader.reserve(OFFICE, CallClass.READ, Allowance(), MORNING, 1.0) == Granted()
    holder.close()
    reader.close()


def test_a_heartbeat_goes_on_through_a_busy_store_and_ends_with_the_lease() -> None:
    answers: Iterator[bool | LedgerError] = iter([True, LedgerError("busy"), True, False])
    beats: list[bool] = []

    def beat() -> bool:
        answer = next(answers)
        if isinstance(answer, LedgerError):
            raise answer
        beats.append(answer)
        return answer

    heartbeat = Heartbeat(beat, timedelta(milliseconds=1))
    heartbeat.start()
    heartbeat._thread.join(PATIENCE)
    assert beats == [True, True, False]
    heartbeat.stop()


def test_heartbeats_keep_a_lease_beyond_its_first_span(ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [1_000.0]
    monkeypatch.setattr("wagroups.state.lock.time.time", lambda: wall[0])
    beats: list[Heartbeat] = []
    monkeypatch.setattr(Heartbeat, "start", lambda self: beats.append(self))
    monkeypatch.setattr(Heartbeat, "stop", lambda self: None)
    with ledger.hold(OFFICE, MORNING):
        wall[0] += LEASE.total_seconds() - 1
        assert beats[0]._beat()
        with pytest.raises(Locked), ledger.hold(OFFICE, MORNING + LEASE * 1.5):
            pass


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell when a process began")
class TestProofOfDeath:
    def test_this_process_lives(self) -> None:
        assert not provably_dead(this_process())

    def test_another_process_with_the_same_number_does_not_count(self) -> None:
        assert provably_dead(this_process()._replace(started="1"))

    def test_nothing_survives_a_restart_of_the_machine(self) -> None:
        assert provably_dead(this_process()._replace(boot="an earlier one"))

    def test_nothing_is_known_of_other_machines(self) -> None:
        assert not provably_dead(this_process()._replace(host="elsewhere", pid=0, boot="another"))

    def test_a_number_that_nobody_has_is_dead(self) -> None:
        beyond_the_kernels_limit = 2**22 + 1  # PID_MAX_LIMIT, proc(5)
        assert provably_dead(this_process()._replace(pid=beyond_the_kernels_limit))

    def test_a_corpse_is_dead(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        life = _life(child.pid)
        assert life is not None
        holder = this_process()._replace(pid=child.pid, started=life.started)
        assert not provably_dead(holder)
        child.kill()
        _wait_for_corpse(child.pid)
        assert provably_dead(holder)
        child.communicate()


def _wait_for_corpse(pid: int) -> None:
    for _ in range(1000):
        life = _life(pid)
        if life is None or not life.running:
            return
        time.sleep(0.005)
