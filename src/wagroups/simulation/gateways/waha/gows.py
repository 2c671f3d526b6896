"""GOWS: whatsmeow's group records in PascalCase, a cache that misses much, and gRPC errors."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from wagroups.domain.declared.settings import DISAPPEARING_SECONDS, Setting
from wagroups.domain.identity import Role
from wagroups.domain.live.observed import Community
from wagroups.simulation.gateways.waha.engine import ROLES, FakeEngine, Json, html, sight_name
from wagroups.simulation.gateways.waha.errors import JavaScriptError, grpc, nest, undefined
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, EarlyAnswer, json_answer
from wagroups.simulation.server.read_cache import Lag, Sight
from wagroups.simulation.world.account import Creation, SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import Outsider, WhatsAppError

_NEVER: Final = "0001-01-01T00:00:00Z"

_VERSION_BASE: Final = 1_700_000_000_000_000
"""Where participant versions begin: a time in microseconds."""

_PROSE: Final[Mapping[tuple[Call, int], str]] = {
    (Call.DESCRIPTION, 404): "failed to get group info: that group does not exist",
    (Call.INVITE, 404): "that group does not exist",
    (Call.INVITE, 401): "you don't have the permission to get the group's invite link",
    (Call.JOIN, 406): "that group invite link is not valid",
    (Call.JOIN, 410): "that group invite link has been revoked",
}
_OUTSIDE: Final[Mapping[Call, str]] = {
    Call.DESCRIPTION: "failed to get group info: you're not participating in that group",
    Call.INVITE: "you're not participating in that group",
}
"""Refusals that whatsmeow words itself, so that the number is nowhere (whatsmeow group.go, read 2026-07)."""


class Gows(FakeEngine):
    """Add mode, approval, size and the numbers of new members lag in the cache; revoking a link does nothing."""

    name = "GOWS"
    lag = Lag(
        settings=frozenset({Setting.ADD_MEMBERS, Setting.APPROVE_JOINS}),
        size=True,
        numbers_of_new_members=True,
        own_leaving=True,
    )
    creation_settings: ClassVar[Mapping[Setting, str]] = {Setting.ADD_MEMBERS: "everyone"}
    reads_first_at_creation = "name"
    sorts_by: ClassVar[Mapping[str, str]] = {"id": "JID", "subject": "Name"}

    def item(self, sight: Sight, *, people: bool, listed: bool) -> Json:
        group, description = sight.group, sight.group.description
        timer = DISAPPEARING_SECONDS[group.settings[Setting.DISAPPEARING]]
        item: Json = {
            "JID": group.id,
            "OwnerJID": sight_name(group, group.creator),
            "OwnerPN": group.creator.pn_jid if group.lid_addressed else "",
            "Name": group.subject,
            "NameSetAt": _iso(group.subject_at),
            "NameSetBy": sight_name(group, group.subject_by),
            "NameSetByPN": group.subject_by.pn_jid if group.lid_addressed else "",
            "Topic": description.text if description else "",
            "TopicID": description.id if description else "",
            "TopicSetAt": _iso(description.at) if description else _NEVER,
            "TopicSetBy": sight_name(group, description.by) if description else "",
            "TopicSetByPN": description.by.pn_jid if description and group.lid_addressed else "",
            "TopicDeleted": False,
            "IsLocked": group.settings[Setting.EDIT_INFO] == "admins",
            "IsAnnounce": group.settings[Setting.SEND_MESSAGES] == "admins",
            "AnnounceVersionID": str(_VERSION_BASE + 1),
            "IsEphemeral": bool(timer),
            "DisappearingTimer": timer,
            "IsIncognito": False,
            "IsParent": group.community is Community.PARENT,
            "DefaultMembershipApprovalMode": "",
            "LinkedParentJID": group.parent.reveal() if group.parent else "",
            "IsDefaultSubGroup": group.community is Community.ANNOUNCEMENT,
            "IsJoinApprovalRequired": group.settings[Setting.APPROVE_JOINS] == "yes",
            "AddressingMode": "lid" if group.lid_addressed else "pn",
            "GroupCreated": _iso(group.created_at),
            "CreatorCountryCode": "US",
            "ParticipantVersionID": str(_VERSION_BASE + group.version),
            "Participants": self.people(sight),
            "ParticipantCount": sight.size,
            "MemberAddMode": "all_member_add" if group.settings[Setting.ADD_MEMBERS] == "everyone" else "admin_add",
            "Suspended": group.suspended,
        }
        if self.version.has(Feature.HISTORY):
            everyone = group.settings[Setting.SHARE_HISTORY] == "everyone"
            item["MemberShareHistoryMode"] = "all_member_share" if everyone else "admin_share"
        if not people:
            del item["Participants"]
        return item

    def people(self, sight: Sight) -> list[Json]:
        return [
            _participant(
                sight_name(sight.group, person),
                person.pn_jid if person in sight.numbers or not sight.group.lid_addressed else "",
                person.lid_jid if person in sight.numbers or not sight.group.lid_addressed else "",
                role=role,
            )
            for person, role in sight.group.members.items()
        ] + [
            _participant(jid, "" if jid.endswith("@lid") else jid, jid if jid.endswith("@lid") else "", role=role)
            for person, role in sight.group.members.items()
            for jid in person.jids_again
        ]

    def people_v2(self, sight: Sight) -> list[Json]:
        lid_addressed = sight.group.lid_addressed
        return [
            {
                "id": person.lid_jid if lid_addressed else person.chat_id,
                "pn": person.chat_id if person in sight.numbers or not lid_addressed else "",
                "role": ROLES[role],
            }
            for person, role in sight.group.members.items()
        ]

    def missing(self, group: str, call: str) -> Answer:
        raise grpc("not found")

    def me(self, person: SimulatedPerson) -> Json:
        return {**super().me(person), "jid": person.pn_jid.replace("@", ":7@")}

    @property
    def session_details(self) -> Json:
        return {"grpc": {"client": "READY", "stream": "READY"}, "gows": {"found": True, "connected": True}}

    def exists(self, phone_digits: str, person: SimulatedPerson | None) -> Json:
        found = super().exists(phone_digits, person)
        return found if person else {**found, "chatId": f"{phone_digits}@c.us"}

    def subject(self, body: Mapping[str, object]) -> str:
        value = body.get("subject")
        if not isinstance(value, str) or not value:
            raise EarlyAnswer(nest(400, "GOWS does not support empty group subject."))
        return value

    def description(self, body: Mapping[str, object]) -> str | None:
        value = body.get("description")
        if value == "" and self.version.has(Feature.CLEARS_DESCRIPTION):
            return value
        if not isinstance(value, str) or not value:
            raise EarlyAnswer(nest(400, "GOWS does not support empty group description."))
        return value

    def switch(self, body: Mapping[str, object], key: str) -> bool:
        value = body.get(key, False)
        if not isinstance(value, bool):
            raise grpc("Request message serialization failure: Assertion failed", 13)
        return value

    def participants(self, body: Mapping[str, object]) -> list[str]:
        ids = super().participants(body)
        if "undefined" in ids:
            raise undefined("split")
        return [_server_form(text) for text in ids]

    def created(self, account: SimulatedAccount, creation: Creation, sight: Sight) -> Answer:
        refused = [_result(result, Role.MEMBER) for result in creation.results if result.code != 200]
        shown = {**self.item(sight, people=False, listed=False), "Participants": [*self.people(sight), *refused]}
        return json_answer(shown, 201)

    def add(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return json_answer([_result(result, Role.MEMBER) for result in account.add(group, ids)])

    def remove(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return json_answer([_result(result, Role.MEMBER) for result in account.remove(group, ids)])

    def promote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return json_answer([_result(result, Role.ADMIN) for result in account.promote(group, ids)])

    def demote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return json_answer([_result(result, Role.MEMBER) for result in account.demote(group, ids)])

    def invite_code(self, account: SimulatedAccount, group: str, *, reset: bool) -> Answer:
        """The whole link.  The Go side asks without the reset flag, so that revoking revokes nothing."""
        return html(f"https://chat.whatsapp.com/{account.invite_code(group)}")

    def sent(self, account: SimulatedAccount, to: str, text: str, message_id: str, at: datetime) -> Json:
        return {"id": f"true_{to}_{message_id}_{account.person.chat_id}", "_data": None}

    def failure(self, error: WhatsAppError, call: Call) -> JavaScriptError:
        call = Call.INVITE if call is Call.INVITE_RESET else call
        prose = _PROSE.get((call, error.code))
        if isinstance(error, Outsider):
            prose = _OUTSIDE.get(call)
        return grpc(prose or f"info query returned status {error.code}: {error.text}")

    def cut_off(self, call: Call) -> Answer:
        raise grpc("websocket disconnected before info query returned response")

    def timed_out(self, call: Call) -> Answer:
        raise grpc("info query timed out")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _server_form(text: str) -> str:
    """What GOWS makes of an id: bare digits and `c.us` become server ids, a device is cut off, `+` stays."""
    user, _, server = text.partition("@")
    user = re.sub(r":\d+$", "", user)
    return f"{user}@lid" if server == "lid" else f"{user}@s.whatsapp.net"


def _participant(jid: str, phone: str, lid: str, *, role: Role, error: int = 0, request: Json | None = None) -> Json:
    return {
        "JID": jid,
        "PhoneNumber": phone,
        "LID": lid,
        "IsAdmin": role.is_admin,
        "IsSuperAdmin": role is Role.OWNER,
        "DisplayName": "",
        "Error": error,
        "AddRequest": request,
    }


def _result(result: Result, role: Role) -> Json:
    person, invitation = result.person, result.invitation
    return _participant(
        person.pn_jid if person.no_account else person.lid_jid,
        person.pn_jid,
        "" if person.no_account else person.lid_jid,
        role=role if result.code == 200 else Role.MEMBER,
        error=0 if result.code == 200 else result.code,
        request={"Code": invitation.code, "Expiration": _iso(invitation.expires)} if invitation else None,
    )
