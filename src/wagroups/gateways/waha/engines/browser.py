"""The model of a group that WhatsApp Web keeps in a browser, as WEBJS and WPP hand it on.

The facts are under `groupMetadata`; the chat around it has look-alikes that mean something else (`isLocked` is the
chat lock, `isReadOnly` a copy of `announce`).  Metadata that was never loaded looks like an empty group with default
settings (WAHA session.wpp.core.ts, read 2026-07), so without subject and creation time nothing is believed.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from wagroups.domain.declared.settings import Setting
from wagroups.domain.identity import GroupJid, Identity, Lid, Phone, Role, member_id
from wagroups.domain.live.observed import Community, ObservedGroup, ObservedMember
from wagroups.gateways.shared.json_fields import Record, epoch, flag, number, record, text
from wagroups.gateways.shared.listing import Shape
from wagroups.gateways.shared.people import People
from wagroups.gateways.waha.engines.engine import (
    ADD_MODES,
    HISTORY_MODES,
    PersonAnswer,
    audience,
    member,
    settings,
    yes_no,
)
from wagroups.gateways.waha.wire import TIMERS

BROWSER_READ_TIMEOUT: Final = 330.0
"""The browser's protocol gives up after 300 s (WAHA, webjs session)."""

SHAPE: Final = Shape(people=("groupMetadata", "participants"))

_STATUS: Final = re.compile(r"ServerStatusCodeError: (\d{3})")


def serialized(written: object) -> str:
    """An id in any of its forms: text, `_serialized`, `$1` (since WhatsApp Web of mid-2026), or `user` and `server`."""
    if isinstance(written, str):
        return written
    if not isinstance(written, dict):
        return ""
    whole = written.get("_serialized") or written.get("$1")
    if isinstance(whole, str):
        return whole
    user, server = written.get("user"), written.get("server")
    return f"{user}@{server}" if isinstance(user, str) and isinstance(server, str) else ""


def group(item: Record, people: People) -> ObservedGroup | None:
    facts = record(item.get("groupMetadata"))
    jid = GroupJid.parse(serialized(facts.get("id"))) or GroupJid.parse(serialized(item.get("id")))
    if jid is None:
        return None
    subject, created_at = text(facts, "subject"), epoch(facts, "creation")
    hydrated = bool(subject) and created_at is not None
    members = people.listed(facts.get("participants"))
    return ObservedGroup(
        jid=jid,
        subject=subject or None,
        # A group without a description has no `desc` (recorded from WEBJS, 2026-11-22).
        description=text(facts, "desc") or "" if hydrated else None,
        settings=settings(_settings(facts) if hydrated else {}),
        members=members if hydrated or members else None,
        flaw=people.flaw(facts.get("participants")) if members is None else None,
        stated_size=number(facts, "size") or None,
        created_at=created_at,
        creator=_creator(facts),
        community=_community(facts) if hydrated else None,
        suspended=flag(facts, "suspended") is True,
        hydrated=hydrated,
    )


def behind(item: Record, people: People) -> ObservedGroup | None:
    """The group behind a link: its metadata without the chat around it (recorded from WEBJS, 2026-11-22)."""
    return group({"groupMetadata": item}, people)


def _settings(facts: Record) -> dict[Setting, str | None]:
    timer = number(facts, "ephemeralDuration")
    history = facts.get("memberShareGroupHistoryMode")
    return {
        Setting.SEND_MESSAGES: audience(flag(facts, "announce")),
        Setting.EDIT_INFO: audience(flag(facts, "restrict")),
        Setting.ADD_MEMBERS: ADD_MODES.get(text(facts, "memberAddMode") or ""),
        Setting.APPROVE_JOINS: yes_no(flag(facts, "membershipApprovalMode")),
        Setting.SHARE_HISTORY: HISTORY_MODES.get(history.lower()) if isinstance(history, str) else None,
        Setting.DISAPPEARING: None if timer is None else TIMERS.get(timer),
    }


def entry(item: dict[str, Any]) -> ObservedMember:
    """One entry of a group's list of people."""
    # Those in the contact list are shown by phone even in LID groups; the browser never shows both names.
    name = member_id(serialized(item.get("id")))
    role = Role.OWNER if item.get("isSuperAdmin") else Role.ADMIN if item.get("isAdmin") else Role.MEMBER
    if isinstance(name, Lid):
        return member(None, name, role, by_lid=True)
    return member(name, None, role, by_lid=False)


def _creator(facts: Record) -> Identity | None:
    owner = member_id(serialized(facts.get("owner")))
    if isinstance(owner, Lid):
        return Identity(lid=owner, by_lid=True)
    return Identity(phone=owner) if isinstance(owner, Phone) else None


def _community(facts: Record) -> Community | None:
    if flag(facts, "isParentGroup"):
        return Community.PARENT
    if flag(facts, "defaultSubgroup"):
        return Community.ANNOUNCEMENT
    if serialized(facts.get("parentGroup")):
        return Community.LINKED
    return Community.NONE if flag(facts, "isParentGroup") is False else None


def told(answer: object) -> Iterator[PersonAnswer]:
    """`{"447700900003@c.us": {"code": 403, "invite_code_exp": 1790000000, …}}`, keyed by the id sent or by another.

    Removals and roles answer `{"status": 200}`, `true` or nothing: no person is spoken of.
    """
    for key, value in record(answer).items():
        result = record(value)
        code = number(result, "code")
        name = member_id(key) or member_id(serialized(result.get("wid")))
        if code is None or name is None:
            continue
        expires, sent = epoch(result, "invite_code_exp"), flag(result, "isInviteV4Sent") is True
        if isinstance(name, Lid):
            yield PersonAnswer(None, name, code, expires, sent)
        else:
            yield PersonAnswer(name, None, code, expires, sent)


def created(answer: object) -> GroupJid | None:
    return GroupJid.parse(serialized(record(answer).get("gid")))


def code(exception: Record) -> int | None:
    """WhatsApp Web's own error class names the code; some errors carry it as `code` beside the words."""
    status = _STATUS.search(text(exception, "message") or "")
    if status is not None:
        return int(status[1])
    beside = number(exception, "code")
    return beside if beside is not None and 400 <= beside < 600 else None
