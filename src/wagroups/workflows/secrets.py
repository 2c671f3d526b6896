"""Secrets from the environment: read in one place, which remembers them so that no output repeats one.

A library may quote a key in an error or a log line that nobody expected.  Whoever prints asks `without_secrets`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

SHORTEST: Final = 4
"""Shorter values are not searched for: they stand in harmless words.  Chosen."""

_in_hand: Final[set[str]] = set()
"""Every spelling of a secret that this process has read."""


def secret_value(environ: Mapping[str, str], name: str) -> str | None:
    """The secret in variable `name`, or in the file that `NAME_FILE` names; `None` when neither is set."""
    value = variable_value(environ, name)
    if value is not None:
        _remember(value)
    return value


def database_address(environ: Mapping[str, str], name: str) -> str | None:
    """The database address in variable `name` or its file; its password is a secret like the whole."""
    value = secret_value(environ, name)
    if value is not None:
        # The last at sign ends the password, as in `state.opening`.
        before_host = value.partition("://")[2].rpartition("@")[0]
        password = before_host.partition(":")[2]
        for part in (password, unquote(password), *password.split("@")):
            _remember(part)
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


def without_secrets(text: str) -> str:
    """`text` with every secret that this process has read replaced, however it is spelled."""
    for secret in sorted(_in_hand, key=len, reverse=True):
        text = text.replace(secret, "(secret)")
    return text


def _remember(value: str) -> None:
    for spelling in {value, value.strip(), quote(value.strip(), safe=""), repr(value)[1:-1]}:
        if len(spelling) >= SHORTEST:
            _in_hand.add(spelling)
