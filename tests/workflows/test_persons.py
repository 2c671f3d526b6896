"""What an edit of the files comes to: the next plan does with people just what was asked, and nothing else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests import builders as b
from tests.rig import rig
from tests.workflows.imported import Club
from wagroups.domain.identity import Role
from wagroups.domain.plans.change import MemberRemoval
from wagroups.domain.plans.plan import Reason
from wagroups.workflows.edit.draft import Draft
from wagroups.workflows.edit.person import PersonEditor, offboard, person_of, renumber


@pytest.fixture
def club(tmp_path: Path) -> Iterator[Club]:
    """Two live groups, imported, with two people who have names."""
    with rig("waha", "noweb", "anna", "ben", "carla") as account:
        account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
        account.live_group("Zen", {"ben": Role.ADMIN, "carla": Role.MEMBER})
        made = Club(account, tmp_path)
        made.write("people.yaml", f"people:\n  anna: {b.phone(1).reveal()}\n  ben: {b.phone(2).reveal()}\n")
        made.take_over()
        yield made


def desk_of(club: Club, alias: str) -> PersonEditor:
    person = person_of(club.project.desired, alias)
    assert person is not None
    return PersonEditor(Draft(club.root), person)


def test_whoever_was_offboarded_is_removed_from_every_group_and_nobody_else_is(club: Club) -> None:
    assert [action for _, action in club.plan().actions()] == []
    desk = desk_of(club, "ben")
    offboard(desk, date(2026, 11, 23))
    desk.draft.carry_out(club.environ, dry_run=False)
    actions = [(group.key, action) for group, action in club.plan().actions()]
    assert {key for key, _ in actions} == {"chess", "zen"}
    assert {action.reason for _, action in actions} == {Reason.DENIED}
    assert {action.change.kind for _, action in actions} <= {"member.remove", "link.reset"}
    removed = [action.change.person.alias for _, action in actions if isinstance(action.change, MemberRemoval)]
    assert removed == ["ben", "ben"]


def test_another_number_is_swapped_in_every_group(club: Club) -> None:
    desk = desk_of(club, "ben")
    renumber(desk, b.phone(77))
    desk.draft.carry_out(club.environ, dry_run=False)
    changes = {(group.key, action.change.kind) for group, action in club.plan().actions()}
    assert {kind for key, kind in changes if key == "chess"} == {"member.add", "member.remove"}
    assert {kind for key, kind in changes if key == "zen"} >= {"member.add", "member.remove"}
