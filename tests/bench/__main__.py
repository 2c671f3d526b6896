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

from tests.bench.corpus import LARGE, Corpus
from tests.bench.measuring import Row, in_turns, run, serving

ROUNDS: Final = 7


def rows(workshop: Path) -> Iterator[Row]:
    yield _help()
    for name, changed in (("in sync", 0), ("5 added and 5 removed in each", 5)):
        folder, listing = workshop / f"project-{changed}", workshop / f"listing-{changed}.json"
        corpus = Corpus.of(LARGE, changed)
        corpus.write_project(folder)
        listing.write_bytes(corpus.listing())
        if not changed:
            yield _stage("load", folder, listing, "load: places, duplicates, numbers", 0.75, "CSafeLoader alone")
            yield _stage("read", folder, listing, "parse and reduce a listing", 1.5, "json.loads")
        yield from _plan(folder, listing, name)


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
        ours = ["-m", "wagroups", "--project", str(folder), "plan", "--quiet"]
        naive = [str(Path(__file__).with_name("naive.py")), str(folder), environ["BENCH_URL"]]
        run(ours, environ)  # the first read fills the ledger
        took = in_turns(ROUNDS, naive=lambda: run(naive, environ).seconds, ours=lambda: run(ours, environ).seconds)
    yield Row(f"plan, {world}", took["ours"] / took["naive"], 1.0, "×", "a script: httpx, CSafeLoader, sets")
    yield Row(f"its diff, {world}", 100 * diff["ours"] / took["ours"], 5.0, "%", "of the plan")


def main() -> int:
    print(f"{LARGE.groups} groups of {LARGE.members}; medians of {ROUNDS} rounds in turns\n")
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
