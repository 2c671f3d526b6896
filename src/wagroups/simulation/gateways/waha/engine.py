"""What differs between WAHA's engines: shapes, results, refusals, and how careless each is with a request.

One class an engine.  This base holds what NOWEB, GOWS, WEBJS and WPP have in common, and says what each must add.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.simulation.gateways.waha.errors import JavaScriptError, not_implemented, undefined
from wagroups.simulation.gateways.waha.version import Version
from wagroups.simulation.server.http import Answer, json_answer, text_answer
from wagroups.simulation.server.read_cache import LIVE, Lag, Mirror, Sight
from wagroups.simulation.world.account import Creation, SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Group, PendingRequest, Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError

Json = dict[str, object]

EMPTY: Final = Answer(200)
"""`undefined` on the server: no body and no content type."""

ROLES: Final = {Role.MEMBER: "participant", Role.ADMIN: "admin", Role.OWNER: "superadmin"}


def html(text: str, status: int = 200) -> Answer:
    """A bare string, number or boolean, which Express sends as a page."""
    return text_answer(text, status, "text/html; charset=utf-8")


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def truthy(value: object) -> bool:
    """What JavaScript takes for true: any object, and any other value but empty ones."""
    return isinstance(value, list | dict) or bool(value)


class FakeEngine(ABC):
    """One engine's manners."""

    name: ClassVar[str]
    lag: Lag = LIVE
    browser: ClassVar[str | None] = None
    """The browser it drives, as the version route names it."""
    tells_restrictions: ClassVar[bool] = True
    """Whether it can be asked for the account's time lock and message quota."""
    lists_object: ClassVar[bool] = False
    keeps_pairs: bool = True
    """Whether it has a store for pairs of LID and number; without one the lids routes are refused."""
    learns_numbers_by_asking: ClassVar[bool] = True
    """Whether an exists-check teaches the LID of the number (the lids routes then know the pair)."""
    creation_settings: ClassVar[Mapping[Setting, str]] = {}
    """What the engine asks for when it makes a group."""
    raises_for_outsiders: ClassVar[bool] = False
    """Whether reading a group asks WhatsApp, which refuses outsiders."""
    reads_first_at_creation: ClassVar[str] = "participants"
    """The first field the engine's code reads of a creation's body; a missing body fails there."""
    sorts_by: ClassVar[Mapping[str, str]] = {}
    """`sortBy` word → the key of an item it really sorts by; an absent word sorts nothing."""

    def __init__(self, version: Version) -> None:
        self.version = version

    @property
    def config(self) -> Json:
        """How the session was set up, as its route shows it."""
        return {"metadata": {}}

    # Reading

    @abstractmethod
    def item(self, sight: Sight, *, people: bool, listed: bool) -> Json:
        """A group in a listing, or by itself."""

    @abstractmethod
    def people(self, sight: Sight) -> list[Json]:
        """The first generation of `participants`."""

    @abstractmethod
    def people_v2(self, sight: Sight) -> list[Json]: ...

    @abstractmethod
    def missing(self, group: str, call: str) -> Answer:
        """What a read of a group that the engine does not have gives, or raises."""

    def me(self, person: SimulatedPerson) -> Json:
        return {"id": person.chat_id, "pushName": person.name, "lid": person.lid_jid}

    @property
    def session_details(self) -> Json:
        return {"engine": self.name}

    def exists(self, phone_digits: str, person: SimulatedPerson | None) -> Json:
        if person is None:
            return {"numberExists": False}
        return {"numberExists": True, "chatId": person.chat_id}

    # Being asked

    def subject(self, body: Mapping[str, object]) -> str:
        """The subject that a body asks for; raises what the engine throws for others than texts."""
        value = body.get("subject")
        return value if isinstance(value, str) else str(value or "")

    def description(self, body: Mapping[str, object]) -> str | None:
        """The description that a body asks for; `None` takes it away."""
        value = body.get("description")
        return str(value) if value else None

    def switch(self, body: Mapping[str, object], key: str) -> bool:
        """The boolean that a body asks for.  No pipe validates it: absent is false, any text is true."""
        return truthy(body.get(key))

    def participants(self, body: Mapping[str, object]) -> list[str]:
        """The ids of a body's participants; whatever is no id becomes `undefined`."""
        value = body.get("participants")
        if not isinstance(value, list):
            raise undefined("map")
        return [str(entry["id"]) if isinstance(entry, dict) and "id" in entry else "undefined" for entry in value]

    # Doing

    def rename(self, account: SimulatedAccount, group: str, subject: str) -> Answer:
        account.rename(group, subject)
        return EMPTY

    def describe(self, account: SimulatedAccount, group: str, text: str | None) -> Answer:
        account.overwrite_description(group, text)
        return EMPTY

    def switch_setting(self, account: SimulatedAccount, group: str, setting: Setting, value: str) -> Answer:
        account.set(group, setting, value)
        return html("true") if setting in _ANSWERED_WITH_TRUE else EMPTY

    def create(self, account: SimulatedAccount, name: str, ids: Sequence[str], mirror: Mirror) -> Answer:
        creation = account.create(name, ids, self.creation_settings)
        return self.created(account, creation, mirror.fresh(creation.group))

    @abstractmethod
    def created(self, account: SimulatedAccount, creation: Creation, sight: Sight) -> Answer: ...

    @abstractmethod
    def add(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer: ...

    @abstractmethod
    def remove(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer: ...

    @abstractmethod
    def promote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer: ...

    @abstractmethod
    def demote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer: ...

    def invite_code(self, account: SimulatedAccount, group: str, *, reset: bool) -> Answer:
        return html(account.invite_code(group, reset=reset))

    def joined(self, account: SimulatedAccount, group: Group) -> Answer:
        return json_answer({"id": group.id})

    def leave(self, account: SimulatedAccount, group: str) -> Answer:
        account.leave(group)
        return EMPTY

    def delete(self, account: SimulatedAccount, group: str) -> Answer:
        """Deleting a group, which WhatsApp does not have; two engines delete the chat."""
        return not_implemented(self.name)

    def request(self, request: PendingRequest) -> Json:
        """Somebody who waits for approval."""
        return {
            "requesterId": request.person.lid_jid,
            "addedById": None,
            "parentGroupId": None,
            "requestMethod": None,
            "timestamp": seconds(request.at),
        }

    def settled(self, results: Sequence[Result]) -> Answer:
        """The results of approving or rejecting."""
        return json_answer([self._settled(result) for result in results])

    def _settled(self, result: Result) -> Json:
        entry: Json = {"requesterId": self.request_id(result.person), "success": result.code == 200}
        return entry if result.code == 200 else {**entry, "error": result.code}

    def request_id(self, person: SimulatedPerson) -> str:
        return person.lid_jid

    @abstractmethod
    def sent(self, account: SimulatedAccount, to: str, text: str, message_id: str, at: datetime) -> Json:
        """The answer to a text that was sent."""

    # Failing

    @abstractmethod
    def failure(self, error: WhatsAppError, call: Call) -> JavaScriptError:
        """What the engine throws when WhatsApp refuses."""

    def swallow(self, error: WhatsAppError, call: Call) -> Answer | None:
        """The answer of an engine that keeps a refusal to itself, or `None` for one that throws it."""
        return None

    @abstractmethod
    def cut_off(self, call: Call) -> Answer:
        """What is answered, or thrown, when the connection to WhatsApp breaks during a call."""

    @abstractmethod
    def timed_out(self, call: Call) -> Answer:
        """What is answered, or thrown, when WhatsApp never answers."""


_ANSWERED_WITH_TRUE: Final = (Setting.APPROVE_JOINS, Setting.SHARE_HISTORY)


def web_id(jid: str) -> str:
    """The id of a user as WAHA's own words for members write it."""
    return jid.replace("@s.whatsapp.net", "@c.us")


def listed_again(sight: Sight) -> list[Json]:
    """Entries of people whom the list names once more, in the second generation of `participants`."""
    return [
        {"id": web_id(jid), "role": ROLES[role]}
        for person, role in sight.group.members.items()
        for jid in person.jids_again
    ]


def sight_name(group: Group, person: SimulatedPerson) -> str:
    """The JID under which a group lists somebody."""
    return person.lid_jid if group.lid_addressed else person.pn_jid
