"""Wherever dates stand, they are cut along the way to a person and joined between entries."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.manifests.projects import CONFIG, PEOPLE, load, problems, rules, write
from wagroups.domain.desired import DesiredMember
from wagroups.domain.identity import GroupKey
from wagroups.domain.wall_clock import words_of
from wagroups.manifests.project import load_project

LONDON = ZoneInfo("Europe/London")
IN_LONDON = f"version: 2\ntimezone: Europe/London\n{CONFIG}"


def times(root: Path, text: str, group: str = "rowers", files: dict[str, str] | None = None) -> dict[str, str]:
    """Who is in the group when; an admin's right behind a slash where it is another time."""
    write(root, {**(files or {}), "groups.yaml": PEOPLE + text}, IN_LONDON)
    members = load_project(root, {}).desired.groups[GroupKey(group)].members
    return {str(member.person.alias): _words(member) for member in members}


def _words(member: DesiredMember) -> str:
    said = words_of(member.member, LONDON)
    return f"{said} / {words_of(member.admin, LONDON)}" if member.admin else said


def entry(lines: str) -> str:
    return f"groups:\n  rowers:\n    subject: A\n    members:\n{lines}"


def test_touching_times_are_one(tmp_path: Path) -> None:
    text = entry(
        "      - {person: anna, until: 2026-12-15}\n      - {person: anna, from: 2026-12-16, until: 2027-06-01}\n"
    )
    assert times(tmp_path, text) == {"anna": "until 2027-06-01"}


def test_dates_are_cut_along_the_way_from_the_group_to_the_person(tmp_path: Path) -> None:
    teams = (
        "teams:\n"
        "  guests: {from: 2026-01-01, until: 2027-12-31, members: [anna, {person: ben, until: 2026-06-30}]}\n"
        "  all: [{team: guests, from: 2026-02-01}]\n"
    )
    text = teams + entry("      - {team: all, until: 2027-07-31, reason: a year}\n")
    assert times(tmp_path, text) == {
        "anna": "from 2026-02-01 until 2027-07-31",
        "ben": "from 2026-02-01 until 2026-06-30",
    }


def test_a_persons_own_dates_cut_every_membership(tmp_path: Path) -> None:
    text = entry("      - zoe\n").replace(
        "groups:", "people:\n  zoe: {phone: +44 7700 900150, from: 2026-09-01, until: 2027-07-31 12:00}\ngroups:"
    )
    write(tmp_path, {"groups.yaml": text}, IN_LONDON)
    [zoe] = load_project(tmp_path, {}).desired.groups[GroupKey("rowers")].members
    assert words_of(zoe.member, LONDON) == "from 2026-09-01 until 2027-07-31 12:00"


def test_layers_only_add_lines(tmp_path: Path) -> None:
    text = (
        "defaults: {members: [{person: anna, until: 2026-06-30}]}\n"
        "profiles: {p: {admins: [{person: anna, from: 2026-12-01, until: 2026-12-31}]}}\n"
        "groups: {rowers: {subject: A, profile: p, members: [{person: anna, from: 2027-01-01}]}}\n"
    )
    assert times(tmp_path, text) == {"anna": "until 2026-06-30 and from 2026-12-01 / from 2026-12-01 until 2026-12-31"}


@pytest.mark.parametrize("where", ["group", "team", "use"])
def test_a_dated_exception_takes_somebody_out_for_its_time(tmp_path: Path, where: str) -> None:
    out = "except: [{person: anna, from: 2027-03-01, until: 2027-03-14, reason: on leave}]"
    teams = f"teams:\n  crew: {{members: [anna, ben]{', ' + out if where == 'team' else ''}}}\n"
    use = f"      - {{team: crew{', ' + out if where == 'use' else ''}}}\n"
    text = teams + entry(use) + (f"    {out}\n" if where == "group" else "")
    assert times(tmp_path, text) == {"anna": "until 2027-02-28 and from 2027-03-15", "ben": "always"}


def test_an_exception_of_one_entry_leaves_the_others(tmp_path: Path) -> None:
    text = "teams: {crew: [anna, ben]}\n" + entry(
        "      - {team: crew, except: [{person: anna, until: 2027-03-14}, ben]}\n"
        "      - {person: ben, until: 2027-01-01}\n"
    )
    assert times(tmp_path, text) == {"anna": "from 2027-03-15", "ben": "until 2027-01-01"}


def test_an_exception_without_dates_takes_out_for_all_time(tmp_path: Path) -> None:
    text = entry("      - {person: anna, until: 2027-01-01}\n      - ben\n") + "    except: [anna]\n"
    assert times(tmp_path, text) == {"ben": "always"}


DUTY = "alias,Start,End\ncarla,2026-12-24 08:00,2026-12-27 08:00\nben,2026-12-27 08:00,\ncarla,2026-12-30,2027-01-02\n"


def test_a_table_has_a_time_in_each_line(tmp_path: Path) -> None:
    text = entry("      - roster: {csv: duty.csv, from: Start, until: End, expect: 2}\n")
    assert times(tmp_path, text, files={"duty.csv": DUTY}) == {
        "ben": "from 2026-12-27 08:00",
        "carla": "from 2026-12-24 08:00 until 2026-12-27 08:00 and from 2026-12-30 until 2027-01-02",
    }


def test_a_roster_has_dates_and_exceptions_of_its_own(tmp_path: Path) -> None:
    text = entry(
        "      - roster: {csv: duty.csv}\n        until: 2027-01-31\n"
        "        except: [ben, {person: carla, from: 2027-01-05, until: 2027-01-06}]\n"
    )
    assert times(tmp_path, text, files={"duty.csv": DUTY}) == {
        "carla": "until 2027-01-04 and from 2027-01-07 until 2027-01-31"
    }


def test_a_table_of_people_has_their_first_and_last_days(tmp_path: Path) -> None:
    files = {"staff.csv": "alias,phone,in,out\nzoe,+44 7700 900150,2026-09-01,\nabe,+44 7700 900151,,2027-07-31\n"}
    text = "people_from: {csv: staff.csv, from: in, until: out}\n" + entry("      - roster: {csv: staff.csv}\n")
    assert times(tmp_path, text, files=files) == {"abe": "until 2027-07-31", "zoe": "from 2026-09-01"}


def test_a_cell_that_is_no_date_is_named_at_its_line(tmp_path: Path) -> None:
    files = {"duty.csv": DUTY.replace("2027-01-02", "2/1/2027")}
    text = entry("      - roster: {csv: duty.csv, from: Start, until: End}\n")
    write(tmp_path, {**files, "groups.yaml": PEOPLE + text}, IN_LONDON)
    found = problems(tmp_path, PEOPLE + text, IN_LONDON)
    assert [(problem.rule, problem.place) for problem in found] == [("date", "duty.csv:4:1")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("      - anna\n      - {person: anna, until: 2027-01-01}\n", ["declared-twice"]),
        ("      - {person: anna, until: 2027-02-01}\n      - {person: anna, until: 2027-01-01}\n", ["declared-twice"]),
        ("      - {person: anna, until: 2027-02-01}\n      - {person: anna, from: 2027-01-01}\n", []),
        ("      - {person: anna, until: 2027-01-01}\n      - {person: anna, from: 2027-02-01}\n", []),
        ("      - {team: crew}\n      - {person: anna, from: 2027-02-01}\n", []),
    ],
    ids=("within", "earlier end", "overlapping", "apart", "another time than the team's"),
)
def test_only_a_line_that_adds_nothing_is_named(tmp_path: Path, lines: str, said: list[str]) -> None:
    text = "teams: {crew: [ben, {person: anna, until: 2026-12-31}]}\n" + entry(lines)
    assert rules(problems(tmp_path, PEOPLE + text, IN_LONDON)) == said


def test_an_admins_line_needs_no_line_in_members(tmp_path: Path) -> None:
    text = "groups: {rowers: {subject: A, admins: [{person: anna, until: 2027-01-31}], members: [ben]}}\n"
    assert times(tmp_path, text) == {"anna": "until 2027-01-31 / until 2027-01-31", "ben": "always"}


@pytest.mark.parametrize("config", [CONFIG, f"version: 2\n{CONFIG}"])
def test_a_time_of_the_day_needs_a_time_zone_that_is_written(tmp_path: Path, config: str) -> None:
    text = PEOPLE + entry("      - {person: anna, until: 2027-06-30 18:00}\n")
    assert rules(problems(tmp_path, text, config)) == ["time-zone-needed"]
    assert rules(problems(tmp_path, text, IN_LONDON)) == []


@pytest.mark.parametrize(
    ("written", "suggested"),
    [("2027-06-30T18:00", "2027-06-30 18:00"), ("30.6.2027 9:30", "2027-06-30 09:30"), ("2027-06-30 25:00", None)],
)
def test_a_minute_in_another_spelling_is_suggested(tmp_path: Path, written: str, suggested: str | None) -> None:
    [problem] = problems(tmp_path, PEOPLE + entry(f'      - {{person: anna, until: "{written}"}}\n'), IN_LONDON)
    assert (problem.rule, problem.suggestion) == ("date", suggested)


def test_a_version_that_is_not_written_is_the_first(tmp_path: Path) -> None:
    text = PEOPLE + entry("      - {person: anna, until: 2027-01-01}\n      - {person: anna, from: 2027-02-01}\n")
    assert rules(problems(tmp_path, text)) == ["changed-meaning"]
    assert load(tmp_path, text, f"version: 2\n{CONFIG}").problems == ()
