"""Measure wagroups against its targets: `make bench`.

Ratios of things that ran in turns, never bare seconds.  A target that is missed is said to be, and the exit code is 1.
Counts (requests, imports, calls of DeepDiff) are exact and belong to the ordinary tests (test_frugality.py).
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench import limits
from tests.bench.corpus import LARGE, LISTING, MANY, Size
from tests.bench.measuring import Ran, Row, in_turns, run, serving

ROUNDS: Final = 7
FEW_ROUNDS: Final = 3
"""For what takes many seconds."""

SMALL: Final = Size(1, 1)
"""What a plan takes before there is anything to plan."""

MOST_REFUSED: Final = 1
"""Calls of three hundred that may meet a limit that is written down."""
GIB: Final = 1 << 30


def rows(workshop: Path) -> Iterator[Row]:
    yield _help()
    for name, changed in (("in sync", 0), ("5 added and 5 removed in each", 5)):
        folder, listing = _written(workshop, LARGE, changed)
        if not changed:
            yield _stage("load", folder, listing, "load: places, duplicates, numbers", 0.75, "CSafeLoader alone")
            yield _stage("read", folder, listing, "parse and reduce a listing", 1.5, "json.loads")
            yield _memory(folder, listing, workshop)
        yield from _plan(folder, listing, name)
    yield from _many(workshop)
    known, unknown = limits.known(), limits.unknown()
    yield Row("300 calls at a known limit", known.ratio, 1.03, "×", "the least possible time")
    yield Row("of them too early", known.refused, MOST_REFUSED, "", "calls")
    yield Row("300 calls at an unknown limit", unknown.ratio, 1.10, "×", f"the least possible; {unknown.refused} early")


def _written(workshop: Path, size: Size, changed: int = 0) -> tuple[Path, Path]:
    """A project and its listing."""
    folder = workshop / f"project-{size.groups}-{changed}"
    # Not in this process: what it ever held would count as the peak of every process that it starts.
    run(["-m", "tests.bench.corpus", str(folder), str(size.groups), str(size.members), str(changed)], {})
    return folder, folder / LISTING


def _help() -> Row:
    took = in_turns(
        11,
        floor=lambda: run(["-I", "-c", "pass"], {}).seconds,
        ours=lambda: run(["-I", "-m", "wagroups", "--help"], {}).seconds,
    )
    return Row("wagroups --help", took["ours"] / took["floor"], 4.5, "×", "python -I -c pass")


def _stage(name: str, folder: Path, listing: Path, goal: str, target: float, least: str) -> Row:
    took = _medians(name, folder, listing)
    return Row(goal, took["ours"] / took["least"], target, "×", least)


def _medians(name: str, folder: Path, listing: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(run(["-m", "tests.bench.stages", name, str(folder), str(listing)], {}).output)
    return found


def _plan(folder: Path, listing: Path, world: str) -> Iterator[Row]:
    diff = _medians("diff", folder, listing)
    with serving(listing) as environ:
        naive = [str(Path(__file__).with_name("naive.py")), str(folder), environ["BENCH_URL"]]
        _planned(folder, environ)  # the first read fills the ledger
        took = in_turns(
            ROUNDS, naive=lambda: run(naive, environ).seconds, ours=lambda: _planned(folder, environ).seconds
        )
    yield Row(f"plan, {world}", took["ours"] / took["naive"], 1.0, "×", "a script: httpx, CSafeLoader, sets")
    yield Row(f"its diff, {world}", 100 * diff["ours"] / took["ours"], 5.0, "%", "of the plan")


def _planned(folder: Path, environ: dict[str, str]) -> Ran:
    return run(["-m", "wagroups", "--project", str(folder), "plan", "--quiet"], environ)


def _memory(folder: Path, listing: Path, workshop: Path) -> Row:
    """The peak of a plan that reads in pages, above that of a plan of next to nothing."""
    peaks = []
    for project, answers in (_written(workshop, SMALL), (folder, listing)):
        with serving(answers) as environ:
            _planned(project, environ)
            peaks.append(_planned(project, environ).peak_bytes)
    grown = (peaks[1] - peaks[0]) / LARGE.memberships
    return Row("memory of a plan", grown, 200, "B", "a declared membership, where the gateway pages")


def _many(workshop: Path) -> Iterator[Row]:
    """Loading far more groups: the time grows with the memberships, and the memory as well."""
    folders = {"large": (workshop / f"project-{LARGE.groups}-0", LARGE), "many": (_written(workshop, MANY)[0], MANY)}
    peaks: list[int] = []

    def load(name: str) -> float:
        folder, size = folders[name]
        ran = run(["-m", "tests.bench.stages", "once", str(folder), ""], {})
        peaks.append(ran.peak_bytes)
        return float(json.loads(ran.output)["ours"]) / size.memberships

    took = in_turns(FEW_ROUNDS, large=lambda: load("large"), many=lambda: load("many"))
    goal = f"load a membership of {MANY.groups:,} × {MANY.members}"
    yield Row(goal, took["many"] / took["large"], 1.25, "×", f"one of {LARGE.groups:,} × {LARGE.members}")
    yield Row("memory of that load", max(peaks) / GIB, 1.0, "GiB", "peak")


def main() -> int:
    print(f"{LARGE.groups} groups of {LARGE.members}; medians of {ROUNDS} rounds in turns, of processor time\n")
    missed = 0
    with tempfile.TemporaryDirectory(prefix="wagroups-bench-") as folder:
        for row in rows(Path(folder)):
            missed += not row.holds
            mark = "" if row.holds else "  MISSED"
            print(f"{row.goal:42} {row.measured:6.2f} {row.unit} of at most {row.target:4.2f}  ({row.detail}){mark}")
            sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
