"""The table of points: every code that the program can yield has a class, and no class is made up."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import wagroups
from wagroups.domain.plans.plan import Notice
from wagroups.domain.plans.points import CLASSES, PointClass, class_of

SOURCE = Path(wagroups.__file__).parent


def codes_in(source: Path, *, without: str = "") -> Iterator[tuple[str, str]]:
    """(place, code) of every `Notice(code=…)`, constants by their values, or of those `without` an argument."""
    for path in sorted(source.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Constant)
            for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Notice":
                place = f"{path.relative_to(source)}:{call.lineno}"
                given = next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None)
                assert given is not None, f"{place}: give `code=` by its name"
                if any(keyword.arg == without for keyword in call.keywords):
                    continue
                for code in _values(given, constants, place):
                    yield place, code


def _values(given: ast.expr, constants: Mapping[str, object], place: str) -> Iterator[str]:
    match given:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp(body=body, orelse=orelse):
            yield from _values(body, constants, place)
            yield from _values(orelse, constants, place)
        case ast.Name(id=name) if isinstance(constants.get(name), str):
            yield str(constants[name])
        case _:
            raise AssertionError(f"{place}: a code that no reader of the file can tell")


def test_every_code_in_the_program_has_a_class() -> None:
    missing = [f"{place}: {code}" for place, code in codes_in(SOURCE) if code not in CLASSES]
    assert missing == []


def test_every_open_point_names_what_to_do_next() -> None:
    silent = [
        f"{place}: {code}" for place, code in codes_in(SOURCE, without="next") if CLASSES[code] is PointClass.OPEN
    ]
    assert silent == []


def test_a_code_that_nobody_knows_needs_a_person() -> None:
    assert class_of("made-up") is PointClass.OPEN
    assert Notice(code="made-up", text="").point_class is PointClass.OPEN


def test_what_may_never_be_called_fine_is_open() -> None:
    for code in ("not-admin", "not-in-group", "suspended", "left", "not-on-whatsapp", "may-be-present", "not-declared"):
        assert class_of(code) is PointClass.OPEN
