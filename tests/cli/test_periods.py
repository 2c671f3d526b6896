"""Time as people see it: the same periods in `show`, `why`, `who`, `review`, `diff` and `validate`."""

from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.manifests.projects import PEOPLE, write
from wagroups.domain.exit import Exit

CONFIG = """\
version: 2
timezone: Europe/London
accounts: {office: {gateway: waha, url: "http://127.0.0.1:9", key_env: WAGROUPS_KEY}}
"""
GROUPS = """\
teams:
  board: [anna, ben, carla]
groups:
  board:
    subject: Board
    admins:
      - {person: anna, until: 2098-01-31}
      - {person: ben, from: 2098-02-01, reason: elected for 2098}
    members:
      - team: board
  shift:
    subject: Shift
    members:
      - anna
      - {person: ben, from: 2026-01-01, until: 2026-02-05}
      - {person: ben, from: 2098-01-01, until: 2098-06-30 18:00}
      - {person: carla, until: 2026-01-15}
      - {person: carla, from: 2026-01-16, until: 2026-06-01}
      - dora
    except:
      - {person: dora, until: 2098-03-14, reason: on leave}
"""


@pytest.fixture
def wagroups(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"people.yaml": PEOPLE, "groups.yaml": GROUPS}, CONFIG)
    return Command(capsys)


def lists_of(text: str) -> list[str]:
    """The lines of the lists of people."""
    return [
        " ".join(line.split()) for line in text.splitlines() if line.startswith(("      ", "    admins", "    mem"))
    ]


def test_an_entry_stands_for_each_time_with_every_place_that_gives_it(wagroups: Command) -> None:
    shown = lists_of(wagroups("show", "shift", "--explain").out)
    assert shown[shown.index("- anna # groups.yaml:14") :][:11] == [
        "- anna # groups.yaml:14",
        "- person: ben # groups.yaml:15",
        "from: 2026-01-01",
        "until: 2026-02-05",
        "- person: ben # groups.yaml:16",
        "from: 2098-01-01",
        "until: 2098-06-30 18:00",
        "- person: carla # groups.yaml:17, groups.yaml:18",
        "until: 2026-06-01",
        "- person: dora # groups.yaml:19",
        "from: 2098-03-15",
    ]


def test_an_admin_for_a_term_stands_in_both_lists(wagroups: Command) -> None:
    shown = lists_of(wagroups("show", "board", "--explain").out)
    assert shown[:9] == [
        "admins:",
        "- person: anna # groups.yaml:7",
        "until: 2098-01-31",
        "- person: ben # groups.yaml:8",
        "from: 2098-02-01",
        "reason: elected for 2098",
        "members:",
        "- anna # groups.yaml:2 via team board",
        "- ben # groups.yaml:2 via team board",
    ]


def test_the_document_has_the_periods_of_membership_and_of_the_right(wagroups: Command) -> None:
    document = wagroups("show", "board", "-o", "json").document
    found = {
        person["person"]: [[(time["from"], time["until"]) for time in person[part]] for part in ("member", "admin")]
        for person in document["groups"][0]["people"]
    }
    assert found == {
        "anna": [[(None, None)], [(None, "2098-01-31")]],
        "ben": [[(None, None)], [("2098-02-01", None)]],
        "carla": [[(None, None)], []],
    }


@pytest.mark.parametrize(
    ("on", "group", "people"),
    [
        ("2098-01-31", "board", ["admins:", "- anna", "members:", "- ben", "- carla"]),
        (
            "2098-02-01",
            "board",
            ["admins:", "- person: ben", "reason: elected for 2098", "members:", "- anna", "- carla"],
        ),
        ("2026-01-20", "shift", ["members:", "- anna", "- ben", "- carla"]),
        ("2098-06-30 17:59", "shift", ["members:", "- anna", "- ben", "- dora"]),
        ("2098-06-30 18:00", "shift", ["members:", "- anna", "- dora"]),
    ],
)
def test_a_group_is_shown_as_it_is_on_a_day_or_at_a_minute(
    wagroups: Command, on: str, group: str, people: list[str]
) -> None:
    shown = lists_of(wagroups("show", group, "--on", on).out)
    assert shown[: len(people)] == people


@pytest.mark.parametrize(
    ("person", "group", "told"),
    [
        ("ben", "shift", "ben is left out of shift until 2098-01-01 (groups.yaml:16)"),
        ("dora", "shift", "dora is left out of shift until 2098-03-15 (groups.yaml:21: on leave)"),
        ("carla", "shift", "carla is left out of shift since 2026-06-02 (groups.yaml:18)"),
        ("anna", "board", "an admin of board at groups.yaml:7, admin until 2098-01-31"),
        ("ben", "board", "a member of board at groups.yaml:2 (by team board)"),
    ],
)
def test_why_says_until_when_somebody_is_out_and_which_line_says_so(
    wagroups: Command, person: str, group: str, told: str
) -> None:
    assert told in wagroups("why", person, group).out


def test_why_tells_scripts_every_period(wagroups: Command) -> None:
    declared = wagroups("why", "ben", "shift", "-o", "json").document["declared"]
    assert declared["member"] == [
        {"from": "2026-01-01", "until": "2026-02-05"},
        {"from": "2098-01-01", "until": "2098-06-30 18:00"},
    ]
    assert (declared["admin"], declared["from"]) == ([], "2098-01-01")


def test_a_review_names_those_whose_time_is_over(wagroups: Command) -> None:
    rows = wagroups("review", "--ended", "-o", "json").document["memberships"]
    assert [(row["group"], row["person"], row["until"], row["place"]) for row in rows] == [
        ("shift", "carla", "2026-06-01", "groups.yaml:18")
    ]
    later = wagroups("review", "--ended", "--on", "2099-01-01", "-o", "json").document["memberships"]
    assert [row["person"] for row in later] == ["carla", "ben"]


def test_a_right_that_ends_is_among_what_expires(wagroups: Command) -> None:
    rows = wagroups("review", "--expiring", "30d", "--on", "2098-01-15", "-o", "json").document["memberships"]
    assert [(row["person"], row["until"], row["admin_until"]) for row in rows if row["group"] == "board"] == [
        ("anna", "", "2098-01-31")
    ]


def test_who_is_in_a_group_on_a_day(wagroups: Command) -> None:
    rows = wagroups("who", "board", "--on", "2098-02-01", "-o", "json").document["memberships"]
    assert [(row["person"], row["declared"]) for row in rows] == [
        ("anna", "member"),
        ("ben", "admin"),
        ("carla", "member"),
    ]


def test_a_day_that_is_none_is_a_usage_error(wagroups: Command) -> None:
    ended = wagroups("show", "--on", "31.1.2098")
    assert ended.exit is Exit.USAGE
    assert "is not a date, year first" in ended.err


def test_validate_looks_a_year_ahead_of_the_day_that_is_asked_about(wagroups: Command, tmp_path: Path) -> None:
    assert wagroups("validate").out == "2 groups, 4 people, 3 files: valid.\n"
    text = GROUPS.replace("      - {person: ben, from: 2098-02-01, reason: elected for 2098}\n", "")
    (tmp_path / "groups.yaml").write_text(text)
    assert "no-admin-later" not in wagroups("validate").out
    out = wagroups("validate", "--on", "2097-12-01").out
    assert "From 2098-02-01, only the account is an admin of board. [no-admin-later]" in out


def test_both_versions_of_the_language_mean_the_same(wagroups: Command, tmp_path: Path) -> None:
    second = wagroups("show", "-o", "json").document["groups"]
    (tmp_path / "wagroups.yaml").write_text(CONFIG.replace("version: 2", "version: 1"))
    assert wagroups("show", "-o", "json").document["groups"] == second
    assert "[changed-meaning]" in wagroups("validate").out
