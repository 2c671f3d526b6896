"""The pages name what is there: every package, every path and every module."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.docs.blocks import ROOT, blocks

SOURCE: Final = ROOT / "src" / "wagroups"
PAGES: Final = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
FOLDERS: Final = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in ("dist", "build")}
ROOMS: Final = {path.stem for path in SOURCE.iterdir()}
NAMED: Final = re.compile(r"`([^`\s]+)`")


def packages() -> set[str]:
    """Every package below `wagroups`, by its path, and the module that stands beside them."""
    found = {path.parent.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py")}
    alone = {path.stem for path in SOURCE.glob("*.py") if not path.stem.startswith("_")}
    return (found | alone) - {"."}


def test_the_page_lists_every_package_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = re.search(r"^## The packages\n+```\n(.*?)^```", page, re.M | re.S)
    assert listed is not None
    names = [line.split()[0] for line in listed[1].splitlines()]
    assert set(names) == packages()
    assert len(names) == len(set(names))


def test_the_layers_stand_in_the_order_in_which_they_are_listed() -> None:
    """A package imports those below it: the list reads like the contract."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    contract = re.search(r'containers = \["wagroups"\].*?layers = \[(.*?)\]', _pyproject(), re.S)
    assert contract is not None
    layers = [layer.split(" | ") for layer in re.findall(r'"([^"]+)"', contract[1])]
    listed = [name for name in re.findall(r"^([a-z]+)  ", page, re.M) if name in ROOMS]
    assert [listed[sum(map(len, layers[:n])) :][: len(layer)] for n, layer in enumerate(layers)] == [
        sorted(layer) for layer in layers
    ]


def _pyproject() -> str:
    return (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def named(page: str) -> Iterator[str]:
    """What a page calls a path or a module of this repository; names with a `*` or `<kind>` stand for several."""
    for text in NAMED.findall(page):
        first = text.split("/")[0]
        if text.endswith(".py") or ("/" in text and first in FOLDERS | ROOMS and not text.startswith("/")):
            yield text
        elif re.fullmatch(r"(wagroups|tests)(\.[a-z_]+)+", text) and not text.endswith((".yaml", ".gateways")):
            yield text.replace(".", "/")


def is_there(name: str) -> bool:
    pattern = re.sub(r"<\w+>", "*", name.rstrip("/"))
    places = (ROOT, ROOT / "src", SOURCE)
    return any(any(place.glob(form)) for place in places for form in (pattern, f"{pattern}.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_and_module_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = {block.file for block in blocks(text)}
    assert [name for name in named(text) if name not in shown and not is_there(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_that_is_linked_is_there(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [name for name in linked if not (page.parent / name).exists()] == []


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_type_and_constant_that_a_page_for_developers_names_is_there(name: str) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    spoken = set(re.findall(r"`([A-Z]\w+)`", (ROOT / name).read_text(encoding="utf-8")))
    assert spoken
    assert {word for word in spoken if not re.search(rf"^(class {word}\b|\s*{word}(: [^=]+)? = )", code, re.M)} == set()


DOTTED: Final = re.compile(r"`(?:wagroups\.)?([a-z_]+(?:\.\w+)+)`")
CONFIGURED: Final = {"privacy.redact", "privacy.require_alias"}
"""Keys of `wagroups.yaml` that begin like a package."""


def stale(text: str) -> list[str]:
    """Dotted names of modules, and of what stands in them, that are not there."""
    return [name for name in DOTTED.findall(text) if name.split(".")[0] in ROOMS and not _stands(name)]


def _stands(name: str) -> bool:
    place, rest = SOURCE, name.split(".")
    while rest and (place / rest[0]).is_dir():
        place /= rest.pop(0)
    module = place / f"{rest[0]}.py" if rest else place
    if not module.exists():
        module = place / "__init__.py"
        rest = ["", *rest]
    return len(rest) < 2 or re.search(rf"\b{rest[1]}\b", module.read_text(encoding="utf-8")) is not None


def test_every_module_that_a_docstring_or_a_comment_names_is_there() -> None:
    files = [path for folder in (SOURCE, ROOT / "tests") for path in folder.rglob("*.py") if path != Path(__file__)]
    gone = {str(path.relative_to(ROOT)): stale(path.read_text(encoding="utf-8")) for path in files}
    assert {path: left for path, names in gone.items() if (left := set(names) - CONFIGURED)} == {}


def test_a_name_that_is_gone_is_found() -> None:
    text = "`planning/diff/gone.py`, `gone.py`, `tests/gone/`, `wagroups.planning.gone`, `groups/choir.yaml`, `a/b`"
    assert [name for name in named(text) if not is_there(name)] == [
        "planning/diff/gone.py",
        "gone.py",
        "tests/gone/",
        "wagroups/planning/gone",
    ]
    assert all(map(is_there, ("planning/diff", "gateways/<kind>/events.py", "tests/planning/cases/*.yaml")))
    assert stale(
        "`domain.ports`, `domain.ports.Gateway`, `domain.ports.Gone`, `domain.gone`, `planning.diff.gone`"
    ) == [
        "domain.ports.Gone",
        "domain.gone",
        "planning.diff.gone",
    ]
