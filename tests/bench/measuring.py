"""How things are timed: in fresh processes, in turns, by medians.

A machine has fast and slow minutes, so only ratios of things that ran in turns mean anything.
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
    before = time.perf_counter()
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
    seconds = time.perf_counter() - before
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments, output)
    return Ran(seconds, _bytes(usage), output)


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
