"""Characters that nobody sees are left out where they mean nothing, named once a file, and kept in texts."""

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from tests.manifests.projects import CONFIG, write
from wagroups.domain.identity import Phone
from wagroups.manifests.edit.formatter import Formatter
from wagroups.manifests.project import Project, check_project, load_project

Form = Literal["NFC", "NFD"]

MARKS = ("\u00ad", "\u200b", "\u200e", "\u202a", "\u202c", "\u2060", "\u2066", "\u2069", "\ufeff")


def found(root: Path) -> list[tuple[str, str, int, int]]:
    return [(p.rule, p.file, p.line, p.column) for p in check_project(root, {})[1]]


def loaded(root: Path) -> Project:
    return load_project(root, {})


def members(project: Project) -> list[str]:
    (group,) = project.desired.groups.values()
    return [str(member.person.alias) for member in group.members]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("number", ["{}+44 7700 900101{}", "+44 77{}00 900101", "'{}+447700900101'"])
def test_around_and_inside_a_number(mark: str, number: str, tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": f"people:\n  anna: {number.replace('{}', mark)}\n"})
    (anna,) = loaded(tmp_path).desired.people
    assert anna.phone == Phone.of("+447700900101")
    assert [rule for rule, *_ in found(tmp_path)] == ["invisible-character"]


@pytest.mark.parametrize("mark", MARKS)
def test_everywhere_in_a_manifest_with_one_warning_a_file(mark: str, tmp_path: Path) -> None:
    text = (
        "people: {anna: {§phone§: +44 7700 900101, until: 2099-01-01§}, ben: +44 7700 900102}\n"
        "teams: {crew: [anna§]}\n"
        "groups:\n"
        "  chess§:\n"
        "    subject: Chess\n"
        "    settings: {send_messages: admins§}\n"
        "    admins: [§ben]\n"
        "    members: [{team: crew§}, {person: ben§, from: §2026-01-01}]\n"
    )
    write(tmp_path, {"groups.yaml": text.replace("§", mark)})
    assert members(loaded(tmp_path)) == ["anna", "ben"]
    assert [(rule, file) for rule, file, *_ in found(tmp_path)] == [("invisible-character", "groups.yaml")]


def test_in_headings_cells_and_the_words_that_are_compared(tmp_path: Path) -> None:
    table = "§alias,phone§,class\nanna,§+44 7700 900101§,5§a\nben§,+44 7700 900102,5a\n"
    write(
        tmp_path,
        {
            "people.csv": table.replace("§", "\u202c"),
            "groups.yaml": "people_from: {csv: people.csv}\n"
            "groups: {chess: {subject: Chess, members: [{roster: {csv: people.csv, where: {class: 5a}}}]}}\n",
        },
    )
    assert members(loaded(tmp_path)) == ["anna", "ben"]
    assert [(rule, file) for rule, file, *_ in found(tmp_path)] == [("invisible-character", "people.csv")]


def test_the_warning_names_the_code_point_and_the_place(tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": "people:\n  anna: +44 7700 900101\nteams:\n  crew: [anna\u200b]\n"})
    (problem,) = check_project(tmp_path, {})[1]
    assert (problem.line, problem.message) == (4, "U+200B (a zero-width space) behind “anna”.")


def test_texts_for_whatsapp_keep_them(tmp_path: Path) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u200fשלום"
    write(tmp_path, {"groups.yaml": f"groups: {{a: {{subject: {family}, description: {family}}}}}\n"})
    (group,) = loaded(tmp_path).desired.groups.values()
    assert (group.subject, group.description) == (family, family)
    assert found(tmp_path) == []


def test_a_mark_of_the_beginning_in_the_middle_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": "\ufeffpeople:\n  anna: +44 7700 900101\n\ufeffteams:\n  crew: [anna]\n"})
    assert found(tmp_path) == [("invisible-character", "people.yaml", 3, 1)]


def test_fmt_takes_them_out_and_leaves_texts_alone() -> None:
    text = (
        "people:\n  ann§a: §+447700900101§   # chair\n"
        "groups:\n  chess:\n    subject: Ch§ess\n    settings: {send_messages: admins§}\n    members: [anna§]\n"
    ).replace("§", "\u200b")
    result = Formatter(None, frozenset()).formatted(text.encode(), "groups.yaml")
    assert result is not None
    assert result.decode() == (
        "people:\n  anna: +44 7700 900101   # chair\n"
        "groups:\n  chess:\n    subject: Ch\u200bess\n    settings: {send_messages: admins}\n    members: [anna]\n"
    )


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u3000"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("people:\n  anna:_+44 7700 900101\n", 2),
        ("people:\n  anna: +44 7700 900101\n  ben:_+44 7700 900102\n", 3),
        ("people:\n__anna: +44 7700 900101\n", 2),
        ("people: {anna:_+44 7700 900101}\n", 1),
        ("teams:\n  crew:\n    -_anna\n", 3),
        ("teams:\n  crew:\n    - team:_board\n", 3),
        ("teams:_\n  crew: []\n", 1),
    ],
)
def test_a_blank_that_yaml_does_not_know_is_one_error_at_its_line(
    text: str, line: int, blank: str, tmp_path: Path
) -> None:
    write(tmp_path, {"people.yaml": text.replace("_", blank)})
    assert [(rule, at) for rule, _, at, _ in found(tmp_path)] == [("invisible-blank", line)]


def test_such_blanks_are_welcome_in_texts(tmp_path: Path) -> None:
    text = (
        "groups:\n  a:\n    subject: Ort:_Halle\n    description: |\n      Ort:_Halle\n      _-_Tor\n"
        "  b:\n    subject: 'x:_y'\n    description: one\n      two:_three\n"
    )
    write(tmp_path, {"groups.yaml": text.replace("_", "\u00a0")})
    assert found(tmp_path) == []


@pytest.mark.parametrize(("written", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_file_is_found_however_its_name_is_composed(written: Form, there: Form, tmp_path: Path) -> None:
    table, folder = (unicodedata.normalize(there, name) for name in ("jürgen.csv", "größe"))
    source = f"people_from: {{csv: {unicodedata.normalize(written, 'jürgen.csv')}}}\n"
    include = f"include: [{unicodedata.normalize(written, 'größe')}/*.yaml]\n"
    write(tmp_path, {table: "alias,phone\nanna,+44 7700 900101\n", f"{folder}/all.yaml": source}, CONFIG + include)
    assert [person.alias for person in loaded(tmp_path).desired.people] == ["anna"]
