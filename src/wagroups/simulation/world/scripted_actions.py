"""What people do on their phones, as data: how a script of another process makes drift.

An action is `{who, do, group, …}`: `who` is a person's name (left out: an admin of the group who is not the
account behind the gateway), `group` a JID or a subject, and the rest depends on `do`.
"""

from base64 import b64decode
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Phone
from wagroups.simulation.world.account import SimulatedAccount, phone_of
from wagroups.simulation.world.group import Result
from wagroups.simulation.world.refusal import WhatsAppError
from wagroups.simulation.world.world import World

Verb = Literal[
    "create",
    "rename",
    "describe",
    "picture",
    "set",
    "add",
    "remove",
    "promote",
    "demote",
    "leave",
    "join",
    "accept",
    "approve",
    "reject",
    "change-number",
    "set-privacy",
    "migrate",
]

Mark = Literal["blocks_adds", "no_account", "blocked_us", "hidden_number"]
"""What holds of one person, as a seed writes it."""


class ScriptedAction(BaseModel):
    """One thing somebody does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Verb
    who: str | None = None
    group: str | None = None
    subject: str | None = None
    """For `rename` and `create`."""
    text: str | None = None
    """For `describe`; left out, the description is taken away."""
    image: str | None = None
    """For `picture`: a file in base64; left out, the picture is taken down."""
    setting: Setting | None = None
    value: str | None = None
    """For `set`; for `change-number` the new phone; for `set-privacy` `yes` or `no`; for `migrate` `lid` or `pn`."""
    mark: Mark | None = None
    """For `set-privacy`."""
    people: tuple[str, ...] = ()
    """By name, or by number with a plus."""


def act(world: World, action: ScriptedAction) -> None:
    """Do it, under WhatsApp's rules.

    Raises LookupError for a person or group that is not there, ValueError for an action that lacks something, and
    WhatsAppError when WhatsApp refuses the action or every single person in it.
    """
    account = phone_of(world, action.who, group=action.group)
    match action.do:
        case "create":
            account.create(_given(action.subject, "subject"), _ids(world, action.people))
        case "change-number":
            world.people.change_number(account.person, Phone.of(_given(action.value, "value").replace(" ", "")))
        case "set-privacy":
            setattr(account.person, _given(action.mark, "mark"), _word(action, "yes", "no") == "yes")
        case "migrate":
            # Nobody does that: WhatsApp moves a group to LIDs by itself, at any time (WAHA's documentation, 2026).
            world.group(_given(action.group, "group")).lid_addressed = _word(action, "lid", "pn") == "lid"
        case _:
            _act_in_group(account, action, world.group(_given(action.group, "group")).id)


def _act_in_group(account: SimulatedAccount, action: ScriptedAction, jid: str) -> None:
    world = account.world
    match action.do:
        case "rename":
            account.rename(jid, _given(action.subject, "subject"))
        case "describe":
            account.overwrite_description(jid, action.text)
        case "picture":
            account.picture(jid, None if action.image is None else b64decode(action.image, validate=True))
        case "set" if action.setting is not None:
            account.set(jid, action.setting, _given(action.value, "value"))
        case "leave":
            account.leave(jid)
        case "join":
            account.join(world.group(jid).invite_code)
        case "accept":
            account.accept(jid)
        case "set":
            raise ValueError("the action lacks a setting")
        case _:
            change = {
                "add": account.add,
                "remove": account.remove,
                "promote": account.promote,
                "demote": account.demote,
                "approve": account.approve,
                "reject": account.reject,
            }[action.do]
            _check(change(jid, _ids(world, action.people)))


def _check(results: Sequence[Result]) -> None:
    if all(result.code != 200 for result in results):
        raise WhatsAppError(results[0].code)


def _ids(world: World, people: Sequence[str]) -> list[str]:
    return [_id(world, name) for name in people]


def _id(world: World, name: str) -> str:
    person = world.people.called(name)
    if person is None and name.startswith("+"):
        person = world.people.reached_at(Phone.of(name.replace(" ", "")))
    if person is None:
        raise LookupError("nobody has that name")
    return person.pn_jid


def _word(action: ScriptedAction, *words: str) -> str:
    value = _given(action.value, "value")
    if value not in words:
        raise ValueError(f"the value is one of {', '.join(words)}")
    return value


def _given(value: str | None, name: str) -> str:
    if value is None:
        raise ValueError(f"the action lacks a {name}")
    return value
