"""Who left stays out, on every dialect, until a person says otherwise or they are back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.cli.ui.exits import exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Identity, Role
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import REJOIN_REST
from wagroups.simulation.world.scripted_actions import ScriptedAction, act

HERE = {"anna": Role.MEMBER, "ben": Role.MEMBER, "carla": Role.MEMBER}
PEOPLE = tuple(HERE)


ONE_OF_EACH = (("waha", "gows"), ("waxum", "waxum"))
"""For rules that no dialect has a part in."""


@pytest.fixture(params=DIALECTS, ids=lambda pair: "-".join(dict.fromkeys(pair)))
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, *PEOPLE) as made:
        made.know(*PEOPLE)
        yield made


on_one_of_each = pytest.mark.parametrize("account", ONE_OF_EACH, indirect=True, ids=["waha", "waxum"])


def on_the_phone(account: Rig, **action: object) -> None:
    with account.world.lock:
        act(account.world, ScriptedAction.model_validate({"group": "Chess", **action}))


def asked_to_add(account: Rig) -> int:
    return sum(entry.call == Call.ADD for entry in account.front.log)


def codes(plan: Plan) -> dict[str, str]:
    return {str(n.person.alias): n.code for group in plan.groups for n in group.notices if n.person is not None}


def verdicts(run: Run) -> set[Verdict]:
    return {result.verdict for result in run.results}


def chess(account: Rig, **fields: object) -> DesiredGroup:
    """A group that everybody is in, and that was applied."""
    jid = account.live_group("Chess", HERE)
    group = b.group("chess", id=jid, members=PEOPLE, **fields)  # type: ignore[arg-type]
    assert account.apply(group).converged
    return group


def test_who_left_stays_out_until_they_are_readmitted(account: Rig) -> None:
    group = chess(account)
    on_the_phone(account, do="leave", who="ben")
    for _ in range(2):
        run = account.apply(group)
        assert codes(run.plan) == {"ben": "left"}
        assert run.remaining is not None
        # They are declared and not there: only a person can say what is to become of that.
        assert ([point.code for point in run.remaining.open], run.converged) == (["left"], False)
        assert exit_of_run(run) is Exit.OK
    assert asked_to_add(account) == 0
    account.clock.advance(REJOIN_REST + timedelta(hours=1))
    assert account.ledger.readmit(b.ACCOUNT, group.key, Identity(phone=b.phone(b.number_of("ben"))))
    run = account.apply(group)
    assert (verdicts(run), run.converged) == ({Verdict.DONE}, True)
    assert account.members("Chess").keys() == HERE.keys()


@on_one_of_each
def test_who_comes_back_by_themselves_may_be_put_back_after_a_removal(account: Rig) -> None:
    group = chess(account)
    on_the_phone(account, do="leave", who="ben")
    assert codes(account.plan(group)) == {"ben": "left"}
    on_the_phone(account, do="join", who="ben")
    assert codes(account.plan(group)) == {}
    without = b.group("chess", id=group.id, members=["anna", "carla"])
    assert account.apply(without).converged
    assert account.apply(group).converged
    assert account.members("Chess").keys() == HERE.keys()


@on_one_of_each
def test_whom_we_removed_is_added_again_when_declared_again(account: Rig) -> None:
    group = chess(account)
    assert account.apply(b.group("chess", id=group.id, members=["anna", "carla"])).converged
    assert "ben" not in account.members("Chess")
    run = account.apply(group)
    assert (verdicts(run), run.converged) == ({Verdict.DONE}, True)


@on_one_of_each
def test_a_group_may_ask_for_those_who_left_to_be_added_again(account: Rig) -> None:
    group = chess(account, respect_left=False)
    on_the_phone(account, do="leave", who="ben")
    account.clock.advance(REJOIN_REST + timedelta(hours=1))
    assert account.apply(group).converged
    assert "ben" in account.members("Chess")


def test_whatsapps_word_that_somebody_left_is_remembered_longer_than_a_refusal(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    on_the_phone(account, do="leave", who="ben")
    group = b.group("chess", id=jid, members=["anna", "ben"])
    run = account.apply(group)
    if not account.tells_about_people:
        assert verdicts(run) == {Verdict.FAILED}
        return
    assert [result.error.code for result in run.results if result.error] == ["408"]
    account.clock.advance(timedelta(days=30))
    assert codes(account.plan(group)) == {"ben": "left"}


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
def test_nobody_leaves_a_group_that_moves_from_numbers_to_lids(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *PEOPLE, "dora") as account:
        jid = account.live_group("Chess", {**HERE, "dora": Role.MEMBER}, lid_addressed=False)
        group = b.group("chess", id=jid, members=PEOPLE, manage_members=b.Manage.ADD_ONLY)
        assert account.apply(group).converged
        with account.world.lock:
            account.world.group("Chess").lid_addressed = True
            for name in ("anna", "ben"):
                person = account.world.people.called(name)
                assert person is not None
                person.hidden_number = True
        for _ in range(2):
            run = account.apply(group)
            assert run.plan.empty
            assert "left" not in codes(run.plan).values()
        assert account.members("Chess").keys() == {*PEOPLE, "dora"}
        assert not account.ledger.recall(b.ACCOUNT, account.clock.now()).tombstones
