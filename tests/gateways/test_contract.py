"""What every gateway and engine must do, whatever its dialect.  The registry says which there are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import builders as b
from tests.rig import DIALECTS, RELAXED, Rig, people, rig
from wagroups.domain.declared.desired import DesiredGroup, DesiredMembers, State
from wagroups.domain.declared.safety import Override, Safety
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import SessionLost
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Cause, Plan
from wagroups.simulation.world.faults import Call, Fault, FaultKind
from wagroups.workflows.reconcile.session import WaitPolicy


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora", "emil", "p50") as made:
        yield made


def test_a_world_in_sync_receives_no_write(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER}, settings={"send_messages": "admins"})
    chess = b.group("chess", id=jid, members=["anna", "ben"], admins=["anna"])
    run = account.apply(chess)
    assert run.converged
    assert list(account.front.writes) == []


def test_a_drifted_world_converges(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.ADMIN, "dora": Role.MEMBER})
    account.know("dora")
    chess = b.group(
        "chess",
        id=jid,
        subject="Chess club",
        members=["anna", "ben", "carla"],
        admins=["anna"],
    )
    run = account.apply(chess)
    assert [r for r in run.results if r.verdict not in (Verdict.DONE, Verdict.ALREADY)] == []
    assert run.converged
    assert account.members("Chess club") == {"anna": "admin", "ben": "member", "carla": "member"}
    writes = len(account.front.writes)
    assert account.plan(chess).empty
    assert len(account.front.writes) == writes


def test_a_new_group_is_created_once_and_filled(account: Rig) -> None:
    chess = b.group("chess", members=["anna", "ben"], admins=["anna"], settings={Setting.APPROVE_JOINS: "yes"})
    run = account.apply(chess)
    assert run.converged, run
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}
    assert account.group("Chess").settings[Setting.APPROVE_JOINS] == "yes"
    again = account.apply(chess)
    assert again.converged
    assert len(account.world.groups) == 1


# --- faults: whatever goes wrong, running again converges and nothing is done twice -------------------------------

WRITES = (Call.SUBJECT, Call.DESCRIPTION, Call.SETTING, Call.ADD, Call.REMOVE, Call.PROMOTE, Call.DEMOTE)
DISTURBANCES = (
    FaultKind.LOSE_ANSWER,
    FaultKind.DROP_BEFORE,
    FaultKind.CUT_OFF,
    FaultKind.TIME_OUT,
    FaultKind.RATE_LIMIT,
    FaultKind.HTTP_STATUS,
    FaultKind.LIE,
)


def drifted(account: Rig) -> DesiredGroup:
    """A live group that needs every kind of write the gateway knows, and its declaration."""
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.ADMIN, "dora": Role.MEMBER})
    account.know("dora")
    return b.group(
        "chess",
        id=jid,
        subject="Chess club",
        description="Room 12",
        settings={Setting.SEND_MESSAGES: "admins"},
        members=["anna", "ben", "carla"],
        admins=["anna"],
    )


def held_back(plan: Plan) -> bool:
    """Whether somebody is left alone for a while because taking their rights did not work."""
    return any(notice.code in ("not-declared", "protected") for group in plan.groups for notice in group.notices)


@pytest.mark.parametrize("kind", DISTURBANCES)
@pytest.mark.parametrize("call", WRITES)
def test_a_disturbed_write_converges_by_running_again(account: Rig, call: Call, kind: FaultKind) -> None:
    if kind is FaultKind.LIE and call is Call.DESCRIPTION and not account.can(Aspect.DESCRIPTION, Access.READ):
        pytest.skip("nothing can disprove a lie about a text that the gateway does not show")
    chess = drifted(account)
    account.script(Fault(kind=kind, on=call))
    run = account.apply(chess)
    for _ in range(8):
        if run.converged and account.plan(chess).empty and not held_back(account.plan(chess)):
            break
        account.clock.advance(timedelta(days=1, minutes=1))
        run = account.apply(chess)
    assert run.converged, [(r.id, r.verdict, r.error) for r in run.results] + [
        n for g in run.plan.groups for n in g.notices
    ]
    assert account.members("Chess club") == {"anna": "admin", "ben": "member", "carla": "member"}
    assert account.group("Chess club").description.text == "Room 12"
    assert account.plan(chess).empty


@pytest.mark.parametrize("call", [Call.SUBJECT, Call.ADD, Call.REMOVE, Call.PROMOTE, Call.DEMOTE])
def test_a_success_that_is_a_lie_is_not_believed(account: Rig, call: Call) -> None:
    chess = drifted(account)
    account.script(Fault(kind=FaultKind.LIE, on=call, times=None))
    run = account.apply(chess)
    assert not run.converged
    failed = [result for result in run.results if result.verdict is Verdict.FAILED]
    assert {result.error.code for result in failed if result.error} == {"not-seen"}
    assert run.remaining is not None
    assert not run.remaining.empty or held_back(run.remaining)


@pytest.mark.parametrize("kind", [FaultKind.LOSE_ANSWER, FaultKind.CUT_OFF, FaultKind.TIME_OUT, FaultKind.RATE_LIMIT])
def test_a_disturbed_creation_makes_no_second_group(account: Rig, kind: FaultKind) -> None:
    chess = b.group("chess", members=["anna"], admins=["anna"])
    account.script(Fault(kind=kind, on=Call.CREATE))
    run = account.apply(chess)
    for _ in range(4):
        account.clock.advance(timedelta(days=1, minutes=1))
        run = account.apply(chess)
    # One that never happened is made once a day of looking showed nothing new.
    assert len(account.world.groups) == 1
    assert run.converged
    assert account.members("Chess") == {"anna": "admin"}


def test_a_cut_listing_removes_and_creates_nobody(account: Rig) -> None:
    chess = drifted(account)
    chess = replace(chess, id=None)
    account.ledger.bind(b.ACCOUNT, chess.key, account.group("Chess").jid, account.clock.now(), created=True)
    account.script(Fault(kind=FaultKind.EMPTY_LIST, on=Call.LIST, times=None))
    plan = account.plan(chess)
    kinds = {action.change.kind for _, action in plan.actions()}
    assert "group.create" not in kinds


def test_a_list_of_members_that_is_cut_changes_nobody(account: Rig) -> None:
    names = [f"p{number}" for number in range(1, 31)]
    for name in names:
        account.world.people.enter(people(name)[name])
    jid = account.live_group("Chess", dict.fromkeys(names, Role.MEMBER))
    chess = b.group("chess", id=jid, members=names)
    assert account.apply(chess).converged
    account.script(
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.LIST, keep=10, times=None),
        Fault(kind=FaultKind.TRUNCATE_MEMBERS, on=Call.GET, keep=10, times=None),
    )
    writes = len(account.front.writes)
    run = account.apply(chess)
    assert run.plan.held
    assert not run.converged
    assert len([w for w in account.front.writes if w.call != "refresh"][writes:]) == 0


def test_a_lost_session_stops_the_account(account: Rig) -> None:
    chess = drifted(account)
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.SUBJECT))
    run = account.apply(chess)
    assert run.session_lost or not run.converged
    with pytest.raises(SessionLost):
        account.plan(chess)


def test_a_dissolved_group_is_emptied_and_left(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.ADMIN, "ben": Role.MEMBER})
    chess = b.group("chess", id=jid, state=State.DISSOLVED)
    terms = RELAXED.model_copy(
        update={
            "safety": Safety(allow_dissolve=True),
            "overrides": (Override(rule="dissolve", reason="end of season"),),
        }
    )
    run = account.apply(chess, terms=terms)
    assert run.converged, [(r.id, r.verdict, r.error) for r in run.results]
    assert not account.group("Chess").members


def test_a_watched_group_is_never_written(account: Rig) -> None:
    chess = replace(drifted(account), state=State.WATCHED)
    run = account.apply(chess)
    assert [w for w in account.front.writes if w.call != "refresh"] == []
    assert run.plan.groups[0].actions


# --- what a run leaves behind -----------------------------------------------------------------------------------


def test_a_run_that_only_removes_people_converges(account: Rig) -> None:
    jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora"), Role.MEMBER))
    account.know("dora")
    chess = b.group("chess", id=jid, members=["anna", "ben", "carla"])
    run = account.apply(chess)
    assert run.converged, run.remaining
    assert "dora" not in account.members("Chess")
    assert account.plan(chess).empty


@pytest.mark.parametrize("call", [Call.SUBJECT, Call.ADD, Call.REMOVE, Call.PROMOTE])
def test_an_answer_that_was_lost_is_looked_for_in_the_same_run(account: Rig, call: Call) -> None:
    chess = drifted(account)
    account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=call))
    run = account.apply(chess)
    kinds = {
        Call.SUBJECT: "subject.set",
        Call.ADD: "member.add",
        Call.REMOVE: "member.remove",
        Call.PROMOTE: "admin.promote",
    }
    ids = {a.id for _, a in run.plan.actions() if a.change.kind == kinds[call]}
    assert [result.verdict for result in run.results if result.id in ids] == [Verdict.DONE]


def test_leaving_that_was_a_lie_is_seen(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    account.know("anna")
    chess = b.group("chess", id=jid, state=State.DISSOLVED)
    terms = RELAXED.model_copy(
        update={"safety": Safety(allow_dissolve=True), "overrides": (Override(rule="dissolve", reason="the end"),)}
    )
    account.script(Fault(kind=FaultKind.LIE, on=Call.LEAVE))
    run = account.apply(chess, terms=terms)
    assert not run.converged
    assert Verdict.FAILED in {result.verdict for result in run.results}
    again = account.apply(chess, terms=terms)
    assert again.converged
    assert account.world.me not in account.group("Chess").members


def test_an_old_number_stays_until_the_new_one_is_seen(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "p50": Role.MEMBER})
    account.know("anna", "p50")
    moved = account.world.people.called("ben")
    assert moved is not None
    moved.no_account = True
    declared = b.group("chess", id=jid, members=["anna", "ben"])
    entries = [
        entry._replace(person=replace(entry.person, former_phones=(b.phone(b.number_of("p50")),)))
        if entry.person.alias == "ben"
        else entry
        for entry in declared.members
    ]
    chess = replace(declared, members=DesiredMembers.of(entries))
    account.apply(chess)
    assert "p50" in account.members("Chess")
    moved.no_account = False
    account.clock.advance(timedelta(days=8))
    assert account.apply(chess).converged
    assert set(account.members("Chess")) == {"anna", "ben"}


def test_books_are_kept_even_when_nothing_differs(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    chess = b.group("chess", id=jid, members=["anna"])
    assert account.apply(chess).converged
    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).bindings[chess.key].jid == jid
    renamed = b.group("chess-26", subject="Chess", members=["anna"], previous_keys=(chess.key,))
    assert account.apply(renamed).converged
    bindings = account.ledger.recall(b.ACCOUNT, account.clock.now()).bindings
    assert {key: binding.jid for key, binding in bindings.items()} == {renamed.key: jid}


def test_a_group_that_nobody_shows_is_never_converged(account: Rig) -> None:
    phantom = GroupJid.of("120363000000000777@g.us")
    run = account.apply(b.group("chess", id=phantom, members=["anna"]))
    assert not run.converged
    assert not account.ledger.recall(b.ACCOUNT, account.clock.now()).bindings


def test_a_paused_run_is_not_taken_for_history(account: Rig) -> None:
    chess = drifted(account)
    account.apply(chess, patience=WaitPolicy(max_ops=1))
    causes = {action.cause for _, action in account.plan(chess).actions()}
    assert causes == {Cause.UNKNOWN}
