"""Who does it, for the audit log: CI's actor, else the user of this machine."""

import getpass
from collections.abc import Mapping
from typing import Final

_VARIABLES: Final = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN")


def actor_of(environ: Mapping[str, str]) -> str:
    """The name that goes into the journal when none is given."""
    for name in _VARIABLES:
        if environ.get(name):
            return environ[name]
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return "unknown"
