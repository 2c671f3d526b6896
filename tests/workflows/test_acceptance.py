"""`drift --accept`: the files say what is so, comments stay, and what a person has to decide is left to them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from tests import builders as b
from tests.manifests.projects import write
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import EditError, ManualEditNeeded
from wagroups.domain.identity import AccountKey, GroupKey, Role
from wagroups.domain.live.memory import Applied, Memory
from wagroups.domain.live.observed import ObservedGroup
from wagroups.domain.live.tombstone import Tombstones, Turnover
from wagroups.domain.plans.plan import Plan
from wagroups.manifests.project import load_project
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Situation, Terms
from wagroups.workflows.edit.acceptance import acceptable, taken_for_true
from wagroups.workflows.edit.draft import Draft

CHESS = GroupKey("chess")
PEOPLE = "people:\n" + "".join(
    f"  {name}: {b.phone(b.number_of(name)).reveal()}\n" for name in ("anna", "ben", "carla", "dora")
)
FILES = f"""\
{PEOPLE}
teams:
  crew: [carla, dora]   # who rows
groups:
  chess:
    id: "{b.JID.reveal()}"
    # asked for by the head
    subject: Chess
    description: Room 12
    settings:
      send_messages: admins   # since spring
    manage: {{members: exact}}
    members:
      - anna
      - ben                   # plays on Tuesdays
      - team: crew
"""


def planned(root: Path, *, files: str = FILES, left: tuple[str, ...] = (), live: ObservedGroup | None = None) -> Plan:
    """What a look finds where some people left, and the rest is as `live` says."""
    desired = load_project(write(root, {"groups.yaml": files}), {}).desired
    group = desired.groups[CHESS]
    here = [name for name in ("anna", "ben", "carla", "dora") if name not in left]
    shown = live or _live(here)
    stones = Tombstones(b.KEY)
    for name in left:
        gone = Turnover(left=frozenset((b.phone(b.number_of(name)), b.lid(b.number_of(name)))))
        stones = stones.after({CHESS: gone}, b.NOW - timedelta(days=3))
    values = {"subject": "Chess", "description": "Room 12", "settings.send_messages": "admins"}
    applied = Applied(at=b.NOW, values=values, people=frozenset(), admins=frozenset(), unset=frozenset())
    memory = b.memory(tombstones=stones, applied=MappingProxyType({CHESS: applied}))
    return make_plan(desired, {group.account: _situation(group.account, shown, memory)}, Terms(), b.NOW).plan


def _situation(account: AccountKey, live: ObservedGroup, memory: Memory) -> Situation:
    observed = replace(b.observed(live), account=account)
    return b.situation(observed, replace(memory, account=account))


def _live(people: list[str], **fields: object) -> ObservedGroup:
    values = {"subject": "Chess", "description": "Room 12", "settings": {Setting.SEND_MESSAGES: "admins"}, **fields}
    return b.live(members=[b.seen(name) for name in people], **values)  # type: ignore[arg-type]


def accepted(root: Path, plan: Plan, *ids: str) -> str:
    """The manifest after accepting."""
    draft = Draft(root)
    desired = load_project(root, {}).desired
    taken_for_true(draft, desired, plan, ids or tuple(acceptable(plan)), {})
    draft.carry_out({}, dry_run=False)
    return (root / "groups.yaml").read_text(encoding="utf-8")


def test_somebody_who_left_goes_out_of_the_list_and_comments_stay(tmp_path: Path) -> None:
    text = accepted(tmp_path, planned(tmp_path, left=("ben",)))
    assert text == FILES.replace("      - ben                   # plays on Tuesdays\n", "")
    assert planned(tmp_path, files=text, left=("ben",)).open == ()


def test_somebody_whom_a_team_brings_stands_under_except(tmp_path: Path) -> None:
    text = accepted(tmp_path, planned(tmp_path, left=("dora",)))
    assert "    except: [dora]\n" in text
    assert "crew: [carla, dora]   # who rows" in text
    assert "# plays on Tuesdays" in text
    assert planned(tmp_path, files=text, left=("dora",)).open == ()


def test_an_except_that_is_there_takes_one_more(tmp_path: Path) -> None:
    first = accepted(tmp_path, planned(tmp_path, left=("dora",)))
    second = accepted(tmp_path, planned(tmp_path, files=first, left=("dora", "carla")))
    assert "    except: [dora, carla]\n" in second


def test_somebody_in_a_list_and_in_a_team_goes_out_of_one_and_under_except_for_the_other(tmp_path: Path) -> None:
    both = FILES.replace("      - ben ", "      - dora\n      - ben ")
    text = accepted(tmp_path, planned(tmp_path, files=both, left=("dora",)))
    assert "      - dora\n" not in text
    assert "except: [dora]" in text


def test_texts_and_settings_that_were_changed_on_a_phone_are_written_down(tmp_path: Path) -> None:
    people = ["anna", "ben", "carla", "dora"]
    live = _live(people, subject="Chess: 2027", description="Room 13", settings={Setting.SEND_MESSAGES: "everyone"})
    text = accepted(tmp_path, planned(tmp_path, live=live))
    assert '    subject: "Chess: 2027"\n' in text
    assert "    description: Room 13\n" in text
    assert "      send_messages: everyone   # since spring\n" in text
    assert "# asked for by the head" in text
    assert planned(tmp_path, files=text, live=live).empty


def test_a_bare_accept_takes_only_what_has_one_known_cause(tmp_path: Path) -> None:
    live = _live(["anna", "ben", "carla", "dora", "emil"])
    plan = planned(tmp_path, live=live)
    assert [action.change.kind for _, action in plan.actions()] == ["member.remove"]
    assert list(acceptable(plan)) == []


def test_what_only_a_person_can_settle_is_refused_with_what_to_do(tmp_path: Path) -> None:
    live = b.live(members=[b.seen("anna")], myself=Role.MEMBER)
    plan = planned(tmp_path, live=live)
    (point,) = plan.open
    with pytest.raises(EditError, match="not-admin of chess cannot be settled in the files"):
        accepted(tmp_path, plan, point.id)
    with pytest.raises(EditError, match="nothing that differs is called"):
        accepted(tmp_path, plan, "0123456789ab")
    assert (tmp_path / "groups.yaml").read_text(encoding="utf-8") == FILES


def test_a_text_that_is_written_over_lines_is_left_to_a_person(tmp_path: Path) -> None:
    files = FILES.replace("description: Room 12", "description: |-\n      Room 12")
    live = _live(["anna", "ben", "carla", "dora"], description="Room 13")
    plan = planned(tmp_path, files=files, live=live)
    with pytest.raises(ManualEditNeeded):
        accepted(tmp_path, plan)
    assert (tmp_path / "groups.yaml").read_text(encoding="utf-8") == files


def test_a_group_that_a_generator_makes_is_changed_in_its_table(tmp_path: Path) -> None:
    files = f"""{PEOPLE}generate:
  clubs:
    for_each: {{matrix: {{name: [chess]}}}}
    key: ${{name}}
    expect: 1
    group: {{id: "{b.JID.reveal()}", subject: Chess, manage: {{members: exact}}, members: [anna, ben]}}
"""
    plan = planned(tmp_path, files=files, left=("ben",))
    with pytest.raises(EditError, match="there is no group"):
        accepted(tmp_path, plan)
