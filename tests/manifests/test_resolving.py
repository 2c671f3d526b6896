"""Teams, layers and people become one list of memberships."""

from datetime import UTC, date
from pathlib import Path

import pytest

from tests.manifests.projects import PEOPLE, group, load, problems, rules, write
from wagroups.domain.declared.desired import DesiredGroup, Manage, Origin, State
from wagroups.domain.declared.settings import Setting
from wagroups.domain.declared.wall_clock import words_of
from wagroups.domain.identity import Phone
from wagroups.manifests.project import load_project


def names(found: DesiredGroup) -> list[str]:
    """Members by alias, admins with a star."""
    return [f"{member.person.alias}{'*' if member.admin else ''}" for member in found.members]


def test_an_admin_is_a_member(tmp_path: Path) -> None:
    found = group(tmp_path, "groups:\n  rowers: {subject: A, admins: [ben], members: [anna, ben]}\n")
    assert names(found) == ["anna", "ben*"]


def test_what_is_not_written_is_not_declared(tmp_path: Path) -> None:
    found = group(tmp_path, "groups:\n  rowers: {subject: A}\n")
    assert (found.members_declared, found.admins_declared, found.description, dict(found.settings)) == (
        False,
        False,
        None,
        {},
    )


def test_a_group_that_is_joined_by_link_lets_nobody_in_unasked(tmp_path: Path) -> None:
    found = group(tmp_path, "groups:\n  rowers: {subject: A, join: link}\n")
    assert dict(found.settings) == {Setting.APPROVE_JOINS: "yes"}
    assert found.origin_of("settings.approve_joins") == found.origin_of("join")


def test_an_empty_list_is_declared(tmp_path: Path) -> None:
    found = group(tmp_path, "groups:\n  rowers: {subject: A, members: []}\n")
    assert found.members_declared
    assert not found.members


def test_members_are_sorted_by_alias_then_number(tmp_path: Path) -> None:
    found = group(
        tmp_path, "groups:\n  rowers: {subject: A, members: [+44 7700 900159, dora, +44 7700 900151, anna]}\n"
    )
    assert [(member.person.alias, member.person.phone) for member in found.members] == [
        ("anna", Phone.of("+447700900101")),
        ("dora", Phone.of("+447700900104")),
        (None, Phone.of("+447700900151")),
        (None, Phone.of("+447700900159")),
    ]


def test_teams_in_teams_tell_the_way_and_the_place(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "teams:\n  outer:\n    - team: inner\n  inner: [carla]\n"
        "profiles:\n  p:\n    members:\n      - team: outer\ngroups:\n  rowers: {subject: A, profile: p}\n",
    )
    [member] = found.members
    assert member.via == ("profile p", "team outer", "team inner")
    assert member.origin == Origin("groups.yaml", 9, 11)


def test_a_chain_of_a_thousand_teams_resolves(tmp_path: Path) -> None:
    chain = "".join(f"  t{n}: [team: t{n + 1}]\n" for n in range(1000))
    found = group(tmp_path, f"teams:\n{chain}  t1000: [anna]\ngroups:\n  rowers: {{subject: A, members: [team: t0]}}\n")
    assert names(found) == ["anna"]


def test_except_subtracts_in_teams_entries_and_groups(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "teams:\n  all: {members: [anna, ben, carla, dora], except: [anna]}\n  out: [dora]\n"
        "groups:\n  rowers:\n    subject: A\n    admins:\n      - team: all\n        except: [ben]\n"
        "    except:\n      - team: out\n",
    )
    assert names(found) == ["carla*"]


def test_an_exception_in_the_defaults_holds_everywhere(tmp_path: Path) -> None:
    found = group(tmp_path, "defaults: {except: [ben]}\ngroups:\n  rowers: {subject: A, members: [anna, ben]}\n")
    assert names(found) == ["anna"]


def test_lists_add_up_and_maps_merge_and_the_rest_is_replaced(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        """\
defaults:
  description: from the defaults
  settings: {edit_info: admins, add_members: admins, share_link: admins}
  members: [anna]
profiles:
  p:
    description: from the profile
    settings: {add_members: everyone, share_link: everyone}
    members: [ben]
groups:
  rowers:
    profile: p
    subject: A
    settings: {share_link: admins}
    members: [carla]
""",
    )
    assert names(found) == ["anna", "ben", "carla"]
    assert found.description == "from the profile"
    assert found.settings == {
        Setting.EDIT_INFO: "admins",
        Setting.ADD_MEMBERS: "everyone",
        Setting.SHARE_LINK: "admins",
    }
    assert found.origin_of("settings.edit_info") == Origin("groups.yaml", 8, 25)
    assert found.origin_of("settings.add_members") == Origin("groups.yaml", 13, 29)
    assert found.origin_of("settings.share_link") == Origin("groups.yaml", 19, 28)
    assert found.origin_of("members").line == 20


def test_the_entries_of_a_person_add_up(tmp_path: Path) -> None:
    text = (
        "groups:\n  rowers:\n    subject: A\n    members:\n"
        "      - {person: anna, from: 2026-11-25, until: 2026-12-05}\n"
        "      - {person: anna, from: 2027-01-01, until: 2027-06-30, reason: second term}\n"
    )
    [member] = group(tmp_path, text).members
    assert words_of(member.member, UTC) == ("from 2026-11-25 until 2026-12-05 and from 2027-01-01 until 2027-06-30")
    assert not member.admin
    assert [entry.origin.line for entry in member.entries] == [10, 11]


def test_an_admin_for_a_time_who_is_a_member_for_ever_becomes_a_member(tmp_path: Path) -> None:
    text = "groups:\n  rowers: {subject: A, admins: [{person: anna, until: 2026-12-31}], members: [anna]}\n"
    [member] = group(tmp_path, text).members
    assert (words_of(member.admin, UTC), words_of(member.member, UTC)) == ("until 2026-12-31", "always")
    assert rules(problems(tmp_path, PEOPLE + text)) == ["changed-meaning"]


@pytest.mark.parametrize(
    ("entries", "warned"),
    [
        ("[anna, anna]", True),
        ("[anna, team: a]", True),
        ("[team: a, team: b]", False),
        ("[{person: anna, reason: one}, team: b]", True),
    ],
)
def test_only_somebody_written_out_twice_is_worth_a_warning(entries: str, warned: bool, tmp_path: Path) -> None:
    found = problems(
        tmp_path, PEOPLE + f"teams: {{a: [anna], b: [anna]}}\ngroups:\n  rowers: {{subject: A, members: {entries}}}\n"
    )
    assert rules(found) == ["declared-twice"] * warned


def test_two_spellings_of_one_stranger_are_one_member(tmp_path: Path) -> None:
    found = group(tmp_path, "groups:\n  rowers: {subject: A, members: [+44 7700 900151, +44 (0)7700-900151]}\n")
    assert len(found.members) == 1


@pytest.mark.parametrize(("id", "expected"), [("", Manage.EXACT), ("id: 120363041234567890@g.us, ", Manage.ADD_ONLY)])
def test_an_adopted_group_is_managed_gently_by_default(id: str, expected: Manage, tmp_path: Path) -> None:
    found = group(tmp_path, f"groups:\n  rowers: {{{id}subject: A}}\n")
    assert (found.manage_members, found.manage_admins) == (expected, expected)


def test_a_written_manage_holds_for_adopted_groups_too(tmp_path: Path) -> None:
    found = group(
        tmp_path,
        "groups:\n  rowers: {id: 120363041234567890@g.us, manage: {members: exact, left: re-add}, state: watched}\n",
    )
    assert (found.manage_members, found.manage_admins) == (Manage.EXACT, Manage.ADD_ONLY)
    assert (found.respect_left, found.state, found.subject) == (False, State.WATCHED, None)


def test_texts_are_composed_and_trimmed(tmp_path: Path) -> None:
    found = group(tmp_path, 'groups:\n  rowers: {subject: " Cafe\\u0301 ", description: ""}\n')
    assert (found.subject, found.description) == ("Café", "")


def test_a_subject_may_have_exactly_the_most_characters(tmp_path: Path) -> None:
    assert len(group(tmp_path, f"groups:\n  rowers: {{subject: {'ä' * 100}}}\n").subject or "") == 100


@pytest.mark.parametrize(
    ("text", "value"), [("on", "yes"), ("True", "yes"), ("yes", "yes"), ("off", "no"), ("no", "no")]
)
def test_every_spelling_of_yes_and_no_is_understood(text: str, value: str, tmp_path: Path) -> None:
    found = group(tmp_path, f"groups:\n  rowers: {{subject: A, settings: {{approve_joins: {text}}}}}\n")
    assert found.settings == {Setting.APPROVE_JOINS: value}


def test_people_carry_what_is_known_of_them(tmp_path: Path) -> None:
    project = load(
        tmp_path,
        "people:\n"
        "  zoe: {phone: 07700 900110, region: GB, name: Zoë, former_phones: [07700 900210], until: 2027-07-31}\n"
        "  abe: {phone: +44 7700 900111, denied: 2026-11-22}\n",
    )
    abe, zoe = project.desired.people
    assert (zoe.alias, zoe.name, zoe.phone, zoe.former_phones, words_of(zoe.periods, UTC), zoe.origin) == (
        "zoe",
        "Zoë",
        Phone.of("+447700900110"),
        (Phone.of("+447700900210"),),
        "until 2027-07-31",
        Origin("groups.yaml", 2, 3),
    )
    assert abe.denied == date(2026, 11, 22)


def test_a_denied_person_may_be_an_exception(tmp_path: Path) -> None:
    text = (
        "people: {abe: {phone: +44 7700 900111, denied: 2026-11-22}}\ngroups:\n  rowers: {subject: A, except: [abe]}\n"
    )
    assert problems(tmp_path, text) == []


def test_a_broken_person_is_no_stranger_elsewhere(tmp_path: Path) -> None:
    text = "people: {anna: +44 1}\ngroups:\n  rowers: {subject: A, members: [anna]}\n"
    assert rules(problems(tmp_path, text)) == ["phone-impossible"]


def test_sections_of_many_files_are_one_project(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "people/a.yaml": "people: {anna: +44 7700 900101}\ndefaults: {settings: {edit_info: admins}}\n",
            "people/deep/b.yml": "people: {ben: +44 7700 900102}\n",
            "groups/x.yaml": "groups: {rowers: {subject: A, members: [anna, ben]}}\n",
            "more.wagroups.yaml": "defaults: {settings: {add_members: admins}}\n",
        },
    )
    desired = load_project(root, {}).desired
    [rowers] = desired.groups.values()
    assert names(rowers) == ["anna", "ben"]
    assert set(rowers.settings) == {Setting.EDIT_INFO, Setting.ADD_MEMBERS}
    assert desired.files == 5


def test_groups_and_people_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    project = load(
        tmp_path, "people: {b: +44 7700 900102, a: +44 7700 900101}\ngroups: {z: {subject: Z}, y: {subject: Y}}\n"
    )
    assert [person.alias for person in project.desired.people] == ["a", "b"]
    assert list(project.desired.groups) == ["y", "z"]
