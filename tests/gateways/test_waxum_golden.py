"""Waxum as its code says: every request that the adapter sends, and what each answer means."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.gateways.exchanges import Exchange, Scripted, connection, golden, with_gateway
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError, NotSent, Rejected, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import GroupJid, Identity, Lid, Me, Phone, Role
from wagroups.domain.live.observed import EVERYTHING, Absence, ObservedMember, Scope
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
from wagroups.domain.plans.outcome import Receipt
from wagroups.domain.ports import Lookup, WholeGateway
from wagroups.gateways.waxum.connection import connect

Act = Callable[[WholeGateway], Awaitable[Any]]
PARENTS = GroupJid.of("120363000000000001@g.us")
ANNA = Identity(phone=Phone.of("+447700900002"))
BEN = Identity(phone=Phone.of("+447700900002"), lid=Lid.of("100000000000002@lid"), by_lid=True)
GREETING = ("info", "status", "device")


def play(act: Act, *names: str, greeting: tuple[str, ...] = GREETING) -> Any:
    server = Scripted(*(golden(f"waxum/{name}") for name in (*greeting, *names)))
    return with_gateway(connect, connection(server, session="club", url="http://localhost:3451"), act)


def edit(operation: Edit) -> Act:
    return lambda gateway: gateway.perform(operation, PARENTS)


async def nothing(gateway: WholeGateway) -> WholeGateway:
    return gateway


def read(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.observe(Scope((PARENTS,)))


def list_all(gateway: WholeGateway) -> Awaitable[Any]:
    return gateway.observe(EVERYTHING)


RENAME = edit(WriteSubject(text="Parents"))
DESCRIBE = edit(WriteDescription(text="Welcome"))
ADD = edit(AddMembers(people=(ANNA,)))
PLAIN = CreateGroup(subject="Under-12 parents")

DONE: dict[str, Act] = {
    "subject": RENAME,
    "description": DESCRIBE,
    "description-delete": edit(WriteDescription(text="")),
    "add": ADD,
    "remove": edit(RemoveMembers(people=(BEN,))),
    "promote": edit(PromoteMembers(people=(ANNA,))),
    "demote": edit(DemoteMembers(people=(BEN,))),
    "leave": edit(LeaveGroup()),
}


@pytest.mark.parametrize("name", DONE)
def test_an_edit_is_answered_without_a_word_about_people(name: str) -> None:
    assert play(DONE[name], name) == Receipt()


FAILED: dict[str, tuple[Act, type[GatewayError], int | None]] = {
    "list-unreadable": (list_all, Unanswered, None),
    "get-rate-limit": (read, Throttled, 429),
    "create-timeout": (lambda gateway: gateway.create(PLAIN), Unanswered, None),
    "subject-too-long": (edit(WriteSubject(text="x" * 101)), Rejected, None),
    "description-conflict": (DESCRIBE, Rejected, 409),
    "description-conflict-later": (DESCRIBE, Rejected, 409),
    "add-malformed": (ADD, Rejected, 400),
    "add-restricted": (ADD, SessionLost, 463),
    "fault-not-connected": (RENAME, NotSent, None),
    "fault-timeout": (RENAME, Unanswered, None),
    "fault-socket-dropped": (RENAME, Unanswered, None),
    "fault-send-failed": (RENAME, Unanswered, None),
    "fault-disconnect-node": (RENAME, Unanswered, None),
    "fault-unparsed": (RENAME, Unanswered, None),
    "fault-not-encoded": (RENAME, NotSent, None),
    "fault-in-flight": (RENAME, NotSent, None),
    "fault-unknown-lid": (RENAME, Rejected, None),
    "fault-code-zero": (RENAME, Unanswered, None),
    "fault-forbidden-by-whatsapp": (RENAME, Rejected, 403),
    "fault-not-authorized": (RENAME, Rejected, 401),
    "fault-not-acceptable": (RENAME, Rejected, 406),
    "fault-full": (RENAME, Rejected, 419),
    "fault-whatsapp-failed": (RENAME, Unanswered, 500),
    "fault-token-expired": (RENAME, SessionLost, None),
    "fault-token-of-another-session": (RENAME, SessionLost, None),
    "fault-too-many": (RENAME, Throttled, 429),
    "fault-content-type": (RENAME, Rejected, None),
    "fault-body-shape": (RENAME, Rejected, None),
    "fault-no-route": (RENAME, Rejected, None),
    "fault-invalid-jid": (RENAME, Rejected, None),
}


@pytest.mark.parametrize("name", FAILED)
def test_a_failure_says_what_may_be_done_next(name: str) -> None:
    act, kind, code = FAILED[name]
    with pytest.raises(kind) as caught:
        play(act, name)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert caught.value.message.startswith("account office: ")
    assert "120363" not in caught.value.message
    assert "100000" not in caught.value.message


def test_advice_when_to_come_back_is_kept() -> None:
    with pytest.raises(Throttled) as caught:
        play(RENAME, "fault-too-many")
    assert caught.value.retry_after == timedelta(seconds=7)


def test_a_listing_is_sorted_and_shows_subjects_and_members() -> None:
    observed = play(list_all, "list")
    assert observed.listing
    assert observed.trouble is None
    assert list(observed.groups) == [PARENTS, GroupJid.of("447700900000-1600000000@g.us")]
    group = observed.groups[PARENTS]
    assert group.subject == "Under-12 parents"
    assert group.hydrated
    assert group.members == (
        ObservedMember(Phone.of("+447700900000"), Lid.of("900000000000000@lid"), Role.ADMIN, by_lid=True),
        ObservedMember(None, Lid.of("100000000000002@lid"), Role.MEMBER, by_lid=True),
    )
    assert (group.description, group.stated_size, group.created_at) == (None, None, None)
    assert not group.settings


def test_a_group_addressed_by_phone_lists_nobody_by_lid() -> None:
    old = play(list_all, "list").groups[GroupJid.of("447700900000-1600000000@g.us")]
    assert old.members[1] == ObservedMember(Phone.of("+447700900003"), None, Role.MEMBER)


def test_an_empty_listing_proves_nothing() -> None:
    assert play(list_all, "list-empty").trouble == "read-empty"


def test_a_group_is_read_by_its_id() -> None:
    observed = play(read, "get")
    assert not observed.listing
    assert observed.groups[PARENTS] == play(list_all, "list").groups[PARENTS]


OLD_CHOIR = GroupJid.of("447700900000-1600000000@g.us")


def test_a_listing_as_documented_shows_names_and_counts_and_nobody() -> None:
    observed = play(list_all, "documented-list")
    assert observed.trouble is None
    assert {jid: (group.subject, group.stated_size, group.members) for jid, group in observed.groups.items()} == {
        PARENTS: ("Under-12 parents", 3, None),
        OLD_CHOIR: ("Old choir", 2, None),
    }


def test_a_listing_that_shows_fewer_groups_than_it_counts_is_short() -> None:
    assert play(list_all, "documented-list-short").trouble == "read-short"


def test_a_group_as_documented_is_read_with_its_people_owner_and_description() -> None:
    group = play(read, "documented-get", "documented-info").groups[PARENTS]
    assert (group.subject, group.description, group.stated_size) == ("Under-12 parents", "Matches on Saturdays", 3)
    assert group.created_at == datetime(2021, 12, 20, 11, 33, 20, tzinfo=UTC)
    assert group.creator == Identity(phone=Phone.of("+447700900000"))
    assert group.members == (
        ObservedMember(Phone.of("+447700900000"), None, Role.OWNER),
        ObservedMember(Phone.of("+447700900002"), None, Role.ADMIN),
        ObservedMember(Phone.of("+447700900003"), None, Role.MEMBER),
    )


def test_the_accounts_number_may_be_told_in_digits() -> None:
    gateway = play(nothing, greeting=("info", "status", "documented-device"))
    assert gateway.me == Me(Phone.of("+447700900000"), Lid.of("900000000000000@lid"))


@pytest.mark.parametrize(
    ("name", "why"), [("get-not-member", Absence.NOT_A_MEMBER), ("get-not-found", Absence.NOT_FOUND)]
)
def test_a_group_that_is_not_shown_is_absent(name: str, why: Absence) -> None:
    assert dict(play(read, name).absent) == {PARENTS: why}


def test_settings_are_given_when_a_group_is_created() -> None:
    settings = {Setting.APPROVE_JOINS: "yes", Setting.ADD_MEMBERS: "admins", Setting.SHARE_LINK: "everyone"}
    operation = CreateGroup(subject="Under-12 parents", settings=settings)
    assert play(lambda gateway: gateway.create(operation), "create") == PARENTS


def test_settings_that_are_not_declared_are_left_to_whatsapp() -> None:
    assert play(lambda gateway: gateway.create(PLAIN), "create-plain") == PARENTS


@pytest.mark.parametrize("setting", Setting)
def test_a_setting_is_never_written_later(setting: Setting) -> None:
    # The route exists, answers success, and changes nothing: the server below would fail the test if it were asked.
    with pytest.raises(Rejected):
        play(edit(WriteSetting(setting=setting, value="admins")))


def test_a_number_is_looked_up_with_its_spelling_and_its_lid() -> None:
    asked = Phone.of("+5511987654321")
    (known,) = play(lambda gateway: gateway.identify([asked]), "check", "users")
    spelt = Phone.of("+551187654321")
    assert known == Lookup(asked, True, spelt, Lid.of("100000000000005@lid"), paired=spelt)


@pytest.mark.parametrize(("name", "exists"), [("check-unknown", False), ("check-silent", None)])
def test_a_number_that_is_not_confirmed_has_no_spelling(name: str, exists: bool | None) -> None:
    asked = Phone.of("+447700900404")
    (unknown,) = play(lambda gateway: gateway.identify([asked]), name)
    assert unknown == Lookup(asked, exists, None, None)


def test_the_accounts_own_ids_lose_their_device() -> None:
    gateway = play(nothing)
    assert gateway.me == Me(Phone.of("+447700900000"), Lid.of("900000000000000@lid"))
    assert gateway.capabilities.version == "0.9.1"


def test_the_stored_number_stands_in_where_the_device_does_not_answer() -> None:
    gateway = play(nothing, greeting=("info", "status", "device-not-connected", "session"))
    assert gateway.me == Me(Phone.of("+447700900000"), None)


@pytest.mark.parametrize(
    ("name", "kind", "hint"),
    [
        ("status-dead-socket", NotSent, "by itself"),
        ("status-qr", SessionLost, "QR code"),
        ("status-paused", SessionLost, "Resume"),
        ("status-unknown-session", SessionLost, "session:"),
    ],
)
def test_a_session_that_is_not_ready_says_what_to_do(name: str, kind: type[GatewayError], hint: str) -> None:
    with pytest.raises(kind) as caught:
        play(nothing, greeting=("info", name))
    assert hint in caught.value.hint


def test_another_server_is_not_taken_for_waxum() -> None:
    page = Exchange("page", "GET", "/", {}, None, 200, {"Content-Type": "text/html"}, b"<html>Welcome to nginx</html>")
    server = Scripted(page._replace(target="/api/v1/info"), page._replace(target="/api/v1/sessions/club/status"))
    with pytest.raises(SessionLost, match="not Waxum"):
        with_gateway(connect, connection(server, session="club"), nothing)


def test_health_is_the_live_state() -> None:
    health = play(lambda gateway: gateway.health())
    assert health.working
    assert health.status == "logged_in"
