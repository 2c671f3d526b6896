"""Open points that the files say are known: what an entry needs, and for how long it counts."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.manifests.projects import PEOPLE, load, problems, rules, write
from wagroups.domain.declared.known import Known
from wagroups.manifests.project import check_project

GROUP = "groups:\n  rowers: {subject: Rowers, members: [anna]}\n"


def entry(text: str) -> str:
    return f"{PEOPLE}{GROUP}known:\n  - {text}\n"


def test_a_person_or_a_point_of_a_group_is_known_for_a_reason_and_until_a_day(tmp_path: Path) -> None:
    text = entry("{person: anna, group: rowers, reason: asked twice, until: 2026-12-24}")
    text += "  - {point: not-admin, group: rowers, reason: the owner is away, until: 2026-12-01}\n"
    one, other = load(tmp_path, text).desired.known
    assert (one.group, one.person, one.point, one.reason, one.until) == (
        *("rowers", "anna", None, "asked twice"),
        date(2026, 12, 24),
    )
    assert (other.person, other.point) == (None, "not-admin")


def test_a_point_may_be_named_by_its_id(tmp_path: Path) -> None:
    text = entry("{point: 0a1b2c3d4e5f, group: rowers, reason: asked twice, until: 2026-12-24}")
    (one,) = load(tmp_path, text).desired.known
    assert one.point == "0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{person: anna, group: rowers, until: 2026-12-24}", "missing-key"),
        ("{group: rowers, reason: r, until: 2026-12-24}", "missing-key"),
        ("{person: anna, point: left, group: rowers, reason: r, until: 2026-12-24}", "missing-key"),
        ("{person: zoe, group: rowers, reason: r, until: 2026-12-24}", "known-point"),
        ("{person: anna, group: sailors, reason: r, until: 2026-12-24}", "known-point"),
        # What is waited for, or cannot be seen, needs no entry.
        ("{point: invited, group: rowers, reason: r, until: 2026-12-24}", "known-point"),
        ("{point: made-up, group: rowers, reason: r, until: 2026-12-24}", "known-point"),
    ],
)
def test_an_entry_that_is_about_nothing_is_an_error(tmp_path: Path, text: str, rule: str) -> None:
    assert rules(problems(tmp_path, entry(text))) == [rule]


@pytest.mark.parametrize(
    ("until", "found"),
    [("2026-11-21", ["known-past"]), ("2026-11-22", []), ("2027-02-20", []), ("2027-02-21", ["known-time"])],
)
def test_it_counts_until_its_last_day_and_ninety_days_at_most(tmp_path: Path, until: str, found: list[str]) -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    root = write(tmp_path, {"groups.yaml": entry(f"{{person: anna, group: rowers, reason: r, until: {until}}}")})
    _, told = check_project(root, {}, now)
    assert rules([problem for problem in told if problem.rule.startswith("known")]) == found
    project, _ = check_project(root, {})
    assert project is not None
    (one,) = project.desired.known
    assert isinstance(one, Known)
    assert one.holds(now.date()) is (found == [])
