"""Read `wagroups.yaml` into a `Config`."""

from collections.abc import Mapping
from datetime import time
from pathlib import PurePosixPath
from typing import Final, NamedTuple, cast

from wagroups.domain.declared.safety import Safety
from wagroups.domain.identity import Alias
from wagroups.domain.plans.budget import ActiveHours
from wagroups.domain.trust import Trust
from wagroups.manifests.configuration.accounts import check_variable, read_accounts
from wagroups.manifests.configuration.values import DEFAULT_STATE, Config, Privacy, ProfileName, RedactMode
from wagroups.manifests.language.fields import CONFIG_FIELDS, CONFIG_FILE
from wagroups.manifests.language.formats import duration
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Fields, Format, Numbering
from wagroups.manifests.load.tree import Map, Node
from wagroups.manifests.load.validation import Flat, Reader, Written

VERSIONS: Final = ("1", "2")
"""All of one meaning; 1 is what release 0.1 wrote."""
_TOP: Final[Fields] = {name: field for name, field in CONFIG_FIELDS.items() if name != "accounts"}


class Configured(NamedTuple):
    """The configuration, and the places of what is checked later."""

    config: Config
    include: tuple[Written, ...] | None
    protect: tuple[Written, ...]
    version: int
    """Of the language, as it is written; 1 where nothing is."""
    timezone_written: bool


def read_config(node: Node, reader: Reader, environ: Mapping[str, str]) -> Configured:
    """The configuration in the tree of `wagroups.yaml`; manifest sections in it are left alone."""
    entries = {entry.key: entry for entry in node.entries()} if isinstance(node, Map) else {}
    flat = reader.chosen((entry for key, entry in entries.items() if key in _TOP), _TOP, CONFIG_FILE)
    if flat.text("version", VERSIONS[0]) not in VERSIONS:
        reader.findings.add(
            Rule.VERSION, flat.texts["version"].origin, "This version of the language is unknown.", "Write 2."
        )
    encrypted = flat.texts.get("privacy.require_encrypted_phones")
    if encrypted is not None and encrypted.text == "yes":
        reader.findings.add(
            Rule.PHONE_PLAIN,
            encrypted.origin,
            "Encrypted numbers cannot be read yet, so no project can meet this requirement.",
            "Delete the key.  What is supported: a private repository, the whole file with numbers locked by "
            "git-crypt, "
            "and `require_alias: yes`, which keeps numbers in that one file.",
        )
    profile = cast(ProfileName, flat.text("safety.profile", "careful"))
    trust = Trust.of(environ)
    state, state_env = _state(flat, reader, trust)
    include = _names(flat, "include", Format.PATH, reader)
    protect = _names(flat, "safety.protect", Format.SLUG, reader) or ()
    config = Config(
        project=flat.text("project", None),
        accounts={account.name: account for account in read_accounts(entries.get("accounts"), profile, reader, trust)},
        timezone=flat.text("timezone", "UTC"),
        region=flat.text("region", None),
        numbers=None if "numbers" not in flat.texts else Numbering(flat.texts["numbers"].text),
        state=state,
        state_env=state_env,
        include=None if include is None else tuple(written.text for written in include),
        safety=_safety(flat, protect),
        active_hours=_hours(flat.texts.get("safety.active_hours"), reader),
        privacy=Privacy(
            redact=cast(RedactMode, flat.text("privacy.redact", "auto")),
            require_alias=flat.yes("privacy.require_alias"),
            require_encrypted_phones=flat.yes("privacy.require_encrypted_phones"),
        ),
    )
    version = int(flat.text("version", VERSIONS[0]))
    return Configured(config, include, protect, version, "timezone" in entries)


def _safety(flat: Flat, protect: tuple[Written, ...]) -> Safety:
    default = Safety()
    return Safety(
        max_removals=int(flat.text("safety.max_removals", str(default.max_removals))),
        max_removal_percent=float(flat.text("safety.max_removal_percent", str(default.max_removal_percent))),
        min_admins=int(flat.text("safety.min_admins", str(default.min_admins))),
        protect=tuple(Alias(written.text) for written in protect),
        allow_dissolve=flat.yes("safety.allow_dissolve"),
        max_plan_age=duration(flat.texts["safety.max_plan_age"].text)
        if "safety.max_plan_age" in flat.texts
        else default.max_plan_age,
    )


def _hours(written: Written | None, reader: Reader) -> ActiveHours | None:
    if written is None:
        return None
    try:
        start, end = (time.fromisoformat(part) for part in written.text.split("-"))
    except ValueError:
        start = end = time()
    if start == end:
        reader.findings.add(
            Rule.HOURS, written.origin, "These are not two different times of day.", "Example: 08:00-21:00"
        )
        return None
    return ActiveHours(start=start, end=end)


def _state(flat: Flat, reader: Reader, trust: Trust) -> tuple[str | None, str | None]:
    path, variable = flat.texts.get("state"), flat.texts.get("state_env")
    if path is not None and "://" in path.text:
        reader.findings.add(
            Rule.ENV_NAME,
            path.origin,
            "A database address contains a password and does not belong in a file.",
            "Put it into a variable and write `state_env: NAME`.",
        )
    elif path is not None and variable is not None:
        reader.findings.add(Rule.ONE_OF, path.origin, "Both `state` and `state_env` are written.", "Keep one of them.")
    elif path is not None and not _inside(path.text):
        reader.findings.add(
            Rule.STATE_PLACE,
            path.origin,
            f"The ledger's file {path.text} is not in a separate place inside the project.",
            f"Write a path such as {DEFAULT_STATE}; for a ledger elsewhere use `state_env: WAGROUPS_STATE_URL`.",
        )
    if variable is not None:
        check_variable(variable, reader, trust)
        return None, variable.text
    return (DEFAULT_STATE if path is None else path.text), None


def _inside(path: str) -> bool:
    """Whether a path stays in the project by its own words, out of git's folder and out of a home folder.

    Links are followed when the ledger is opened.
    """
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return bool(parts) and ":" not in parts[0] and not {"/", "..", ".git"}.intersection(parts) and parts[0][0] != "~"


def _names(flat: Flat, name: str, form: Format, reader: Reader) -> tuple[Written, ...] | None:
    return tuple(reader.names(flat.lists[name], form)) if name in flat.lists else None
