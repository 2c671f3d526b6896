"""GOWS: whatsmeow's group info in Go's PascalCase, behind gRPC.

Go writes every field, so nothing is told by absence: empty text is empty, year 1 is no time.  Records with a right
`JID` and everything else zeroed have been seen (WAHA issue 1471); they say nothing.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role, member_id
from wagroups.domain.live.observed import Community, ObservedGroup, ObservedMember
from wagroups.gateways.shared.json_fields import Record, flag, instant, number, record, records, text
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People
from wagroups.gateways.waha.engines.engine import (
    ADD_MODES,
    HISTORY_MODES,
    Engine,
    PersonAnswer,
    audience,
    member,
    settings,
    yes_no,
)
from wagroups.gateways.waha.wire import TIMERS

_STATUS: Final = re.compile(r"returned status (\d{3})")

_PROSE: Final = (
    ("group does not exist", 404),
    ("not participating in that group", 403),
    ("don't have the permission", 401),
    ("invite link is not valid", 406),
    ("invite link has been revoked", 410),
)
"""For some calls whatsmeow replaces the number by a sentence (whatsmeow errors.go; recorded 2026-11-22)."""


def _group(item: Record, people: People) -> ObservedGroup | None:
    jid = GroupJid.parse(text(item, "JID") or "")
    if jid is None:
        return None
    subject, created_at = text(item, "Name"), instant(item, "GroupCreated")
    hydrated = bool(subject) and created_at is not None
    members = people.listed(item.get("Participants"))
    return ObservedGroup(
        jid=jid,
        subject=subject or None,
        description=text(item, "Topic") if hydrated else None,
        settings=settings(_settings(item) if hydrated else {}),
        members=members if hydrated or members else None,
        flaw=people.flaw(item.get("Participants")) if members is None else None,
        stated_size=number(item, "ParticipantCount") or None,
        created_at=created_at,
        creator=_creator(item),
        community=_community(item) if hydrated else None,
        suspended=flag(item, "Suspended") is True,
        hydrated=hydrated,
    )


def _settings(item: Record) -> dict[Setting, str | None]:
    timer = 0 if flag(item, "IsEphemeral") is False else number(item, "DisappearingTimer")
    return {
        Setting.SEND_MESSAGES: audience(flag(item, "IsAnnounce")),
        Setting.EDIT_INFO: audience(flag(item, "IsLocked")),
        Setting.ADD_MEMBERS: ADD_MODES.get(text(item, "MemberAddMode") or ""),
        Setting.APPROVE_JOINS: yes_no(flag(item, "IsJoinApprovalRequired")),
        Setting.SHARE_HISTORY: HISTORY_MODES.get(text(item, "MemberShareHistoryMode") or ""),
        Setting.DISAPPEARING: None if timer is None else TIMERS.get(timer),
    }


def _member(item: dict[str, Any]) -> ObservedMember | None:
    # The answer to a creation, and a cache filled from it, lists also those who could not be added.
    if item.get("Error"):
        return None
    phone, lid, by_lid = _names(item["JID"], item.get("PhoneNumber"), item.get("LID"))
    role = Role.OWNER if item.get("IsSuperAdmin") else Role.ADMIN if item.get("IsAdmin") else Role.MEMBER
    return member(phone, lid, role, by_lid)


def _names(listed: str, phone_number: str | None, lid: str | None) -> tuple[Phone | None, Lid | None, bool]:
    """Somebody's phone, LID, and whether the LID is the listed name.  Undisclosed phones are empty text."""
    name = member_id(listed)
    if isinstance(name, Lid):
        beside = member_id(phone_number) if phone_number else None
        return beside if isinstance(beside, Phone) else None, name, True
    beside = member_id(lid) if lid else None
    return name, beside if isinstance(beside, Lid) else None, False


def _creator(item: Record) -> Identity | None:
    phone, lid, by_lid = _names(text(item, "OwnerJID") or "", text(item, "OwnerPN"), None)
    return Identity(phone=phone, lid=lid, by_lid=by_lid) if phone or lid else None


def _community(item: Record) -> Community:
    if flag(item, "IsParent"):
        return Community.PARENT
    if flag(item, "IsDefaultSubGroup"):
        return Community.ANNOUNCEMENT
    return Community.LINKED if text(item, "LinkedParentJID") else Community.NONE


def _told(answer: object) -> Iterator[PersonAnswer]:
    """`[{"JID", "PhoneNumber", "LID", "Error": 403, "AddRequest": {"Code", "Expiration"}}]`; `Error` 0 is success."""
    for item in records(answer):
        code = number(item, "Error")
        if code is None:
            continue
        phone, lid, _ = _names(text(item, "JID") or "", text(item, "PhoneNumber"), text(item, "LID"))
        yield PersonAnswer(phone, lid, code or 200, instant(record(item.get("AddRequest")), "Expiration"))


def _created(answer: object) -> GroupJid | None:
    return GroupJid.parse(text(record(answer), "JID") or "")


def _code(exception: Record) -> int | None:
    """WhatsApp's code is only in the words; `code` is gRPC's own and says nothing."""
    words = text(exception, "details") or text(exception, "message") or ""
    status = _STATUS.search(words)
    if status is not None:
        return int(status[1])
    return next((code for phrase, code in _PROSE if phrase in words), None)


GOWS: Final = Engine(
    name="GOWS",
    read_timeout=120,  # its library gives up after 75 s (recorded 2026-11-22), its gRPC calls never (WAHA issue 2257)
    shape=Shape(people=("Participants",)),
    member=_member,
    group=_group,
    behind=_group,
    pages=True,
    created=_created,
    told=_told,
    code=_code,
    not_held=re.compile(r"(^|: )not found$"),
)
