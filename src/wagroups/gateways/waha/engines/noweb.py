"""NOWEB: Baileys' group metadata, nearly as it is.

Keys whose value is undefined are dropped from the JSON, so a record that is whole says by a missing `desc` that there
is no description, and by a missing `ephemeralDuration` that the timer is off.  A skeleton (only `id` and what a
notification changed: WAHA store/NowebPersistentStore.ts, read 2026-07) says nothing by what it lacks.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role, member_id
from wagroups.domain.live.observed import Community, ObservedGroup, ObservedMember
from wagroups.gateways.shared.json_fields import Record, epoch, flag, number, record, records, text
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People
from wagroups.gateways.waha.engines.engine import (
    Engine,
    PersonAnswer,
    audience,
    member,
    settings,
    yes_no,
)
from wagroups.gateways.waha.wire import TIMERS

_ROLES: Final = {"superadmin": Role.OWNER, "admin": Role.ADMIN}


def _group(item: Record, people: People) -> ObservedGroup | None:
    jid = GroupJid.parse(text(item, "id") or "")
    if jid is None:
        return None
    subject, created_at = text(item, "subject"), epoch(item, "creation")
    hydrated = bool(subject) and created_at is not None
    description, timer = text(item, "desc"), number(item, "ephemeralDuration")
    if hydrated:
        description, timer = description or "", timer or 0
    # A boolean like `memberAddMode` in the newest source; taken to mean the same: true is “all members”.
    share_history = flag(item, "memberShareHistoryMode")
    may_add = flag(item, "memberAddMode")
    members = people.listed(item.get("participants"))
    return ObservedGroup(
        jid=jid,
        subject=subject or None,
        description=description,
        settings=settings(
            {
                Setting.SEND_MESSAGES: audience(flag(item, "announce")),
                Setting.EDIT_INFO: audience(flag(item, "restrict")),
                # True is “all members” here, where the other engines write a word.
                Setting.ADD_MEMBERS: audience(None if may_add is None else not may_add),
                Setting.APPROVE_JOINS: yes_no(flag(item, "joinApprovalMode")),
                Setting.SHARE_HISTORY: audience(None if share_history is None else not share_history),
                Setting.DISAPPEARING: None if timer is None else TIMERS.get(timer),
            }
        ),
        members=members,
        flaw=people.flaw(item.get("participants")) if members is None else None,
        stated_size=number(item, "size") or None,
        created_at=created_at,
        creator=_creator(item),
        community=_community(item),
        hydrated=hydrated,
    )


def _member(item: dict[str, Any]) -> ObservedMember:
    if isinstance(item["id"], dict):
        # Before 2026.8 the store keeps the person of an update event in the place of the id (issues 1632 and 2206).
        item = {**item, **{name: value for name, value in item["id"].items() if value is not None}}
    # In LID groups `phoneNumber` accompanies the id, in phone groups `lid` does.
    other = item.get("phoneNumber") or item.get("lid")
    name, beside = member_id(item["id"]), member_id(other) if other else None
    phone = name if isinstance(name, Phone) else beside if isinstance(beside, Phone) else None
    lid = name if isinstance(name, Lid) else beside if isinstance(beside, Lid) else None
    return member(phone, lid, _ROLES.get(item.get("admin") or "", Role.MEMBER), isinstance(name, Lid))


def _creator(item: Record) -> Identity | None:
    owner, owner_pn = member_id(text(item, "owner") or ""), member_id(text(item, "ownerPn") or "")
    phone = owner if isinstance(owner, Phone) else owner_pn if isinstance(owner_pn, Phone) else None
    lid = owner if isinstance(owner, Lid) else None
    return Identity(phone=phone, lid=lid, by_lid=lid is not None) if phone or lid else None


def _community(item: Record) -> Community | None:
    if flag(item, "isCommunity"):
        return Community.PARENT
    if flag(item, "isCommunityAnnounce"):
        return Community.ANNOUNCEMENT
    if text(item, "linkedParent"):
        return Community.LINKED
    return Community.NONE if flag(item, "isCommunity") is False else None


def _told(answer: object) -> Iterator[PersonAnswer]:
    """`[{"status": "403", "jid", "content": {"attrs": {"phone_number"}, "content": [{"tag": "add_request", …}]}}]`.

    After 120 s without a word from WhatsApp the list is empty, with HTTP 200: it then tells nothing.
    """
    for item in records(answer):
        code = number(item, "status")
        if code is None:
            continue
        node = record(item.get("content"))
        name = member_id(text(item, "jid") or "")
        beside = member_id(text(record(node.get("attrs")), "phone_number") or "")
        phone = name if isinstance(name, Phone) else beside if isinstance(beside, Phone) else None
        invitation = next((part for part in records(node.get("content")) if part.get("tag") == "add_request"), None)
        expires = epoch(record(invitation.get("attrs")), "expiration") if invitation else None
        yield PersonAnswer(phone, name if isinstance(name, Lid) else None, code, expires)


def _created(answer: object) -> GroupJid | None:
    return GroupJid.parse(text(record(answer), "id") or "")


def _code(exception: Record) -> int | None:
    """Boom errors carry WhatsApp's code in `data`."""
    return number(exception, "data") or None


NOWEB: Final = Engine(
    name="NOWEB",
    read_timeout=150,  # its own query timeout is 120 s (WAHA, noweb session; recorded 2026-11-22)
    shape=Shape(people=("participants",)),
    member=_member,
    group=_group,
    behind=_group,
    pages=True,
    created=_created,
    told=_told,
    code=_code,
    not_held=re.compile(r"Group with id .* not found"),
)
