"""Who is who: several numbers, old spellings, a table and an entry about one person."""

from pathlib import Path

import pytest

from tests.manifests.projects import write
from wagroups.domain.declared.members import Person
from wagroups.domain.identity import Phone
from wagroups.manifests.project import check_project, load_project

CONFIG = "version: 1\nregion: DE\naccounts: {office: {gateway: waha, url_env: WAGROUPS_URL}}\n"
PEOPLE = """\
people:
  anna: {phones: [+44 7700 900601, +44 7700 900611]}
  ben: {phone: +44 7700 900699, former_phones: [+44 7700 900602]}
  ana: +52 1 55 5512 3456
  q2: {former_phones: [+44 7700 900632], until: 2099-07-31}
  q3: {denied: 2026-11-30}
people_from: {csv: rosters/list.csv, numbers: national}
"""
TABLE = "alias,phone\nq1,15123456001\nq2,0151 23456002\nq3,+49 151 23456003\n"


def people(root: Path) -> dict[str, Person]:
    return {str(person.alias): person for person in load_project(root, {}).desired.people}


def rules(root: Path) -> list[tuple[str, str, int]]:
    return [(p.rule, p.file, p.line) for p in check_project(root, {})[1]]


def test_everybody_is_known_by_their_numbers_of_today(tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": PEOPLE, "rosters/list.csv": TABLE}, CONFIG)
    found = people(tmp_path)
    assert {alias: [phone.reveal() for phone in person.phones] for alias, person in found.items()} == {
        "anna": ["+447700900601", "+447700900611"],
        "ben": ["+447700900699"],
        "ana": ["+525555123456"],
        "q1": ["+4915123456001"],
        "q2": ["+4915123456002"],
        "q3": ["+4915123456003"],
    }
    assert found["ben"].former_phones == (Phone.of("+447700900602"),)
    assert found["q2"].former_phones == (Phone.of("+447700900632"),)
    assert found["q2"].periods != found["q1"].periods
    assert found["q3"].denied is not None
    assert rules(tmp_path) == []


def test_without_a_word_about_them_digits_are_an_error_of_the_table(tmp_path: Path) -> None:
    text = PEOPLE.replace(", numbers: national", "")
    write(tmp_path, {"people.yaml": text, "rosters/list.csv": TABLE}, CONFIG)
    (problem,) = check_project(tmp_path, {})[1]
    assert (problem.rule, problem.file, problem.line) == ("ambiguous-number", "rosters/list.csv", 2)
    assert "+49 151 … 01 or +1 512 … 01" in problem.message
    assert "`numbers: national` or `numbers: international` at the table" in problem.help


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ("", "people: {anna: 15123456001}\n"),
        ("", "groups: {a: {subject: A, members: [15123456001]}}\n"),
        ("", "groups: {a: {subject: A, members: [{person: 15123456001}]}}\n"),
        ("", "people: {anna: {phone: +49 151 23456009, former_phones: [15123456001]}}\n"),
    ],
)
def test_so_are_they_in_yaml_where_the_configuration_says_how_they_are_meant(
    config: str, text: str, tmp_path: Path
) -> None:
    write(tmp_path, {"groups.yaml": text}, CONFIG)
    assert [rule for rule, *_ in rules(tmp_path)] == ["ambiguous-number"]
    for numbers in ("national", "international"):
        write(tmp_path, {"groups.yaml": text}, f"{CONFIG}numbers: {numbers}\n")
        assert rules(tmp_path) == []


def test_a_line_says_the_same_whatever_the_spelling_of_its_number(tmp_path: Path) -> None:
    table = "alias,phone,class\ncarla,+49 151 23456001,5a\ncarla,0151/23456001,7b\n"
    write(tmp_path, {"people.yaml": "people_from: {csv: all.csv}\n", "all.csv": table}, CONFIG)
    assert rules(tmp_path) == []


@pytest.mark.parametrize("phone", ["+49 151 23456001", "0151 23456001"])
def test_an_entry_and_a_line_with_one_number_are_one_person_who_ends_when_either_says_so(
    phone: str, tmp_path: Path
) -> None:
    table = f"alias,phone,name,until\ncarla,{phone},Carla Ruiz,2099-01-31\n"
    source = "people_from: {csv: all.csv, name: name, until: until}\n"
    files = {"people.yaml": "people: {carla: +49 151 23456001}\n" + source, "all.csv": table}
    write(tmp_path, files, CONFIG)
    assert rules(tmp_path) == []
    carla = people(tmp_path)["carla"]
    assert (carla.name, carla.origin.file) == ("Carla Ruiz", "people.yaml")
    assert carla.periods.edges


def test_the_number_of_somebody_whose_table_is_broken_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, {"people.yaml": PEOPLE, "rosters/list.csv": "alias;number\nq1;1\n"}, CONFIG)
    assert {rule for rule, *_ in rules(tmp_path)} == {"unknown-column"}
