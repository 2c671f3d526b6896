"""Secrets from the environment: read in one place, which remembers them so that no output repeats one.

A library may quote a key in an error or a log line that nobody expected; `privacy.mask` hides what was read here.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from wagroups.privacy.mask import remember_secret


def secret_value(environ: Mapping[str, str], name: str) -> str | None:
    """The secret in variable `name`, or in the file that `NAME_FILE` names; `None` when neither is set."""
    value = variable_value(environ, name)
    if value is not None:
        remember_secret(value)
    return value


def database_address(environ: Mapping[str, str], name: str) -> str | None:
    """The database address in variable `name` or its file; its password is a secret like the whole."""
    value = secret_value(environ, name)
    if value is not None:
        # The last at sign ends the password, as in `state.open`.
        before_host = value.partition("://")[2].rpartition("@")[0]
        password = before_host.partition(":")[2]
        for part in (password, unquote(password), *password.split("@")):
            remember_secret(part)
    return value


def variable_value(environ: Mapping[str, str], name: str) -> str | None:
    """A value that is no secret, such as an address, from where `secret_value` looks."""
    if environ.get(name):
        return environ[name]
    path = environ.get(f"{name}_FILE")
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def source_of(environ: Mapping[str, str], name: str) -> str:
    """Where `variable_value` finds the value of `name`, in words that name nothing but variables."""
    return f"the variable {name}" if environ.get(name) else f"the file that {name}_FILE names"
