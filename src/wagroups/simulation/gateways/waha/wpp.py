"""WPP: wa-js in the page, whose roles are not idempotent and for which a missing group looks like an empty one.

Not recorded: this follows wa-js and the wppconnect layers as read in 2026-07.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from wagroups.domain.declared.settings import Setting
from wagroups.simulation.gateways.waha.browser import FALSE, MESSAGES, TRUE, UNKNOWN_MESSAGE, Browser, wid
from wagroups.simulation.gateways.waha.engine import EMPTY, ROLES, Json, seconds
from wagroups.simulation.gateways.waha.errors import JavaScriptError, not_implemented
from wagroups.simulation.server.http import Answer, EarlyAnswer, json_answer
from wagroups.simulation.server.read_cache import Lag, Mirror, Sight
from wagroups.simulation.world.account import Creation, SimulatedAccount
from wagroups.simulation.world.faults import Call
from wagroups.simulation.world.group import Result
from wagroups.simulation.world.people import SimulatedPerson
from wagroups.simulation.world.refusal import WhatsAppError

_PROSE: Final = {
    401: "You are not allowed to do this",
    403: "You are not a group admin",
    404: "Group not found",
    429: "rate-overlimit",
}
"""wa-js words refusals for people; only the rate limit keeps WhatsApp's word (wa-js issue 3479)."""


class Wpp(Browser):
    """Members of LID groups are shown by LID, and the second generation of `participants` has no numbers."""

    name = "WPP"
    tells_restrictions = False
    lag = Lag(needs_listing=True)

    def name_of(self, sight: Sight, person: SimulatedPerson) -> str:
        return person.lid_jid if sight.group.lid_addressed else person.chat_id

    def item(self, sight: Sight, *, people: bool, listed: bool) -> Json:
        item = super().item(sight, people=people, listed=listed)
        item |= {"contact": {"id": wid(sight.group.id)}, "presence": {}, "msgs": None}
        return {**item, "id": sight.group.id} if listed else item

    def people_v2(self, sight: Sight) -> list[Json]:
        return [
            {"id": self.name_of(sight, person), "pn": None, "role": ROLES[role]}
            for person, role in sight.group.members.items()
        ]

    def missing(self, group: str, call: str) -> Answer:
        match call:
            case "participants" | "v2":
                return json_answer([])
            case "group":
                return FALSE
            case _:
                return json_answer({call: False})

    def switch_setting(self, account: SimulatedAccount, group: str, setting: Setting, value: str) -> Answer:
        if setting is Setting.SHARE_HISTORY:
            raise EarlyAnswer(not_implemented(self.name))
        account.set(group, setting, value)
        return TRUE

    def rename(self, account: SimulatedAccount, group: str, subject: str) -> Answer:
        account.rename(group, subject)
        return TRUE

    def describe(self, account: SimulatedAccount, group: str, text: str | None) -> Answer:
        account.overwrite_description(group, text)
        return TRUE

    def create(self, account: SimulatedAccount, name: str, ids: Sequence[str], mirror: Mirror) -> Answer:
        """A number without WhatsApp aborts the whole creation."""
        if any(account.world.people.asked_for(text).no_account for text in ids):
            raise JavaScriptError("A participant is not on WhatsApp")
        return super().create(account, name, ids, mirror)

    def created(self, account: SimulatedAccount, creation: Creation, sight: Sight) -> Answer:
        people = {result.person.chat_id: _result(result) for result in creation.results}
        return json_answer({"gid": wid(creation.group.id), "participants": people}, 201)

    def add(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        results = account.add(group, ids)
        return json_answer({result.person.chat_id: _result(result) for result in results})

    def remove(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        found = self.members_named(account, group, list(ids))
        if not found:
            raise JavaScriptError("No valid group participants to remove")
        return self._all_or_error(account.remove, group, found, EMPTY)

    def promote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        self._check_roles(account, group, ids, admins=False)
        return self._all_or_error(account.promote, group, ids, TRUE)

    def demote(self, account: SimulatedAccount, group: str, ids: Sequence[str]) -> Answer:
        self._check_roles(account, group, ids, admins=True)
        return self._all_or_error(account.demote, group, ids, EMPTY)

    def _check_roles(self, account: SimulatedAccount, group: str, ids: Sequence[str], *, admins: bool) -> None:
        """Promoting an admin or demoting a plain member is an error for the whole call."""
        shown = account.member_group(group)
        for person in (account.world.people.asked_for(text) for text in ids):
            if person not in shown.members or shown.is_admin(person) is not admins:
                raise JavaScriptError("The role of a participant cannot be changed")

    @staticmethod
    def _all_or_error(
        act: Callable[[str, Sequence[str]], Sequence[Result]], group: str, ids: Sequence[str], answer: Answer
    ) -> Answer:
        results = act(group, ids)
        if all(result.code != 200 for result in results):
            raise WhatsAppError(403)
        return answer

    def sent(self, account: SimulatedAccount, to: str, text: str, message_id: str, at: datetime) -> Json:
        return {"id": f"true_{to}_{message_id}", "ack": 1, "timestamp": seconds(at), "body": text}

    def failure(self, error: WhatsAppError, call: Call) -> JavaScriptError:
        return JavaScriptError(_PROSE.get(error.code, f"{error.text}"))


def _result(result: Result) -> Json:
    code = result.code
    entry: Json = {"wid": result.person.chat_id, "code": code, "message": MESSAGES.get(code, UNKNOWN_MESSAGE)}
    if (invitation := result.invitation) is not None:
        entry |= {"invite_code": invitation.code, "invite_code_exp": seconds(invitation.expires)}
    return entry
