"""WEBJS: whatsapp-web.js, which tells of failures with status 200."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from wagroups.domain.declared.settings import Setting
from wagroups.simulation.gateways.waha.browser import FALSE, MESSAGES, TRUE, UNKNOWN_MESSAGE, Browser, wid
from wagroups.simulation.gateways.waha.engine import EMPTY, ROLES, Json, html, seconds, truthy
from wagroups.simulation.gateways.waha.errors import JavaScriptError, server_status
from wagroups.simulation.gateways.waha.version import Feature
from wagroups.simulation.server.http import Answer, json_answer
from wagroups.simulation.server.read_cache import Sight
from wagroups.simulation.world.account import Creation, SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import Outsider, WhatsAppError
from wagroups.simulation.world.world import SentMessage

_BLIND: Final = json_answer({"status": 200})
"""What removing, promoting and demoting answer, whatever happened."""

_PAGE_CALLS: Final = (Call.IDENTIFY, Call.PICTURE)
"""Calls whose errors come from the page as `code` and `text` (recorded 2026-11-22)."""


class Webjs(Browser):
    """Setters answer `true` or `false`; an addition refused for privacy sends a private invitation by itself."""

    name = "WEBJS"
    raises_for_outsiders = True
    creation_settings: ClassVar[Mapping[Setting, str]] = {Setting.ADD_MEMBERS: "admins"}

    def people_v2(self, sight: Sight) -> list[Json]:
        return [
            {"id": name, "pn": name if name.endswith("@c.us") else None, "role": ROLES[role]}
            for person, role in sight.group.members.items()
            for name in [self.name_of(sight, person)]
        ]

    def missing(self, group: str, call: str) -> Answer:
        raise server_status(404)

    @property
    def session_details(self) -> Json:
        return {"engine": self.name, "WWebVersion": "2.3000.sim", "state": "CONNECTED"}

    def switch(self, body: Mapping[str, object], key: str) -> bool:
        return truthy(body.get(key, True))

    def rename(self, account: SimulatedAccount, group: str, subject: str) -> Answer:
        account.rename(group, subject)
        return TRUE

    def describe(self, account: SimulatedAccount, group: str, text: str | None) -> Answer:
        account.overwrite_description(group, text)
        return TRUE

    def switch_setting(self, account: SimulatedAccount, group: str, setting: Setting, value: str) -> Answer:
        account.set(group, setting, value)
        return TRUE

    def created(self, account: SimulatedAccount, creation: Creation, sight: Sight) -> Answer:
        people: Json = {account.person.chat_id: {**_created(200), "isGroupCreator": True}}
        for result in creation.results:
            people[result.person.chat_id] = _created(result.code)
        group = creation.group
        return json_answer({"title": group.subject, "gid": wid(group.id), "participants": people}, 201)

    def add(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        if not account.member_group(group).is_admin(account.person):
            return html("AddParticipantsError: You have no admin rights to add a participant to a group")
        return json_answer({text: _added(self._add_one(account, group, text)) for text in ids})

    @staticmethod
    def _add_one(account: SimulatedAccount, group: str, text: str) -> int:
        """One person's code.  Whoever forbids being added is sent an invitation without being asked."""
        try:
            result = account.add(group, [text])[0]
        except WhatsAppError:
            return 400
        if result.invitation is not None and result.code == 403:
            world = account.world
            world.messages.append(SentMessage(account.person, result.person.chat_id, "invitation", world.now()))
        return result.code

    def remove(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return self._blindly(account, group, ids, account.remove)

    def promote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return self._blindly(account, group, ids, account.promote)

    def demote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return self._blindly(account, group, ids, account.demote)

    def _blindly(
        self,
        account: SimulatedAccount,
        group: str,
        ids: Sequence[str],
        act: Callable[[str, Sequence[str]], Sequence[Result]],
    ) -> Answer:
        found = self.members_named(account, group, list(ids))
        if not account.member_group(group).is_admin(account.person):
            raise WhatsAppError(403)
        if found:
            act(group, found)
        return _BLIND

    def me(self, person: SimulatedPerson) -> Json:
        if self.version.has(Feature.OWN_LID_ON_WEBJS):
            return super().me(person)
        return {"id": person.chat_id, "pushName": person.name}

    def sent(self, account: SimulatedAccount, to: str, text: str, message_id: str, at: datetime) -> Json:
        name = f"true_{to}_{message_id}"
        own = account.person.chat_id
        return {
            "id": {"fromMe": True, "remote": to, "id": message_id, "_serialized": name},
            "body": text,
            "type": "chat",
            "timestamp": seconds(at),
            "from": own,
            "to": to,
            "fromMe": True,
            "ack": 0,
            "_data": {},
        }

    def swallow(self, error: WhatsAppError, call: Call) -> Answer | None:
        """Only a chat that cannot be loaded throws."""
        if error.code in (404, 429) or isinstance(error, Outsider):
            return None
        match call:
            case Call.SUBJECT | Call.DESCRIPTION | Call.SETTING:
                return FALSE
            case Call.CREATE:
                return html("CreateGroupError: An unknown error occupied while creating a group", 201)
            case Call.INVITE if error.code == 401:
                return EMPTY
            case _:
                return None

    def failure(self, error: WhatsAppError, call: Call) -> JavaScriptError:
        if call in _PAGE_CALLS:
            return JavaScriptError(f"{error.code} {error.text}", code=error.code, text=error.text)
        return server_status(error.code)


def _added(code: int) -> Json:
    return {"code": code, "message": MESSAGES.get(code, UNKNOWN_MESSAGE), "isInviteV4Sent": code == 403}


def _created(code: int) -> Json:
    entry = _added(code)
    return {
        "statusCode": code,
        "message": entry["message"],
        "isGroupCreator": False,
        "isInviteV4Sent": entry["isInviteV4Sent"],
    }
