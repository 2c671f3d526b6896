"""What is published: whole, and without what is nobody's business."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

import pytest

import wagroups

REPOSITORY: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a fresh sdist, and of the wheel that is made from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


def test_the_wheel_holds_the_package_its_schemas_and_the_examples(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(REPOSITORY / "src").as_posix() for path in (REPOSITORY / "src").rglob("*.py")}
    schemas = {f"wagroups/schemas/{path.name}" for path in (REPOSITORY / "schemas").glob("*.json")}
    examples = {
        f"wagroups/examples/{path.relative_to(REPOSITORY / 'examples').as_posix()}"
        for name in ("club", "github", "gitlab")
        for path in (REPOSITORY / "examples" / name).rglob("*.y*ml")
    }
    assert sources | schemas | examples | {"wagroups/py.typed"} <= names
    strange = {
        name for name in names if not name.startswith(("wagroups/", f"wagroups-{wagroups.__version__}.dist-info/"))
    }
    assert strange == set()


def test_the_sdist_can_be_tested_as_the_repository_can(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Makefile", "requirements-dev.lock", "pyproject.toml", "README.md", "LICENSE", ".ci/run", "tests/rig.py"}
    assert wanted <= names
    assert not [name for name in names if ".wagroups" in name.split("/") or name.endswith((".pyc", ".db"))]


def test_an_installed_wheel_starts_and_finds_its_example(built: Path, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    installed = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(installed)
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)}

    def python(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environ, capture_output=True, check=True, encoding="utf-8"
        ).stdout

    assert python("-m", "wagroups", "--version") == f"wagroups {wagroups.__version__}\n"
    found = python("-c", "from wagroups.workflows.setup.examples import example; print(example('club'))")
    assert Path(found.strip()) == installed / "wagroups" / "examples" / "club"
