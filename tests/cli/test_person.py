"""`wagroups person`: what happens to people, as a difference in files that still make a valid project."""

from datetime import UTC
from pathlib import Path

import pytest

from tests import builders as b
from tests.cli.command import Command, Ended
from tests.manifests.projects import CONFIG, write
from wagroups.domain.declared.wall_clock import words_of
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupJid, GroupKey
from wagroups.manifests.project import load_project
from wagroups.state.open import open_ledger

PEOPLE = """\
people:
  anna: +44 7700 900101  # chair
  ben:
    phone: +44 7700 900102
    until: 2027-01-31
  carla: +44 7700 900103
"""
TEAMS = """\
teams:
  board: [anna, ben]  # the board
  crew:
    members:
      # rows at number one
      - carla
      - person: ben
        until: 2027-01-31
        reason: "on trial: half a year"
"""
GROUPS = """\
groups:
  rowers:
    subject: Rowers
    admins: [anna]
    members:
      - team: crew
        except: [ben]
      - ben
  quiet: {subject: Quiet, settings: {approve_joins: yes}, admins: [anna], members: [team: board]}
"""


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"people.yaml": PEOPLE, "teams.yaml": TEAMS, "groups.yaml": GROUPS})
    return Command(capsys)


def members(root: Path, group: str) -> list[str]:
    desired = load_project(root, {}).desired
    found = next(found for key, found in desired.groups.items() if key == group)
    return [str(member.person.alias) for member in found.members]


def text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


# Coming


def test_somebody_new_is_entered_and_put_into_lists(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("person", "add", "zoe", "+447700900150", "--name", "Zoë", "--into", "crew", "--into", "quiet")
    assert ended.exit is Exit.OK
    assert text(tmp_path, "people.yaml") == PEOPLE + "  zoe:\n    name: Zoë\n    phone: +44 7700 900150\n"
    assert '        reason: "on trial: half a year"\n      - zoe\n' in text(tmp_path, "teams.yaml")
    assert "members: [team: board, zoe]}" in text(tmp_path, "groups.yaml")
    assert "+      - zoe\n" in ended.out
    assert ended.out.endswith("zoe is in the directory, in crew, in quiet.\n")


def test_an_end_and_the_rights_of_an_admin_may_be_given(wagroups: Command, tmp_path: Path) -> None:
    wagroups("person", "add", "zoe", "+44 7700 900150", "--until", "2027-12-31", "--into", "rowers", "--admin")
    assert text(tmp_path, "people.yaml").endswith("  zoe: {phone: +44 7700 900150, until: 2027-12-31}\n")
    assert "admins: [anna, zoe]" in text(tmp_path, "groups.yaml")


def test_a_project_without_a_directory_gets_one(wagroups: Command, tmp_path: Path) -> None:
    for name in ("people.yaml", "teams.yaml", "groups.yaml"):
        (tmp_path / name).unlink()
    ended = wagroups("person", "add", "zoe", "+44 7700 900150", "-o", "json")
    assert [(file["file"], file["created"]) for file in ended.document["files"]] == [("people.yaml", True)]
    assert "  zoe: +44 7700 900150\n" in text(tmp_path, "people.yaml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Zoe", "+44 7700 900150"), "The alias is not a name of lower-case letters"),
        (("add", "anna", "+44 7700 900150"), "anna is already declared"),
        (("add", "zoe", "0151"), "no country code"),
        (("add", "zoe", "+44 7700 900150", "--into", "nobody"), "There is no group and no team called 'nobody'"),
        (("add", "zoe", "+44 7700 900150", "--until", "31.12.2027"), "is not a date, year first"),
        (("move", "ana", "board", "crew"), "Did you mean anna"),
        (("move", "carla", "board", "crew"), "carla is in no list of the team board itself"),
        (("move", "carla", "crew", "group:board"), "There is no group and no team called 'group:board'"),
        (("move", "ben", "rowers", "rowers"), "is both the source and the target"),
        (("renumber", "ben", "+44 7700 900102"), "ben already has that number"),
        (("extend", "carla", "2027-12-31"), "no membership of carla ends before 2027-12-31"),
        (("extend", "ben", "2026-12-31"), "no membership of ben ends before"),
    ],
)
def test_what_does_not_fit_is_a_wrong_command_line_and_changes_nothing(
    arguments: tuple[str, ...], said: str, wagroups: Command, tmp_path: Path
) -> None:
    ended = wagroups("person", *arguments)
    assert ended.exit is Exit.USAGE
    assert said.lower() in ended.err.lower()
    assert [text(tmp_path, name) for name in ("people.yaml", "teams.yaml", "groups.yaml")] == [PEOPLE, TEAMS, GROUPS]


def test_a_number_that_somebody_has_is_refused_by_the_files_and_not_repeated(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("person", "add", "zoe", "+44 7700 900101")
    assert ended.exit is not Exit.OK
    assert "“zoe” has the same number as “anna”" in ended.err
    assert "9001" not in ended.out + ended.err
    assert text(tmp_path, "people.yaml") == PEOPLE


# Moving, staying


def test_an_entry_moves_with_its_dates_and_its_reason(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("person", "move", "ben", "team:crew", "rowers").exit is Exit.OK
    assert text(tmp_path, "teams.yaml") == TEAMS[: TEAMS.index("      - person: ben")]
    assert text(tmp_path, "groups.yaml") == GROUPS.replace(
        "      - ben\n",
        '      - ben\n      - person: ben\n        until: 2027-01-31\n        reason: "on trial: half a year"\n',
    )


SHARED = """\
groups:
  first: {subject: First, admins: [anna], members: &crowd [ben, {person: carla, until: 2027-01-31}]}
  second: {subject: Second, admins: [anna], members: *crowd}
  third: {subject: Third, admins: [anna], members: [anna], except: [ben]}
"""


def test_what_is_said_of_somebody_moves_along_between_brackets(wagroups: Command, tmp_path: Path) -> None:
    crew = 'teams:\n  crew: [carla, {person: ben, reason: "away, back in May", until: 2027-01-31}]\n'
    write(tmp_path, {"teams.yaml": f"{crew}  board: [anna]\n"})
    assert wagroups("person", "move", "ben", "crew", "board").exit is Exit.OK
    moved = 'board: [anna, {person: ben, reason: "away, back in May", until: 2027-01-31}]'
    assert moved in text(tmp_path, "teams.yaml")


def test_a_placeholder_in_a_reason_moves_along_as_it_was_written(wagroups: Command, tmp_path: Path) -> None:
    crew = 'teams:\n  crew: [carla, {person: ben, reason: "costs $${5}"}]\n  board: [anna]\n'
    write(tmp_path, {"teams.yaml": crew})
    assert wagroups("person", "move", "ben", "crew", "board").exit is Exit.OK
    assert 'board: [anna, {person: ben, reason: "costs $${5}"}]' in text(tmp_path, "teams.yaml")


def test_an_alias_that_is_a_word_of_yaml_is_quoted_where_it_is_written(wagroups: Command, tmp_path: Path) -> None:
    wagroups("person", "add", "no", "+44 7700 900150", "--into", "crew")
    assert wagroups("person", "move", "no", "crew", "board").exit is Exit.OK
    assert 'board: [anna, ben, "no"]' in text(tmp_path, "teams.yaml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("move", "ben", "first", "second"), "the group first shares this list or entry with the group second"),
        (("move", "ben", "second", "board"), "the group second shares"),
        (("add", "zoe", "+44 7700 900150", "--into", "first"), "the group first shares"),
        (("extend", "carla", "2027-12-31", "--in", "second"), "the group second shares"),
        (("move", "ben", "board", "third"), "the group third has ben under `except`"),
    ],
)
def test_nobody_else_is_changed_and_nobody_is_lost_by_a_move(
    arguments: tuple[str, ...], said: str, wagroups: Command, tmp_path: Path
) -> None:
    write(tmp_path, {"groups.yaml": SHARED})
    ended = wagroups("person", *arguments)
    assert ended.exit is Exit.USAGE
    assert said.lower() in ended.err.lower()
    assert [text(tmp_path, name) for name in ("people.yaml", "teams.yaml", "groups.yaml")] == [PEOPLE, TEAMS, SHARED]


def test_whoever_goes_leaves_every_group_that_shares_a_list(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"groups.yaml": SHARED})
    assert wagroups("person", "offboard", "ben").exit is Exit.OK
    assert members(tmp_path, "first") == members(tmp_path, "second")
    assert "ben" not in members(tmp_path, "first")


def test_an_admin_stays_one_when_moved(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"groups.yaml": GROUPS.replace("admins: [anna], members", "admins: [], members")})
    wagroups("person", "move", "anna", "rowers", "quiet")
    assert "    admins: []\n" in text(tmp_path, "groups.yaml")
    assert "admins: [anna], members: [team: board]" in text(tmp_path, "groups.yaml")


def test_a_list_that_is_not_written_is_not_begun(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {"more.wagroups.yaml": "groups:\n  open: {subject: Open}\n"})
    ended = wagroups("person", "move", "carla", "crew", "open")
    assert ended.exit is Exit.USAGE
    assert "has no `members:`" in ended.err
    assert text(tmp_path, "teams.yaml") == TEAMS


def test_everything_that_ends_earlier_is_extended(wagroups: Command, tmp_path: Path) -> None:
    ended = wagroups("person", "extend", "ben", "2027-12-31")
    assert ended.out.endswith("until 2027-12-31: all memberships of ben, ben in the team crew.\n")
    assert text(tmp_path, "people.yaml") == PEOPLE.replace("2027-01-31", "2027-12-31")
    assert text(tmp_path, "teams.yaml") == TEAMS.replace("2027-01-31", "2027-12-31")


def test_only_one_membership_may_be_extended(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("person", "extend", "ben", "2027-12-31", "--in", "crew").exit is Exit.OK
    assert text(tmp_path, "people.yaml") == PEOPLE
    assert text(tmp_path, "teams.yaml") == TEAMS.replace("2027-01-31", "2027-12-31")


TERMS = """\
groups:
  shift:
    subject: Shift
    members:
      - anna
      - {person: carla, until: 2026-12-05}
      - {person: carla, from: 2027-01-01, until: 2027-01-31}
    except:
      - {person: carla, from: 2027-01-10, until: 2027-01-12}
"""


def test_the_latest_time_in_a_list_is_extended_and_no_exception(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text(TERMS)
    ended = wagroups("person", "extend", "carla", "2027-06-30")
    assert ended.out.endswith("until 2027-06-30: carla in the group shift.\n")
    assert text(tmp_path, "groups.yaml") == TERMS.replace("until: 2027-01-31", "until: 2027-06-30")


def test_whoever_comes_back_gets_a_line_more(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text(TERMS)
    assert wagroups("person", "extend", "carla", "2027-12-31", "--from", "2027-09-01", "--in", "shift").exit is Exit.OK
    last = "      - {person: carla, from: 2027-01-01, until: 2027-01-31}\n"
    added = "      - person: carla\n        from: 2027-09-01\n        until: 2027-12-31\n"
    assert text(tmp_path, "groups.yaml") == TERMS.replace(last, last + added)


def test_all_entries_of_a_list_move_together(wagroups: Command, tmp_path: Path) -> None:
    (tmp_path / "groups.yaml").write_text(TERMS + "  other: {subject: Other, members: [ben]}\n")
    assert wagroups("person", "move", "carla", "shift", "other").exit is Exit.OK
    groups = load_project(tmp_path, {}).desired.groups
    [carla] = [m for m in groups[GroupKey("other")].members if m.person.alias == "carla"]
    assert words_of(carla.member, UTC) == "until 2026-12-05 and from 2027-01-01 until 2027-01-31"
    assert members(tmp_path, "shift") == ["anna"]


def test_a_person_may_begin_and_end(wagroups: Command, tmp_path: Path) -> None:
    wagroups("person", "add", "zoe", "+44 7700 900150", "--from", "2027-01-01", "--until", "2027-12-31")
    zoe = next(person for person in load_project(tmp_path, {}).desired.people if person.alias == "zoe")
    assert words_of(zoe.periods, UTC) == "from 2027-01-01 until 2027-12-31"


# Another number


def test_a_number_before_becomes_a_former_one(wagroups: Command, tmp_path: Path) -> None:
    wagroups("person", "renumber", "anna", "+44 7700 900160")
    line = "  anna: {phone: +44 7700 900160, former_phones: [+44 7700 900101]}  # chair\n"
    assert text(tmp_path, "people.yaml") == PEOPLE.replace("  anna: +44 7700 900101  # chair\n", line)
    wagroups("person", "renumber", "anna", "+44 7700 900161")
    assert "former_phones: [+44 7700 900101, +44 7700 900160]}  # chair" in text(tmp_path, "people.yaml")
    (anna, *_) = load_project(tmp_path, {}).desired.people
    assert anna.former_phones == (b.phone(101), b.phone(160))


def test_a_number_that_somebody_has_again_is_no_former_one(wagroups: Command, tmp_path: Path) -> None:
    wagroups("person", "renumber", "anna", "+44 7700 900150")
    assert wagroups("person", "renumber", "anna", "+44 7700 900101").exit is Exit.OK
    anna = "  anna: {phone: +44 7700 900101, former_phones: [+44 7700 900150]}  # chair"
    assert anna in text(tmp_path, "people.yaml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "  zoe: {phones: [+44 7700 900160, +44 7700 900161]}\n",
            "  zoe: {phones: [+44 7700 900160, +44 7700 900170], former_phones: [+44 7700 900161]}\n",
        ),
        (
            "  zoe:\n    phones:\n      - +44 7700 900160\n      - +447700900161  # work\n",
            "  zoe:\n    phones:\n      - +44 7700 900160\n      - +44 7700 900170  # work\n"
            "    former_phones: [+44 7700 900161]\n",
        ),
    ],
)
def test_one_of_several_numbers_is_changed_when_it_is_named(
    before: str, after: str, wagroups: Command, tmp_path: Path
) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE + before)
    unnamed = wagroups("person", "renumber", "zoe", "+44 7700 900170")
    assert "--phone OLD" in unnamed.err
    assert text(tmp_path, "people.yaml") == PEOPLE + before
    assert wagroups("person", "renumber", "zoe", "+44 7700 900170", "--phone", "+44 7700 900161").exit is Exit.OK
    assert text(tmp_path, "people.yaml") == PEOPLE + after


# Going


def offboarded(wagroups: Command, alias: str, *flags: str) -> Ended:
    ended = wagroups("person", "offboard", alias, *flags)
    assert ended.exit is Exit.OK
    return ended


def test_whoever_goes_is_in_no_list_and_on_the_deny_list(wagroups: Command, tmp_path: Path) -> None:
    before = {name: members(tmp_path, name) for name in ("rowers", "quiet")}
    ended = offboarded(wagroups, "ben")
    after = {name: members(tmp_path, name) for name in ("rowers", "quiet")}
    assert after == {name: [alias for alias in people if alias != "ben"] for name, people in before.items()}
    ben = next(person for person in load_project(tmp_path, {}).desired.people if person.alias == "ben")
    assert ben.denied is not None
    assert f"    until: 2027-01-31\n    denied: {ben.denied}\n" in text(tmp_path, "people.yaml")
    assert "board: [anna]  # the board\n" in text(tmp_path, "teams.yaml")
    assert "      # rows at number one\n      - carla\n" in text(tmp_path, "teams.yaml")
    assert "except: []" in text(tmp_path, "groups.yaml")
    assert ended.out.startswith("--- a/groups.yaml\n")


def test_the_day_on_which_somebody_went_stays(wagroups: Command, tmp_path: Path) -> None:
    people = PEOPLE.replace("  carla: +44 7700 900103\n", "  carla: {phone: +44 7700 900103, denied: 2026-01-31}\n")
    write(tmp_path, {"people.yaml": people, "teams.yaml": "teams: {board: [anna], crew: [ben]}\n"})
    assert "carla is on the deny list since 2026-01-31" in offboarded(wagroups, "carla").out
    assert text(tmp_path, "people.yaml") == people


def test_a_dry_run_shows_the_same_difference_and_writes_nothing(wagroups: Command, tmp_path: Path) -> None:
    planned = wagroups("person", "offboard", "ben", "--dry-run", "-o", "json").document
    assert planned["written"] is False
    assert [text(tmp_path, name) for name in ("people.yaml", "teams.yaml", "groups.yaml")] == [PEOPLE, TEAMS, GROUPS]
    done = wagroups("person", "offboard", "ben", "-o", "json").document
    assert done["files"] == planned["files"]


def test_links_that_let_them_back_in_are_named(wagroups: Command) -> None:
    said = offboarded(wagroups, "ben").out
    assert "Anyone who has the invite link of rowers can join again" in said
    assert "wagroups link GROUP --rotate" in said


def test_live_groups_outside_git_are_named_from_the_last_good_read(wagroups: Command, tmp_path: Path) -> None:
    assert "The ledger knows of no group yet" in offboarded(wagroups, "anna", "--dry-run").out
    write(tmp_path, {"groups.yaml": GROUPS.replace("subject: Rowers", "id: 120363000000000000@g.us")})
    declared, strange, other = (GroupJid.of(f"12036300000000000{n}@g.us") for n in range(3))
    ledger = open_ledger(tmp_path / ".wagroups" / "state.db")
    ben, carla = (b.seen("ben")._replace(phone=b.phone(number)) for number in (102, 103))
    live = b.observed(b.live(declared, members=[ben]), b.live(strange, members=[ben]), b.live(other, members=[carla]))
    ledger.note_read(live, frozenset({declared, strange, other}))
    ledger.close()
    said = offboarded(wagroups, "ben").out
    assert str(strange) in said
    assert str(other) not in said
    assert str(declared) not in said


def test_somebody_who_is_protected_stays(wagroups: Command, tmp_path: Path) -> None:
    write(tmp_path, {}, CONFIG + "safety: {protect: [anna]}\n")
    ended = wagroups("person", "offboard", "anna")
    assert ended.exit is Exit.REFUSED
    assert "Take them out of that list first" in ended.err


# Tables

ROSTER = "alias;phone;class\ndora;+44 7700 900104;5a\nemil;+44 7700 900105;5a\ndora;+44 7700 900104;5b\n"


@pytest.fixture
def school(wagroups: Command, tmp_path: Path) -> Command:
    write(
        tmp_path,
        {
            "rosters/parents.csv": ROSTER,
            "people/parents.yaml": "people_from: {csv: rosters/parents.csv}\n",
            "groups/classes.yaml": (
                "groups:\n  class-5a:\n    subject: Class 5A\n    members:\n"
                "      - roster: {csv: rosters/parents.csv, where: {class: 5a}}\n"
            ),
        },
    )
    return wagroups


def test_the_lines_of_tables_go_too_and_the_alias_is_kept(school: Command, tmp_path: Path) -> None:
    offboarded(school, "dora")
    assert text(tmp_path, "rosters/parents.csv") == "alias;phone;class\nemil;+44 7700 900105;5a\n"
    assert members(tmp_path, "class-5a") == ["emil"]
    dora = next(person for person in load_project(tmp_path, {}).desired.people if person.alias == "dora")
    assert dora.denied is not None
    assert dora.phone == b.phone(104)


def test_a_number_in_a_table_is_changed_in_every_line(school: Command, tmp_path: Path) -> None:
    ended = school("person", "renumber", "dora", "+44 7700 900170")
    assert text(tmp_path, "rosters/parents.csv") == ROSTER.replace("+44 7700 900104", "+44 7700 900170")
    assert "A table has no place for former numbers" in ended.out
    assert "9001" not in ended.out


def test_a_date_in_a_table_is_changed_there(school: Command, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "rosters/parents.csv": "alias,phone,until\ndora,+44 7700 900104,2027-01-31\n",
            "people/parents.yaml": "people_from: {csv: rosters/parents.csv, until: until}\n",
            "groups/classes.yaml": "groups: {}\n",
        },
    )
    ended = school("person", "extend", "dora", "2027-12-31")
    assert ended.exit is Exit.USAGE
    assert "rosters/parents.csv:2" in ended.err


CLASSES = """\
generate:
  classes:
    for_each: {csv: rosters/classes.csv}
    key: class-${class|slug}
    expect: 2
    group:
      subject: Class ${class}
      members:
        - roster: {csv: rosters/parents.csv, where: {class: "${class}"}}
"""


@pytest.fixture
def generated(school: Command, tmp_path: Path) -> Command:
    table = "alias;phone;class\ndora;+44 7700 900104;5a\nemil;+44 7700 900105;5b\nfay;+44 7700 900106;5b\n"
    classes = {"rosters/classes.csv": "class\n5a\n5b\n", "rosters/parents.csv": table, "groups/classes.yaml": CLASSES}
    write(tmp_path, classes)
    return school


def test_somebody_in_a_group_by_a_table_moves_by_the_cells_that_decide(generated: Command, tmp_path: Path) -> None:
    ended = generated("person", "move", "emil", "class-5b", "class-5a")
    assert ended.exit is Exit.OK
    assert "emil;+44 7700 900105;5a\n" in text(tmp_path, "rosters/parents.csv")
    assert (members(tmp_path, "class-5a"), members(tmp_path, "class-5b")) == (["dora", "emil"], ["fay"])


def test_where_nobody_shows_which_cells_decide_nothing_is_changed(generated: Command, tmp_path: Path) -> None:
    assert generated("person", "move", "dora", "class-5a", "class-5b").exit is Exit.OK
    before = text(tmp_path, "rosters/parents.csv")
    ended = generated("person", "move", "emil", "class-5b", "class-5a")
    assert ended.exit is Exit.USAGE
    assert "rosters/parents.csv:3 put emil into class-5a cannot be told" in ended.err
    assert text(tmp_path, "rosters/parents.csv") == before


# Output


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_no_format_shows_a_number(form: str, wagroups: Command) -> None:
    for arguments in (("offboard", "anna"), ("renumber", "ben", "+44 7700 900177"), ("add", "zoe", "+44 7700 900178")):
        ended = wagroups("person", *arguments, "-o", form)
        assert "9001" not in ended.out + ended.err
        assert "people.yaml" in ended.out
