"""The settings of a group.  This file *is* the list: manifests, schema, diff and reports follow from it."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class Setting(StrEnum):
    """A managed setting, by its key under `settings:` in a manifest."""

    SEND_MESSAGES = "send_messages"
    EDIT_INFO = "edit_info"
    ADD_MEMBERS = "add_members"
    SHARE_LINK = "share_link"
    APPROVE_JOINS = "approve_joins"
    SHARE_HISTORY = "share_history"
    DISAPPEARING = "disappearing"


class SettingKind(NamedTuple):
    """What a setting may be."""

    values: tuple[str, ...]
    """Every word an author may write."""
    open_value: str | None
    """The word that gives more people more rights; changing to it is a change of high risk."""
    meaning: str
    """One sentence for help texts and schemas."""


_AUDIENCE: Final = ("everyone", "admins")

SETTINGS: Final = MappingProxyType(
    {
        Setting.SEND_MESSAGES: SettingKind(_AUDIENCE, "everyone", "Who may write in the group."),
        Setting.EDIT_INFO: SettingKind(
            _AUDIENCE, "everyone", "Who may change subject, description, picture and timer."
        ),
        Setting.ADD_MEMBERS: SettingKind(_AUDIENCE, "everyone", "Who may add people."),
        Setting.SHARE_LINK: SettingKind(_AUDIENCE, "everyone", "Who may see and share the invite link."),
        Setting.APPROVE_JOINS: SettingKind(
            ("yes", "no"), "no", "Whether an admin must approve people who join by link."
        ),
        Setting.SHARE_HISTORY: SettingKind(_AUDIENCE, "everyone", "Who may share earlier messages with new people."),
        Setting.DISAPPEARING: SettingKind(("off", "24h", "7d", "90d"), None, "After how long messages disappear."),
    }
)

DISAPPEARING_SECONDS: Final = MappingProxyType({"off": 0, "24h": 86_400, "7d": 604_800, "90d": 7_776_000})
"""WhatsApp's four timers, in seconds (wa-js, read 2026-11)."""

CLOSING: Final = frozenset(
    {
        (Setting.SEND_MESSAGES, "admins"),
        (Setting.EDIT_INFO, "admins"),
        (Setting.ADD_MEMBERS, "admins"),
        (Setting.APPROVE_JOINS, "yes"),
    }
)
"""Values that close a group: what stops a misuse does not wait for anything else (safety guide, part 6)."""
