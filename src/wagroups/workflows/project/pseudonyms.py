"""The key of pseudonyms: from the environment, from the ledger, or for one output alone."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wagroups.manifests.configuration.values import Config
from wagroups.state.sql.sqlite_file import pseudonym_key_in
from wagroups.workflows.project.secrets import secret_value

PLAN_KEY: Final = "WAGROUPS_PLAN_KEY"
"""Variable of the pseudonym key that several machines share, so that a plan made on one fits on another."""

KEY_BYTES: Final = 32
"""As many as the hash behind a pseudonym has."""


def shared_key(environ: Mapping[str, str]) -> bytes | None:
    """The key that the environment gives; it takes the place of the ledger's own."""
    value = secret_value(environ, PLAN_KEY)
    return None if value is None else value.encode()


def pseudonym_key(config: Config, root: Path, environ: Mapping[str, str]) -> bytes:
    """The project's own key, for verbs that touch files only; a fresh one where none is at hand.

    Looking at files must need no database: a ledger that cannot be read is for `status` and `plan` to tell.
    """
    shared = shared_key(environ)
    if shared is not None:
        return shared
    path = None if config.state is None else root / config.state
    kept = pseudonym_key_in(path) if path is not None and path.is_file() else None
    return kept or secrets.token_bytes(KEY_BYTES)
