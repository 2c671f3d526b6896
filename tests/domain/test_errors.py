"""Every error that leaves its module is in the tree, ends the program with the code drawn there, and helps."""

import ast
import builtins
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import wagroups
from wagroups.cli.ui.exits import exit_of_error
from wagroups.domain import errors
from wagroups.domain.exit import Exit

SOURCE: Final = Path(wagroups.__file__).parent

SIGNAL: Final = "Termination"

OUTSIDE: Final = {
    SIGNAL: "an interrupt of Python's own kind, told as Terminated where the process ends",
    "_TooLarge": "caught where the body of a request is read",
    "_Unreadable": "caught by the function that tries to add people to a file",
    "ConnectionDropped": "what a client sees of a simulated server that cuts the connection",
    "EarlyAnswer": "ends a handler of a simulated server, which sends the answer it carries",
    "JavaScriptError": "thrown inside a simulated server, which answers 500",
    "WhatsAppError": "refused by the simulated WhatsApp; each simulated server answers it in its own way",
    "Outsider": "the same, for a group that the account is not in",
}
"""Exceptions that are not of the tree, each with the reason."""

_ROW: Final = re.compile(r"^(?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+) +(?P<code>\d+) (?P<hint>[* ])  \S", re.MULTILINE)
_INDENT: Final = 4


class Row(NamedTuple):
    """A line of the drawing."""

    name: str
    parent: str | None
    code: int
    hint: bool


def drawn() -> Iterator[Row]:
    path: list[str] = []
    for row in _ROW.finditer(errors.__doc__ or ""):
        depth = len(row["indent"]) // _INDENT
        path[depth:] = [row["name"]]
        yield Row(row["name"], path[depth - 1] if depth else None, int(row["code"]), row["hint"] == "*")


ROWS: Final = tuple(drawn())


class Defined(NamedTuple):
    """A class of the source."""

    name: str
    module: str
    bases: tuple[str, ...]


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


TREES: Final = tuple(trees())


def exceptions() -> dict[str, Defined]:
    """Every exception class that is defined anywhere, by name."""
    classes = [
        Defined(
            node.name,
            path.relative_to(SOURCE).as_posix(),
            tuple(ast.unparse(base).split(".")[-1] for base in node.bases),
        )
        for path, tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    known = {name for name, value in vars(builtins).items() if _raisable(value)}
    found: dict[str, Defined] = {}
    while more := {one.name: one for one in classes if one.name not in found and known.intersection(one.bases)}:
        found |= more
        known |= more.keys()
    return found


def _last_name(base: ast.expr) -> str:
    return ast.unparse(base).split(".")[-1]


def _raisable(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def in_the_tree() -> dict[str, type[errors.WagroupsError]]:
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.WagroupsError)
    }


def test_every_exception_is_in_the_tree_or_stays_in_its_module() -> None:
    elsewhere = {one.name for one in exceptions().values() if one.module != "domain/errors.py"}
    assert elsewhere == OUTSIDE.keys()


def test_a_private_exception_is_imported_by_nobody() -> None:
    imported = {
        alias.name
        for _, tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not {name for name in OUTSIDE if name.startswith("_")} & imported


def test_what_a_simulated_server_throws_stays_with_the_simulated_servers() -> None:
    simulated = {name for name in OUTSIDE if not name.startswith("_") and name != SIGNAL}
    importers = {
        path.relative_to(SOURCE).as_posix()
        for path, tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and simulated & {alias.name for alias in node.names}
    }
    assert importers
    assert {module for module in importers if not module.startswith("simulation/")} == set()


def test_the_drawing_shows_every_class_under_its_parent() -> None:
    parents = {name: kind.__base__ for name, kind in in_the_tree().items()}
    assert {row.name: row.parent for row in ROWS} == {
        name: None if parent in (None, Exception) else parent.__name__ for name, parent in parents.items()
    }


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_an_error_ends_the_program_with_the_code_that_is_drawn(row: Row) -> None:
    kind = in_the_tree()[row.name]
    assert exit_of_error(kind.__new__(kind)).code == row.code


def test_the_documented_codes_are_those_of_the_drawing() -> None:
    text = " ".join((SOURCE.parents[1] / "README.md").read_text(encoding="utf-8").split())
    codes = {
        int(code) for code in re.findall(r"(?<=[·:/ ])(\d+)(?=[ /])", text[text.index("Exit codes:") :].split(". ")[0])
    }
    assert {row.code for row in ROWS} <= codes
    assert codes == {ending.code for ending in Exit}


def test_an_error_of_ours_that_is_raised_anywhere_says_what_to_do_next() -> None:
    """By its own class, or in each place that makes one."""
    helpful = {row.name for row in ROWS if row.hint}
    silent = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in helpful
        and not _has_its_own_hint(node.func.id)
        and not any(word.arg in ("hint", None) for word in node.keywords)
    ]
    assert not silent


def _has_its_own_hint(name: str) -> bool:
    """Whether the class words its hint itself, so that its `__init__` takes none."""
    return "hint" not in in_the_tree()[name].__init__.__annotations__


def test_the_exits_know_no_error_but_those_of_the_tree() -> None:
    exits = importlib.import_module("wagroups.cli.ui.exits")
    raisable = {name for name, value in vars(exits).items() if _raisable(value)}
    assert raisable
    assert raisable <= in_the_tree().keys()
