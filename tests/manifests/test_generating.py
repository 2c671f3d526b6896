"""Groups made of tables and matrices, with the places that a reader needs."""

import time
from datetime import UTC
from pathlib import Path

import pytest

from tests.manifests.projects import CONFIG, PEOPLE, write
from wagroups.domain.declared.desired import Desired, DesiredGroup, Manage, Origin
from wagroups.domain.declared.settings import Setting
from wagroups.domain.declared.wall_clock import words_of
from wagroups.domain.identity import GroupKey
from wagroups.manifests.project import check_project, load_project

CLASSES = "class,teacher,room\n5A,anna,1\n5 B,ben,2\n"
PARENTS = "alias;class;consent\ncarla;5a;yes\ndora;5A;no\ndora;5 b;YES\ncarla;5 B;yes\n"
GENERATE = """\
defaults: {settings: {add_members: admins}}
profiles:
  class: {admins: [anna]}
  loud: {admins: [ben]}
generate:
  parents:
    for_each: {csv: classes.csv}
    key: parents-${class|slug}
    expect: 2
    group:
      profile: class
      subject: Parents ${class|lower}
      description: Room ${room}, ${teacher|title} (${Class|upper})
      admins: ['${teacher}']
      members:
        - roster: {csv: parents.csv, where: {class: '${class}', consent: yes}}
"""


def desired(root: Path, text: str = GENERATE, **tables: str) -> Desired:
    files = {"classes.csv": CLASSES, "parents.csv": PARENTS, "people.yaml": PEOPLE, "groups.yaml": text}
    return load_project(write(root, {**files, **{f"{name}.csv": table for name, table in tables.items()}}), {}).desired


def names(group: DesiredGroup) -> list[str]:
    return [f"{member.person.alias}{'*' if member.admin else ''}" for member in group.members]


def test_each_line_of_the_table_is_a_group(tmp_path: Path) -> None:
    groups = desired(tmp_path).groups
    assert {key: (group.subject, names(group)) for key, group in groups.items()} == {
        "parents-5a": ("Parents 5a", ["anna*", "carla"]),
        "parents-5-b": ("Parents 5 b", ["anna*", "ben*", "carla", "dora"]),
    }
    assert groups[GroupKey("parents-5-b")].description == "Room 2, Ben (5 B)"


def test_every_value_tells_its_place_and_the_way_to_it(tmp_path: Path) -> None:
    group = desired(tmp_path).groups[GroupKey("parents-5-b")]
    assert (group.origin, group.via) == (Origin("groups.yaml", 8, 10), ("generate parents", "classes.csv:3"))
    assert (group.origin_of("subject").line, group.vias["subject"]) == (12, ("generate parents",))
    assert group.vias["settings.add_members"] == ("defaults",)
    assert [(member.person.alias, str(member.origin), member.via) for member in group.members] == [
        ("anna", "groups.yaml:3", ("profile class",)),
        ("ben", "groups.yaml:14", ("generate parents",)),
        ("carla", "parents.csv:5", ("generate parents", "roster at groups.yaml:16")),
        ("dora", "parents.csv:4", ("generate parents", "roster at groups.yaml:16")),
    ]
    assert group.sources == {"groups.yaml", "classes.csv", "parents.csv"}


def test_an_override_is_the_last_word_for_one_group(tmp_path: Path) -> None:
    override = """\
    overrides:
      parents-5a:
        id: 120363041234567890@g.us
        profile: loud
        subject: Own
        settings: {send_messages: admins}
        members: [dora]
        except: [carla]
        previous_keys: [parents-4a]
"""
    groups = desired(tmp_path, GENERATE + override).groups
    group, other = groups[GroupKey("parents-5a")], groups[GroupKey("parents-5-b")]
    assert (group.subject, names(group)) == ("Own", ["anna*", "ben*", "dora"])
    assert (group.previous_keys, group.manage_members) == (("parents-4a",), Manage.ADD_ONLY)
    assert dict(group.settings) == {Setting.ADD_MEMBERS: "admins", Setting.SEND_MESSAGES: "admins"}
    assert "subject" not in group.vias or group.vias["subject"] == ()
    assert other.subject == "Parents 5 b"


def test_a_matrix_is_every_combination_but_those_left_out(tmp_path: Path) -> None:
    text = """\
generate:
  clubs:
    for_each:
      matrix: {year: [5, 6, 7], club: [chess, Choir]}
      except: [{year: [6, 7], club: choir}]
    key: ${club|slug}-${year}
    expect: 4
    group: {subject: '${club|title} ${year}'}
"""
    groups = desired(tmp_path, text).groups
    assert list(groups) == ["chess-5", "chess-6", "chess-7", "choir-5"]
    assert groups[GroupKey("choir-5")].subject == "Choir 5"


def test_a_table_may_be_narrowed_to_some_lines(tmp_path: Path) -> None:
    text = GENERATE.replace("{csv: classes.csv}", "{csv: classes.csv, where: {teacher: [ben, dora]}}")
    assert list(desired(tmp_path, text.replace("expect: 2", "expect: 1")).groups) == ["parents-5-b"]


def test_a_cell_cannot_add_structure(tmp_path: Path) -> None:
    hostile = 'class,teacher,room\n5A,anna,"1\nsubject: x"\n"5 B",ben,"}]: *x &y !z #"\n'
    groups = desired(tmp_path, classes=hostile).groups
    assert groups[GroupKey("parents-5a")].description == "Room 1\nsubject: x, Anna (5A)"
    assert groups[GroupKey("parents-5-b")].description == "Room }]: *x &y !z #, Ben (5 B)"


def test_a_placeholder_in_a_cell_stays_a_text(tmp_path: Path) -> None:
    groups = desired(tmp_path, classes="class,teacher,room\n5A,anna,${teacher}\n5 B,ben,2\n").groups
    assert groups[GroupKey("parents-5a")].description == "Room ${teacher}, Anna (5A)"


def test_two_dollars_stand_for_one_and_nothing_is_filled_in(tmp_path: Path) -> None:
    text = """\
teams: {crew: {description: 'Pay $${price}', members: [anna]}}
groups:
  rowers: {subject: 'Rowers $${year}', description: 'A $${ b, 5 $ and $$', members: [{team: crew}]}
generate:
  parents:
    for_each: {csv: classes.csv}
    key: parents-${class|slug}
    expect: 2
    group: {subject: 'Parents $${class} ${class}', description: 'All $$${class}'}
"""
    groups = desired(tmp_path, text).groups
    assert [(group.subject, group.description) for group in groups.values()] == [
        ("Parents ${class} 5 B", "All $${class}"),
        ("Parents ${class} 5A", "All $${class}"),
        ("Rowers ${year}", "A ${ b, 5 $ and $$"),
    ]


def test_a_cut_off_table_is_refused_and_nothing_else_is_said(tmp_path: Path) -> None:
    files = {"classes.csv": CLASSES[:29], "parents.csv": PARENTS, "people.yaml": PEOPLE, "groups.yaml": GENERATE}
    project, [problem] = check_project(write(tmp_path, files), {})
    assert project is None
    assert (problem.rule, problem.place) == ("expect", "groups.yaml:9:13")


def test_a_mistake_in_one_of_many_groups_names_the_line(tmp_path: Path) -> None:
    files = {"classes.csv": CLASSES.replace("ben", "bem"), "parents.csv": PARENTS, "people.yaml": PEOPLE}
    _, [problem] = check_project(write(tmp_path, {**files, "groups.yaml": GENERATE}), {})
    assert (problem.rule, problem.place) == ("unknown-alias", "groups.yaml:14:16")
    assert problem.help.endswith("Here in “parents-5-b” that “parents” makes of classes.csv:3.")


def test_people_come_from_several_tables_with_name_end_and_region(tmp_path: Path) -> None:
    files = {
        "people.yaml": "people_from:\n  - {csv: a.csv, name: name, until: leaves, region: country}\n"
        "  - {csv: b.csv, alias: who, phone: mobile, where: {consent: yes}}\n",
        "a.csv": "alias,phone,name,leaves,country\nanna,07700 900101,Anna,2027-07-31,GB\nben,+44 7700 900102,,,\n",
        "b.csv": "who,mobile,consent\ncarla,+44 7700 900103,yes\ndora,no number,no\n",
    }
    people = load_project(write(tmp_path, files), {}).desired.people
    assert [(person.alias, person.name, words_of(person.periods, UTC), str(person.origin)) for person in people] == [
        ("anna", "Anna", "until 2027-07-31", "a.csv:2"),
        ("ben", None, "always", "a.csv:3"),
        ("carla", None, "always", "b.csv:2"),
    ]


def test_the_digest_covers_the_tables(tmp_path: Path) -> None:
    first = desired(tmp_path)
    assert first.files == 5
    assert desired(tmp_path, parents=PARENTS + "\n").digest != first.digest


def school(root: Path, classes: int, parents: int) -> Path:
    """A project of twenty lines, with a group for each class and as many parents in each."""
    everybody = [(number, number % classes) for number in range(classes * parents)]
    generate = GENERATE[GENERATE.index("generate") :].replace("expect: 2", f"expect: {classes}")
    plain = generate.replace("      profile: class\n", "").replace("'${teacher}'", "p-0")
    files = {
        "people.yaml": "people_from: {csv: parents.csv}\n",
        "groups.yaml": plain,
        "classes.csv": "class,teacher,room\n" + "".join(f"c{n},x,{n}\n" for n in range(classes)),
        "parents.csv": "alias,phone,class,consent\n"
        + "".join(f"p-{n},+1212{5_550_000 + n},c{of},yes\n" for n, of in everybody),
    }
    return write(root, files, CONFIG)


def seconds(root: Path) -> float:
    """The least of this process's own time that loading takes, of three."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        load_project(root, {})
        taken.append(time.process_time() - began)
    return min(taken)


def test_forty_classes_with_1200_parents_take_less_than_half_a_second(tmp_path: Path) -> None:
    root = school(tmp_path, 40, 30)
    assert sum(len(group.members) for group in load_project(root, {}).desired.groups.values()) >= 1200
    assert seconds(root) < 0.5


def test_a_roster_is_not_read_again_for_every_group(tmp_path: Path) -> None:
    """Four times the groups and the lines take four times the time, not sixteen."""
    small, large = school(tmp_path / "small", 50, 20), school(tmp_path / "large", 200, 20)
    assert seconds(large) / seconds(small) < 8


@pytest.mark.parametrize(
    ("text", "filtered"),
    [
        ("Übung Straße 5/B", {"slug": "ubung-strasse-5-b", "upper": "ÜBUNG STRASSE 5/B", "lower": "übung straße 5/b"}),
        ("the MacDonald club 5b", {"title": "The MacDonald Club 5b"}),
    ],
)
def test_filters_make_names_and_titles(text: str, filtered: dict[str, str], tmp_path: Path) -> None:
    for name, expected in filtered.items():
        template = (
            f"generate: {{g: {{for_each: {{csv: t.csv}}, key: g, expect: 1, group: {{subject: '${{t|{name}}}'}}}}}}"
        )
        groups = desired(tmp_path, template, t=f"t\n{text}\n").groups
        assert groups[GroupKey("g")].subject == expected


@pytest.mark.parametrize("cell", ["5.0", "12,00", "1.2E+05"])
def test_no_key_is_made_of_a_number_that_a_spreadsheet_made_a_decimal_of(tmp_path: Path, cell: str) -> None:
    quoted = f'"{cell}"'
    write(tmp_path, {"people.yaml": PEOPLE, "groups.yaml": GENERATE, "parents.csv": PARENTS})
    (tmp_path / "classes.csv").write_text(f"class,teacher,room\n5A,anna,1\n{quoted},ben,2\n", encoding="utf-8")
    _, found = check_project(tmp_path, {})
    assert [(p.rule, p.file, p.line) for p in found if p.severity == "error"] == [("decimal-cell", "classes.csv", 3)]
    assert f"“{cell}”" in found[0].message


def test_a_class_with_a_part_number_is_a_name(tmp_path: Path) -> None:
    classes = "class,teacher,room\n5.1,anna,1\n5.10,ben,2\n"
    assert list(desired(tmp_path, classes=classes).groups) == ["parents-5-1", "parents-5-10"]
