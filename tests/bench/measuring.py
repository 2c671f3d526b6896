"""How things are timed: in fresh processes, in turns, by medians, and by the processor's time.

A machine has fast and slow minutes, so only ratios of things that ran in turns mean anything.  What a process waits for
(a disk, another process on its core) says nothing about it, so the clock on the wall is not read at all: seconds are
those that the system has charged to the process, its own calls of the system included.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from tests.bench.corpus import KEY

ROOT: Final = Path(__file__).parents[2]


class Ran(NamedTuple):
    """One finished process."""

    seconds: float
    """Of processor time."""
    peak_bytes: int
    output: str


class Row(NamedTuple):
    """One line of the table."""

    goal: str
    measured: float
    target: float
    unit: str
    detail: str

    @property
    def holds(self) -> bool:
        return self.measured <= self.target


def run(arguments: Sequence[str], environ: Mapping[str, str]) -> Ran:
    """Run Python with `arguments` in a process of its own.  Raises CalledProcessError when it fails."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        # wait4 tells the peak of this very child, where getrusage tells that of the largest.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments, output)
    return Ran(usage.ru_utime + usage.ru_stime, _bytes(usage), output)


def _bytes(usage: resource.struct_rusage) -> int:
    """Linux counts the peak in KiB, macOS in bytes (getrusage(2) of each)."""
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def in_turns(rounds: int, **actions: Callable[[], float]) -> dict[str, float]:
    """The median of each action over `rounds` rounds, in each of which every action has one turn."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            taken[name].append(action())
    return {name: median(values) for name, values in taken.items()}


def timed(action: Callable[[], object]) -> float:
    """Seconds of processor time that `action` takes: what else the machine does is left out."""
    before = time.process_time()
    action()
    return time.process_time() - before


@contextmanager
def serving(listing: Path) -> Iterator[dict[str, str]]:
    """A server of one listing, for as long as the context lasts; yields the environment that leads to it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", str(listing)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield {"BENCH_URL": f"http://127.0.0.1:{port}", "BENCH_KEY": KEY}
        finally:
            process.stdin.close()
