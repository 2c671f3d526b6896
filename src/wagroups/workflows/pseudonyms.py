"""The key of pseudonyms for verbs that touch files only.

The ledger keeps the key, but looking at files must not need a database: without one at hand, names are made with a
key that lasts for this output only.
"""

import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from wagroups.domain.errors import LedgerError
from wagroups.domain.identity import AccountKey
from wagroups.domain.ports import Clock
from wagroups.manifests.config import Config
from wagroups.state.opening import open_ledger
from wagroups.workflows.secrets import secret_value
from wagroups.workflows.session import PLAN_KEY

KEY_BYTES: Final = 32
"""As many as the hash behind a pseudonym has."""


def pseudonym_key(config: Config, root: Path, environ: Mapping[str, str], clock: Clock) -> bytes:
    """The project's own key where it can be had from the environment or a local ledger, else a fresh one."""
    shared = secret_value(environ, PLAN_KEY)
    if shared is not None:
        return shared.encode()
    path = None if config.state is None else root / config.state
    if path is not None and path.is_file():
        try:
            with closing(open_ledger(path, read_only=True)) as ledger:
                return ledger.recall(next(iter(config.accounts), AccountKey("")), clock.now()).key
        except LedgerError:
            pass  # `status` and `plan` say so; what the files declare can be shown all the same
    return secrets.token_bytes(KEY_BYTES)
