"""Worked numbers: how many people of a small group may go, floor by floor, with and without the account among them.

The tables were worked out by hand from the rules, which stand above each of them.  The account, the creator and
protected people stand on neither side, so that every row holds however the account is listed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from tests import builders as b
from wagroups.domain.declared.desired import DesiredMember, DesiredMembers, Person
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.identity import AccountKey, Alias, GroupKey, Lid, Me, Phone, Role
from wagroups.domain.live.memory import Applied, Neighbour, PersonRefusal, UnseenAddition
from wagroups.domain.live.observed import ObservedMember
from wagroups.domain.plans.plan import Plan
from wagroups.domain.plans.removal import RemovalKind
from wagroups.planning.diff.due import renewed
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

CHESS = GroupKey("chess")
LOOSE = Safety(max_removals=100, max_removal_percent=100)
"""The limits of numbers and shares are out of the way: floors hold whatever they are."""

SPORTS = Me(Phone.of("+447700900990"), Lid.of("900000000000990@lid"))
"""Another account of the same ledger."""

LISTED = {
    "as an admin": [b.me(Role.ADMIN)],
    "as the owner": [b.me(Role.OWNER)],
    "beside another owner": [b.me(Role.ADMIN), b.seen("p90", Role.OWNER)],
    "beside the project's other account": [b.me(Role.ADMIN), ObservedMember(SPORTS.phone, SPORTS.lid)],
}


def plan_of(
    declared: Iterable[DesiredMember],
    members: Iterable[ObservedMember],
    *,
    listed: str = "as the owner",
    people: Iterable[Person] = (),
    safety: Safety = LOOSE,
    overrides: tuple[Override, ...] = (),
    **memory: Any,
) -> Plan:
    """A plan of one group, `exact`, that has these members beside the account."""
    group = replace(b.group("chess", members=[], id=b.JID), members=DesiredMembers.of(declared))
    live = b.live(members=[*LISTED[listed], *members], myself=None)
    remembered = b.memory(neighbours=MappingProxyType({AccountKey("sports"): Neighbour(SPORTS, frozenset())}), **memory)
    situation = b.situation(b.observed(live), remembered)
    terms = Terms(safety=safety, overrides=overrides)
    return make_plan(b.desired(group, people=people), {b.ACCOUNT: situation}, terms, b.NOW).plan


def rules(plan: Plan) -> set[str]:
    assert {guard.group for guard in plan.guards} <= {CHESS}
    return {guard.rule for guard in plan.guards}


def without_the_first(removed: int, size: int, added: int = 0, **more: Any) -> Plan:
    """A plan that takes the first people out of a group of `size`, and adds strangers."""
    people = b.NAMES[:size]
    declared = [*map(b.member, people[removed:]), *(b.member(f"p{number}") for number in range(added))]
    return plan_of(declared, map(b.seen, people), **more)


def earlier(number: int) -> dict[str, Any]:
    return {"removed_today": MappingProxyType({b.JID: {RemovalKind.UNDECLARED: number}})}


# `small-group`, for fewer than five: at most half of them, rounded down, and at least one.
#   2 → 1, 3 → 1, 4 → 2; 5 and 6 are no small groups.
# `emptied`: nobody is left, however many they were.
SIZES = [
    # size, removed, refused by
    (1, 1, {"emptied"}),
    (2, 1, set()),
    (2, 2, {"small-group", "emptied"}),
    (3, 1, set()),
    (3, 2, {"small-group"}),
    (3, 3, {"small-group", "emptied"}),
    (4, 1, set()),
    (4, 2, set()),
    (4, 3, {"small-group"}),
    (4, 4, {"small-group", "emptied"}),
    (5, 1, set()),
    (5, 4, set()),
    (5, 5, {"emptied"}),
    (6, 3, set()),
    (6, 5, set()),
    (6, 6, {"emptied"}),
]


@pytest.mark.parametrize("listed", LISTED)
@pytest.mark.parametrize(("size", "removed", "refused"), SIZES)
def test_how_many_of_a_small_group_may_go_at_once(size: int, removed: int, refused: set[str], listed: str) -> None:
    assert rules(without_the_first(removed, size, listed=listed)) == refused


# Before is the list now and our removals of the last 24 hours; both together are held against the limit.
SLICES = [
    # now, removed earlier, removed, refused by
    (1, 1, 1, {"small-group", "emptied"}),  # of 2: 2 > 1, nobody left
    (2, 1, 1, {"small-group"}),  # of 3: 2 > 1
    (3, 1, 1, set()),  # of 4: 2
    (3, 1, 2, {"small-group"}),  # of 4: 3 > 2
    (2, 2, 1, {"small-group"}),  # of 4: 3 > 2
    (3, 2, 1, set()),  # of 5
    (4, 1, 2, set()),  # of 5
    (1, 5, 1, {"emptied"}),  # of 6, nobody left
]


@pytest.mark.parametrize("listed", LISTED)
@pytest.mark.parametrize(("now", "before", "removed", "refused"), SLICES)
def test_removals_of_the_last_day_count_for_the_floors(
    now: int, before: int, removed: int, refused: set[str], listed: str
) -> None:
    assert rules(without_the_first(removed, now, listed=listed, **earlier(before))) == refused


@pytest.mark.parametrize(("size", "removed", "refused"), SIZES)
def test_additions_make_no_group_larger(size: int, removed: int, refused: set[str]) -> None:
    assert rules(without_the_first(removed, size, added=4)) == refused


def test_protected_people_stand_on_neither_side() -> None:
    safety = LOOSE.model_copy(update={"protect": (Alias("dora"),)})
    everybody = [b.seen(name) for name in ("anna", "ben", "carla", "dora")]
    plan = plan_of([b.member("anna"), b.member("ben")], everybody, people=[b.person("dora")], safety=safety)
    assert rules(plan) == set()  # of three: 1
    plan = plan_of([b.member("anna")], everybody, people=[b.person("dora")], safety=safety)
    assert rules(plan) == {"small-group"}  # of three: 2 > 1
    plan = plan_of([], everybody, people=[b.person("dora")], safety=safety)
    assert rules(plan) == {"small-group", "emptied"}


def test_a_member_whose_number_is_hidden_is_somebody_who_is_left() -> None:
    plan = plan_of([], [*map(b.seen, b.NAMES[:5]), b.seen("p9", by="hidden")])
    assert rules(plan) == set()


# --- kinds of removals -------------------------------------------------------------------------------------------


def ended(name: str) -> DesiredMember:
    return b.member(name, until=str(b.NOW.date() - timedelta(days=1)))


def denied(name: str) -> DesiredMember:
    return b.member(name)._replace(person=b.person(name, denied=b.NOW.date()))


def of_three(*kinds: str, foreseen: bool = False, said_empty: bool = False) -> set[str]:
    """Which floors refuse that anna, ben and carla go for these reasons; those without one stay."""
    names = b.NAMES[:3]
    entries = {"stays": b.member, "ended": ended}
    declared = [entries[kind](name) for name, kind in zip(names, kinds, strict=True) if kind in entries]
    directory = [
        b.person(name, denied=b.NOW.date() if kind == "denied" else None)
        for name, kind in zip(names, kinds, strict=True)
    ]
    memory: dict[str, Any] = {}
    if foreseen:
        group = replace(b.group(members=[], admins=None), members=DesiredMembers.of(declared))
        three_days_ago = b.NOW - timedelta(days=3)
        approval = renewed(None, group, b.KEY, three_days_ago, b.NOW if said_empty else None)
        memory["approvals"] = MappingProxyType({CHESS: approval})
    return rules(plan_of(declared, map(b.seen, names), people=directory, **memory))


def test_what_the_kinds_of_removals_count_for_in_a_group_of_three() -> None:
    assert of_three("denied", "denied", "stays") == set()
    assert of_three("denied", "denied", "denied") == set()
    assert of_three("denied", "undeclared", "stays") == set()
    assert of_three("denied", "denied", "undeclared") == {"emptied"}
    assert of_three("ended", "ended", "stays") == {"small-group"}
    assert of_three("ended", "undeclared", "stays") == {"small-group"}


def test_ends_that_were_foreseen_count_unless_the_approved_plan_said_that_nobody_would_be_left() -> None:
    assert of_three("ended", "ended", "stays", foreseen=True) == {"small-group"}
    assert of_three("ended", "ended", "ended", foreseen=True) == {"small-group", "emptied"}
    assert of_three("ended", "ended", "ended", foreseen=True, said_empty=True) == set()
    assert of_three("ended", "ended", "undeclared", foreseen=True, said_empty=True) == {"emptied"}


def test_a_former_number_counts_for_nothing_once_the_present_one_is_seen_apart() -> None:
    old = [b.phone(901), b.phone(902)]
    people = [b.person(name, former_phones=(phone,)) for name, phone in zip(("anna", "ben"), old, strict=True)]
    declared = [b.member(person.alias or "")._replace(person=person) for person in people]
    members = [*map(b.seen, ("anna", "ben")), *(ObservedMember(phone, None) for phone in old)]
    plan = plan_of(declared, members)
    assert len(list(plan.actions())) == 2
    assert rules(plan) == set()


# --- declared at the last apply ----------------------------------------------------------------------------------

# More than the larger of 1 and 20 % of those who were declared then; of fewer than five, more than `small-group` does.
#   2 → 1, 3 → 1, 4 → 2, 5 → 1, 6 → 1.2, 10 → 2, 11 → 2.2
DECLARED = [
    # declared at the last apply, of them removed now, refused
    (2, 1, False),
    (2, 2, True),
    (3, 1, False),
    (3, 2, True),
    (4, 2, False),
    (4, 3, True),
    (5, 1, False),
    (5, 2, True),
    (6, 1, False),
    (6, 2, True),
    (10, 2, False),
    (10, 3, True),
    (11, 2, False),
    (11, 3, True),
]


def applied(names: Iterable[str]) -> dict[str, Any]:
    last = Applied(at=b.NOW - timedelta(days=1), values={}, people=frozenset(names), admins=frozenset())
    return {"applied": MappingProxyType({CHESS: last})}


@pytest.mark.parametrize("listed", LISTED)
@pytest.mark.parametrize("known", [True, False], ids=["still in the people", "gone from the people too"])
@pytest.mark.parametrize(("declared", "removed", "refused"), DECLARED)
def test_how_many_of_those_who_were_declared_may_go_without_a_reason(
    declared: int, removed: int, refused: bool, known: bool, listed: str
) -> None:
    people = [b.person(name) for name in b.NAMES] if known else []
    plan = without_the_first(removed, 12, listed=listed, people=people, **applied(b.NAMES[:declared]))
    assert rules(plan) == ({"declared-shrank"} if refused else set())


def test_people_who_were_not_declared_at_the_last_apply_do_not_count_as_declared() -> None:
    people = [b.person(name) for name in b.NAMES]
    assert rules(without_the_first(6, 12, people=people, **applied(b.NAMES[6:]))) == set()


def test_who_was_declared_and_left_by_themselves_does_not_count_as_removed() -> None:
    gone = [f"p{number}" for number in range(10)]
    plan = without_the_first(1, 6, people=map(b.person, gone), **applied([*gone, *b.NAMES[:6]]))
    assert rules(plan) == set()


# --- one person under two numbers --------------------------------------------------------------------------------

OLD, NEW = Phone.of("+23324700001"), Phone.of("+2330124700001")
"""Fictional: a country whose numbers were given two digits more."""


def exchanged(declared: Phone, live: Phone, **memory: Any) -> Plan:
    """Somebody declared by one number, in a group that has another one."""
    newcomer = b.member("kira")._replace(person=b.person("kira", phone=declared))
    members = [*map(b.seen, b.NAMES[:9]), ObservedMember(live, None)]
    return plan_of([*map(b.member, b.NAMES[:9]), newcomer], members, **memory)


REMEMBERED: dict[str, dict[str, Any]] = {
    "planned": {},
    "refused until a date": {
        "refusals": MappingProxyType({(CHESS, NEW): PersonRefusal(code=404, at=b.NOW, until=b.NOW + timedelta(days=3))})
    },
    "tried three times": {"unseen_additions": MappingProxyType({(CHESS, NEW): UnseenAddition(times=3, last_at=b.NOW)})},
}


@pytest.mark.parametrize("addition", REMEMBERED)
def test_nobody_goes_who_may_be_somebody_declared_under_another_spelling(addition: str) -> None:
    plan = exchanged(NEW, OLD, **REMEMBERED[addition])
    (guard,) = plan.guards
    assert (guard.rule, guard.group) == ("exchange", "chess")
    assert [person.phone for person in guard.people] == [OLD, NEW]
    assert "{0} would be removed and {1} is declared but not seen" in guard.message
    assert plan.groups[0].steps == ()


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        (Phone.of("+2340124700001"), OLD),  # another country
        (Phone.of("+2330124700002"), OLD),  # another end
        (Phone.of("+34124700001"), Phone.of("+345124700002")),
    ],
)
def test_other_countries_and_other_ends_are_other_people(declared: Phone, live: Phone) -> None:
    assert rules(exchanged(declared, live)) == set()


def test_an_exchange_is_passed_for_its_group_by_name() -> None:
    passed = (Override(rule="exchange", group=CHESS, reason="two people"),)
    assert exchanged(NEW, OLD, overrides=passed).guards == ()
    other = (Override(rule="exchange", group=GroupKey("choir"), reason="two people"),)
    assert rules(exchanged(NEW, OLD, overrides=other)) == {"exchange"}


def test_most_of_a_group_may_be_the_same_people_though_none_of_them_can_be_added() -> None:
    names = [f"p{number}" for number in range(5)]
    tried = {(CHESS, b.phone(b.number_of(name))): UnseenAddition(times=3, last_at=b.NOW) for name in names}
    for memory in ({}, {"unseen_additions": MappingProxyType(tried)}):
        plan = without_the_first(5, 9, added=5, **memory)
        (guard,) = plan.guards
        assert guard.rule == "identity-swap"
        assert [person.alias for person in guard.people][3:] == names[:3]
    assert rules(without_the_first(4, 7, added=4)) == set()  # fewer than five
    assert rules(without_the_first(5, 10, added=5)) == set()  # no more than half
