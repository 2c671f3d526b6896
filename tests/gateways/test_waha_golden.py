"""WAHA as its sources say, where nothing was recorded: the WPP engine, silences, broken records and error answers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.gateways.exchanges import GOLDEN, golden
from tests.gateways.test_links import WAHA_GOLDENS
from tests.gateways.waha_connected import exchange, on
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered, Unsupported
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role
from wagroups.domain.live.observed import EVERYTHING, Absence, Community, ObservedGroup, ObservedMember, Scope
from wagroups.domain.plans.operation import (
    AddMembers,
    CreateGroup,
    DemoteMembers,
    Edit,
    LeaveGroup,
    PromoteMembers,
    RemoveMembers,
    WriteDescription,
    WriteSetting,
    WriteSubject,
)
from wagroups.domain.ports import WholeGateway

Act = Callable[[WholeGateway], Awaitable[Any]]
OPS = GroupJid.of("120363000000000001@g.us")
ANNA = Identity(phone=Phone.of("+447700900002"))
BEN = Identity(phone=Phone.of("+447700900002"), lid=Lid.of("100000000000002@lid"), by_lid=True)
CREATE = CreateGroup(subject="Ops", first=ANNA)


def edit(operation: Edit) -> Act:
    return lambda gateway: gateway.perform(operation, OPS)


def setting(which: Setting, value: str) -> Act:
    return edit(WriteSetting(setting=which, value=value))


RENAME = edit(WriteSubject(text="Ops"))
DESCRIBE = edit(WriteDescription(text="Runbook"))
ADD = edit(AddMembers(people=(ANNA,)))
REMOVE = edit(RemoveMembers(people=(BEN,)))
PROMOTE = edit(PromoteMembers(people=(ANNA,)))
DEMOTE = edit(DemoteMembers(people=(ANNA,)))


def read(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.observe(Scope((OPS,)))


def list_all(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.observe(EVERYTHING)


def create(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.create(CREATE)


def engine_of(name: str) -> str:
    return "NOWEB" if name.startswith("any/") else name.split("/", 1)[0].upper()


def play(name: str, act: Act, *others: str) -> Any:
    return on(engine_of(name), act, *(golden(f"waha/{each}") for each in (name, *others)))


DONE: dict[str, Act] = {
    "wpp/subject": RENAME,
    "wpp/description": DESCRIBE,
    "wpp/setting-send-messages": setting(Setting.SEND_MESSAGES, "admins"),
    "wpp/setting-edit-info": setting(Setting.EDIT_INFO, "everyone"),
    "wpp/setting-add-members": setting(Setting.ADD_MEMBERS, "admins"),
    "wpp/setting-approve-joins": setting(Setting.APPROVE_JOINS, "no"),
    "wpp/remove": REMOVE,
    "wpp/promote": PROMOTE,
    "wpp/promote-already-admin": PROMOTE,
    "wpp/demote": DEMOTE,
    "wpp/demote-not-admin": DEMOTE,
    "wpp/leave": edit(LeaveGroup()),
    "noweb/add-after-silence": ADD,
    "noweb/setting-share-history": setting(Setting.SHARE_HISTORY, "admins"),
    "gows/setting-share-history": setting(Setting.SHARE_HISTORY, "admins"),
    "webjs/setting-share-history": setting(Setting.SHARE_HISTORY, "admins"),
}


@pytest.mark.parametrize("name", DONE)
def test_an_edit_that_was_answered_speaks_of_nobody(name: str) -> None:
    assert play(name, DONE[name]).people == ()


FAILED: dict[str, tuple[Act, type[GatewayError], int | None]] = {
    "wpp/create-not-on-whatsapp": (create, Rejected, 404),
    "wpp/subject-not-allowed": (RENAME, Rejected, 403),
    "wpp/setting-share-history": (setting(Setting.SHARE_HISTORY, "everyone"), Unsupported, None),
    "wpp/add-not-admin": (ADD, Rejected, 403),
    "wpp/add-failed": (ADD, Unanswered, None),
    "wpp/remove-not-member": (REMOVE, Rejected, 404),
    "wpp/promote-not-member": (PROMOTE, Rejected, 404),
    "wpp/rate-limit": (list_all, Throttled, 429),
    "noweb/create-after-silence": (create, Unanswered, None),
    "noweb/timed-out": (RENAME, Unanswered, None),
    "noweb/store-refetch-late": (list_all, Unanswered, None),
    "noweb/conflict": (DESCRIBE, Rejected, 409),
    "noweb/restricted": (ADD, SessionLost, 463),
    "noweb/restricted-code": (ADD, SessionLost, 463),
    "gows/timed-out": (RENAME, Unanswered, None),
    "gows/disconnected": (RENAME, Unanswered, None),
    "webjs/add-group-empty": (ADD, Rejected, None),
    "webjs/setting-share-history-refused": (setting(Setting.SHARE_HISTORY, "everyone"), Rejected, None),
    "any/setting-route-missing": (setting(Setting.APPROVE_JOINS, "yes"), Unsupported, None),
    "any/session-starting": (RENAME, NotSent, None),
    "any/session-failed": (RENAME, SessionLost, None),
    "any/session-gone": (RENAME, SessionLost, None),
    "any/session-not-running": (RENAME, SessionLost, None),
    "any/core-knows-default-only": (RENAME, SessionLost, None),
    "any/plus-only": (RENAME, Unsupported, None),
    "any/unauthorized": (RENAME, SessionLost, None),
    "any/forbidden": (RENAME, SessionLost, None),
    "any/proxy-bad-gateway": (RENAME, Unanswered, None),
    "any/proxy-unavailable": (RENAME, NotSent, None),
    "any/proxy-too-many": (RENAME, Throttled, 429),
    "any/crash": (RENAME, Unanswered, None),
}


@pytest.mark.parametrize("name", FAILED)
def test_a_failure_says_what_may_be_done_next(name: str) -> None:
    act, kind, code = FAILED[name]
    with pytest.raises(kind) as caught:
        play(name, act)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.message.startswith("account office: ")
    assert "120363" not in caught.value.message
    assert "4477" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "pause"),
    [
        ("any/session-starting", timedelta(seconds=10)),
        ("any/proxy-unavailable", timedelta(seconds=30)),
        ("any/proxy-too-many", timedelta(minutes=2)),
    ],
)
def test_advice_when_to_come_back_is_kept(name: str, pause: timedelta) -> None:
    with pytest.raises(NotSent) as caught:
        play(name, RENAME)
    assert caught.value.retry_after == pause


ABSENT: dict[str, Absence] = {
    "wpp/get-absent": Absence.UNKNOWN,
    "wpp/chat-not-found": Absence.UNKNOWN,
    "webjs/get-empty": Absence.UNKNOWN,
    "gows/not-participating": Absence.NOT_A_MEMBER,
    "gows/does-not-exist": Absence.NOT_FOUND,
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_group_that_is_not_shown_is_absent(name: str) -> None:
    observed = play(name, read)
    assert dict(observed.absent) == {OPS: ABSENT[name]}
    assert not observed.groups


@pytest.mark.parametrize("name", ["noweb/list-after-silence", "gows/list-empty"])
def test_an_empty_listing_proves_nothing(name: str) -> None:
    observed = play(name, list_all)
    assert not observed.groups
    assert observed.trouble == "read-empty"


def group_in(name: str, act: Act = read, *others: str) -> ObservedGroup:
    found: ObservedGroup = play(name, act, *others).groups[OPS]
    return found


@pytest.mark.parametrize("name", ["noweb/skeleton", "gows/zeroed", "wpp/get-not-loaded"])
def test_a_record_that_is_not_whole_says_nothing_by_what_it_lacks(name: str) -> None:
    group = group_in(name)
    assert not group.hydrated
    assert (group.subject, group.description, group.created_at) == (None, None, None)
    assert Setting.DISAPPEARING not in group.settings
    assert group.members is None


def test_a_skeleton_still_says_what_it_holds() -> None:
    assert dict(group_in("noweb/skeleton").settings) == {Setting.SEND_MESSAGES: "admins"}


@pytest.mark.parametrize(("name", "act"), [("wpp/list", list_all), ("wpp/get", read)])
def test_a_browser_shows_a_group_with_its_metadata(name: str, act: Act) -> None:
    group = group_in(name, act, "wpp/lids")
    assert (group.subject, group.description, group.stated_size) == ("Ops", "Runbook", 2)
    assert group.community is Community.LINKED
    assert group.creator == Identity(phone=Phone.of("+447700900000"))
    assert dict(group.settings) == {
        Setting.SEND_MESSAGES: "everyone",
        Setting.EDIT_INFO: "admins",
        Setting.ADD_MEMBERS: "admins",
        Setting.APPROVE_JOINS: "yes",
        Setting.SHARE_HISTORY: "everyone",
        Setting.DISAPPEARING: "24h",
    }
    assert group.members == (
        ObservedMember(Phone.of("+447700900000"), None, Role.OWNER),
        # WPP lists LIDs alone; the number comes from WAHA's own table of pairs.
        ObservedMember(Phone.of("+447700900002"), Lid.of("100000000000002@lid"), Role.MEMBER, by_lid=True),
    )


def test_gows_does_not_list_those_whom_a_creation_could_not_add() -> None:
    group = group_in("gows/get-suspended")
    assert group.members is not None
    assert [member.role for member in group.members] == [Role.OWNER]
    assert group.suspended
    assert group.community is Community.ANNOUNCEMENT
    assert group.description == ""
    assert group.settings[Setting.DISAPPEARING] == "90d"
    assert group.settings[Setting.SHARE_HISTORY] == "admins"


def test_noweb_says_the_settings_in_its_own_way() -> None:
    async def act(gateway: WholeGateway) -> Any:
        return await gateway.observe(Scope((OPS,)))

    known = golden("waha/noweb/get-community")
    lids = exchange("GET", "/api/default/lids?limit=10000&offset=0", 200, [])
    group = on("NOWEB", act, known, lids).groups[OPS]
    assert group.community is Community.PARENT
    assert group.settings[Setting.ADD_MEMBERS] == "everyone"
    assert group.settings[Setting.SHARE_HISTORY] == "admins"
    assert group.settings[Setting.DISAPPEARING] == "7d"
    assert group.members[1] == ObservedMember(None, Lid.of("100000000000002@lid"), Role.MEMBER, by_lid=True)


def test_wpp_creates_a_group() -> None:
    assert play("wpp/create", create) == OPS


def test_wpp_refreshes() -> None:
    assert play("wpp/refresh", lambda gateway: gateway.refresh()) is None


@pytest.mark.parametrize(
    ("name", "code", "expires"),
    [
        ("wpp/add", 403, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("wpp/add-answered-by-lid", 421, None),
    ],
)
def test_wpp_says_what_became_of_somebody(name: str, code: int, expires: datetime | None) -> None:
    (result,) = play(name, ADD).people
    assert result.person == ANNA
    assert (result.code, result.invite_expires) == (code, expires)


def test_every_golden_exchange_is_used_and_names_its_source() -> None:
    names = {path.relative_to(GOLDEN / "waha").with_suffix("").as_posix() for path in GOLDEN.glob("waha/*/*.http")}
    elsewhere = {"wpp/list", "wpp/lids", "wpp/get", "wpp/create", "wpp/refresh", "wpp/add", "wpp/add-answered-by-lid"}
    records = {"noweb/list-after-silence", "gows/list-empty", "gows/get-suspended", "noweb/get-community"}
    broken = {"noweb/skeleton", "gows/zeroed", "wpp/get-not-loaded"}
    linked = {*WAHA_GOLDENS, "wpp/join-info", "gows/join-revoked"}
    assert names == {*DONE, *FAILED, *ABSENT, *elsewhere, *records, *broken, *linked}
    assert all({"source", "date"} <= golden(f"waha/{name}").notes.keys() for name in names)
