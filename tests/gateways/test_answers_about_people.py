"""An answer about a person is compared with the question, on every dialect: nobody else is dialled or learnt."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from tests import builders as b
from tests.gateways.exchanges import Exchange, Scripted, connection, golden, with_gateway
from tests.gateways.waha_connected import exchange, on
from tests.rig import DIALECTS, Rig, rig
from wagroups.cli.ui.exits import exit_of_plan
from wagroups.domain.errors import GatewayError, SessionLost
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role
from wagroups.domain.live.observed import EVERYTHING
from wagroups.domain.plans.change import MemberAddition
from wagroups.domain.plans.operation import AddMembers
from wagroups.domain.plans.outcome import PersonResult, Verdict
from wagroups.domain.plans.plan import Plan
from wagroups.domain.ports import Lookup, WholeGateway
from wagroups.gateways.waxum.connection import connect
from wagroups.simulation.world.faults import Call, Fault, FaultKind

ASKED, OTHER = Phone.of("+447700900108"), Phone.of("+447700900150")
ITS, ANOTHERS = Lid.of("100000000000108@lid"), Lid.of("100000000000150@lid")
GROUP = GroupJid.of("120363000000000001@g.us")
MIX_UP = Fault(kind=FaultKind.MIX_UP, on=Call.IDENTIFY, person="dora", times=None)


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben", "carla", "dora") as made:
        yield made


def notices(plan: Plan) -> dict[str, str]:
    """Of each person with a notice, its code."""
    return {str(n.person.alias): n.code for group in plan.groups for n in group.notices if n.person is not None}


def test_nobody_is_added_on_an_answer_about_somebody_else(account: Rig) -> None:
    jid = account.live_group("Chess", {"anna": Role.MEMBER})
    account.know("anna")
    chess = b.group("chess", id=jid, members=["anna", "ben"])
    account.script(MIX_UP)
    run = account.apply(chess)
    (result,) = run.results
    assert result.verdict is Verdict.FAILED
    assert result.error is not None
    assert "answered about another" in result.error.message
    assert account.members("Chess") == {"anna": "member"}
    assert not run.converged
    account.clear_faults()
    assert account.apply(chess).converged
    assert account.members("Chess") == {"anna": "member", "ben": "member"}


def test_nobody_else_is_the_first_of_a_new_group(account: Rig) -> None:
    chess = b.group("chess", members=["anna", "ben"], admins=["anna"])
    account.script(MIX_UP)
    account.apply(chess)
    assert "dora" not in account.members("Chess")
    account.clear_faults()
    assert account.apply(chess).converged
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}


def test_somebody_hidden_is_not_named_by_an_answer_about_somebody_else(account: Rig) -> None:
    chess = hidden_beside(account)
    account.script(MIX_UP)
    plan = account.plan(chess)
    assert notices(plan) == {"ben": "not-looked-up", "carla": "not-looked-up"}
    memory = account.ledger.recall(b.ACCOUNT, account.clock.now())
    assert memory.names.lid_of(b.phone(b.number_of("ben"))) is None


def hidden_beside(account: Rig) -> Any:
    """A group with somebody hidden, and its declaration with somebody who is missing."""
    with account.world.lock:
        dora = account.world.people.called("dora")
        assert dora is not None
        dora.hidden_number = True
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "dora": Role.MEMBER})
    account.know("anna")
    return b.group("chess", id=jid, subject="Chess club", members=["anna", "ben", "carla"])


def before_look_ups(account: Rig) -> int:
    """Questions about people that a read asks before anybody is looked up: WAHA's table of pairs."""
    return 1 if account.gateway == "waha" else 0


def test_a_session_that_is_lost_during_a_look_up_makes_the_plan_incomplete(account: Rig) -> None:
    chess = hidden_beside(account)
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.IDENTIFY, after=before_look_ups(account)))
    plan = account.plan(chess)
    assert not plan.live.complete
    (group,) = plan.groups
    assert group.hold is not None
    assert group.hold.rule == "not-connected"
    assert exit_of_plan(plan, detailed=False).code == 7


def test_a_run_whose_session_is_lost_during_a_look_up_says_so_and_not_to_come_back_later(account: Rig) -> None:
    chess = hidden_beside(account)
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=Call.IDENTIFY, after=before_look_ups(account)))
    run = account.apply(chess)
    assert run.session_lost is not None
    assert run.paused_until is None
    assert {result.verdict for result in run.results} <= {Verdict.NOT_ATTEMPTED}
    assert not account.front.writes


@pytest.mark.parametrize("call", [Call.LIST, Call.IDENTIFY])
def test_a_session_that_is_lost_while_a_plan_reads_is_written_down(account: Rig, call: Call) -> None:
    chess = hidden_beside(account)
    after = before_look_ups(account) if call is Call.IDENTIFY else 0
    account.script(Fault(kind=FaultKind.SESSION_LOST, on=call, after=after))
    with suppress(SessionLost):
        assert not account.plan(chess).live.complete
    rests = account.ledger.standing(b.ACCOUNT, account.clock.now()).breakers
    assert [(rest.calls, rest.reason) for rest in rests] == [(None, "logged-out")]


def test_look_ups_that_fail_are_not_people_who_are_hidden(account: Rig) -> None:
    chess = hidden_beside(account)
    account.script(Fault(kind=FaultKind.HTTP_STATUS, status=500, on=Call.IDENTIFY, times=None))
    plan = account.plan(chess)
    assert notices(plan) == {"ben": "not-looked-up", "carla": "not-looked-up"}
    assert account.ledger.recall(b.ACCOUNT, account.clock.now()).no_lid == {}
    account.clear_faults()
    assert "not-looked-up" not in notices(account.plan(chess)).values()


def test_where_nothing_can_be_looked_up_an_addition_asks_or_that_nobody_asked_is_said() -> None:
    with rig("waha", "noweb", "anna", "ben", "carla", "dora", noweb_store=False) as account:
        group = hidden_beside(account)
        additions = [a.change for _, a in account.plan(group).actions() if isinstance(a.change, MemberAddition)]
        assert [(change.person.alias, change.beside > 0) for change in additions] == [("ben", True), ("carla", True)]
        by_link = account.plan(replace(group, join_by_link=True))
        assert not any(isinstance(action.change, MemberAddition) for _, action in by_link.actions())
        assert notices(by_link) == {"ben": "not-looked-up", "carla": "not-looked-up"}
        assert any("store" in notice.text for notice in by_link.groups[0].notices)


def test_a_number_that_is_given_to_two_lids_is_nobodys() -> None:
    pairs = [{"lid": lid.reveal(), "pn": f"{OTHER.digits()}@c.us"} for lid in (ITS, ANOTHERS)]
    people = [{"JID": lid.reveal(), "PhoneNumber": "", "LID": lid.reveal()} for lid in (ITS, ANOTHERS)]
    named = {"JID": GROUP.reveal(), "Name": "Ops", "GroupCreated": "2026-01-01T00:00:00Z", "Participants": people}

    async def act(gateway: WholeGateway) -> Any:
        return await gateway.observe(EVERYTHING)

    listing = exchange("GET", "/api/default/groups", 200, [named])
    lids = exchange("GET", "/api/default/lids?limit=10000&offset=0", 200, pairs)
    assert [member.phone for member in on("GOWS", act, listing, lids).groups[GROUP].members] == [None, None]


# --- what each dialect hands on: the answer as it came -----------------------------------------------------------


async def identify(gateway: WholeGateway) -> Lookup:
    (found,) = await gateway.identify([ASKED])
    return found


def checked(engine: str, *after: Exchange, **said: object) -> Lookup:
    asked = f"/api/contacts/check-exists?session=default&phone={ASKED.digits()}"
    return on(engine, identify, exchange("GET", asked, 200, {"numberExists": True, **said}), *after)


def pair(number: Phone, lid: Lid | None, pn: Phone | None, status: int = 200) -> Exchange:
    said = {"lid": lid.reveal() if lid else None, "pn": f"{pn.digits()}@c.us" if pn else None}
    return exchange("GET", f"/api/default/lids/pn/{number.digits()}@c.us", status, said)


ENGINES = ("NOWEB", "GOWS", "WEBJS", "WPP")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_spelling_of_another_number_is_no_spelling(engine: str) -> None:
    found = checked(engine, chatId=f"{OTHER.digits()}@c.us")
    assert found.about_another
    assert found.usable() == Lookup(ASKED, None, None, None)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_no_about_another_number_is_no_answer(engine: str) -> None:
    found = checked(engine, numberExists=False, chatId=f"{OTHER.digits()}@c.us")
    assert found.usable() == Lookup(ASKED, None, None, None)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lid_of_another_number_is_not_theirs(engine: str) -> None:
    found = checked(engine, pair(ASKED, ANOTHERS, OTHER), chatId=f"{ASKED.digits()}@c.us")
    assert found.mispaired
    assert found.usable() == Lookup(ASKED, True, ASKED, None)


def test_gows_may_name_the_chat_by_its_lid_with_the_number_beside_it() -> None:
    assert checked("GOWS", chatId=ITS.reveal(), pn=f"{ASKED.digits()}@c.us") == Lookup(ASKED, True, ASKED, ITS)
    assert checked("GOWS", chatId=ANOTHERS.reveal(), pn=f"{OTHER.digits()}@c.us").about_another


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("status", [500, 502])
def test_a_failed_look_up_is_not_an_answer_without_a_lid(engine: str, status: int) -> None:
    with pytest.raises(GatewayError):
        checked(engine, pair(ASKED, None, None, status), chatId=f"{ASKED.digits()}@c.us")


def waxum(results: object, users: object = None) -> Lookup:
    base = "/api/v1/sessions/club/contacts"
    exchanges = [exchange("POST", f"{base}/check", 200, {"results": results}, {"phones": [ASKED.digits()]})]
    if users is not None:
        sent = {"jids": [f"{ASKED.digits()}@s.whatsapp.net"]}
        exchanges.append(exchange("POST", f"{base}/users", 200, {"users": users}, sent))
    greeting = (golden(f"waxum/{name}") for name in ("info", "status", "device"))
    return with_gateway(connect, connection(Scripted(*greeting, *exchanges), session="club"), identify)


def entry(phone: Phone, **said: object) -> dict[str, object]:
    return {"phone": phone.digits(), "jid": f"{phone.digits()}@s.whatsapp.net", **said}


def test_waxum_answers_about_another_number() -> None:
    assert waxum([entry(OTHER, is_registered=True)]).about_another
    assert waxum([entry(OTHER, is_registered=False)]).about_another
    found = waxum([entry(ASKED, is_registered=True)], [{**entry(OTHER), "lid": ANOTHERS.reveal()}])
    assert found.mispaired
    assert found.usable() == Lookup(ASKED, True, ASKED, None)


def test_waxum_says_exists_where_its_documentation_does() -> None:
    users = [{**entry(ASKED), "lid": ITS.reveal()}]
    assert waxum([entry(ASKED, exists=True)], users) == Lookup(ASKED, True, ASKED, ITS, ASKED)
    assert waxum([entry(ASKED, exists=False)]) == Lookup(ASKED, False, None, None)


# --- results of an addition --------------------------------------------------------------------------------------

ADDED = Identity(phone=ASKED)


def added(engine: str, answer: Any) -> tuple[PersonResult, ...]:
    sent = {"participants": [{"id": f"{ASKED.digits()}@c.us"}]}
    add = exchange("POST", f"/api/default/groups/{GROUP.reveal()}/participants/add", 200, answer, sent)

    async def act(gateway: WholeGateway) -> tuple[PersonResult, ...]:
        return (await gateway.perform(AddMembers(people=(ADDED,)), GROUP)).people

    return on(engine, act, add)


def noweb(phone: Phone, lid: Lid, code: int) -> Any:
    node = {"tag": "participant", "attrs": {"jid": lid.reveal(), "phone_number": f"{phone.digits()}@s.whatsapp.net"}}
    return [{"status": str(code), "jid": lid.reveal(), "content": node}]


def gows(phone: Phone, lid: Lid, code: int) -> Any:
    named = {"JID": lid.reveal(), "PhoneNumber": f"{phone.digits()}@s.whatsapp.net", "LID": lid.reveal()}
    return [{**named, "Error": 0 if code == 200 else code, "AddRequest": None}]


def browser(phone: Phone, lid: Lid, code: int) -> Any:
    return {f"{phone.digits()}@c.us": {"code": code, "message": "", "isInviteV4Sent": False}}


@pytest.mark.parametrize(("engine", "told"), [("NOWEB", noweb), ("GOWS", gows), ("WEBJS", browser), ("WPP", browser)])
def test_a_result_about_somebody_else_is_not_theirs(engine: str, told: Any) -> None:
    assert added(engine, told(ASKED, ITS, 403)) == (PersonResult(person=ADDED, code=403),)
    assert added(engine, told(OTHER, ANOTHERS, 403)) == ()
