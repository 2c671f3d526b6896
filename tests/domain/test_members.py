"""What the lines about people come to, at every instant."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests import builders as b
from wagroups.domain.declared.desired import DesiredMember, DesiredMembers, Entry, Turn
from wagroups.domain.declared.members import Batch, Clause, Exclusion
from wagroups.domain.declared.period import ALWAYS, Periods
from wagroups.domain.origin import Origin
from wagroups.manifests.language.diagnostics import Findings
from wagroups.manifests.resolve.memberships import Memberships, without_excepted

DAY_0 = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = ("anna", "ben", "carla")
FOLK = {name: b.person(name) for name in NAMES} | {
    "carla": b.person("carla", periods=Periods.of(DAY_0, DAY_0 + timedelta(days=8)))
}

spans = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(
    lambda span: Periods.of(DAY_0 + timedelta(days=span[0]), DAY_0 + timedelta(days=sum(span)))
)
times = st.just(ALWAYS) | spans
lines = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans(), times), max_size=8)
exceptions = st.lists(st.tuples(st.sampled_from(NAMES), times), max_size=3)
Line = tuple[str, bool, Periods]
Exception_ = tuple[str, Periods]

INSTANTS = [DAY_0 + timedelta(hours=hours) for hours in range(-12, 24 * 20, 12)]


def batches(listed: list[Line]) -> list[Batch]:
    return [
        Batch.of(FOLK[name], Entry(Origin("groups.yaml", number + 1), admin, periods=periods))
        for number, (name, admin, periods) in enumerate(listed)
    ]


def members(listed: list[Line], out: list[Exception_] = []) -> DesiredMembers:  # noqa: B006 - never changed
    excepted = [
        Batch(Clause("groups.yaml", periods=periods), (FOLK[name],), (Origin("groups.yaml", 50 + number).mark,))
        for number, (name, periods) in enumerate(out)
    ]
    left = without_excepted(batches(listed), excepted)
    return Memberships(Findings(), UTC, 2).of_group(left, "chess")


def present(found: DesiredMembers) -> list[tuple[set[str], set[str]]]:
    """Who is a member and who an admin at each instant."""
    return [
        ({str(p.alias) for p in found.people_at(at)}, {str(p.alias) for p in found.admins_at(at)}) for at in INSTANTS
    ]


@given(lines, exceptions)
def test_somebody_is_in_when_a_line_says_so_and_no_exception_does(listed: list[Line], out: list[Exception_]) -> None:
    for at, (inside, ruling) in zip(INSTANTS, present(members(listed, out)), strict=True):
        for name, person in FOLK.items():
            free = at in person.periods and not any(who == name and at in time for who, time in out)
            assert (name in inside) == (free and any(who == name and at in time for who, _, time in listed))
            assert (name in ruling) == (
                free and any(who == name and right and at in time for who, right, time in listed)
            )


@given(lines, exceptions, st.tuples(st.sampled_from(NAMES), st.booleans(), times))
def test_a_line_more_shortens_nobodys_time(listed: list[Line], out: list[Exception_], line: Line) -> None:
    for (before, ruled), (after, rules) in zip(
        present(members(listed, out)), present(members([*listed, line], out)), strict=True
    ):
        assert before <= after
        assert ruled <= rules


@given(lines, exceptions, st.tuples(st.sampled_from(NAMES), times))
def test_an_exception_more_lengthens_nobodys_time(listed: list[Line], out: list[Exception_], more: Exception_) -> None:
    for (before, ruled), (after, rules) in zip(
        present(members(listed, out)), present(members(listed, [*out, more])), strict=True
    ):
        assert after <= before
        assert rules <= ruled


@given(lines, exceptions, st.randoms())
def test_no_order_of_lines_changes_the_result(listed: list[Line], out: list[Exception_], random: st.DataObject) -> None:
    mixed, mixed_out = listed[:], out[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    random.shuffle(mixed_out)  # type: ignore[attr-defined]
    one, other = members(listed, out), members(mixed, mixed_out)
    assert [(m.person, m.member, m.admin) for m in one] == [(m.person, m.member, m.admin) for m in other]


@given(lines, exceptions)
def test_admins_are_members_and_everybody_is_there_once(listed: list[Line], out: list[Exception_]) -> None:
    found = members(listed, out)
    assert all(member.admin <= member.member for member in found)
    assert len({member.person.phone for member in found}) == len(found) == len(found.people)


@given(lines, exceptions)
def test_the_result_changes_with_the_clock_only_at_a_boundary(listed: list[Line], out: list[Exception_]) -> None:
    found = members(listed, out)
    boundaries = {boundary.at for boundary in found.boundaries()}
    shown = present(found)
    for (earlier, before), (later, after) in pairwise(zip(INSTANTS, shown, strict=True)):
        assert (before != after) == any(earlier < at <= later for at in boundaries)


@given(lines, exceptions)
def test_what_the_boundaries_tell_is_what_the_sets_show(listed: list[Line], out: list[Exception_]) -> None:
    found = members(listed, out)
    inside, ruling = (
        {str(p.alias) for p in people} for people in (found.people_at(INSTANTS[0]), found.admins_at(INSTANTS[0]))
    )
    for boundary in found.boundaries():
        name = str(boundary.person.alias)
        match boundary.turn:
            case Turn.JOINS:
                inside.add(name)
            case Turn.LEAVES:
                inside.remove(name)
                ruling.discard(name)
            case Turn.PROMOTED:
                ruling.add(name)
            case Turn.DEMOTED:
                ruling.remove(name)
    assert (inside, ruling) == present(found)[-1]


def test_undated_lists_make_no_object_for_a_person() -> None:
    people = [FOLK["anna"], FOLK["ben"]]
    found = Memberships(Findings(), UTC, 2).of_group([Batch(Clause("groups.yaml"), people, (1, 2))], "chess")
    assert (found.several, found.dated, found.boundaries()) == ((), False, ())
    assert found.batches[0].people is people


def test_a_boundary_names_the_line_by_which_it_comes() -> None:
    leave = Exclusion(Origin("groups.yaml", 9), Periods.of(DAY_0, DAY_0 + timedelta(days=3)))
    time = ALWAYS - leave.periods
    ben = DesiredMember.of(FOLK["ben"], [Entry(Origin("groups.yaml", 2), True, periods=time, exclusions=(leave,))])
    carla = DesiredMember.of(FOLK["carla"], [Entry(Origin("groups.yaml", 3))])
    found = DesiredMembers.of([ben, carla]).boundaries()
    assert [(one.at - DAY_0, str(one.person.alias), one.turn.value, one.origin.line) for one in found] == [
        (timedelta(0), "ben", "leaves", 9),
        (timedelta(0), "carla", "joins", 3),
        (timedelta(days=3), "ben", "becomes-admin", 2),
        (timedelta(days=3), "ben", "joins", 2),
        (timedelta(days=8), "carla", "leaves", b.PLACE.line),
    ]


def test_an_end_is_evidence_and_a_beginning_is_none() -> None:
    now = DAY_0
    future, past = Periods.of(now + timedelta(days=1), None), Periods.of(None, now - timedelta(days=1))
    cases = {
        "to come": ([Entry(b.PLACE, periods=future)], False),
        "over": ([Entry(b.PLACE, periods=past)], True),
        "between": ([Entry(b.PLACE, periods=past | future)], True),
        "still in by another": ([Entry(b.PLACE, periods=past), Entry(b.PLACE)], False),
    }
    for entries, ended in cases.values():
        assert DesiredMember.of(FOLK["ben"], entries).ended_by(now) is ended
    out = Exclusion(b.PLACE, Periods.of(None, now + timedelta(days=1)))
    excepted = Entry(b.PLACE, periods=ALWAYS - out.periods, exclusions=(out,))
    assert DesiredMember.of(FOLK["ben"], [excepted]).ended_by(now)
    newcomer = b.person("ben", periods=future)
    assert not DesiredMember.of(newcomer, [Entry(b.PLACE)]).ended_by(now)
    assert DesiredMember.of(newcomer, [Entry(b.PLACE, periods=past)]).ended_by(now)
