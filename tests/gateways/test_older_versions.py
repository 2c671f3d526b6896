"""An older WAHA lacks routes: what it cannot do is a notice, everything else is done, and nothing fails."""

from collections.abc import Iterator

import pytest

from tests import builders as b
from tests.gateways.exchanges import golden
from tests.gateways.waha_connected import on
from tests.rig import Rig, rig
from wagroups.cli.ui.exits import exit_of_plan, exit_of_run
from wagroups.domain.declared.desired import DesiredGroup
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import Rejected
from wagroups.domain.exit import Exit
from wagroups.domain.identity import GroupJid, Role
from wagroups.domain.live.capability import Access, Aspect
from wagroups.domain.plans.operation import WriteSetting
from wagroups.gateways.waha.claims import capabilities

DIALECTS = ("noweb", "gows", "webjs", "wpp")
VERSIONS = ("2026.6.1", "2026.7.1", "2026.8.1", "2026.8.2")
WANTED = {
    Setting.SEND_MESSAGES: "admins",
    Setting.EDIT_INFO: "admins",
    Setting.ADD_MEMBERS: "everyone",
    Setting.APPROVE_JOINS: "yes",
    Setting.SHARE_HISTORY: "admins",
    Setting.DISAPPEARING: "7d",
}
LIVE = {"add_members": "admins", "share_history": "everyone"}


@pytest.fixture(params=[(dialect, version) for dialect in DIALECTS for version in VERSIONS], ids="-".join)
def older(request: pytest.FixtureRequest) -> Iterator[tuple[Rig, str]]:
    dialect, version = request.param
    with rig("waha", dialect, "anna", "ben", version=version) as account:
        yield account, version


def declared(account: Rig) -> DesiredGroup:
    jid = account.live_group("Chess", {"anna": Role.MEMBER}, settings=LIVE)
    return b.group("chess", id=jid, members=["anna", "ben"], admins=["anna"], settings=WANTED)


def test_what_a_version_lacks_is_a_notice_and_the_rest_is_done(older: tuple[Rig, str]) -> None:
    account, version = older
    chess = declared(account)
    said = capabilities(account.dialect.upper(), version)
    lacking = {setting for setting in WANTED if not said.can(Aspect.of(setting), Access.WRITE)}
    assert Setting.DISAPPEARING in lacking

    run = account.apply(chess)
    assert not [result for result in run.results if result.error]
    assert not run.converged  # what the version lacks is declared, and not so
    assert exit_of_run(run) is Exit.OK
    assert account.members("Chess") == {"anna": "admin", "ben": "member"}
    live = account.group("Chess").settings
    assert {setting for setting in WANTED if live[setting] != WANTED[setting]} == lacking

    again = account.plan(chess)
    assert exit_of_plan(again, detailed=True) is Exit.OPEN
    notices = {notice.setting: notice.text for notice in again.groups[0].notices if notice.setting is not None}
    assert set(notices) == {Aspect.of(setting) for setting in lacking}
    gated = lacking - {Setting.DISAPPEARING}
    assert all("update WAHA" in notices[Aspect.of(setting)] for setting in gated)


def test_a_route_that_is_missing_all_the_same_is_a_refusal_that_says_so() -> None:
    approve = WriteSetting(setting=Setting.APPROVE_JOINS, value="yes")
    jid = GroupJid.of("120363000000000001@g.us")
    with pytest.raises(Rejected) as caught:
        on("NOWEB", lambda gateway: gateway.perform(approve, jid), golden("waha/any/setting-route-missing"))
    assert "no such route" in caught.value.message
    assert caught.value.hint == "Update WAHA."
