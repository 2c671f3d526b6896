"""Read the accounts of `wagroups.yaml`.

A pull request must not be able to send a key to another host, nor to choose which secret is sent: what the files may
name is decided by the environment (`domain.trust`).
"""

from collections.abc import Iterator
from typing import Final, cast

from wagroups.domain.address import address_fault, host_of, is_this_machine
from wagroups.domain.declared.choices import DEFAULT_SESSION
from wagroups.domain.declared.desired import Origin
from wagroups.domain.identity import AccountKey
from wagroups.domain.plans.budget import PROFILES, Allowance, CallClass
from wagroups.domain.trust import ALLOWED_HOSTS, ALLOWED_VARIABLES, PREFIX, Trust
from wagroups.manifests.configuration.values import Account, ProfileName
from wagroups.manifests.language.diagnostics import place
from wagroups.manifests.language.fields import ACCOUNT_FIELDS, CONFIG_FILE
from wagroups.manifests.language.formats import duration
from wagroups.manifests.language.rules import Rule
from wagroups.manifests.language.types import Format
from wagroups.manifests.load.tree import Map, MapEntry, Node
from wagroups.manifests.load.validation import Flat, Reader, Written

WHOLE_FILE: Final = Origin(CONFIG_FILE, 0, 0)


def read_accounts(section: MapEntry | None, profile: ProfileName, reader: Reader, trust: Trust) -> Iterator[Account]:
    """The accounts of the section; `profile` is that of accounts which name none."""
    if section is None or section.node is None:
        reader.findings.add(
            Rule.MISSING, WHOLE_FILE, "The project has no accounts.", "Write `accounts:` with a name and its gateway."
        )
        return
    default: Account | None = None
    for entry in reader.table(section.node, section.origin, "`accounts`"):
        flat = reader.flat(entry.node, entry.origin, ACCOUNT_FIELDS, "an account")
        account = _account(entry, flat, profile, reader, trust)
        if account.default and default is not None:
            reader.findings.add(
                Rule.DEFAULT_ACCOUNT,
                flat.texts["default"].origin,
                f"Two accounts are marked as default; the other is “{default.name}”, at {place(default.origin)}.",
                "Keep one of them.",
            )
        default = account if account.default else default
        yield account


def _account(entry: MapEntry, flat: Flat, profile: ProfileName, reader: Reader, trust: Trust) -> Account:
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
    profile = cast(ProfileName, flat.text("profile", profile))
    url = flat.texts.get("url")
    if url is not None:
        _check_url(url, profile, reader, trust)
    for key in ("url_env", "key_env"):
        if key in flat.texts:
            check_variable(flat.texts[key], reader, trust)
    return Account(
        name=AccountKey(entry.key),
        origin=entry.key_origin,
        gateway=flat.text("gateway", ""),
        url=None if url is None else url.text.rstrip("/"),
        url_env=flat.text("url_env", None),
        key_env=flat.text("key_env", None),
        session=flat.text("session", DEFAULT_SESSION),
        default=flat.yes("default"),
        profile=profile,
        budgets=_budgets(flat, profile),
    )


def _check_url(url: Written, profile: ProfileName, reader: Reader, trust: Trust) -> None:
    fault = address_fault(url.text)
    if fault is not None:
        reader.findings.add(
            Rule.URL,
            url.origin,
            "This is not the address of a gateway.",
            f"It {fault}.  Example: {Format.URL.example}",
        )
        return
    host = host_of(url.text)
    why = trust.host_fault(host)
    if profile == "sandbox" and not is_this_machine(host):
        reader.findings.add(
            Rule.SANDBOX,
            url.origin,
            "The profile `sandbox` has no limits, and this gateway is not on this machine.",
            "Choose another profile.",
        )
    elif why is not None:
        reader.findings.add(
            Rule.URL_HOST,
            url.origin,
            f"Nothing may be sent to the host {host}: {why}.",
            f"Set {ALLOWED_HOSTS}={host} where this runs, if the host is right.",
        )


def check_variable(written: Written, reader: Reader, trust: Trust) -> None:
    """Report a variable that files may not choose."""
    why = trust.variable_fault(written.text)
    if why is not None:
        reader.findings.add(
            Rule.ENV_TRUST,
            written.origin,
            f"The files are not allowed to name the variable {written.text}: {why}.",
            f"Use a name such as {PREFIX}KEY, or list the variable in {ALLOWED_VARIABLES} where this runs.",
        )


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
                gap=duration(written["gap"]) if "gap" in written else base.gap,
                hour=int(written["hour"]) if "hour" in written else base.hour,
                day=int(written["day"]) if "day" in written else base.day,
            )
    return budgets
