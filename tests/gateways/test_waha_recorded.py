"""Every exchange recorded from a running WAHA that an adapter method can issue, replayed through the adapter."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.gateways.exchanges import Exchange, Scripted, connection, recorded, with_gateway
from tests.gateways.waha_connected import exchange, on
from wagroups.domain.declared.settings import Setting
from wagroups.domain.errors import GatewayError, Rejected, SessionLost, Throttled, Unanswered
from wagroups.domain.identity import GroupJid, Identity, InviteLink, Lid, Phone, Role
from wagroups.domain.live.join_requests import JoinRequest
from wagroups.domain.live.observed import EVERYTHING, Absence, Community, ObservedGroup, Scope
from wagroups.domain.plans.operation import (
    AddMembers,
    ApproveRequests,
    CreateGroup,
    DemoteMembers,
    Edit,
    LeaveGroup,
    PromoteMembers,
    RejectRequests,
    RemoveMembers,
    WriteDescription,
    WriteSetting,
    WriteSubject,
)
from wagroups.domain.ports import Lookup, WholeGateway
from wagroups.gateways.waha.connection import connect

ENGINES = ("noweb", "gows", "webjs")
ALPHA, BETA, GAMMA, DELTA, NOWHERE = (
    GroupJid.of(f"1203634{number}@g.us")
    for number in ("00000000101", "00000000102", "00000000103", "00000000104", "99999999999")
)


EPSILON = GroupJid.of("120363400000000105@g.us")
ALPHA_LINK = InviteLink.of("https://chat.whatsapp.com/AlphaInviteCode0000001")
EPSILON_LINK = InviteLink.of("https://chat.whatsapp.com/EpsilonInviteCode00005")


def someone(number: int) -> Identity:
    return Identity(phone=Phone.of(f"+1555{number:07}"))


def known(number: int) -> Identity:
    """Somebody under both names."""
    return Identity(phone=someone(number).phone, lid=Lid.of(f"{100000000000000 + number}@lid"))


def asking(*, by_lid: bool = False, phone: bool = False) -> Callable[[object], None]:
    """Two people ask to join, under the names that the engine tells."""

    def check(requests: Any) -> None:
        at = datetime.fromtimestamp(1700001000, UTC)
        assert requests == tuple(
            JoinRequest(who.phone if phone else None, who.lid if by_lid else None, by_lid=by_lid, asked_at=at)
            for who in (known(13), known(14))
        )

    return check


def performing(edit: Edit, group: GroupJid = ALPHA) -> Callable[[WholeGateway], Awaitable[object]]:
    return lambda gateway: gateway.perform(edit, group)


def reading(group: GroupJid) -> Callable[[WholeGateway], Awaitable[object]]:
    return lambda gateway: gateway.observe(Scope((group,)))


def codes(*people: tuple[int, int]) -> Callable[[object], None]:
    """The receipt names these people, in order, each with a code."""

    def check(receipt: Any) -> None:
        assert [(each.person.phone, each.code) for each in receipt.people] == [
            (someone(number).phone, code) for number, code in people
        ]

    return check


def silent(receipt: Any) -> None:
    """The answer speaks of nobody."""
    assert receipt.people == ()


def absent(group: GroupJid, why: Absence) -> Callable[[object], None]:
    def check(observed: Any) -> None:
        assert dict(observed.absent) == {group: why}
        assert not observed.groups
        assert not observed.failed

    return check


def raises(kind: type[GatewayError], code: int | None = None) -> tuple[type[GatewayError], int | None]:
    return kind, code


Outcome = Callable[[Any], None] | tuple[type[GatewayError], int | None]


def adding(*numbers: int) -> AddMembers:
    return AddMembers(people=tuple(someone(number) for number in numbers))


ADMINS, MEMBERS = "admins", "everyone"
LOCK = WriteSetting(setting=Setting.EDIT_INFO, value=ADMINS)

# What is done, by the name of the recording, and how it ends: on all engines alike, or by engine.
CASES: dict[str, tuple[Callable[[WholeGateway], Awaitable[object]], Outcome | Mapping[str, Outcome]]] = {
    "subject.put": (performing(WriteSubject(text="Alpha renamed")), silent),
    "description.put": (performing(WriteDescription(text="New description\nwith 2 lines")), silent),
    "description.put.empty": (
        performing(WriteDescription(text="")),
        # GOWS is not even asked: some versions never answer.
        {"noweb": silent, "webjs": silent, "gows": raises(Rejected)},
    ),
    "setting.info-admin-only.put": (performing(LOCK), silent),
    "setting.messages-admin-only.put": (
        performing(WriteSetting(setting=Setting.SEND_MESSAGES, value=ADMINS)),
        silent,
    ),
    "setting.member-add-mode.put": (performing(WriteSetting(setting=Setting.ADD_MEMBERS, value=MEMBERS)), silent),
    "setting.membership-approval.put": (performing(WriteSetting(setting=Setting.APPROVE_JOINS, value="yes")), silent),
    "participants.add": (performing(adding(13)), codes((13, 200))),
    "participants.add.by-lid": (
        performing(AddMembers(people=(Identity(lid=Lid.of("100000000000015@lid")),))),
        lambda receipt: _only(receipt, 200),
    ),
    "participants.add.mixed": (
        performing(adding(14, 403, 404, 408, 11)),
        codes((14, 200), (403, 403), (404, 404), (408, 408), (11, 409)),
    ),
    "participants.remove": (
        performing(RemoveMembers(people=(someone(13),))),
        {"noweb": codes((13, 200)), "gows": codes((13, 200)), "webjs": silent},
    ),
    "participants.remove.not-member": (
        performing(RemoveMembers(people=(someone(17),))),
        {"noweb": codes((17, 404)), "gows": codes((17, 404)), "webjs": silent},
    ),
    "admin.promote": (
        performing(PromoteMembers(people=(someone(12),))),
        {"noweb": codes((12, 200)), "gows": codes((12, 200)), "webjs": silent},
    ),
    "admin.promote.not-member": (
        performing(PromoteMembers(people=(someone(17),))),
        {"noweb": codes((17, 404)), "gows": codes((17, 404)), "webjs": silent},
    ),
    "admin.demote": (
        performing(DemoteMembers(people=(someone(12),))),
        {"noweb": codes((12, 200)), "gows": codes((12, 200)), "webjs": silent},
    ),
    "admin.demote.superadmin": (
        performing(DemoteMembers(people=(someone(99),)), BETA),
        {"noweb": codes((99, 405)), "gows": codes((99, 405)), "webjs": silent},
    ),
    "leave": (performing(LeaveGroup(), GAMMA), silent),
    "join-requests.get": (
        lambda gateway: gateway.join_requests(BETA),
        {"noweb": asking(by_lid=True, phone=True), "gows": asking(by_lid=True), "webjs": asking(phone=True)},
    ),
    "join-requests.approve": (performing(ApproveRequests(people=(known(13),)), BETA), codes((13, 200))),
    "join-requests.reject": (
        performing(RejectRequests(people=(known(14), known(17))), BETA),
        codes((14, 200), (17, 404)),
    ),
    "err.not-admin.join-requests": (lambda gateway: gateway.join_requests(GAMMA), raises(Rejected, 403)),
    "groups.refresh": (
        lambda gateway: gateway.refresh(),
        {"noweb": lambda none: None, "gows": lambda none: None, "webjs": raises(Rejected)},
    ),
    "group.create.empty": (
        lambda gateway: gateway.create(CreateGroup(subject="Only me")),
        lambda jid: _is(jid, GroupJid.of("120363400000000003@g.us")),
    ),
    "group.create.name-too-long": (
        lambda gateway: gateway.create(CreateGroup(subject="x" * 101)),
        {"noweb": raises(Rejected, 406), "gows": raises(Rejected, 406), "webjs": raises(Rejected)},
    ),
    "err.not-admin.add": (performing(adding(13), GAMMA), raises(Rejected, 403)),
    "err.not-admin.remove": (performing(RemoveMembers(people=(someone(12),)), GAMMA), raises(Rejected, 403)),
    "err.not-admin.subject": (
        performing(WriteSubject(text="x"), GAMMA),
        {"noweb": raises(Rejected, 403), "gows": raises(Rejected, 403), "webjs": raises(Rejected)},
    ),
    "err.not-admin.description": (
        performing(WriteDescription(text="x"), GAMMA),
        {"noweb": raises(Rejected, 403), "gows": raises(Rejected, 403), "webjs": raises(Rejected)},
    ),
    "err.not-admin.setting": (
        performing(WriteSetting(setting=Setting.EDIT_INFO, value=MEMBERS), GAMMA),
        {"noweb": raises(Rejected, 403), "gows": raises(Rejected, 403), "webjs": raises(Rejected)},
    ),
    "err.unknown-group.add": (performing(adding(13), NOWHERE), raises(Rejected, 404)),
    "err.unknown-group.subject": (performing(WriteSubject(text="x"), NOWHERE), raises(Rejected, 404)),
    "err.unknown-group.description": (performing(WriteDescription(text="x"), NOWHERE), raises(Rejected, 404)),
    "err.unknown-group.get": (
        reading(NOWHERE),
        {
            "noweb": absent(NOWHERE, Absence.UNKNOWN),
            "gows": absent(NOWHERE, Absence.UNKNOWN),
            "webjs": absent(NOWHERE, Absence.NOT_FOUND),
        },
    ),
    "err.not-member-group.get": (
        reading(GAMMA),
        {
            "noweb": absent(GAMMA, Absence.UNKNOWN),
            # GOWS still answers from its cache, without us.
            "gows": lambda observed: _without_us(observed, GAMMA),
            "webjs": absent(GAMMA, Absence.NOT_A_MEMBER),
        },
    ),
    "err.rate-overlimit.add": (performing(adding(13)), raises(Throttled, 429)),
    "err.rate-overlimit.subject": (performing(WriteSubject(text="y")), raises(Throttled, 429)),
    "err.rate-overlimit.get": (reading(ALPHA), raises(Throttled, 429)),
    "err.rate-overlimit.list": (lambda gateway: gateway.observe(EVERYTHING), raises(Throttled, 429)),
    "err.rate-overlimit.check-exists": (lambda gateway: gateway.identify([_phone(10)]), raises(Throttled, 429)),
    "err.wa-500.subject": (
        performing(WriteSubject(text="z")),
        # WEBJS says `false` to everything, so that a failure of WhatsApp cannot be told from a refusal.
        {"noweb": raises(Unanswered, 500), "gows": raises(Unanswered, 500), "webjs": raises(Rejected)},
    ),
    "invite-code.get": (lambda gateway: gateway.invite_link(ALPHA), lambda link: _is(link, ALPHA_LINK)),
    "invite-code.get.not-admin": (lambda gateway: gateway.invite_link(GAMMA), raises(Rejected, 401)),
    "invite-code.revoke": (
        lambda gateway: gateway.reset_invite_link(ALPHA),
        # GOWS would answer with the old link, so it is not even asked.
        {"noweb": lambda link: _another(link), "webjs": lambda link: _another(link), "gows": raises(Rejected)},
    ),
    "invite-code.get-after-revoke": (
        lambda gateway: gateway.invite_link(ALPHA),
        {
            "noweb": lambda link: _another(link),
            "webjs": lambda link: _another(link),
            "gows": lambda link: _is(link, ALPHA_LINK),
        },
    ),
    "err.unknown-group.invite-code": (lambda gateway: gateway.invite_link(NOWHERE), raises(Rejected, 404)),
    "join-info": (lambda gateway: gateway.behind(EPSILON_LINK), lambda group: _shows_epsilon(group)),
    "join": (lambda gateway: gateway.join(EPSILON_LINK), lambda jid: _is(jid, EPSILON)),
    "sendText": (lambda gateway: gateway.send_text(ALPHA, "hello"), lambda none: None),
    "err.connection-dropped.subject": (performing(WriteSubject(text="d")), raises(Unanswered)),
}


def _phone(number: int) -> Phone:
    phone = someone(number).phone
    assert phone is not None
    return phone


def _only(receipt: Any, code: int) -> None:
    assert [each.code for each in receipt.people] == [code]


def _is(found: object, expected: object) -> None:
    assert found == expected


def _another(link: Any) -> None:
    assert isinstance(link, InviteLink)
    assert link != ALPHA_LINK


def _shows_epsilon(group: Any) -> None:
    assert (group.jid, group.subject, group.stated_size or 2) == (EPSILON, "Foreign Epsilon (we are not in it)", 2)


def _without_us(observed: Any, group: GroupJid) -> None:
    assert observed.groups[group].role_of(observed.me) is None


ALL = {engine: recorded(engine) for engine in ENGINES}


def replay(engine: str, act: Callable[[WholeGateway], Awaitable[Any]], *exchanges: Exchange) -> Any:
    return on(engine.upper(), act, *exchanges, session=engine, key="admin-key")


@pytest.mark.parametrize(
    ("engine", "name"), [(engine, name) for engine in ENGINES for name in CASES if name in ALL[engine]]
)
def test_a_recorded_exchange_has_its_documented_outcome(engine: str, name: str) -> None:
    act, outcomes = CASES[name]
    outcome = outcomes[engine] if isinstance(outcomes, Mapping) else outcomes
    if isinstance(outcome, tuple):
        kind, code = outcome
        with pytest.raises(kind) as caught:
            replay(engine, act, ALL[engine][name])
        assert type(caught.value) is kind
        assert caught.value.code == code
    else:
        outcome(replay(engine, act, ALL[engine][name]))


def observe(engine: str, name: str, group: GroupJid | None = None) -> ObservedGroup:
    """The group in a recorded read: of that group, or ALPHA in a listing."""
    scope = Scope((group,)) if group is not None else EVERYTHING
    observed = replay(engine, lambda gateway: gateway.observe(scope), ALL[engine][name])
    found: ObservedGroup = observed.groups[group or ALPHA]
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_a_listing_shows_every_group_with_what_the_engine_says(engine: str) -> None:
    observed = replay(engine, lambda gateway: gateway.observe(EVERYTHING), ALL[engine]["groups.list"])
    assert observed.listing
    assert observed.trouble is None
    assert list(observed.groups) == sorted(observed.groups)
    assert len(observed.groups) == 6
    alpha = observed.groups[ALPHA]
    assert alpha == observe(engine, "group.get", ALPHA)
    assert (alpha.subject, alpha.description) == ("Team Alpha", "The alpha team")
    assert alpha.created_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert alpha.stated_size == 4
    assert alpha.community is Community.NONE
    assert alpha.hydrated
    assert not alpha.suspended
    assert alpha.creator is not None
    assert alpha.creator.phone == _phone(1)
    assert dict(alpha.settings) == {
        Setting.SEND_MESSAGES: MEMBERS,
        Setting.EDIT_INFO: MEMBERS,
        Setting.ADD_MEMBERS: ADMINS,
        Setting.APPROVE_JOINS: "no",
        Setting.DISAPPEARING: "off",
    }
    assert observed.groups[BETA].description == ""


@pytest.mark.parametrize("engine", ENGINES)
def test_members_carry_their_names_and_roles(engine: str) -> None:
    members = observe(engine, "group.get", ALPHA).members
    assert members is not None
    assert [(member.phone, member.role) for member in members] == [
        (_phone(1), Role.OWNER),
        (_phone(10), Role.ADMIN),
        (_phone(11), Role.MEMBER),
        (_phone(12), Role.MEMBER),
    ]
    by_lid = engine != "webjs"
    assert all(member.by_lid is by_lid for member in members)
    assert all((member.lid is not None) is by_lid for member in members)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_locked_group_says_so(engine: str) -> None:
    settings = observe(engine, "group.get.locked-announce-approval", BETA).settings
    assert settings[Setting.SEND_MESSAGES] == ADMINS
    assert settings[Setting.EDIT_INFO] == ADMINS
    assert settings[Setting.APPROVE_JOINS] == "yes"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_group_addressed_by_phone_lists_nobody_by_lid(engine: str) -> None:
    group = observe(engine, "group.get.pn-addressed", DELTA)
    assert group.members is not None
    assert [member.phone for member in group.members] == [_phone(1), _phone(13)]
    assert not any(member.by_lid for member in group.members)
    assert group.settings[Setting.ADD_MEMBERS] == MEMBERS


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_is_looked_up_with_its_spelling_and_its_lid(engine: str) -> None:
    exchanges = ALL[engine]
    (known,) = replay(
        engine, lambda gateway: gateway.identify([_phone(10)]), exchanges["check-exists"], exchanges["lids.by-pn"]
    )
    assert known == Lookup(_phone(10), True, _phone(10), Lid.of("100000000000010@lid"), paired=_phone(10))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_that_does_not_exist_has_no_spelling(engine: str) -> None:
    (unknown,) = replay(engine, lambda gateway: gateway.identify([_phone(404)]), ALL[engine]["check-exists.unknown"])
    assert unknown == Lookup(_phone(404), False, None, None)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["group.create", "group.create.failures"])
def test_a_creation_with_several_people_is_understood(engine: str, name: str) -> None:
    # The adapter creates with one person, so only the answer is replayed.
    answer = ALL[engine][name]._replace(sent={"name": "Any", "participants": []})
    jid = replay(engine, lambda gateway: gateway.create(CreateGroup(subject="Any")), answer)
    assert jid == GroupJid.of(f"12036340000000000{1 if name == 'group.create' else 2}@g.us")


@pytest.mark.parametrize("engine", ["noweb", "gows"])
def test_an_invitation_that_comes_with_a_refusal_has_an_end(engine: str) -> None:
    act = performing(adding(14, 403, 404, 408, 11))
    receipt = replay(engine, act, ALL[engine]["participants.add.mixed"])
    private = next(each for each in receipt.people if each.code == 403)
    assert private.invite_expires is not None
    assert private.invite_expires.date() == datetime(2026, 11, 25, tzinfo=UTC).date()


def test_a_late_phone_is_filled_in_from_the_known_pairs() -> None:
    listed = ALL["gows"]["group.get"]
    hidden = listed._replace(answer=listed.answer.replace(b"15550000012@s.whatsapp.net", b""))
    known = [{"lid": "100000000000012@lid", "pn": "15550000012@c.us"}, {"lid": "100000000000013@lid", "pn": None}]
    pairs = exchange("GET", "/api/gows/lids?limit=10000&offset=0", 200, known)
    observed = replay("gows", reading(ALPHA), hidden, pairs)
    assert observed.groups[ALPHA].members[-1].phone == _phone(12)


def test_pairs_that_cannot_be_had_do_not_spoil_a_read() -> None:
    async def twice(gateway: WholeGateway) -> list[object]:
        return [(await gateway.observe(Scope((ALPHA,)))).groups[ALPHA].members for _ in range(2)]

    listed = ALL["noweb"]["group.get"]
    hidden = listed._replace(answer=listed.answer.replace(b', "phoneNumber": "15550000012@s.whatsapp.net"', b""))
    assert hidden.answer != listed.answer
    off = Exchange("off", "GET", "/api/noweb/lids?limit=10000&offset=0", {}, None, 400, {}, b'{"message":"Enable"}')
    first, second = replay("noweb", twice, hidden, off)
    assert first == second
    assert [member.phone for member in first][-1] is None


SESSIONS: dict[str, tuple[type[GatewayError], str]] = {
    "sessions.get.stopped": (SessionLost, "Start the session"),
    "sessions.get.qr": (SessionLost, "Scan the QR code"),
    "sessions.get.failed": (SessionLost, "Restart the session"),
    "sessions.get.unknown": (SessionLost, "session:"),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_that_is_not_ready_says_what_to_do(name: str) -> None:
    kind, hint = SESSIONS[name]
    common = recorded("common")
    session = common[name].target.rsplit("/", 1)[1]

    async def nothing(gateway: WholeGateway) -> None:
        await asyncio.sleep(0)

    to = connection(Scripted(common["version"], common[name]), session=session, key="admin-key")
    with pytest.raises(kind) as caught:
        with_gateway(connect, to, nothing)
    assert hint in caught.value.hint


@pytest.mark.parametrize("engine", ENGINES)
def test_a_link_that_leads_nowhere_is_refused_when_it_is_followed(engine: str) -> None:
    # The adapter sends whole links, so only the answer is replayed.
    bad = ALL[engine]["join.bad-code"]._replace(sent={"code": EPSILON_LINK.reveal()})
    with pytest.raises(Rejected) as caught:
        replay(engine, lambda gateway: gateway.join(EPSILON_LINK), bad)
    assert caught.value.code == 406


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_to_a_person_goes_to_their_number(engine: str) -> None:
    answer = ALL[engine]["sendText"]
    asked = answer._replace(sent={"session": engine, "chatId": "15550000010@c.us", "text": "hello"})
    assert replay(engine, lambda gateway: gateway.send_text(_phone(10), "hello"), asked) is None


REPLAYED_ABOVE = {
    "groups.list",
    "group.get",
    "group.get.locked-announce-approval",
    "group.get.pn-addressed",
    "check-exists",
    "check-exists.unknown",
    "lids.by-pn",
    "group.create",
    "group.create.failures",
    "join.bad-code",
}
NEVER_ASKED = {
    r"err\.(body|query)\..*|err\.group-id-without-suffix|subject\.put\.empty": "requests that the adapter never makes",
    r"(err\..*\.)?participants(-v2|\.get|\.v2.*)?": "people come with the group (see pairs.py)",
    r"(err\..*\.)?(settings|setting\..*\.get.*)": "settings come with the group",
    r"groups\.(count|list\.exclude-participants|list\.paged)": "`count` costs a whole list; pages are by id and whole",
    r"group\.get\.(after-leave|read-after-write-settled)": "the same answer as group.get, after other calls",
    r"group\.delete": "groups are left, never deleted",
    r"lids\.(by-lid.*|by-pn\.unknown|count|list)": "pairs are read at once, in a page of another size",
    r"me|session": "asked while connecting, where the session is another one",
    r"(err\..*\.)?picture.*": "pictures have tests of their own",
}
"""Recorded exchanges that no adapter method issues, as patterns, and why."""


@pytest.mark.parametrize("engine", ENGINES)
def test_every_recorded_exchange_is_replayed_or_never_asked(engine: str) -> None:
    known = {*CASES, *REPLAYED_ABOVE}
    unknown = {name for name in ALL[engine] if not any(re.fullmatch(pattern, name) for pattern in NEVER_ASKED)}
    assert unknown <= known
    assert known & set(ALL[engine]) <= unknown


def test_every_reason_not_to_ask_is_about_something() -> None:
    names = {name for engine in ENGINES for name in ALL[engine]}
    assert [pattern for pattern in NEVER_ASKED if not any(re.fullmatch(pattern, name) for name in names)] == []
