"""Somebody declared who may be a member whose number WhatsApp hides, on every dialect.

They are never doubled and never removed, they are asked about by adding them at most once, and within two runs they
count as present or are an open point.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers, Manage
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.plan import Plan
from wagroups.domain.plans.points import PointClass
from wagroups.domain.ports import Lookup
from wagroups.simulation.world.faults import Call

OTHERS = ("anna", "emil", "p20", "p21")
PEOPLE = (*OTHERS, "ben", "carla", "dora")
EVERYBODY = dict.fromkeys((*OTHERS, "ben"), Role.MEMBER)


@pytest.fixture(params=DIALECTS, ids=lambda pair: "-".join(dict.fromkeys(pair)))
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, *PEOPLE) as made:
        made.know(*OTHERS)
        hide(made, "ben", "carla")
        yield made


def hide(account: Rig, *names: str) -> None:
    """Let no list show these people's numbers, and no look-up tell their LIDs."""
    for name in names:
        with account.world.lock:
            person = account.world.people.called(name)
            assert person is not None
            person.hidden_number = True
        unknown(account, name)


def unknown(account: Rig, *names: str) -> None:
    lookups = [Lookup(b.phone(n), True, b.phone(n), None) for n in map(b.number_of, names)]
    account.ledger.note_lookups(b.ACCOUNT, lookups, account.clock.now())


def chess(jid: GroupJid, *names: str, **fields: object) -> DesiredGroup:
    return b.group("chess", id=jid, members=(*OTHERS, *names), **fields)  # type: ignore[arg-type]


def asked_to_add(account: Rig) -> int:
    return sum(entry.call == Call.ADD for entry in account.front.log)


def codes(plan: Plan) -> dict[str, str]:
    return {str(n.person.alias): n.code for group in plan.groups for n in group.notices if n.person is not None}


def is_open(plan: Plan, name: str) -> bool:
    points = (n for group in plan.groups for n in group.points(PointClass.OPEN))
    return any(n.person is not None and n.person.alias == name for n in points)


def test_whoever_is_in_the_group_already_counts_as_present_or_is_open(account: Rig) -> None:
    group = chess(account.live_group("Chess", EVERYBODY), "ben")
    first = account.plan(group)
    assert [action.change.kind for _, action in first.actions()] == ["member.add"]
    run = account.apply(group)
    assert account.members("Chess").keys() == EVERYBODY.keys()
    assert run.remaining is not None
    if account.tells_about_people:
        assert run.converged
        assert codes(run.remaining)["ben"] == "present-hidden"
    else:
        assert is_open(run.remaining, "ben")
    for days in (1, 20, 20, 20):
        account.clock.advance(timedelta(days=days))
        unknown(account, "ben")
        again = account.apply(group)
        assert not list(again.plan.actions())
    assert is_open(account.plan(group), "ben")
    assert asked_to_add(account) == 1
    assert account.members("Chess").keys() == EVERYBODY.keys()


def test_whoever_was_not_in_the_group_is_afterwards(account: Rig) -> None:
    group = chess(account.live_group("Chess", EVERYBODY), "dora")
    unknown(account, "dora")
    run = account.apply(group)
    assert "dora" in account.members("Chess")
    assert run.remaining is not None
    assert not list(run.remaining.actions())
    assert not is_open(run.remaining, "dora")


def test_whoever_comes_and_is_hidden_too_is_the_one_who_is_newly_shown(account: Rig) -> None:
    group = chess(account.live_group("Chess", EVERYBODY), "carla", manage_members=Manage.ADD_ONLY)
    run = account.apply(group)
    assert run.converged
    assert run.remaining is not None
    assert codes(run.remaining)["carla"] == "present-hidden"
    assert account.apply(group).plan.empty
    assert asked_to_add(account) == 1


def test_nobody_hidden_is_removed_or_made_an_admin(account: Rig) -> None:
    group = chess(account.live_group("Chess", {**EVERYBODY, "anna": Role.ADMIN}), admins=("anna", "ben"))
    for _ in range(2):
        run = account.apply(group)
    assert account.members("Chess")["ben"] == "member"
    assert account.members("Chess")["anna"] == "admin"
    assert run.remaining is not None
    assert is_open(run.remaining, "ben")
    assert not list(run.remaining.actions())


def test_a_former_number_stays_while_the_new_one_is_in_the_group_unseen(account: Rig) -> None:
    jid = account.live_group("Chess", {**EVERYBODY, "dora": Role.MEMBER})
    account.know("dora")
    group = chess(jid, "ben")
    members = [
        member._replace(person=replace(member.person, former_phones=(b.phone(b.number_of("dora")),)))
        if member.person.alias == "ben"
        else member
        for member in group.members
    ]
    renumbered = replace(group, members=DesiredMembers.of(members))
    for _ in range(3):
        account.apply(renumbered)
        account.clock.advance(timedelta(days=1))
        assert {"ben", "dora"} <= account.members("Chess").keys()


def test_somebody_denied_who_may_be_hidden_is_named_until_a_look_up_tells_who_they_are(account: Rig) -> None:
    jid = account.live_group("Chess", EVERYBODY)
    account.apply(chess(jid, "ben"))
    unknown(account, "ben")
    gone, ben = chess(jid), b.person("ben", denied=b.NOW.date())
    run = account.apply(gone, people=(ben,))
    assert "ben" in account.members("Chess")
    assert run.remaining is not None
    assert codes(run.remaining)["ben"] == "denied-hidden"
    assert not run.converged
    account.clock.advance(timedelta(days=40))  # until nothing is remembered of the look-up
    run = account.apply(gone, people=(ben,))
    # NOWEB knows the LIDs of people it has met, and no others.
    told = account.can(Aspect.LID_LOOKUP, Access.READ) and account.dialect != "noweb"
    assert ("ben" in account.members("Chess")) is not told
    assert codes(run.plan).get("ben") == (None if told else "denied-hidden")
