"""The generated files are current, and can be written by one command."""

from pathlib import Path

import pytest

from wagroups.cli.reference import write
from wagroups.domain.live.capability import PARTS, Aspect
from wagroups.gateways.registry import KINDS
from wagroups.workflows.setup.reference import generated

ROOT = Path(__file__).parents[2]
PAGE = "docs/gateways.md"
GENERATED = generated()


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_file_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == GENERATED[name], "write it anew: make docs"


def test_every_schema_in_the_folder_is_generated() -> None:
    assert {f"schemas/{path.name}" for path in (ROOT / "schemas").iterdir()} == {
        name for name in generated() if name.startswith("schemas/")
    }


def test_writing_anew_writes_what_is_missing_or_differs_and_nothing_else(tmp_path: Path) -> None:
    assert set(write(tmp_path)) == set(GENERATED)
    (tmp_path / PAGE).write_text("old", encoding="utf-8")
    assert write(tmp_path) == (PAGE,)
    assert write(tmp_path) == ()


def test_the_page_holds_every_claim_of_every_dialect_with_its_source() -> None:
    page = generated()[PAGE]
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.count(" | ") == 3]
    dialects = sum(len(kind.dialects) for kind in KINDS.values())
    heads = [row for row in rows if row.startswith(("| What", "| ---"))]
    assert len(heads) == 2 * dialects
    assert len(rows) - len(heads) == len([aspect for aspect in Aspect if aspect not in PARTS]) * dialects
    for row in set(rows) - set(heads):
        _, reach, note, source = (cell.strip() for cell in row.strip("|").split(" | "))
        assert source
        assert note or reach in ("read and changed", "yes")


def test_the_page_says_what_came_with_which_version() -> None:
    page = generated()[PAGE]
    for chapter in page.split("\n## ")[2:6]:
        assert "`settings.approve_joins`: can be read but not set before WAHA 2026.8.2; update WAHA" in chapter
        assert "reset the invite link" in chapter
