"""One cause, one message, and it stands first; nobody is told to take another human being for the one they meant."""

import time
from pathlib import Path

import pytest

from tests.manifests.projects import CONFIG, write
from wagroups.domain.problem import Problem
from wagroups.manifests.language.diagnostics import FINDINGS_MAX
from wagroups.manifests.language.suggestions import KnownPeople
from wagroups.manifests.project import check_project

NAMES = [f"p-{number:03}" for number in range(1, 41)]
PARENTS = "alias,phone\n" + "".join(f"{name},+44 7700 900{number:03}\n" for number, name in enumerate(NAMES, 101))
GROUPS = f"groups: {{parents: {{subject: Parents, members: [{', '.join(NAMES)}]}}}}\n"
FROM = "people_from: {csv: rosters/parents.csv}\n"


def problems(root: Path, files: dict[str, str | bytes]) -> list[Problem]:
    texts = {name: text for name, text in files.items() if isinstance(text, str)}
    write(root, texts)
    for name, data in files.items():
        if isinstance(data, bytes):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    project, found = check_project(root, {})
    assert (project is None) is any(problem.severity == "error" for problem in found)
    return list(found)


def test_one_wrong_byte_in_a_table_of_people_is_one_message(tmp_path: Path) -> None:
    table = PARENTS.replace("p-003", "p-003é").encode("cp1252")
    [problem] = problems(tmp_path, {"people.yaml": FROM, "groups.yaml": GROUPS, "rosters/parents.csv": table})
    assert (problem.rule, problem.place) == ("not-utf8", "rosters/parents.csv:4:6")
    assert problem.help.endswith("40 names in groups.yaml cannot be checked until rosters/parents.csv is fixed.")


@pytest.mark.parametrize(
    ("source", "table", "rule"),
    [
        ("people_from: {csv: rosters/parent.csv}\n", PARENTS, "table-missing"),
        ("people_from: {csv: rosters/parents.csv, phone: mobile}\n", PARENTS, "unknown-column"),
        ("people_from: {csv: rosters/parents.csv, where: {class: 5A}}\n", PARENTS, "unknown-column"),
        (FROM, PARENTS.replace("p-003", '"p-003'), "table-syntax"),
        (FROM, "", "table-syntax"),
        (FROM, "<<<<<<< a\n" + PARENTS, "merge-conflict"),
    ],
)
def test_whatever_keeps_a_table_of_people_from_being_read_is_one_message(
    source: str, table: str, rule: str, tmp_path: Path
) -> None:
    [problem] = problems(tmp_path, {"people.yaml": source, "groups.yaml": GROUPS, "rosters/parents.csv": table})
    assert problem.rule == rule
    assert "40 names in groups.yaml cannot be checked until rosters/parent" in problem.help


def test_teams_and_profiles_of_a_file_that_breaks_off_are_not_missed(tmp_path: Path) -> None:
    groups = "groups: {a: {subject: A, profile: quiet, members: [{team: crew}, anna]}}\n"
    files: dict[str, str | bytes] = {"people.yaml": "people:\n  anna: [\n", "groups.yaml": groups}
    [problem] = problems(tmp_path, files)
    assert problem.file == "people.yaml"
    assert problem.help.endswith("3 names in groups.yaml cannot be checked until people.yaml is fixed.")


def test_two_causes_are_named_together_and_stand_before_what_has_another(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "groups.yaml": GROUPS + "teams:\n  crew: [team:board]\n",
        "people.yaml": "people_from: [{csv: a.csv}, {csv: b.csv}]\n",
        "a.csv": b"alias,phone\n\xff\n",
        "b.csv": "<<<<<<< x\n",
    }
    found = problems(tmp_path, files)
    assert [problem.rule for problem in found] == ["not-utf8", "merge-conflict", "missing-blank"]
    assert found[0].help.endswith("40 names in groups.yaml cannot be checked until a.csv, b.csv are fixed.")


def test_people_of_a_roster_who_are_in_no_directory_are_one_message(tmp_path: Path) -> None:
    roster = "people: {anna: +44 7700 900101}\ngroups: {a: {subject: A, members: [{roster: {csv: y.csv}}]}}\n"
    table = "alias\nanna\n" + "".join(f"{name}\n" for name in NAMES)
    [problem] = problems(tmp_path, {"groups.yaml": roster, "y.csv": table})
    assert problem.rule == "unknown-alias"
    assert problem.message == "40 people of this roster are not in the people directory, such as “p-001” (line 3)."
    assert problem.help.startswith("Add y.csv to `people_from`")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pedro-tanaka", None),  # dario-tanaka is another person
        ("jan-meyer", None),  # so is jana-meyer
        ("jana-meier", None),  # a letter exchanged for another is another name
        ("jana-mayer", None),
        ("p12-2", None),
        ("fana-meyer", None),
        ("dario-tanka", "dario-tanaka"),
        ("dario-tannaka", "dario-tanaka"),
        ("dario-tanaak", "dario-tanaka"),
        ("adrio-tanaka", None),  # the first letter differs
        ("darrio-tannaka", None),  # two slips
        ("lena-fischer", None),  # lena-fischer-1 and -2: another part
        ("marion-keller", None),  # marion and marino would both be a slip away
    ],
)
def test_another_human_being_is_never_suggested(written: str, meant: str | None) -> None:
    known = ("dario-tanaka", "jana-meyer", "p12-1", "lena-fischer-1", "lena-fischer-2", "maroin-keller", "marin-keller")
    assert KnownPeople({}, known).meant_by(written) == meant


def test_an_alias_of_one_word_is_no_name_unless_people_have_names(tmp_path: Path) -> None:
    groups = "groups: {a: {subject: A, members: [ana]}}\n"
    [problem] = problems(tmp_path, {"people.yaml": "people: {anna: +44 7700 900101}\n", "groups.yaml": groups})
    assert problem.suggestion == "anna"
    named = "people: {anna: {name: Anna Fox, phone: +44 7700 900101}}\n"
    [problem] = problems(tmp_path, {"people.yaml": named, "groups.yaml": groups})
    assert (problem.suggestion, problem.message) == (None, "Nobody has the alias “ana”.")
    assert problem.help == "Add them under `people:`, or correct the name."


@pytest.mark.parametrize(
    "text",
    [
        "groups: {a: {subject: A, members: [" + ", ".join(f"name-{n}" for n in range(100_000)) + "]}}\n",
        "groups:\n  a:\n    subject: A\n" + "".join(f"    k{n}: x\n" for n in range(100_000)),
        "people:\n" + "".join(f"  k{n}: 12\n" for n in range(50_000)),
    ],
    ids=["aliases", "keys", "numbers"],
)
def test_a_hundred_thousand_mistakes_are_told_soon_and_not_all(text: str, tmp_path: Path) -> None:
    write(tmp_path, {"groups.yaml": text}, CONFIG)
    began = time.process_time()
    _, found = check_project(tmp_path, {})
    assert time.process_time() - began < 4
    assert len(found) == FINDINGS_MAX + 1
    assert "more of this kind, which are not listed" in found[-1].message


def test_a_slip_among_two_hundred_thousand_people_is_found_soon() -> None:
    people = KnownPeople({}, [f"person-number{chr(97 + n % 26)}-{n}" for n in range(200_000)])
    began = time.process_time()
    for _ in range(100):
        assert people.meant_by("persno-numberb-1") == "person-numberb-1"
    assert time.process_time() - began < 10
