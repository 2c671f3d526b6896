"""Two revisions are compared by what they declare, and the comparison holds in both directions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.declared.desired import Desired
from wagroups.domain.plans.difference import DifferenceKind
from wagroups.planning.explain.revision_diff import compared

NAMES = ("anna", "ben", "carla", "dora")

GROUPS = st.builds(
    lambda key, subject, members, admins: b.group(key, subject=subject, members=sorted(members), admins=sorted(admins)),
    key=st.sampled_from(("chess", "rowing", "zen")),
    subject=st.sampled_from(("A", "B")),
    members=st.sets(st.sampled_from(NAMES)),
    admins=st.sets(st.sampled_from(NAMES), max_size=2),
)
PROJECTS = st.lists(GROUPS, max_size=3, unique_by=lambda group: group.key).map(
    lambda groups: b.desired(*groups, people=[b.person(name) for name in NAMES[: len(groups) + 1]])
)


@given(project=PROJECTS)
def test_nothing_differs_from_itself(project: Desired) -> None:
    assert list(compared(project, project)) == []


@given(one=PROJECTS, other=PROJECTS)
def test_what_differs_one_way_differs_the_other_way_too(one: Desired, other: Desired) -> None:
    there = {(each.about, each.name) for each in compared(one, other)}
    back = {(each.about, each.name) for each in compared(other, one)}
    assert there == back


@given(one=PROJECTS, other=PROJECTS)
def test_memberships_that_are_added_are_those_that_are_declared_now_and_were_not(one: Desired, other: Desired) -> None:
    for altered in compared(one, other):
        group = next((group for key, group in other.groups.items() if key == altered.name), None)
        was = next((group for key, group in one.groups.items() if key == altered.name), None)
        if altered.about == "group" and group is not None:
            before = set() if was is None else {member.person.alias for member in was.members}
            added = {
                each.person.alias
                for each in altered.alterations
                if each.kind is DifferenceKind.MEMBER_ADDED and each.person
            }
            assert added == {member.person.alias for member in group.members} - before


@pytest.mark.parametrize(
    ("field", "value", "name", "after"),
    [
        ("periods", b.periods(until="2027-01-31"), "until", "2027-01-31"),
        ("periods", b.periods("2027-01-31"), "from", "2027-01-31"),
        ("denied", date(2026, 1, 31), "denied", "2026-01-31"),
    ],
)
def test_a_fact_about_a_person_is_a_difference(field: str, value: object, name: str, after: str) -> None:
    before = b.desired(people=[b.person("anna")])
    now = b.desired(people=[b.person("anna", **{field: value})])
    ((altered,),) = (tuple(compared(before, now)),)
    (alteration,) = altered.alterations
    assert (alteration.kind, alteration.name, alteration.before, alteration.after) == (
        DifferenceKind.VALUE,
        name,
        None,
        after,
    )


@pytest.mark.parametrize("kept", [True, False])
def test_another_number_says_whether_the_former_one_is_kept(kept: bool) -> None:
    former = (b.phone(b.number_of("anna")),) if kept else ()
    now = b.person("anna", phone=b.phone(77), former_phones=former)
    (altered,) = compared(b.desired(people=[b.person("anna")]), b.desired(people=[now]))
    (alteration,) = altered.alterations
    assert alteration.kind is DifferenceKind.RENUMBERED
    assert bool(alteration.after) is kept
