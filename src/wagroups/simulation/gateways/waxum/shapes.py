"""What group routes take and show: the shapes of bodies, and a group in the few words Waxum has for it.

Source: waxum src/models/groups.rs at 0.9.1, read 2026-08.
"""

from collections.abc import Mapping
from typing import Final

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import Role
from wagroups.simulation.gateways.waxum.rejections import optional_text, text_field, texts_field, word_field
from wagroups.simulation.server.read_cache import Sight
from wagroups.simulation.world.people import SimulatedPerson

_MODES: Final[Mapping[str, tuple[Setting, Mapping[str, str]]]] = {
    "membership_approval_mode": (Setting.APPROVE_JOINS, {"off": "no", "on": "yes"}),
    "member_add_mode": (Setting.ADD_MEMBERS, {"admin_add": "admins", "all_member_add": "everyone"}),
    "member_link_mode": (Setting.SHARE_LINK, {"admin_link": "admins", "all_member_link": "everyone"}),
}
"""The three modes a creation takes, and their words."""

DEFAULT_MODES: Final = {Setting.APPROVE_JOINS: "no", Setting.ADD_MEMBERS: "everyone", Setting.SHARE_LINK: "admins"}
"""What the library asks for when a creation leaves a mode out."""


def new_group(body: Mapping[str, object]) -> None:
    text_field(body, "name")
    texts_field(body, "participants")
    modes(body)


def subject(body: Mapping[str, object]) -> str:
    return text_field(body, "subject")


def description(body: Mapping[str, object]) -> tuple[str | None, str | None]:
    return optional_text(body, "description"), optional_text(body, "prev_id")


def people(body: Mapping[str, object]) -> list[str]:
    return texts_field(body, "participants")


def modes(body: Mapping[str, object]) -> dict[Setting, str]:
    chosen: dict[Setting, str] = {}
    for name, (setting, words) in _MODES.items():
        word = word_field(body, name, tuple(words))
        if word is not None:
            chosen[setting] = words[word]
    return chosen


def addressing(sight: Sight) -> str:
    return "Lid" if sight.group.lid_addressed else "Pn"


def listed_as(sight: Sight, person: SimulatedPerson) -> str:
    return person.lid_jid if sight.group.lid_addressed else person.pn_jid


def shown(sight: Sight) -> dict[str, object]:
    """A group as listings and single reads show it.  The creator is an admin like the others."""
    group = sight.group
    return {
        "jid": group.id,
        "subject": group.subject,
        "addressing_mode": addressing(sight),
        "participants": [_member(sight, person, role) for person, role in group.members.items()] + _again(sight),
    }


def _again(sight: Sight) -> list[dict[str, object]]:
    """Entries of people whom the list names once more."""
    return [
        {"jid": jid, "phone_number": None, "role": "admin" if role.is_admin else "member"}
        for person, role in sight.group.members.items()
        for jid in person.jids_again
    ]


def documented_in_list(sight: Sight) -> dict[str, object]:
    """A group of a listing as the documentation shows it: without its people."""
    return {"jid": sight.group.id, "name": sight.group.subject, "participant_count": sight.size}


def documented(sight: Sight) -> dict[str, object]:
    """A group by its id as the documentation shows it."""
    group = sight.group
    text = group.description.text if group.description else ""
    return {**documented_in_list(sight), "topic": text, "created_at": int(group.created_at.timestamp())}


def documented_with_people(sight: Sight) -> dict[str, object]:
    """`/info` as the documentation shows it: with the owner and everybody's role, and without numbers beside LIDs."""
    group = sight.group
    people = [{"jid": listed_as(sight, p), "role": _DOCUMENTED_ROLES[role]} for p, role in group.members.items()]
    facts = {name: value for name, value in documented(sight).items() if name != "participant_count"}
    return {**facts, "owner": listed_as(sight, group.creator), "participants": people}


_DOCUMENTED_ROLES: Final = {Role.OWNER: "superadmin", Role.ADMIN: "admin", Role.MEMBER: "member"}


def _member(sight: Sight, person: SimulatedPerson, role: Role) -> dict[str, object]:
    disclosed = sight.group.lid_addressed and person in sight.numbers
    return {
        "jid": listed_as(sight, person),
        "phone_number": person.pn_jid if disclosed else None,
        "role": "admin" if role.is_admin else "member",
    }
