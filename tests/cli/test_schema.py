"""`schema`: one JSON document, the same as the file in the repository."""

import json
from pathlib import Path

import pytest

from tests.cli.command import Command
from wagroups.domain.declared.choices import SchemaName
from wagroups.domain.exit import Exit

FILES = Path(__file__).parents[2] / "schemas"


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.mark.parametrize("name", [name.value for name in SchemaName])
@pytest.mark.parametrize("flags", [(), ("-o", "json")])
def test_a_schema_is_printed_as_it_is_in_the_repository(wagroups: Command, name: str, flags: tuple[str, ...]) -> None:
    ended = wagroups("schema", name, *flags)
    assert ended.exit is Exit.OK
    assert ended.err == ""
    assert ended.out == (FILES / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.loads(ended.out)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_a_schema_goes_to_a_file(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("schema", "plan", "--to", str(tmp_path / "plan.json")).out == ""
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))["$id"].endswith(":plan")


def test_an_unknown_name_is_told_with_those_that_are_known(wagroups: Command) -> None:
    ended = wagroups("schema", "people")
    assert ended.exit is Exit.USAGE
    assert "manifest" in ended.err


def test_a_schema_is_no_page(wagroups: Command) -> None:
    assert wagroups("schema", "plan", "-o", "markdown").exit is Exit.USAGE


def test_the_names_of_a_project_are_offered_and_their_numbers_are_not(
    wagroups: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wagroups.yaml").write_text("accounts: {office: {gateway: waha}}\ngroups: [a mistake]\n")
    (tmp_path / "people.yaml").write_text("people: {zoe: +44 7700 900101, x-note: hello}\nteams: {board: [zoe]}\n")
    monkeypatch.chdir(tmp_path)
    ended = wagroups("schema", "manifest", "--names")
    assert ended.exit is Exit.OK
    schema = json.loads(ended.out)
    entry = schema["definitions"]["entry"]
    assert entry["examples"] == entry["properties"]["person"]["examples"] == ["zoe"]
    assert entry["properties"]["team"]["examples"] == ["board"]
    assert schema["properties"]["defaults"]["properties"]["account"]["examples"] == ["office"]
    assert "900101" not in ended.out


def test_a_document_has_no_names_to_offer(wagroups: Command) -> None:
    assert wagroups("schema", "plan", "--names").exit is Exit.USAGE
