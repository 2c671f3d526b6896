"""A ledger that is new, or was lost, adds nobody to a group until somebody says that nobody left it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, RELAXED, Rig, rig
from wagroups.domain.declared.safety import Override
from wagroups.domain.identity import GroupJid, GroupKey, Role
from wagroups.domain.plans.approval import Reviewed
from wagroups.domain.plans.budget import CallClass
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.planning.safety.approval import as_reviewed
from wagroups.simulation.world.scripted_actions import ScriptedAction, act
from wagroups.state.volatile import volatile_ledger

CROWD = ("anna", "ben", "carla", "dora")
SAID = Override(rule="new-ledger", group=GroupKey("chess"), reason="asked the trainer")
SAYING = RELAXED.model_copy(update={"overrides": (SAID,)})


@pytest.fixture
def account() -> Iterator[Rig]:
    with rig("waha", "noweb", *CROWD, "finn") as made:
        made.know(*CROWD, "finn")
        yield made


def lost(account: Rig) -> None:
    """The ledger's file is gone."""
    account.ledger.close()
    account.ledger = volatile_ledger()
    account.know(*CROWD, "finn")


def leave(account: Rig, name: str) -> None:
    with account.world.lock:
        act(account.world, ScriptedAction(do="leave", who=name, group="Chess"))


def live(account: Rig) -> GroupJid:
    return account.live_group("Chess", dict.fromkeys(CROWD, Role.MEMBER))


def rules(plan: Plan) -> list[str]:
    return [guard.rule for guard in plan.guards]


def notes(plan: Plan) -> list[str]:
    return [notice.code for notice in plan.notices]


def outcomes(run: Run) -> set[Verdict]:
    return {result.verdict for result in run.results}


@pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])
def test_who_left_before_the_ledger_was_lost_is_not_added_again(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *CROWD) as account:
        account.know(*CROWD)
        group = b.group("chess", id=live(account), members=CROWD)
        assert account.apply(group).converged
        leave(account, "dora")
        account.ledger.close()
        account.ledger = volatile_ledger()
        account.know(*CROWD)
        for _ in range(3):
            assert rules(account.plan(group)) == ["new-ledger"]
            run = account.apply(group)
            assert rules(run.plan) == ["new-ledger"]
            assert outcomes(run) == {Verdict.WITHHELD}
            account.clock.advance(timedelta(days=1))
        assert "dora" not in account.members("Chess")


def test_an_override_is_remembered_and_asked_for_once(account: Rig) -> None:
    jid = live(account)
    lost(account)
    assert account.apply(b.group("chess", id=jid, members=(*CROWD, "finn")), terms=SAYING).converged
    assert "finn" in account.members("Chess")
    leave(account, "finn")
    account.clock.advance(timedelta(days=1))
    assert not rules(account.plan(b.group("chess", id=jid, members=(*CROWD, "finn"))))
    account.apply(b.group("chess", id=jid, members=(*CROWD, "finn")))
    assert "finn" not in account.members("Chess"), "who left since is remembered"


def test_a_yes_on_a_terminal_is_remembered(account: Rig) -> None:
    jid = live(account)
    lost(account)
    group = b.group("chess", id=jid, members=(*CROWD, "finn"))
    asked: list[list[str]] = []

    def remember(plan: Plan) -> tuple[Override, ...]:
        asked.append(rules(plan))
        return (SAID,)

    assert account.apply(group, remember=remember).converged
    assert asked == [["new-ledger"]]
    assert jid in account.ledger.recall(b.ACCOUNT, account.clock.now()).since


def test_a_no_on_a_terminal_adds_nobody(account: Rig) -> None:
    jid = live(account)
    lost(account)
    account.apply(b.group("chess", id=jid, members=(*CROWD, "finn")), remember=lambda plan: ())
    assert "finn" not in account.members("Chess")
    assert not account.ledger.recall(b.ACCOUNT, account.clock.now()).since


def test_an_approved_plan_that_said_so_is_enough(account: Rig) -> None:
    jid = live(account)
    lost(account)
    group = b.group("chess", id=jid, members=(*CROWD, "finn"))
    plan = account.plan(group)
    assert rules(plan) == ["new-ledger"]
    reviewed = Reviewed(
        digest=plan.digest,
        created_at=account.clock.now(),
        actions=frozenset(action.id for _, action in plan.actions()),
        fingerprints={str(each.key): each.desired_fingerprint for each in plan.groups},
        unremembered=frozenset({GroupKey("chess")}),
    )
    assert account.apply(group, terms=as_reviewed(RELAXED, reviewed), reviewed=reviewed).converged
    silent = reviewed.model_copy(update={"unremembered": frozenset()})
    assert not as_reviewed(RELAXED, silent).overrides


def test_a_group_that_a_run_created_is_remembered(account: Rig) -> None:
    assert account.apply(b.group("chess", members=CROWD[:2])).converged
    assert not rules(account.plan(b.group("chess", members=CROWD)))
    jid = account.group("Chess").jid
    assert not rules(account.plan(b.group("chess", id=jid, members=CROWD)))


def test_what_is_released_is_forgotten(account: Rig) -> None:
    jid = live(account)
    account.apply(b.group("chess", id=jid, members=CROWD))
    account.ledger.release(b.ACCOUNT, GroupKey("chess"))
    assert rules(account.plan(b.group("chess", id=jid, members=(*CROWD, "finn")))) == ["new-ledger"]


def test_a_new_ledger_is_said_first_and_half_of_the_day_counts_as_spent(account: Rig) -> None:
    account.profile = "careful"
    jid = live(account)
    lost(account)
    group = b.group("chess", id=jid, members=CROWD, subject="Chess club")
    plan = account.plan(group)
    assert notes(plan)[0] == "ledger-new"
    assert plan.cost[b.ACCOUNT][CallClass.EDIT].left_today == 50
    account.apply(group)
    spent = account.ledger.standing(b.ACCOUNT, account.clock.now()).spent
    assert len(spent[CallClass.EDIT]) == 51
    assert len(spent[CallClass.ADD]) == 20
    account.apply(group)
    assert len(account.ledger.standing(b.ACCOUNT, account.clock.now()).spent[CallClass.EDIT]) == 51
    assert "ledger-new" not in notes(account.plan(group))


def test_a_first_project_starts_with_the_budget_that_it_chose(account: Rig) -> None:
    account.profile = "careful"
    imported = b.group("chess", id=live(account), members=(*CROWD, "finn"))
    plan = account.plan(imported)
    assert not notes(plan)
    assert plan.cost[b.ACCOUNT][CallClass.ADD_UNSEEN].left_today == 5
    assert account.apply(imported).converged
    choir = b.group("choir", members=CROWD[:1], subject="Choir")
    account.apply(imported, choir)
    assert len(account.ledger.standing(b.ACCOUNT, account.clock.now()).spent[CallClass.CREATE]) == 1


def test_half_of_the_day_is_counted_once_also_where_runs_are_refused(account: Rig) -> None:
    account.profile = "careful"
    jid = account.live_group("Chess", dict.fromkeys((*CROWD, "finn"), Role.MEMBER))
    lost(account)
    group = b.group("chess", id=jid, members=CROWD)
    denied = [b.person("finn", denied=b.NOW.date())]
    looser = account.session(b.desired(group)).config.permissions(b.ACCOUNT)
    account.ledger.note_permissions(b.ACCOUNT, looser.model_copy(update={"key_env": "ANOTHER"}))
    for _ in range(2):
        with account.world.lock:  # somebody lets the one who is denied in again
            finn = account.world.people.called("finn")
            assert finn is not None
            account.world.group("Chess").members[finn] = Role.MEMBER
        assert rules(account.apply(group, people=denied).plan) == ["looser-settings"]
        assert "finn" not in account.members("Chess")
    spent = account.ledger.standing(b.ACCOUNT, account.clock.now()).spent
    assert len(spent[CallClass.ADD]) == 20
    assert len(spent[CallClass.REMOVE]) == 42
