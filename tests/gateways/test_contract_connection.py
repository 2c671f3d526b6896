"""A connection that fails in the middle of a run, on every gateway and engine."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.cli.ui.exits import exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.outcome import Run, Verdict
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.simulation.world.world import ConnectionState


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def verdicts_of_additions(run: Run) -> dict[str, Verdict]:
    additions = {a.id: a.change.person for _, a in run.plan.actions() if isinstance(a.change, MemberAddition)}
    return {str(additions[r.id].alias): r.verdict for r in run.results if r.id in additions}


def test_what_could_not_be_looked_at_is_not_called_missing(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN})
    chess = b.group("chess", id=jid, members=["anna", "ben", "carla", "dora"], admins=["anna"])
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.ADD, after=2))
    run = account.apply(chess)
    assert sorted(verdicts_of_additions(run).values()) == [Verdict.NOT_ATTEMPTED, Verdict.NOT_KNOWN, Verdict.NOT_KNOWN]
    unknown = [result.error for result in run.results if result.verdict is Verdict.NOT_KNOWN]
    assert all(error is not None and error.message.startswith("the session is ") for error in unknown)
    assert exit_of_run(run) is Exit.GATEWAY
    assert not account.ledger.recall(b.ACCOUNT, account.clock.now()).unseen_additions, "it counts for no limit"
    account.clear_faults()
    with account.world.lock:
        account.world.connect(account.world.me, ConnectionState.WORKING)
    account.ledger.reset_breaker(b.ACCOUNT, None)
    assert len([action for _, action in account.plan(chess).actions()]) == 1


def test_a_session_that_is_lost_while_the_run_looks_again_is_what_the_run_says() -> None:
    with rig("waha", "noweb", "anna", "ben") as account:
        jid = account.live_group("Chess", {"anna": Role.ADMIN})
        account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.GET, times=None))
        run = account.apply(b.group("chess", id=jid, members=["anna", "ben"], admins=["anna"]))
        assert set(verdicts_of_additions(run).values()) == {Verdict.NOT_KNOWN}
        assert run.session_lost is not None
        assert run.remaining is None
        assert exit_of_run(run) is Exit.GATEWAY


@pytest.mark.parametrize("call", [Call.SUBJECT, Call.ADD])
def test_what_had_no_answer_before_the_session_was_lost_is_not_called_untried(account: Rig, call: Call) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN})
    adds = call is Call.ADD
    chess = b.group("chess", id=jid, subject="Chess" if adds else "Chess club", members=["anna", *(["ben"] * adds)])
    account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=call))

    def is_done() -> bool:
        (group,) = account.world.groups.values()
        return len(group.members) == 3 if adds else group.subject == "Chess club"

    def log_out() -> None:
        if is_done():
            account.world.connect(account.world.me, ConnectionState.UNPAIRED)

    account.world.listeners.append(log_out)
    run = account.apply(chess)
    assert is_done()
    assert run.session_lost is not None
    assert [result.error and result.error.code for result in run.results] == ["uncertain"]
    assert exit_of_run(run) is Exit.GATEWAY


def groups(account: Rig) -> list[DesiredGroup]:
    """Seven groups that each need a new subject and one more person."""
    made = [account.live_group(f"Group {number}", {"anna": Role.ADMIN}) for number in range(7)]
    return [
        b.group(f"g{number}", id=jid, subject=f"Class {number}", members=["anna", "ben"], admins=["anna"])
        for number, jid in enumerate(made)
    ]


@pytest.mark.parametrize("call", [Call.SUBJECT, Call.ADD])
def test_a_socket_that_closes_for_two_seconds_costs_no_group_its_run(account: Rig, call: Call) -> None:
    declared = groups(account)
    account.script(Fault(kind=FaultKind.SOCKET_CLOSED, on=call, seconds=2))
    run = account.apply(*declared)
    assert run.converged, [(r.verdict, r.error) for r in run.results]
    writes = [entry.call for entry in account.front.writes if entry.call != Call.REFRESH]
    assert len(writes) <= 2 * len(declared) + 1, "only what met the closed socket is asked for again"


def test_a_gateway_that_answers_nothing_is_waited_for_only_so_long(account: Rig) -> None:
    declared = groups(account)
    account.script(Fault(kind=FaultKind.SOCKET_CLOSED, on=Call.SUBJECT, seconds=24 * 3600))
    began = account.clock.now()
    run = account.apply(*declared)
    assert not run.converged
    assert account.clock.now() - began < timedelta(minutes=30)
    assert Verdict.DONE not in {result.verdict for result in run.results}
