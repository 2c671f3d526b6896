"""Guards and brakes: the rule is named, and nothing was written."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.club import JUNIORS, KEY, NEWS, Club
from tests.rig import fake_of
from wagroups.domain.identity import Role
from wagroups.simulation.server.server import serve


def refused(club: Club, *arguments: str) -> list[str]:
    """The rules that stop an apply; both verbs must say the same."""
    writes = len(club.writes)
    planned = club.wagroups("plan", "-o", "json", *arguments)
    applied = club.wagroups("apply", "--yes", "-o", "json", *arguments)
    assert (planned.code, applied.code) == (3, 3), planned.err + applied.out
    rules = [guard["rule"] for guard in applied.document["refused"]]
    assert rules == [guard["rule"] for guard in planned.document["refused"]]
    assert len(club.writes) == writes
    text = club.wagroups("apply", "--yes", *arguments)
    assert text.code == 3
    assert all(rule in text.out for rule in rules)
    return rules


def without_most_of_the_club(club: Club) -> None:
    club.replace("groups/club.yaml", "- team: everybody", "- team: committee")


def test_many_removals_at_once_stop_the_run(settled: Club) -> None:
    without_most_of_the_club(settled)
    assert refused(settled) == ["max-removal-percent", "declared-shrank"]
    assert "max-removals" in refused(settled, "--max-removals", "2")


def test_a_brake_is_passed_by_its_name_and_with_a_reason_alone(settled: Club) -> None:
    without_most_of_the_club(settled)
    assert settled.wagroups("apply", "--yes", "--override", "max-removal-percent", "-o", "json").code == 64
    assert refused(settled, "--override", "max-removal-percent=end of season") == ["declared-shrank"]
    end = settled.wagroups(
        "apply",
        "--yes",
        "--override",
        "max-removal-percent=end of season",
        "--override",
        "declared-shrank=end of season",
    )
    assert end.code == 0, end.out
    assert set(settled.members(NEWS)) == {"amara", "bela"}


def test_a_flag_may_not_loosen_a_brake(harbour: Club) -> None:
    end = harbour.wagroups("plan", "--max-removals", "500", "-o", "json")
    assert end.code == 64
    assert "--override max-removals=REASON" in end.document["error"]["message"]


def test_a_group_taken_out_of_git_is_not_forgotten(settled: Club) -> None:
    text = (settled.root / "groups/training.yaml").read_text(encoding="utf-8")
    settled.write("groups/training.yaml", text[: text.index("  trainers:\n")])
    assert refused(settled) == ["orphan"]


def test_a_live_group_of_the_same_name_is_not_made_twice_and_the_others_are_made(harbour: Club) -> None:
    harbour.on_the_phone(do="create", who="office", subject=JUNIORS)
    assert harbour.wagroups("plan").code == 3
    end = harbour.wagroups("apply", "--yes", "-o", "json")
    assert end.code == 3, end.out
    (guard,) = end.document["refused"]
    assert (guard["rule"], guard["scope"]) == ("same-subject", "group")
    subjects = [group.subject for group in harbour.world.groups.values()]
    assert subjects.count(JUNIORS) == 1
    assert harbour.group(NEWS).members
    outcomes = {group["key"]: {a["outcome"] for a in group["actions"]} for group in end.document["groups"]}
    assert outcomes.pop(guard["group"]) == {"withheld"}
    assert set().union(*outcomes.values()) <= {"done", "already", "invited", "unverified", "pending"}
    refused = next(group for group in end.document["groups"] if group["key"] == guard["group"])
    assert {action["error"]["code"] for action in refused["actions"]} == {"same-subject"}


@pytest.mark.parametrize("verb", ["plan", "drift"])
def test_another_account_behind_the_same_name_is_refused(settled: Club, verb: str) -> None:
    rosa = settled.world.people.called("rosa")
    assert rosa is not None
    with settled.world.lock:
        settled.world.tie("default", rosa)
        settled.group(NEWS).members[rosa] = Role.ADMIN
    with serve(fake_of("waha")(settled.world, dialect="noweb", session="default", key=KEY)) as server:
        end = settled.wagroups(verb, "-o", "json", env={"WAGROUPS_URL": server.url})
    assert end.code == 3, end.out
    assert [guard["rule"] for guard in end.document["refused"]] == ["account-changed"]


def test_a_roster_that_comes_to_nobody_empties_no_group_and_the_others_are_done(settled: Club) -> None:
    before = settled.members(NEWS)
    (settled.root / "rosters").mkdir()
    settled.write("rosters/club.csv", "alias,status\namara,active\n")
    settled.replace(
        "groups/club.yaml", "- team: everybody", "- roster: {csv: rosters/club.csv, where: {status: member}}"
    )
    settled.replace("groups/training.yaml", f"subject: {JUNIORS}", "subject: Juniors and friends")
    assert settled.wagroups("validate").code == 65
    end = settled.wagroups("apply", "--yes", "-o", "json")
    assert end.code == 3, end.out
    (guard,) = end.document["refused"]
    assert (guard["rule"], guard["scope"]) == ("comes-to-nobody", "group")
    assert "there is “active” (1)" in guard["message"]
    assert settled.members(NEWS) == before
    assert settled.group("Juniors and friends").members
    settled.replace("rosters/club.csv", "active", "member")
    assert settled.wagroups("plan", "-o", "json").document["refused"][0]["rule"] == "max-removal-percent"
    settled.replace("groups/club.yaml", "status: member}", "status: none}, expect: any number")
    assert settled.wagroups("validate").code == 0


def test_a_group_whose_first_list_comes_to_nobody_waits_however_often_it_is_looked_at(harbour: Club) -> None:
    (harbour.root / "rosters").mkdir()
    harbour.write("rosters/club.csv", "alias\n")
    harbour.replace("groups/club.yaml", "- team: everybody", "- roster: {csv: rosters/club.csv}")
    for _ in range(2):
        end = harbour.wagroups("apply", "--yes", "-o", "json")
        assert end.code == 0, end.out
        assert NEWS not in [group.subject for group in harbour.world.groups.values()]
        plan = harbour.wagroups("plan")
        assert "the group is waiting for its first members" in plan.out
        assert "starts-empty" in harbour.wagroups("plan", "-o", "json").out
    harbour.write("rosters/club.csv", "alias\njuno\n")
    assert harbour.wagroups("apply", "--yes").code == 0
    assert set(harbour.members(NEWS)) == {"amara", "bela", "juno"}


def test_a_reviewed_override_lets_the_plan_through_that_shows_it_and_no_older_one(settled: Club) -> None:
    without_most_of_the_club(settled)
    assert settled.wagroups("plan", "--out", "before.json").code == 3
    until = (datetime.now(UTC) + timedelta(days=2)).date()
    (group,) = {guard["group"] for guard in settled.wagroups("plan", "-o", "json").document["refused"]}
    entries = [
        f"  - {{rule: {rule}, group: {group}, reason: The season is over, until: {until}}}\n"
        for rule in ("max-removal-percent", "declared-shrank")
    ]
    settled.write("overrides.yaml", f"overrides:\n{''.join(entries)}")
    planned = settled.wagroups("plan", "--out", "after.json", "-o", "json")
    assert planned.code == 0, planned.out
    assert [entry["rule"] for entry in planned.document["overrides"]] == ["max-removal-percent", "declared-shrank"]
    assert f"Passed: max-removal-percent@{group}: until {until}, by overrides.yaml:2" in settled.wagroups("plan").out
    members = set(settled.members(NEWS))
    old = settled.wagroups("apply", "before.json", "-o", "json")
    assert old.code == 3
    assert set(settled.members(NEWS)) == members
    assert settled.wagroups("apply", "after.json").code == 0
    assert set(settled.members(NEWS)) == {"amara", "bela"}
    assert settled.wagroups("state", "export", "saved.json").code == 0
    saved = (settled.root / "saved.json").read_text(encoding="utf-8")
    assert f"override declared-shrank@{group} until {until} (overrides.yaml:3): The season is over" in saved


def test_an_override_that_reaches_too_far_stops_every_run(settled: Club) -> None:
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    settled.write("overrides.yaml", f"overrides:\n  - {{rule: emptied, reason: Forever, until: {until}}}\n")
    for verb in ("validate", "plan", "apply"):
        end = settled.wagroups(verb, "-o", "json")
        assert end.code == 65, end.out
