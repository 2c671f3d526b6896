"""Law 4 with real processes: killed, interrupted and terminated runs; the next one goes on and does nothing twice."""

import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.club import CLUB, JUNIORS, NEWS, TRAINERS, Club, club, wait_for
from tests.rig import DIALECTS
from tests.warm import Ended
from wagroups.simulation.world.faults import Call, Fault, FaultKind

WRITES: Final = (Call.SUBJECT, Call.SETTING, Call.DESCRIPTION, Call.ADD, Call.REMOVE, Call.PROMOTE, Call.DEMOTE)
MOST_KILLS: Final = 12
"""More than the writes that the drift below takes on any gateway."""


def drift_everywhere(harbour: Club) -> None:
    """Somebody changes one of everything on the phone."""
    harbour.on_the_phone(do="rename", who="amara", group=NEWS, subject="News!!")
    harbour.on_the_phone(do="set", who="amara", group=TRAINERS, setting="edit_info", value="everyone")
    harbour.on_the_phone(do="remove", who="amara", group=TRAINERS, people=["dana"])
    harbour.on_the_phone(do="add", who="amara", group=JUNIORS, people=["ivo"])
    harbour.on_the_phone(do="demote", who="amara", group=JUNIORS, people=["chidi"])
    harbour.on_the_phone(do="promote", who="amara", group=JUNIORS, people=["emre"])


def check_settled(harbour: Club) -> None:
    """Everything is as declared."""
    assert harbour.wagroups("plan", "--detailed-exitcode").code == 0
    assert harbour.members(NEWS).keys() == CLUB
    assert harbour.members(TRAINERS) == {"amara": "admin", "chidi": "member", "dana": "member"}
    admins = {name for name, role in harbour.members(JUNIORS).items() if role == "admin"}
    assert admins == {"amara", "bela", "chidi", "dana"}
    assert harbour.members(JUNIORS).keys() == {*admins, "emre", "fay", "gus", "hana"}
    assert len(harbour.world.groups) == 4


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
def test_a_run_killed_after_every_single_write_still_gets_there(gateway: str, dialect: str, tmp_path: Path) -> None:
    with club(tmp_path, gateway, dialect) as harbour:
        harbour.add_back()
        assert harbour.wagroups("apply", "--yes").code == 0
        drift_everywhere(harbour)
        made = len(harbour.writes)
        for _ in range(MOST_KILLS):
            # Carried out, and no answer ever comes: the moment at which the least is known.
            harbour.script(*(Fault(kind=FaultKind.HANG, on=call) for call in WRITES))
            before = len(harbour.writes)
            run = harbour.start("apply", "--yes")
            wait_for(lambda run=run, before=before: run.poll() is not None or len(harbour.writes) > before, "a write")  # type: ignore[misc]
            run.kill()
            ended = harbour.ended(run)
            harbour.behave()
            if ended.code == 0:
                break
        assert ended.code == 0, ended.out
        asked = Counter(harbour.writes[made:])
        assert max(asked.values()) == 1, asked
        check_settled(harbour)


def test_a_group_whose_creator_was_killed_is_found_again(harbour: Club) -> None:
    for _ in range(3):
        harbour.script(Fault(kind=FaultKind.HANG, on=Call.CREATE))
        before = harbour.writes.count("create")
        run = harbour.start("apply", "--yes")
        wait_for(lambda before=before: harbour.writes.count("create") > before, "a creation")  # type: ignore[misc]
        run.kill()
        harbour.ended(run)
        harbour.behave()
    end = harbour.wagroups("apply", "--yes")
    assert end.code == 0, end.out
    assert harbour.writes.count("create") == 3
    check_settled(harbour)


def test_a_creation_that_never_happened_waits_for_a_persons_word(harbour: Club) -> None:
    harbour.script(Fault(kind=FaultKind.DROP_BEFORE, on=Call.CREATE, group=TRAINERS))
    for _ in range(3):
        end = harbour.wagroups("apply", "--yes")
        assert end.code == 7, end.out
        assert "creation-unsettled" in end.out
        assert "wagroups state abandon trainers" in end.out
    assert harbour.writes.count("create") == 3
    assert harbour.wagroups("state", "abandon", "trainers").code == 0
    assert harbour.wagroups("apply", "--yes").code == 0
    check_settled(harbour)


@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_at_any_moment_is_resumed(harbour: Club, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(3):
        harbour.script(Fault(kind=FaultKind.SLOW, seconds=0.02, times=None))
        calls = len(harbour.front.log) + dice.randrange(1, 60)
        run = harbour.start("apply", "--yes")
        wait_for(lambda run=run, calls=calls: run.poll() is not None or len(harbour.front.log) >= calls, "a call")  # type: ignore[misc]
        run.kill()
        harbour.ended(run)
        harbour.behave()
    end = harbour.wagroups("apply", "--yes", "-o", "json")
    for key in waiting_for_a_word(end):
        # Killed between the intent and the call: nothing was created, and only a person may say so.
        assert harbour.wagroups("state", "abandon", key).code == 0
        end = harbour.wagroups("apply", "--yes", "-o", "json")
    assert end.code == 0, end.out
    check_settled(harbour)
    assert all(not group.banished for group in harbour.world.groups.values())


def waiting_for_a_word(end: Ended) -> list[str]:
    """Groups whose unanswered creation was looked for in vain."""
    return [g["key"] for g in end.document["groups"] if g["hold"] and g["hold"]["rule"] == "creation-unsettled"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_asked_to_stop_ends_after_the_call_in_flight(
    harbour: Club, number: signal.Signals, code: int
) -> None:
    slow = Fault(kind=FaultKind.SLOW, on=Call.ADD, after=2, seconds=1.0)
    harbour.script(slow)
    run = harbour.start("apply", "--yes", "-o", "json")
    wait_for(lambda: slow.seen > 2, "an addition")
    run.send_signal(number)
    end = harbour.ended(run, "-o", "json")
    assert end.code == code, end.err
    assert "Stopping after the current call" in end.err
    outcomes = [a["outcome"] for group in end.document["groups"] for a in group["actions"]]
    assert outcomes.count("not-attempted") > 0
    assert harbour.writes.count("add") == 3, "the call in flight was finished, and no other begun"
    assert end.document["converged"] is False
    assert harbour.wagroups("apply", "--yes").code == 0
    assert harbour.writes.count("create") == 3
    check_settled(harbour)


def test_a_second_signal_ends_at_once(harbour: Club) -> None:
    harbour.script(Fault(kind=FaultKind.HANG, on=Call.ADD))
    run = harbour.start("apply", "--yes", "-o", "json")
    wait_for(lambda: "add" in harbour.writes, "an addition")
    run.send_signal(signal.SIGINT)
    wait_for_words(run, "Stopping")
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=30)
    assert run.returncode == 130, out
    assert '"interrupted"' in out
    assert harbour.wagroups("apply", "--yes").code == 0
    check_settled(harbour)


def wait_for_words(run: "subprocess.Popen[str]", words: str) -> None:
    assert run.stderr is not None
    while words not in (line := run.stderr.readline()):
        assert line, f"the process never said {words!r}"
