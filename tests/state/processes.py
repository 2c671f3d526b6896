"""What other processes do in the tests of locks and crashes.  Each runs in an interpreter of its own."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from tests.fake_clock import MORNING
from tests.state.people import OFFICE, addition, intent
from wagroups.domain.ledger import Granted
from wagroups.domain.plans.budget import Allowance, CallClass
from wagroups.domain.plans.outcome import Done
from wagroups.state.open import open_ledger

SPAWN = multiprocessing.get_context("spawn")
"""A fork would copy this process's threads and connections in the middle of whatever they do."""

PATIENCE = 30.0
"""Seconds until a test gives up on a process."""


def started(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = SPAWN.Process(target=target, args=arguments)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """End a process as a power cut would."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE)


def hold_until_killed(place: str, holding: Event) -> None:
    with open_ledger(place).hold(OFFICE, MORNING):
        holding.set()
        time.sleep(PATIENCE)


def die_between_intent_and_conclusion(place: str) -> None:
    ledger = open_ledger(place)
    with ledger.hold(OFFICE, MORNING):
        ledger.conclude(ledger.intend(intent(addition(1))), Done(), MORNING)
        ledger.intend(intent(addition(2)))
        os.kill(os.getpid(), signal.SIGKILL)


def reserve_often(
    place: str, allowance: Allowance, times: int, ready: Event, granted: "multiprocessing.Queue[int]"
) -> None:
    ledger = open_ledger(place)
    ready.wait(PATIENCE)
    count = 0
    for number in range(times):
        now = MORNING + timedelta(milliseconds=number)
        count += isinstance(ledger.reserve(OFFICE, CallClass.ADD, allowance, now, 1.0), Granted)
    ledger.close()
    granted.put(count)


def open_and_close(place: str, ready: Event) -> None:
    ready.wait(PATIENCE)
    open_ledger(place).close()
