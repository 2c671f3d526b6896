"""A law of points: whatever was read and differs is planned or a point, and no plan that leaves it so is called fine.

What differs is found here by the words of the language, not by the planner: everybody who should be in a group and is
not seen there, everybody whom a whole list does not name, and every role and value that is another.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders as b
from tests.laws.worlds import FOLK, Case, worlds
from wagroups.cli.ui.exits import exit_of_plan
from wagroups.domain.declared.desired import DesiredGroup, Manage, State
from wagroups.domain.declared.settings import Setting
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect, Capabilities, Claim
from wagroups.domain.live.invitation import LASTS, Invitation
from wagroups.domain.live.memory import Binding, PersonRefusal
from wagroups.domain.live.tombstone import Tombstones, Turnover
from wagroups.domain.plans.change import (
    AdminDemotion,
    AdminPromotion,
    DescriptionChange,
    MemberRemoval,
    PersonChange,
    SettingChange,
    SubjectChange,
)
from wagroups.domain.plans.plan import GroupPlan, Plan
from wagroups.domain.plans.points import PointClass
from wagroups.planning.planner import make_plan
from wagroups.planning.situation import Terms

WHOLE = frozenset({"not-admin", "not-in-group", "watched"})
"""Points that cover everything that is declared of a group."""

Seen = Mapping[str, str]
"""Name → how the group lists them."""


def planned(cases: tuple[Case, ...], seed: int) -> tuple[Plan, dict[str, Seen]]:
    """A plan for a world in which something stands in the way: what people did, what WhatsApp and gateways refuse."""
    dice = Random(seed)
    groups: list[DesiredGroup] = []
    lives = []
    shown: dict[str, Seen] = {}
    stones = Tombstones(b.KEY)
    bindings: dict[Any, Any] = {}
    refusals: dict[Any, Any] = {}
    invitations: dict[Any, Any] = {}
    for number, case in enumerate(cases, 1):
        jid = GroupJid.of(f"1203630000000000{number:02}@g.us")
        group = case.group(None if case.live is None else jid)
        groups.append(_watched(group, dice) if case.live is not None else group)
        if case.live is None:
            continue
        bindings[group.key] = Binding(group=group.key, jid=jid, bound_at=b.NOW, created=False)
        shown[case.key] = {name: dice.choice(("phone", "phone", "lid", "hidden")) for name in case.live}
        lives.append(_live(case, jid, shown[case.key], dice))
        for name in FOLK:
            key = (group.key, b.phone(b.number_of(name)))
            match dice.randrange(8):
                case 0:
                    gone = Turnover(left=frozenset((key[1], b.lid(b.number_of(name)))))
                    stones = stones.after({group.key: gone}, b.NOW - timedelta(days=3))
                case 1:
                    refusals[key] = PersonRefusal(
                        code=dice.choice((401, 404, 421)), at=b.NOW, until=b.NOW + timedelta(days=3)
                    )
                case 2:
                    times = dice.choice((1, 2))
                    invitations[key] = Invitation(code=403, times=times, last_at=b.NOW, expires_at=b.NOW + LASTS)
                case _:
                    pass
    memory = b.memory(
        bindings=MappingProxyType(bindings),
        refusals=MappingProxyType(refusals),
        invitations=MappingProxyType(invitations),
        tombstones=stones,
    )
    desired = b.desired(*groups, people=[b.person(name) for name in FOLK])
    situation = b.situation(b.observed(*lives), memory, _capabilities(dice))
    return make_plan(desired, {b.ACCOUNT: situation}, Terms(), b.NOW).plan, shown


def _watched(group: DesiredGroup, dice: Random) -> DesiredGroup:
    state = dice.choice((State.MANAGED, State.MANAGED, State.MANAGED, State.WATCHED))
    return group.__class__(**{**{name: getattr(group, name) for name in group.__dataclass_fields__}, "state": state})


def _live(case: Case, jid: GroupJid, shown: Seen, dice: Random) -> Any:
    assert case.live is not None
    return b.live(
        jid,
        members=[b.seen(name, role, by=shown[name]) for name, role in case.live.items()],
        myself=dice.choice((Role.OWNER, Role.ADMIN, Role.ADMIN, Role.MEMBER)),
        subject=case.live_subject,
        description=case.live_description,
        settings=case.live_settings,
    )


def _capabilities(dice: Random) -> Capabilities:
    usual = b.capabilities()
    rigid = [aspect for aspect in (Aspect.SUBJECT, Aspect.DESCRIPTION, *map(Aspect.of, Setting)) if dice.random() < 0.2]
    claims = {aspect: Claim(access=Access.READ, note="only shown", source="a law") for aspect in rigid}
    return usual.model_copy(update={"claims": {**usual.claims, **claims}})


def untold(case: Case, plan: GroupPlan, shown: Seen) -> Iterator[str]:
    """What differs and is neither planned nor a point of the group."""
    assert case.live is not None
    if any(notice.code in WHOLE for notice in plan.notices):
        return
    changes = [action.change for action in plan.actions]
    about = {str(c.person.alias) for c in changes if isinstance(c, PersonChange)}
    about |= {str(n.person.alias) for n in plan.notices if n.person is not None}
    visible = {name: role for name, role in case.live.items() if shown[name] != "hidden"}
    if case.manage_members is not Manage.IGNORE:
        yield from (f"{name} is missing" for name in sorted(case.declared - case.live.keys() - about))
        if case.members is not None and case.manage_members is Manage.EXACT:
            yield from (f"{name} is too many" for name in sorted(visible.keys() - case.declared - about))
            # Whose LID another group shows is known here, too.
            hidden = case.live.keys() - visible.keys() - case.declared - about
            if hidden and not {n.code for n in plan.notices} & {"not-declared", "unresolved"}:
                yield "hidden members are not mentioned"
    if case.admins is not None and case.manage_admins is not Manage.IGNORE:
        yield from (f"{n} is no admin" for n in case.admins if visible.get(n) is Role.MEMBER and n not in about)
        if case.manage_admins is Manage.EXACT:
            rulers = [name for name, role in visible.items() if role is Role.ADMIN and name not in case.admins]
            yield from (f"{name} is an admin" for name in rulers if name not in about)
    noted = {str(n.setting) for n in plan.notices if n.point_class is PointClass.OPEN}
    if case.renamed and "subject" not in noted and not any(isinstance(c, SubjectChange) for c in changes):
        yield "the subject"
    described = "description" in noted or any(isinstance(c, DescriptionChange) for c in changes)
    if case.description not in (None, case.live_description) and not described:
        yield "the description"
    for setting, value in case.settings.items():
        planned_too = any(isinstance(c, SettingChange) and c.setting is setting for c in changes)
        if case.live_settings.get(setting, value) != value and f"settings.{setting}" not in noted and not planned_too:
            yield str(setting)


@given(cases=worlds(), seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_what_was_read_and_differs_is_planned_or_a_point(cases: tuple[Case, ...], seed: int) -> None:
    plan, shown = planned(cases, seed)
    by_key = {str(group.key): group for group in plan.groups}
    for case in cases:
        group = by_key[case.key]
        if case.live is not None and group.hold is None:
            assert list(untold(case, group, shown[case.key])) == []


@given(cases=worlds(), seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_a_plan_that_leaves_something_not_so_ends_otherwise_than_one_that_does_not(
    cases: tuple[Case, ...], seed: int
) -> None:
    plan, _ = planned(cases, seed)
    fine = plan.empty and not plan.open and not plan.held and not plan.guards
    assert (exit_of_plan(plan, detailed=True) is Exit.OK) is fine
    for group in plan.groups:
        people = [n.person for n in group.notices if n.point_class is PointClass.OPEN and n.person is not None]
        gone = [action.change.person for action in group.actions if isinstance(action.change, MemberRemoval)]
        roles = [a.change.person for a in group.actions if isinstance(a.change, AdminPromotion | AdminDemotion)]
        # One thing is one of so, planned, waiting, open, unseen: nobody is said to need a person and is removed.
        assert not {p.name(b.KEY) for p in people} & {p.name(b.KEY) for p in (*gone, *roles)}
