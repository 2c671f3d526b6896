"""Links, joining and messages on every gateway and engine, against a WhatsApp with its rules."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, cast

import pytest

from tests import builders as b
from tests.gateways.exchanges import as_called
from tests.rig import DIALECTS, KEY, Rig, rig
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.errors import Rejected, Throttled, Unanswered
from wagroups.domain.identity import AccountKey, GroupJid, InviteLink, Role, Secret
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.outcome import Verdict
from wagroups.domain.ports import WholeGateway
from wagroups.execution.gateway_calls import PacedGateway
from wagroups.gateways.registry import KINDS
from wagroups.gateways.shared.connection import Connection
from wagroups.simulation.world.faults import Call, Fault, FaultKind

CODE = "ChessInviteCode0000001"
LINK = InviteLink.of(f"https://chat.whatsapp.com/{CODE}")


@pytest.fixture(params=DIALECTS, ids=lambda pair: pair[1])
def account(request: pytest.FixtureRequest) -> Iterator[Rig]:
    gateway, dialect = request.param
    with rig(gateway, dialect, "anna", "ben") as made:
        yield made


def called(account: Rig, do: Callable[[PacedGateway], Awaitable[Any]]) -> Any:
    """What comes of a call as it is made by everything outside the gateways."""

    async def through(gateway: WholeGateway) -> Any:
        with as_called(gateway, account.clock) as paced:
            return await do(paced)

    return act(account, through)


def act(account: Rig, do: Callable[[WholeGateway], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        at = Connection(AccountKey("office"), account.url, Secret.of(KEY), "default", account.clock)
        gateway = await KINDS[account.gateway].connect(at)
        try:
            return await do(cast(WholeGateway, gateway))
        finally:
            await gateway.close()

    return asyncio.run(run())


def chess(account: Rig, me: Role = Role.OWNER) -> GroupJid:
    jid = account.live_group("Chess", {"anna": Role.ADMIN}, me=me)
    account.group("Chess").invite_code = CODE
    return jid


def test_an_admin_reads_the_link(account: Rig) -> None:
    jid = chess(account)
    assert act(account, lambda gateway: gateway.invite_link(jid)) == LINK


def test_a_member_may_not_see_the_link(account: Rig) -> None:
    jid = chess(account, me=Role.MEMBER)
    with pytest.raises((Rejected, Unanswered)) as caught:
        act(account, lambda gateway: gateway.invite_link(jid))
    # WPP says it in words that name no code, which for a question is as good.
    assert account.dialect == "wpp" or (isinstance(caught.value, Rejected) and caught.value.code == 401)


def test_a_reset_makes_the_link_void_exactly_where_it_is_claimed(account: Rig) -> None:
    jid = chess(account)
    if not account.can(Aspect.INVITE_LINK_RESET, Access.WRITE):
        with pytest.raises(Rejected, match="resets nothing"):
            act(account, lambda gateway: gateway.reset_invite_link(jid))
        assert account.group("Chess").invite_code == CODE
        return
    new = act(account, lambda gateway: gateway.reset_invite_link(jid))
    assert new != LINK
    assert act(account, lambda gateway: gateway.invite_link(jid)) == new
    assert CODE in account.group("Chess").dead_codes


def test_a_reset_that_was_not_answered_is_not_asked_again(account: Rig) -> None:
    if not account.can(Aspect.INVITE_LINK_RESET, Access.WRITE):
        pytest.skip("nothing is sent where nothing is claimed")
    jid = chess(account)
    account.script(Fault(kind=FaultKind.LOSE_ANSWER, on=Call.INVITE_RESET))
    with pytest.raises(Unanswered):
        act(account, lambda gateway: gateway.reset_invite_link(jid))
    assert sum(entry.call == Call.INVITE_RESET for entry in account.front.log) == 1


def test_a_group_is_seen_behind_its_link_and_joined(account: Rig) -> None:
    anna = account.world.people.called("anna")
    assert anna is not None
    with account.world.lock:
        group = account.world.found_group("Chess", anna, members={anna: Role.OWNER})
        group.invite_code = CODE
    if not account.can(Aspect.JOIN, Access.WRITE):
        with pytest.raises(Rejected, match="phone"):
            called(account, lambda gateway: gateway.join(LINK))
        return
    behind = act(account, lambda gateway: gateway.behind(LINK))
    assert (behind.jid, behind.subject) == (group.jid, "Chess")
    assert account.world.me not in group.members
    assert act(account, lambda gateway: gateway.join(LINK)) == group.jid
    assert group.members[account.world.me] is Role.MEMBER


def test_a_text_reaches_people_and_groups(account: Rig) -> None:
    jid = chess(account)
    act(account, lambda gateway: gateway.send_text(b.phone(b.number_of("ben")), "Please use the link"))
    act(account, lambda gateway: gateway.send_text(jid, "Welcome"))
    sent = [(message.to.split("@")[0], message.text) for message in account.world.messages]
    assert sent == [
        (b.phone(b.number_of("ben")).digits(), "Please use the link"),
        (jid.reveal().split("@")[0], "Welcome"),
    ]


@pytest.mark.parametrize(
    ("call", "do"),
    [
        (Call.INVITE, lambda gateway: gateway.invite_link(GroupJid.of("120363400000000001@g.us"))),
        (Call.MESSAGE, lambda gateway: gateway.send_text(b.phone(b.number_of("ben")), "Hello")),
    ],
)
def test_a_rate_limit_is_told(account: Rig, call: Call, do: Callable[[WholeGateway], Awaitable[Any]]) -> None:
    chess(account)
    account.script(Fault(kind=FaultKind.RATE_LIMIT, on=call))
    with pytest.raises(Throttled):
        act(account, do)


def offboarding(account: Rig) -> DesiredGroup:
    """A group that ben is put out of for good; the call that applies it needs him on the deny list."""
    jid = account.live_group("Chess", {"anna": Role.MEMBER, "ben": Role.MEMBER})
    account.group("Chess").invite_code = CODE
    account.know("anna", "ben")
    return b.group("chess", id=jid, members=["anna"])


DENIED = (b.person("ben", denied=b.NOW.date()),)


def test_the_link_is_made_void_after_an_offboarding_where_the_gateway_can(account: Rig) -> None:
    chess = offboarding(account)
    run = account.apply(chess, people=DENIED)
    assert run.converged
    assert {result.verdict for result in run.results} == {Verdict.DONE}
    assert set(account.members("Chess")) == {"anna"}
    void = account.can(Aspect.INVITE_LINK_RESET, Access.WRITE)
    assert (CODE in account.group("Chess").dead_codes) is void
    stays = [notice.text for notice in run.plan.groups[0].notices if notice.code == "link-stays"]
    assert bool(stays) is not void
    assert account.apply(chess, people=DENIED).converged
    assert sum(entry.call == Call.INVITE_RESET for entry in account.front.log) == int(void)


def test_a_reset_that_is_a_lie_is_not_believed(account: Rig) -> None:
    if not account.can(Aspect.INVITE_LINK_RESET, Access.WRITE):
        pytest.skip("nothing is sent where nothing is claimed")
    chess = offboarding(account)
    account.script(Fault(kind=FaultKind.LIE, on=Call.INVITE_RESET))
    run = account.apply(chess, people=DENIED)
    assert not run.converged
    assert [result.verdict for result in run.results] == [Verdict.DONE, Verdict.FAILED]
