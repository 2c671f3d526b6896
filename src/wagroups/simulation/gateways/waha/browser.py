"""What WEBJS and WPP share: both drive WhatsApp Web and serialise its chat models."""

from collections.abc import Mapping
from typing import ClassVar, Final

from wagroups.domain.declared.settings import DISAPPEARING_SECONDS, Setting
from wagroups.domain.identity import Role
from wagroups.domain.live.observed import Community
from wagroups.simulation.gateways.waha.engine import FakeEngine, Json, html, seconds, web_id
from wagroups.simulation.gateways.waha.errors import JavaScriptError
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer
from wagroups.simulation.server.read_cache import Sight
from wagroups.simulation.world.account import SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Group, PendingRequest
from wagroups.simulation.world.people import SimulatedPerson

PEOPLE_KEYS: Final = ("participants", "pendingParticipants", "pastParticipants", "membershipApprovalRequests")
"""What `exclude=participants` drops."""

MESSAGES: Final[Mapping[int, str]] = {
    200: "The participant was added successfully",
    403: "The participant can be added by sending private invitation only",
    404: "The phone number is not registered on WhatsApp",
    408: "You cannot add this participant because they recently left the group",
    409: "The participant is already a group member",
    417: "The participant can't be added to the community. You can invite them privately to join the community",
    419: "The participant can't be added because the group is full",
}
UNKNOWN_MESSAGE: Final = "An unknown error occupied while adding a participant"
"""The library's own spelling (whatsapp-web.js GroupChat.js, recorded 2026-11-22)."""

TRUE: Final = html("true")
FALSE: Final = html("false")


def wid(jid: str) -> Json:
    """An id as the page's JavaScript keeps it."""
    user, _, server = jid.partition("@")
    return {"server": server, "user": user, "_serialized": jid}


class Browser(FakeEngine):
    """Chat models with `groupMetadata`; the sort keys are nested, so that sorting by them does nothing."""

    browser = "/usr/bin/chromium"
    sorts_by: ClassVar[Mapping[str, str]] = {}

    def name_of(self, sight: Sight, person: SimulatedPerson) -> str:
        """Under which id a member is shown: the number where the contact list knows it, else the LID."""
        known = person in sight.numbers or not sight.group.lid_addressed
        return person.chat_id if known else person.lid_jid

    def metadata(self, sight: Sight, *, people: bool) -> Json:
        group, description = sight.group, sight.group.description
        metadata: Json = {
            "id": wid(group.id),
            "creation": seconds(group.created_at),
            "owner": wid(self.name_of(sight, group.creator)),
            "subject": group.subject,
            "subjectTime": seconds(group.subject_at),
        }
        if description is not None:
            metadata |= {"desc": description.text, "descId": description.id, "descTime": seconds(description.at)}
            metadata["descOwner"] = wid(self.name_of(sight, description.by))
        else:
            metadata["descTime"] = 0
        metadata |= {
            "restrict": group.settings[Setting.EDIT_INFO] == "admins",
            "announce": group.settings[Setting.SEND_MESSAGES] == "admins",
            "noFrequentlyForwarded": False,
            "ephemeralDuration": DISAPPEARING_SECONDS[group.settings[Setting.DISAPPEARING]],
            "membershipApprovalMode": group.settings[Setting.APPROVE_JOINS] == "yes",
            "memberAddMode": "all_member_add" if group.settings[Setting.ADD_MEMBERS] == "everyone" else "admin_add",
            "reportToAdminMode": False,
            "size": sight.size,
            "support": False,
            "suspended": group.suspended,
            "terminated": False,
            "uniqueShortNameMap": {},
            "isLidAddressingMode": group.lid_addressed,
            "isParentGroup": group.community is Community.PARENT,
            "isParentGroupClosed": False,
            "defaultSubgroup": group.community is Community.ANNOUNCEMENT,
            "generalSubgroup": False,
            "generalChatAutoAddDisabled": False,
            "allowNonAdminSubGroupCreation": False,
            "lastActivityTimestamp": 0,
            "lastSeenActivityTimestamp": 0,
            "incognito": False,
            "subgroupSuggestions": [],
        }
        if group.parent is not None:
            metadata["parentGroup"] = wid(group.parent.reveal())
        if self.version.has(Feature.HISTORY):
            everyone = group.settings[Setting.SHARE_HISTORY] == "everyone"
            metadata["memberShareGroupHistoryMode"] = "all_member_share" if everyone else "admin_share"
        if people:
            metadata |= {key: [] for key in PEOPLE_KEYS} | {"participants": self.people(sight)}
        return metadata

    def chat(self, group: Group) -> Json:
        """The chat around the group.  `isLocked` is the chat lock, not the group's."""
        return {
            "id": wid(group.id),
            "name": group.subject,
            "isGroup": True,
            "isReadOnly": group.settings[Setting.SEND_MESSAGES] == "admins",
            "unreadCount": 0,
            "timestamp": seconds(group.subject_at),
            "archived": False,
            "pinned": False,
            "isLocked": False,
            "isMuted": False,
            "muteExpiration": 0,
        }

    def item(self, sight: Sight, *, people: bool, listed: bool) -> Json:
        return {"groupMetadata": self.metadata(sight, people=people), **self.chat(sight.group)}

    def people(self, sight: Sight) -> list[Json]:
        return [
            {
                "id": wid(name),
                "isAdmin": role.is_admin,
                "isSuperAdmin": role is Role.OWNER,
            }
            for person, role in sight.group.members.items()
            for name in (self.name_of(sight, person), *(web_id(jid) for jid in person.jids_again))
        ]

    def request(self, request: PendingRequest) -> Json:
        name = self.request_id(request.person)
        method: Json = {"requestMethod": request.method}
        return {**super().request(request), "requesterId": name, "addedById": name, **method}

    def request_id(self, person: SimulatedPerson) -> str:
        return person.chat_id

    @staticmethod
    def members_named(account: SimulatedAccount, group: str, ids: list[str]) -> list[str]:
        """Those of the ids that name somebody in the group."""
        members = account.member_group(group).members
        names = {name for person in members for name in (person.chat_id, person.lid_jid, person.pn_jid)}
        return [text for text in ids if text in names]

    def delete(self, account: SimulatedAccount, group: str) -> Answer:
        """Deletes the chat on this device; the group lives on."""
        account.member_group(group)
        return TRUE

    def cut_off(self, call: Call) -> Answer:
        raise JavaScriptError("Protocol error (Runtime.callFunctionOn): Target closed", name="ProtocolError")

    def timed_out(self, call: Call) -> Answer:
        raise JavaScriptError("Runtime.callFunctionOn timed out", name="ProtocolError")
