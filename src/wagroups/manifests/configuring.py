"""Read `wagroups.yaml` into a `Config`.

A literal address is accepted for this machine always, elsewhere only outside CI or for hosts that the job allows:
a pull request must not be able to send a key to another host.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from typing import Final, NamedTuple, cast, overload
from urllib.parse import urlsplit

from wagroups.domain.budget import PROFILES, ActiveHours, Allowance, CallClass
from wagroups.domain.desired import Origin
from wagroups.domain.identity import AccountKey, Alias
from wagroups.domain.safety import Safety
from wagroups.manifests.config import DEFAULT_SESSION, DEFAULT_STATE, Account, Config, Privacy, ProfileName, RedactMode
from wagroups.manifests.findings import place
from wagroups.manifests.reading import Flat, Reader, Written
from wagroups.manifests.rules import Rule
from wagroups.manifests.schema import ACCOUNT_FIELDS, CONFIG_FIELDS, CONFIG_FILE, Fields, Format
from wagroups.manifests.tree import Entry, Map, Node

ALLOWED_HOSTS: Final = "WAGROUPS_ALLOWED_HOSTS"
"""The variable that lists hosts to which a job may send a key, with commas or blanks between."""

VERSION: Final = "1"
WHOLE_FILE: Final = Origin(CONFIG_FILE, 0, 0)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_TOP: Final[Fields] = {name: field for name, field in CONFIG_FIELDS.items() if name != "accounts"}


class Configured(NamedTuple):
    """The configuration, and the places of what is checked later."""

    config: Config
    include: tuple[Written, ...] | None
    protect: tuple[Written, ...]


def read_config(node: Node, reader: Reader, environ: Mapping[str, str]) -> Configured:
    """The configuration in the tree of `wagroups.yaml`; manifest sections in it are left alone."""
    entries = {entry.key: entry for entry in node.entries()} if isinstance(node, Map) else {}
    flat = reader.chosen((entry for key, entry in entries.items() if key in _TOP), _TOP, CONFIG_FILE)
    if _text(flat, "version", VERSION) != VERSION:
        reader.findings.add(
            Rule.VERSION, flat.texts["version"].origin, "This version of the language is not known.", "Write 1."
        )
    profile = cast(ProfileName, _text(flat, "safety.profile", "careful"))
    state, state_env = _state(flat, reader)
    include = _names(flat, "include", Format.PATH, reader)
    protect = _names(flat, "safety.protect", Format.SLUG, reader) or ()
    config = Config(
        accounts={account.name: account for account in _accounts(entries.get("accounts"), profile, reader, environ)},
        timezone=_text(flat, "timezone", "UTC"),
        region=_text(flat, "region", None),
        state=state,
        state_env=state_env,
        include=None if include is None else tuple(written.text for written in include),
        safety=_safety(flat, protect),
        active_hours=_hours(flat.texts.get("safety.active_hours"), reader),
        privacy=Privacy(
            redact=cast(RedactMode, _text(flat, "privacy.redact", "auto")),
            require_alias=_yes(flat, "privacy.require_alias"),
            require_encrypted_phones=_yes(flat, "privacy.require_encrypted_phones"),
        ),
    )
    return Configured(config, include, protect)


def _accounts(
    section: Entry | None, profile: ProfileName, reader: Reader, environ: Mapping[str, str]
) -> Iterator[Account]:
    if section is None or section.node is None:
        reader.findings.add(
            Rule.MISSING, WHOLE_FILE, "The project has no accounts.", "Write `accounts:` with a name and its gateway."
        )
        return
    default: Account | None = None
    for entry in reader.table(section.node, section.origin, "`accounts`"):
        flat = reader.flat(entry.node, entry.origin, ACCOUNT_FIELDS, "an account")
        account = _account(entry, flat, profile, reader, environ)
        if account.default and default is not None:
            reader.findings.add(
                Rule.DEFAULT_ACCOUNT,
                flat.texts["default"].origin,
                f"Two accounts are the default; the other is “{default.name}”, at {place(default.origin)}.",
                "Keep one of them.",
            )
        default = account if account.default else default
        yield account


def _account(entry: Entry, flat: Flat, profile: ProfileName, reader: Reader, environ: Mapping[str, str]) -> Account:
    written: Node = entry.node
    keys = written if isinstance(written, Map) else ()
    if "gateway" not in keys:
        reader.findings.add(
            Rule.MISSING, entry.key_origin, f"The account “{entry.key}” has no gateway.", "Write `gateway: waha`."
        )
    if ("url" in keys) == ("url_env" in keys):
        reader.findings.add(
            Rule.ONE_OF,
            entry.key_origin,
            f"The account “{entry.key}” needs either `url` or `url_env`.",
            "`url_env` names the variable that holds the address.",
        )
    profile = cast(ProfileName, _text(flat, "profile", profile))
    url = flat.texts.get("url")
    if url is not None:
        _check_url(url, profile, reader, environ)
    return Account(
        name=AccountKey(entry.key),
        origin=entry.key_origin,
        gateway=_text(flat, "gateway", ""),
        url=None if url is None else url.text.rstrip("/"),
        url_env=_text(flat, "url_env", None),
        key_env=_text(flat, "key_env", None),
        session=_text(flat, "session", DEFAULT_SESSION),
        default=_yes(flat, "default"),
        profile=profile,
        budgets=_budgets(flat, profile),
    )


def _check_url(url: Written, profile: ProfileName, reader: Reader, environ: Mapping[str, str]) -> None:
    try:
        parts = urlsplit(url.text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or port == 0 or "@" in parts.netloc or parts.query or parts.fragment:
        reader.findings.add(
            Rule.URL, url.origin, "This is not the address of a gateway.", f"Example: {Format.URL.example}"
        )
    elif is_loopback(host):
        return
    elif profile == "sandbox":
        reader.findings.add(
            Rule.SANDBOX,
            url.origin,
            "The profile `sandbox` has no limits, and this gateway is not on this machine.",
            "Choose another profile.",
        )
    elif _in_ci(environ) and host not in environ.get(ALLOWED_HOSTS, "").lower().replace(",", " ").split():
        reader.findings.add(
            Rule.URL_HOST,
            url.origin,
            "In CI a literal address may only be this machine's.",
            f"Use `url_env`, or list the host in {ALLOWED_HOSTS}.",
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine by definition, without asking a resolver."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _in_ci(environ: Mapping[str, str]) -> bool:
    """Whether this is a CI job: GitHub, GitLab and most others set `CI`."""
    return environ.get("CI", "").lower() not in ("", "0", "false", "no")


def _budgets(flat: Flat, profile: ProfileName) -> dict[CallClass, Allowance]:
    budgets = {}
    for kind in CallClass:
        prefix = f"budgets.{kind.value}."
        written = {
            name.removeprefix(prefix): found.text for name, found in flat.texts.items() if name.startswith(prefix)
        }
        if written:
            base = PROFILES[profile][kind]
            budgets[kind] = Allowance(
                gap=_duration(written["gap"]) if "gap" in written else base.gap,
                hour=int(written["hour"]) if "hour" in written else base.hour,
                day=int(written["day"]) if "day" in written else base.day,
            )
    return budgets


def _safety(flat: Flat, protect: tuple[Written, ...]) -> Safety:
    default = Safety()
    return Safety(
        max_removals=int(_text(flat, "safety.max_removals", str(default.max_removals))),
        max_removal_percent=float(_text(flat, "safety.max_removal_percent", str(default.max_removal_percent))),
        min_admins=int(_text(flat, "safety.min_admins", str(default.min_admins))),
        protect=tuple(Alias(written.text) for written in protect),
        allow_dissolve=_yes(flat, "safety.allow_dissolve"),
        max_plan_age=_duration(flat.texts["safety.max_plan_age"].text)
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
            Rule.HOURS, written.origin, "These are not two different times of a day.", "Example: 08:00-21:00"
        )
        return None
    return ActiveHours(start=start, end=end)


def _state(flat: Flat, reader: Reader) -> tuple[str | None, str | None]:
    path, variable = flat.texts.get("state"), flat.texts.get("state_env")
    if path is not None and "://" in path.text:
        reader.findings.add(
            Rule.ENV_NAME,
            path.origin,
            "A database's address holds a password and does not belong in a file.",
            "Put it into a variable and write `state_env: NAME`.",
        )
    elif path is not None and variable is not None:
        reader.findings.add(Rule.ONE_OF, path.origin, "Both `state` and `state_env` are written.", "Keep one of them.")
    if variable is not None:
        return None, variable.text
    return (DEFAULT_STATE if path is None else path.text), None


def _duration(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * _SECONDS[text[-1]])


def _names(flat: Flat, name: str, form: Format, reader: Reader) -> tuple[Written, ...] | None:
    return tuple(reader.names(flat.lists[name], form)) if name in flat.lists else None


@overload
def _text(flat: Flat, name: str, otherwise: str) -> str: ...
@overload
def _text(flat: Flat, name: str, otherwise: None) -> str | None: ...
def _text(flat: Flat, name: str, otherwise: str | None) -> str | None:
    return flat.texts[name].text if name in flat.texts else otherwise


def _yes(flat: Flat, name: str) -> bool:
    return _text(flat, name, "no") == "yes"
