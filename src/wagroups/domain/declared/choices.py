"""What people choose from by name, and what is chosen for them.

Plain enumerations and constants: help and completion list them, and import nothing else of the domain for it.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Section(StrEnum):
    """A part of a group that `--only` and `--skip` name."""

    SUBJECT = "subject"
    DESCRIPTION = "description"
    PICTURE = "picture"
    SETTINGS = "settings"
    ADMINS = "admins"
    MEMBERS = "members"


class Profile(StrEnum):
    """How gently an account is used, as `profile:` names it; `domain.plans.budget.PROFILES` has the figures."""

    FRESH = "fresh"
    CAREFUL = "careful"
    SEASONED = "seasoned"
    SANDBOX = "sandbox"


class SchemaName(StrEnum):
    """A file or a document that has a JSON Schema, as `wagroups schema` names it."""

    CONFIG = "config"
    MANIFEST = "manifest"
    OVERRIDES = "overrides"
    PLAN = "plan"
    REPORT = "report"
    ROUND = "round"
    DIFFERENCE = "difference"
    HISTORY = "history"


AHEAD: Final = timedelta(days=30)
"""How far a plan tells what follows by date.  Chosen: whoever reviews a plan a month sees every date once."""

DEFAULT_SESSION: Final = "default"
"""The session that WAHA has without any configuration (WAHA documentation, 2026)."""

URL_VARIABLE: Final = "WAGROUPS_URL"
KEY_VARIABLE: Final = "WAGROUPS_KEY"
"""The variables that a new project reads its gateway's address and API key from."""
