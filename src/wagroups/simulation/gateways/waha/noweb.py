"""NOWEB: Baileys' group metadata, Boom errors, and results as protocol nodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from wagroups.domain.declared.settings import DISAPPEARING_SECONDS, Setting
from wagroups.domain.identity import Role
from wagroups.domain.live.observed import Community
from wagroups.simulation.gateways.waha.engine import EMPTY, ROLES, FakeEngine, Json, seconds, sight_name
from wagroups.simulation.gateways.waha.errors import JavaScriptError, boom, undefined
from wagroups.simulation.gateways.waha.version import Feature, Version
from wagroups.simulation.server.http import Answer, json_answer
from wagroups.simulation.server.read_cache import LIVE, Lag, Sight
from wagroups.simulation.world.account import Creation, SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Group, PendingRequest, Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError

_ADMIN: Final = {Role.MEMBER: None, Role.ADMIN: "admin", Role.OWNER: "superadmin"}

_NOT_TEXT: Final = (
    "The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like "
    "Object. Received "
)


_STORE: Final = Lag(settings=frozenset({Setting.DISAPPEARING}), size=True, description_version=True, subject_time=True)
"""What the store does not hear of."""


class Noweb(FakeEngine):
    """Object-keyed listings; with its store, as is recommended, or without, as is the default."""

    name = "NOWEB"
    lists_object = True
    learns_numbers_by_asking = False
    sorts_by: ClassVar[Mapping[str, str]] = {"id": "id", "subject": "subject"}

    def __init__(self, version: Version, *, store: bool = True) -> None:
        super().__init__(version)
        self.keeps_pairs = store
        self.lag = _STORE if store else LIVE

    @property
    def config(self) -> Json:
        if not self.keeps_pairs:
            return super().config
        return {**super().config, "noweb": {"store": {"enabled": True, "fullSync": False}}}

    def item(self, sight: Sight, *, people: bool, listed: bool) -> Json:
        group = sight.group
        item: Json = {
            "id": group.id,
            "addressingMode": "lid" if group.lid_addressed else "pn",
            "subject": group.subject,
            **_named("subjectOwner", group, group.subject_by),
            "subjectTime": seconds(group.subject_at),
            "size": sight.size,
            "creation": seconds(group.created_at),
            **_named("owner", group, group.creator),
            "owner_country_code": "US",
        }
        if (description := group.description) is not None:
            item |= {"desc": description.text, "descId": description.id}
            item |= {**_named("descOwner", group, description.by), "descTime": seconds(description.at)}
        if group.parent is not None:
            item["linkedParent"] = group.parent.reveal()
        item |= {
            "restrict": group.settings[Setting.EDIT_INFO] == "admins",
            "announce": group.settings[Setting.SEND_MESSAGES] == "admins",
            "isCommunity": group.community is Community.PARENT,
            "isCommunityAnnounce": group.community is Community.ANNOUNCEMENT,
            "joinApprovalMode": group.settings[Setting.APPROVE_JOINS] == "yes",
            "memberAddMode": group.settings[Setting.ADD_MEMBERS] == "everyone",
        }
        if timer := DISAPPEARING_SECONDS[group.settings[Setting.DISAPPEARING]]:
            item["ephemeralDuration"] = timer
        if self.version.has(Feature.HISTORY):
            item["memberShareHistoryMode"] = group.settings[Setting.SHARE_HISTORY] == "everyone"
        return {**item, "participants": self.people(sight)} if people else item

    def people(self, sight: Sight) -> list[Json]:
        again: list[Json] = [
            {"id": jid, "admin": _ADMIN[role]}
            for person, role in sight.group.members.items()
            for jid in person.jids_again
        ]
        return [*(self._person(sight, person, role) for person, role in sight.group.members.items()), *again]

    def _person(self, sight: Sight, person: SimulatedPerson, role: Role) -> Json:
        entry: Json = {"id": sight_name(sight.group, person)}
        if self._misplaces(sight, person):
            return {"id": {**entry, "phoneNumber": person.pn_jid, "admin": None}, "admin": _ADMIN[role]}
        if not sight.group.lid_addressed:
            entry["lid"] = person.lid_jid
        elif person in sight.numbers:
            entry["phoneNumber"] = person.pn_jid
        return {**entry, "admin": _ADMIN[role]}

    def _misplaces(self, sight: Sight, person: SimulatedPerson) -> bool:
        """Whether the store has somebody's record where their id belongs, as before 2026.8 after news of them."""
        return self.keeps_pairs and not self.version.has(Feature.PLAIN_IDS) and person in sight.newcomers

    def people_v2(self, sight: Sight) -> list[Json]:
        if any(self._misplaces(sight, person) for person in sight.group.members):
            raise JavaScriptError("jid?.endsWith is not a function", name="TypeError")
        if not sight.group.lid_addressed:
            return [{"id": person.chat_id, "role": ROLES[role]} for person, role in sight.group.members.items()]
        return [
            {"id": person.lid_jid, **({"pn": person.chat_id} if person in sight.numbers else {}), "role": ROLES[role]}
            for person, role in sight.group.members.items()
        ]

    def missing(self, group: str, call: str) -> Answer:
        if call == "participants":
            raise undefined("participants")
        raise JavaScriptError(f"Group with id '{group}' not found")

    def subject(self, body: Mapping[str, object]) -> str:
        value = body.get("subject")
        if not isinstance(value, str):
            received = f"type number ({value})" if isinstance(value, int | float) else "undefined"
            raise JavaScriptError(_NOT_TEXT + received, name="TypeError", code="ERR_INVALID_ARG_TYPE")
        return value

    def created(self, account: SimulatedAccount, creation: Creation, sight: Sight) -> Answer:
        """The parser drops the errors, so that refused people look like members."""
        refused: list[Json] = [
            {
                "id": result.person.pn_jid if result.person.no_account else result.person.lid_jid,
                **({} if result.person.no_account else {"phoneNumber": result.person.pn_jid}),
                "admin": None,
            }
            for result in creation.results
            if result.code != 200
        ]
        return json_answer(
            {**self.item(sight, people=False, listed=False), "participants": [*self.people(sight), *refused]}, 201
        )

    def add(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return _nodes(account.add(group, ids))

    def remove(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return _nodes(account.remove(group, ids))

    def promote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return _nodes(account.promote(group, ids), type="admin")

    def demote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        return _nodes(account.demote(group, ids))

    def joined(self, account: SimulatedAccount, group: Group) -> Answer:
        return json_answer({"id": group.id} if account.person in group.members else {})

    def request(self, request: PendingRequest) -> Json:
        entry = super().request(request)
        entry["requestMethod"] = request.method
        return {"requesterId": entry.pop("requesterId"), "requesterPn": request.person.chat_id, **entry}

    def sent(self, account: SimulatedAccount, to: str, text: str, message_id: str, at: datetime) -> Json:
        return {
            "key": {"remoteJid": to, "fromMe": True, "id": message_id},
            "message": {"extendedTextMessage": {"text": text}, "messageContextInfo": {"messageSecret": "c2VjcmV0"}},
            "messageTimestamp": str(seconds(at)),
            "status": "PENDING",
            "participant": account.person.pn_jid.replace("@", ":7@"),
        }

    def failure(self, error: WhatsAppError, call: Call) -> JavaScriptError:
        return boom(error)

    def cut_off(self, call: Call) -> Answer:
        raise JavaScriptError("Connection Closed", data=None, isBoom=True, isServer=False, output={})

    def timed_out(self, call: Call) -> Answer:
        """Baileys gives up after 120 s and most callers take nothing for success (measured 2026-11-22)."""
        match call:
            case Call.CREATE:
                raise JavaScriptError("Invalid group metadata response: missing <group> node")
            case Call.ADD | Call.REMOVE | Call.PROMOTE | Call.DEMOTE:
                return json_answer([])
            case Call.LIST:
                return json_answer({})
            case Call.SUBJECT | Call.DESCRIPTION | Call.SETTING | Call.LEAVE:
                return EMPTY
            case _:
                raise JavaScriptError("Timed Out", data=408, isBoom=True, isServer=False, output={})


def _named(key: str, group: Group, person: SimulatedPerson) -> Json:
    if group.lid_addressed:
        return {key: person.lid_jid, f"{key}Pn": person.pn_jid}
    return {key: person.pn_jid}


def _nodes(results: Sequence[Result], **extra: str) -> Answer:
    return json_answer([_node(result, extra if result.code == 200 else {}) for result in results])


def _node(result: Result, extra: Mapping[str, str]) -> Json:
    """One person's result: the protocol's own node, and the code as a text."""
    jid = result.person.pn_jid if result.person.no_account else result.person.lid_jid
    attributes: Json = {"jid": jid}
    if jid != result.person.pn_jid:
        attributes["phone_number"] = result.person.pn_jid
    attributes |= extra
    if result.code != 200:
        attributes["error"] = str(result.code)
    node: Json = {"tag": "participant", "attrs": attributes}
    if (invitation := result.invitation) is not None:
        request = {"code": invitation.code, "expiration": str(seconds(invitation.expires))}
        node["content"] = [{"tag": "add_request", "attrs": request}]
    return {"status": str(result.code), "jid": jid, "content": node}
