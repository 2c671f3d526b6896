"""What is on record is what a look showed, by whom and for which commit; and no cause changes by looking."""

from datetime import timedelta
from typing import Any

import pytest

from tests import builders as b
from tests.rig import DIALECTS, Rig, rig
from wagroups.domain.declared.desired import Manage
from wagroups.domain.identity import Alias, Identity, Role
from wagroups.domain.live.memory import Intent
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.history import HistoryQuery, PastAction
from wagroups.domain.plans.operation import AddMembers
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.plan import Cause, Plan
from wagroups.simulation.world.faults import Call, Fault, FaultKind

PEOPLE = ("anna", "ben", "carla", "dora", "emil", "finn", "gina", "hugo")
EACH = pytest.mark.parametrize(("gateway", "dialect"), DIALECTS, ids=[name for _, name in DIALECTS])


def past(account: Rig, **query: Any) -> list[PastAction]:
    return list(account.ledger.history(b.ACCOUNT, HistoryQuery()._replace(**query)))


def said(actions: list[PastAction]) -> list[tuple[str, str | None, Verdict | None]]:
    return [(a.change.kind, a.person.alias if a.person else None, a.verdict) for a in actions]


def causes(plan: Plan) -> list[tuple[str, Cause]]:
    return sorted((action.change.kind, action.cause) for _, action in plan.actions())


@EACH
def test_who_was_added_promoted_and_removed_is_on_record_with_what_a_look_said(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *PEOPLE) as account:
        account.know(*PEOPLE)
        jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora", "emil", "finn"), Role.MEMBER))
        group = b.group("chess", id=jid, admins=["anna"], members=["ben", "carla", "dora", "emil", "gina"])
        account.apply(group, actor="amara")
        assert said(past(account)) == [
            ("member.remove", None, Verdict.DONE),
            ("admin.promote", "anna", Verdict.DONE),
            ("member.add", "gina", Verdict.DONE),
        ]
        assert {action.actor for action in past(account)} == {"amara"}
        assert said(past(account, people=(Identity(alias=Alias("gina")),))) == [("member.add", "gina", Verdict.DONE)]


@EACH
def test_an_answer_that_no_read_confirms_is_not_on_record_as_done(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *PEOPLE) as account:
        account.know(*PEOPLE)
        jid = account.live_group("Chess", dict.fromkeys(("anna", "ben"), Role.MEMBER))
        account.script(Fault(kind=FaultKind.LIE, on=Call.ADD, times=None))
        account.apply(b.group("chess", id=jid, members=["anna", "ben", "carla"]))
        [(kind, who, verdict)] = said(past(account))
        assert (kind, who, verdict) == ("member.add", "carla", Verdict.FAILED)
        [action] = past(account)
        assert action.error is not None
        assert "does not show the change" in action.error


def test_a_run_that_was_killed_is_on_record_without_a_verdict() -> None:
    with rig("waha", "noweb", *PEOPLE) as account:
        jid = account.live_group("Chess", {"anna": Role.MEMBER})
        group = b.group("chess", id=jid, members=["anna", "ben"])
        [step] = account.plan(group).groups[0].steps
        assert isinstance(step.operation, AddMembers)
        account.ledger.intend(
            Intent(
                account=b.ACCOUNT,
                group=group.key,
                jid=jid,
                run="run-1",
                step=step.id,
                operation=step.operation,
                intended_at=account.clock.now(),
            )
        )
        [action] = past(account)
        assert isinstance(action.change, MemberAddition)
        assert (action.verdict, action.error) == (None, "the run ended before an answer came")


@EACH
def test_looking_again_changes_no_cause(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *PEOPLE) as account:
        account.know(*PEOPLE)
        jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora", "emil"), Role.MEMBER))
        group = b.group("chess", id=jid, members=["anna", "ben", "carla", "dora", "emil"], respect_left=False)
        assert account.apply(group).converged
        with account.world.lock:
            live = account.world.group("Chess")
            stranger, gone = account.world.people.called("hugo"), account.world.people.called("emil")
            assert stranger is not None
            assert gone is not None
            live.members[stranger] = Role.MEMBER
            del live.members[gone]
            live.subject = "Chess!"
        expected = [
            ("member.add", Cause.PHONE),
            ("member.remove", Cause.PHONE),
            ("subject.set", Cause.PHONE),
        ]
        assert causes(account.plan(group)) == expected
        account.clock.advance(timedelta(days=1))
        assert causes(account.plan(group)) == expected


@EACH
def test_what_was_there_when_the_group_was_applied_is_left_over_and_no_news(gateway: str, dialect: str) -> None:
    with rig(gateway, dialect, *PEOPLE) as account:
        account.know(*PEOPLE)
        jid = account.live_group("Chess", dict.fromkeys(("anna", "ben", "carla", "dora", "emil", "hugo"), Role.MEMBER))
        lenient = b.group(
            "chess", id=jid, members=["anna", "ben", "carla", "dora", "emil"], manage_members=Manage.ADD_ONLY
        )
        account.apply(lenient)
        strict = b.group("chess", id=jid, members=["anna", "ben", "carla", "dora", "emil"])
        assert causes(account.plan(strict)) == [("member.remove", Cause.EARLIER_RUN)]
