"""A gateway that turns out to lack what is claimed for it is asked once, and its answer is said from then on."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests import builders as b
from tests.gateways.exchanges import connection
from tests.rig import Rig, rig
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError, Unsupported
from wagroups.domain.exit import Exit
from wagroups.domain.identity import Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.plans.points import PointClass
from wagroups.gateways.shared.http import Http
from wagroups.gateways.shared.response import Response
from wagroups.gateways.waha import versions
from wagroups.gateways.waha.failures import failure
from wagroups.simulation.server.http import Match, Request
from wagroups.simulation.world.faults import Call
from wagroups.state.repositories.answers import LACKS_KEPT
from wagroups.workflows.operate.doctor import examine

MISSING = "/settings/security/membership-approval"


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A WAHA before `membership-approval`, whose version cannot be read."""
    monkeypatch.setattr(versions, "parse", lambda _: None)
    with rig("waha", "noweb", "anna", version="2026.7.1") as account:
        yield account


def declared(account: Rig) -> list[DesiredGroup]:
    keys = ("chess", "go")
    jids = [account.live_group(key, {"anna": Role.MEMBER}) for key in keys]
    settings = {Setting.APPROVE_JOINS: "yes", Setting.SEND_MESSAGES: "admins"}
    return [b.group(k, id=jid, members=["anna"], settings=settings) for k, jid in zip(keys, jids, strict=True)]


def asked(account: Rig) -> int:
    times = sum(entry.path.endswith(MISSING) for entry in account.front.log)
    account.front.log.clear()
    return times


def test_a_missing_route_is_asked_for_once_and_plans_are_quiet_afterwards(older: Rig) -> None:
    groups = declared(older)
    run = older.apply(*groups)
    failed = [result.error.message for result in run.results if result.verdict is Verdict.FAILED and result.error]
    assert len(failed) == len(groups)
    assert all("this version of WAHA has no such route" in message for message in failed)
    assert exit_of_run(run) is Exit.PARTIAL
    assert asked(older) == 1

    again = older.apply(*groups)
    assert again.remaining is not None
    assert again.remaining.empty
    assert not again.converged, "what cannot be set is not so"
    assert asked(older) == 0
    plan = older.plan(*groups)
    assert plan.empty
    assert exit_of_plan(plan, detailed=True) is Exit.OPEN
    said = [notice for group in plan.groups for notice in group.notices if notice.code == "cannot-be-set"]
    assert len(said) == len(groups)
    assert all("answered on" in notice.text and "update it" in notice.text for notice in said)


def test_doctor_shows_what_the_server_turned_out_to_lack(older: Rig) -> None:
    groups, aspect = declared(older), Aspect.of(Setting.APPROVE_JOINS)
    session = older.session(b.desired(*groups))
    (before,) = asyncio.run(examine(session, [b.ACCOUNT]))
    older.apply(*groups)
    (after,) = asyncio.run(examine(session, [b.ACCOUNT]))
    assert before.capabilities is not None
    assert after.capabilities is not None
    assert before.capabilities.can(aspect, Access.WRITE)
    assert not after.capabilities.can(aspect, Access.WRITE)


def test_the_answer_is_believed_for_a_while(older: Rig) -> None:
    groups = declared(older)
    older.apply(*groups)
    older.clock.advance(LACKS_KEPT + timedelta(minutes=1))
    assert not older.plan(*groups).empty


def test_another_version_is_asked_at_once(older: Rig) -> None:
    groups = declared(older)
    older.ledger.note_lack(b.ACCOUNT, Aspect.of(Setting.APPROVE_JOINS), "2026.1.1", older.clock.now())
    assert not older.plan(*groups).empty


def test_capabilities_without_a_field_still_read_it() -> None:
    less = b.capabilities().without({Aspect.SUBJECT: "no route"})
    assert less.claim(Aspect.SUBJECT).access is Access.READ
    assert less.claim(Aspect.SUBJECT).note == "no route"
    assert less.claim(Aspect.DESCRIPTION) == b.capabilities().claim(Aspect.DESCRIPTION)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "Cannot PUT /api/default/groups/1/settings/security/membership-approval"),
        (422, "The feature is available only in Plus version for 'NOWEB' engine."),
        (501, "The method is not implemented by the engine."),
    ],
)
def test_what_a_version_an_edition_or_an_engine_lacks_is_told_from_other_refusals(
    older: Rig, status: int, message: str
) -> None:
    def error(status: int, message: str) -> GatewayError:
        return failure(http, None, Response(status, {}, {"message": message}, older.clock.now()), "set a setting")

    http = Http(connection(httpx.MockTransport(lambda _: httpx.Response(500))), headers={}, read_timeout=1)
    assert isinstance(error(status, message), Unsupported)
    assert not isinstance(error(422, "the body is wrong"), Unsupported)


# --- what is done to people ------------------------------------------------------------------------------------


@pytest.fixture(params=["noweb", "gows", "webjs", "wpp"])
def without_additions(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A WAHA that has no route to add people, though it claims to add them."""
    with rig("waha", request.param, "anna", "ben", "carla", "dora") as account:
        router = account.front.dialect.router
        find = router.find

        def found(asked: Request) -> Match | None:
            match = find(asked)
            return None if match is not None and match.route.call is Call.ADD else match

        monkeypatch.setattr(router, "find", found)
        account.know("anna", "ben", "carla", "dora")
        yield account


def additions(account: Rig) -> int:
    times = sum(entry.path.endswith("/participants/add") for entry in account.front.log)
    account.front.log.clear()
    return times


def test_a_route_for_people_that_is_missing_is_asked_for_once_and_whoever_is_missing_is_named(
    without_additions: Rig,
) -> None:
    account = without_additions
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    chess = b.group("chess", id=jid, members=["anna", "ben", "carla"])
    run = account.apply(chess)
    assert [result.verdict for result in run.results] == [Verdict.FAILED] * 2
    assert exit_of_run(run) is Exit.PARTIAL
    assert additions(account) == 1

    again = account.apply(chess)
    assert not again.converged  # two people whom somebody declared are not in the group
    assert exit_of_run(again) is Exit.OK
    assert additions(account) == 0
    (group,) = again.plan.groups
    assert not group.actions
    said = [notice for notice in group.notices if notice.code == "cannot-be-set"]
    assert {notice.person and notice.person.alias for notice in said} == {"ben", "carla"}
    assert all("answered on" in notice.text for notice in said)
    assert all(notice.point_class is PointClass.OPEN for notice in said)


def test_a_gateway_that_turns_out_not_to_add_people_still_removes_them(without_additions: Rig) -> None:
    account = without_additions
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "dora": Role.MEMBER})
    chess = b.group("chess", id=jid, members=["anna", "ben"])
    account.apply(chess)
    assert account.members("Chess") == {"anna": "member"}
    assert not account.apply(chess).plan.groups[0].actions
