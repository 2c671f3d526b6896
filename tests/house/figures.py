"""Figures of the source tree that say how easily one finds one's way in it, each with the most that is allowed.

`make lint` prints them (`python -m tests.house.figures`) and fails when one is over its limit.  A limit may only go
down; where it is above the goal, the reason stands beside it.
"""

import ast
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parents[2] / "src"
PACKAGE: Final = "wagroups"

NOUNS_IN_ING: Final = frozenset(("wording", "bookkeeping", "listing", "binding", "offboarding", "planning", "imaging"))
"""Words that end like a gerund and are nouns of the field."""


@cache
def modules() -> Mapping[str, ast.Module]:
    """Dotted name → syntax tree of every module, packages included."""
    found = {}
    for path in sorted((SOURCE / PACKAGE).rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Module → the modules of this package that it imports, wherever in it and for whatever reason."""
    return {name: frozenset(_imported(tree)) - {name} for name, tree in modules().items()}


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom) and node.module in modules():
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else str(node.module)


def folders() -> dict[str, int]:
    """Package → how many modules lie directly in it."""
    return Counter(name.rpartition(".")[0] for name in modules() if "." in name)


def gerunds() -> list[str]:
    """Modules that are named by what is done instead of by what they are."""
    words = {name: name.rpartition(".")[2] for name in modules()}
    return [name for name, word in words.items() if word.endswith("ing") and word not in NOUNS_IN_ING]


def names_with_two_meanings() -> list[str]:
    """Public classes whose name another module gives to another class."""
    places: Counter[str] = Counter()
    for tree in modules().values():
        places.update(node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")
    return [name for name, times in places.items() if times > 1]


def imported_by_one() -> list[str]:
    """Modules that exactly one other imports: a concept with a name of its own, or a part of that other."""
    importers = Counter(target for targets in imports().values() for target in targets)
    return [name for name in modules() if importers[name] == 1]


def fan_out() -> dict[str, int]:
    return {name: len(targets) for name, targets in imports().items()}


def circles() -> list[tuple[str, ...]]:
    """Modules that import each other, however far around."""
    found, seen = [], set[str]()
    for name in modules():
        if name in seen:
            continue
        ring = tuple(sorted(other for other in _reached(name) if name in _reached(other)))
        if ring:
            found.append(ring)
            seen.update(ring)
    return found


@cache
def _reached(name: str) -> frozenset[str]:
    """Every module that `name` imports, directly or through others."""
    found, todo = set[str](), list(imports()[name])
    while todo:
        if (other := todo.pop()) not in found:
            found.add(other)
            todo.extend(imports()[other])
    return frozenset(found)


@dataclass(frozen=True)
class Figure:
    """Something that is counted.  `examples` names what counts most."""

    name: str
    goal: int
    limit: int
    count: Callable[[], int]
    examples: Callable[[], list[str]] = list
    reason: str = ""
    """Why the limit is above the goal."""


def _most(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} ({number})" for name, number in Counter(counts).most_common(3)]


GROWN: Final = (
    "the language and the guards have grown since the goal was set; small parts are joined as they are touched"
)
ROOTS: Final = "a verb and the run behind it bring every stage together; so do the planner and an adapter"

FIGURES: Final = (
    Figure("modules", 290, 460, lambda: len(modules()), reason=GROWN),
    Figure("largest folder", 26, 26, lambda: max(folders().values()), lambda: _most(folders())),
    Figure("import circles", 0, 0, lambda: len(circles()), lambda: [", ".join(ring) for ring in circles()]),
    Figure("gerunds among module names", 12, 12, lambda: len(gerunds()), gerunds),
    Figure("class names with two meanings", 5, 5, lambda: len(names_with_two_meanings()), names_with_two_meanings),
    Figure("modules that one other imports", 80, 123, lambda: len(imported_by_one()), reason=GROWN),
    Figure("fan-out", 20, 32, lambda: max(fan_out().values()), lambda: _most(fan_out()), ROOTS),
)


def main() -> int:
    over = 0
    for figure in FIGURES:
        counted = figure.count()
        verdict = "ok" if counted <= figure.limit else "OVER THE LIMIT"
        print(f"{figure.name:32} {counted:4}   limit {figure.limit:4}   goal {figure.goal:4}   {verdict}")
        if counted > figure.limit:
            over += 1
            print(f"    {figure.reason or 'it has been at its goal'}")
            for example in figure.examples():
                print(f"    {example}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
