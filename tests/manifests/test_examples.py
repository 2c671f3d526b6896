"""What newcomers copy must be without fault."""

from pathlib import Path
from typing import Final

import pytest

from wagroups.manifests.project import load_project

EXAMPLES: Final = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["club", "one-file", "two-accounts", "school", "association"])
def test_an_example_loads_without_a_warning(name: str) -> None:
    project = load_project(EXAMPLES / name, {"CI": "true"})
    assert project.problems == ()
    assert project.desired.groups


def test_the_club_shows_teams_profiles_settings_and_admins() -> None:
    groups = load_project(EXAMPLES / "club", {}).desired.groups.values()
    assert len(groups) == 3
    assert any("profile" in step for group in groups for step in group.origins)
    assert all(group.settings and any(member.admin for member in group.members) for group in groups)
    assert any(member.via for group in groups for member in group.members)


def test_only_fictional_numbers_are_used() -> None:
    for name in ("club", "one-file", "two-accounts", "school", "association"):
        people = load_project(EXAMPLES / name, {}).desired.people
        assert all(person.phone.startswith(b"+447700900") for person in people)
